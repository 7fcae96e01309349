import { obstacleReason, obstacleReasons } from '../reading.ts';
import { defineCheckKind } from './kind.ts';
import { departuresDue, judgeRoster } from './password-age/departures.ts';
import { PasswordAgeFacts } from './password-age/facts.ts';
import { judgeKeys } from './password-age/keys.ts';
import { Parameters } from './password-age/parameters.ts';
import { reasons } from './password-age/reasons.ts';
import { judgeStores } from './password-age/stores.ts';
import { judgeCompleteness, judgeSystem } from './password-age/system.ts';

/** Whether passwords are changed in time, and after someone who knew them left: a record alone is no proof of a change. */
export const passwordAge = defineCheckKind({
  name: 'password-age',
  parameters: Parameters,
  facts: PasswordAgeFacts,
  reasons: { ...obstacleReasons, ...reasons },
  judge(facts, parameters, at) {
    const { of, afterDeparture } = parameters;
    const { system } = facts;
    const due = afterDeparture ? departuresDue(facts.departures ?? [], at) : [];
    const others = [
      ...(of.includes('ssh-keys') ? judgeKeys(facts.sshKeys, due, parameters, at) : []),
      ...judgeStores(facts, due, parameters, at),
    ];
    const roster = afterDeparture ? judgeRoster(facts, due) : [];
    if (!of.includes('system')) return [...roster, ...others];
    if (system.state === 'unreadable') return [obstacleReason(system.obstacle), ...others];
    return [
      ...judgeCompleteness(system.value),
      ...roster,
      ...judgeSystem(system.value, due, parameters, at),
      ...others,
    ];
  },
});
