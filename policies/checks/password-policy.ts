import { obstacleReason, obstacleReasons } from '../reading.ts';
import type { Reason } from '../reasons.ts';
import { defineCheckKind } from './kind.ts';
import { Facts, type PasswordPolicyFacts } from './password-policy/facts.ts';
import { Parameters } from './password-policy/parameters.ts';
import { reasons } from './password-policy/reasons.ts';
import { judgeStores } from './password-policy/stores.ts';
import { judgeSystem } from './password-policy/system.ts';

/** What is asked of new passwords, and really so: a setting that nothing heeds does not count. */
export const passwordPolicy = defineCheckKind({
  name: 'password-policy',
  parameters: Parameters,
  facts: Facts,
  reasons: { ...obstacleReasons, ...reasons },
  judge(facts, parameters) {
    return [...judgeSystemScope(facts, parameters), ...judgeStores(facts.stores, parameters)];
  },
});

function judgeSystemScope({ system }: PasswordPolicyFacts, parameters: Parameters): Reason[] {
  if (!parameters.scope.includes('system') || system === null) return [];
  return system.state === 'unreadable' ? [obstacleReason(system.obstacle)] : judgeSystem(system.value, parameters);
}
