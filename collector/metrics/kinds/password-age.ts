import { lastChange } from '../../../policies/checks/password-age/change.ts';
import {
  PasswordAgeFacts,
  storeGroups,
  type Group,
  type SetPassword,
} from '../../../policies/checks/password-age/facts.ts';
import { timestampSeconds } from '../families.ts';
import { defineMeasures, measureOf } from '../measure.ts';

/** Passwords of which nobody knows since when they are there have no age to show; the control tells of them. */
export const passwordAgeMeasures = defineMeasures('password-age', PasswordAgeFacts, (facts, at) => {
  const oldest = new Map<Group, number>();
  for (const { group, password, watchedSince } of passwordsIn(facts)) {
    const moment = lastMoment(password, watchedSince, at);
    if (moment === undefined) continue;
    oldest.set(group, Math.min(oldest.get(group) ?? Infinity, timestampSeconds(moment)));
  }
  return [...oldest]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, moment]) => measureOf('waarborg_password_oldest_change_timestamp_seconds', { kind }, moment));
});

interface Found {
  readonly group: Group;
  readonly password: { readonly state: string } | SetPassword;
  readonly watchedSince: string | undefined;
}

function* passwordsIn({ system, stores }: PasswordAgeFacts): Generator<Found> {
  if (system.state === 'read') {
    const { accounts, watchedSince } = system.value;
    for (const { password } of accounts) yield { group: 'system', password, watchedSince };
  }
  for (const { kind, contents } of stores ?? []) {
    if (contents.state === 'unreadable') continue;
    const { accounts, watchedSince } = contents.value;
    for (const { password } of accounts) yield { group: storeGroups[kind], password, watchedSince };
  }
}

/** As old as it can be by what was seen, and as old as it must be where nothing else is known. */
function lastMoment(password: Found['password'], watchedSince: string | undefined, at: Date): string | undefined {
  if (!('changed' in password)) return undefined;
  const change = lastChange(password, watchedSince, 0, at);
  switch (change.by) {
    case 'recorded':
      return change.on;
    case 'seen':
      return change.after;
    case 'unchanged':
      return change.since;
    case 'unknown':
    case 'future':
    case 'wrong-clock':
      return undefined;
  }
}
