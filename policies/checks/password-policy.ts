import { obstacleReason, obstacleReasons } from '../reading.ts';
import { defineCheckKind } from './kind.ts';
import { Facts } from './password-policy/facts.ts';
import { Parameters } from './password-policy/parameters.ts';
import { reasons } from './password-policy/reasons.ts';
import { judgeSystem } from './password-policy/system.ts';

/** What is asked of new passwords, and really so: a setting that nothing heeds does not count. */
export const passwordPolicy = defineCheckKind({
  name: 'password-policy',
  parameters: Parameters,
  facts: Facts,
  reasons: { ...obstacleReasons, ...reasons },
  judge(facts, parameters) {
    const { system } = facts;
    if (!parameters.scope.includes('system') || system === null) return [];
    if (system.state === 'unreadable') return [obstacleReason(system.obstacle)];
    return judgeSystem(system.value, parameters);
  },
});
