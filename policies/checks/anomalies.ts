import { obstacleReason, obstacleReasons } from '../reading.ts';
import { Facts } from './anomalies/facts.ts';
import { judgeLogins } from './anomalies/logins.ts';
import { AnomaliesParameters } from './anomalies/parameters.ts';
import { reasons } from './anomalies/reasons.ts';
import { judgeVolume } from './anomalies/volume.ts';
import { defineCheckKind } from './kind.ts';

export const anomalies = defineCheckKind({
  name: 'anomalies',
  parameters: AnomaliesParameters,
  facts: Facts,
  reasons: { ...obstacleReasons, ...reasons },
  judge(facts, parameters, at) {
    if (facts.zone.state === 'unreadable') return [obstacleReason(facts.zone.obstacle)];
    const zone = facts.zone.value;
    if (parameters.watch === 'volume') return judgeVolume(facts, { zone, at, parameters });
    // Nothing that was read says nothing: unknown.
    if (facts.logins === undefined) return [];
    if (facts.logins.state === 'unreadable') return [obstacleReason(facts.logins.obstacle, 'logins')];
    return judgeLogins(facts.logins.value, zone, parameters, at);
  },
});
