import { PasswordAgeFacts } from '../../../policies/checks/password-age/facts.ts';
import { timestampSeconds } from '../families.ts';
import { defineMeasures, measureOf } from '../measure.ts';

/** Passwords without a recorded day of change have no age to show; the control tells of them. */
export const passwordAgeMeasures = defineMeasures('password-age', PasswordAgeFacts, ({ system }) => {
  if (system.state !== 'read') return [];
  const days = system.value.accounts.flatMap(({ password }) =>
    password.state === 'set' && password.changed !== null && password.changed !== 'must-change'
      ? [password.changed]
      : [],
  );
  const [oldest] = days.sort();
  if (oldest === undefined) return [];
  return [measureOf('waarborg_password_oldest_change_timestamp_seconds', { kind: 'system' }, timestampSeconds(oldest))];
});
