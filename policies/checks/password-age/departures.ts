import { isAsOld } from '../../moments.ts';
import type { Reason } from '../../reasons.ts';
import type { LastChange } from './change.ts';
import type { Departure, PasswordAgeFacts } from './facts.ts';
import { because } from './reasons.ts';

const daySeconds = 86_400;

/** The passwords may be changed on the day itself; from the next day on they must have been. */
export function departuresDue(departures: readonly Departure[], at: Date): Departure[] {
  return departures.filter(({ on }) => isAsOld(on, daySeconds, at));
}

/** Whether there is a roster, and whether what it names is there: a misspelt name would drop a departure. */
export function judgeRoster(facts: PasswordAgeFacts, due: readonly Departure[]): Reason[] {
  if (facts.departures === null) return [because('password-age.no-roster', {})];
  const present = accountsIn(facts);
  return due.flatMap(({ on, accounts, own }) => {
    if (accounts === 'all' || own === true) return [];
    const absent = accounts.filter((name) => !present.has(name));
    return absent.map((name) => because('password-age.departure-account-absent', { departure: on }, name));
  });
}

function accountsIn({ system, stores }: PasswordAgeFacts): ReadonlySet<string> {
  const ofSystem = system.state === 'read' ? system.value.accounts : [];
  const ofStores = (stores ?? []).flatMap(({ contents }) => (contents.state === 'read' ? contents.value.accounts : []));
  return new Set([...ofSystem, ...ofStores].map(({ account }) => account));
}

export function isAbout({ accounts }: Departure, account: string): boolean {
  return accounts === 'all' || accounts.includes(account);
}

/** What departures mean for a password: nothing where it was surely changed on the day of the last one or later. */
export function judgeDepartures(
  change: LastChange,
  departures: readonly Departure[],
  account: string,
  subject: string,
): Reason[] {
  return departures
    .filter((departure) => isAbout(departure, account))
    .flatMap(({ on: departure }) => departureReason(change, departure, subject) ?? []);
}

/** Days are compared as days: a change on the day of the departure will do. */
function departureReason(change: LastChange, departure: string, subject: string): Reason | undefined {
  const isBefore = (moment: string): boolean => moment.slice(0, 10) < departure;
  switch (change.by) {
    case 'recorded':
      if (!isBefore(change.on)) return undefined;
      return because('password-age.kept-after-departure', { departure, changed: change.on }, subject);
    case 'seen':
      if (!isBefore(change.after)) return undefined;
      if (!isBefore(change.seen)) return because('password-age.departure-unproven', { departure }, subject);
      return because('password-age.unchanged-since-departure', { departure, since: change.seen }, subject);
    case 'unchanged':
      if (!isBefore(change.since)) return because('password-age.departure-unproven', { departure }, subject);
      return because('password-age.unchanged-since-departure', { departure, since: change.since }, subject);
    case 'unknown':
    case 'future':
    case 'wrong-clock':
      // Its age is unknown already, and says more.
      return undefined;
  }
}
