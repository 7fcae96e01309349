import { isAsOld } from '../../moments.ts';
import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import { judgeAge, lastChange } from './change.ts';
import { judgeDepartures } from './departures.ts';
import type { Account, Departure, SystemPasswords } from './facts.ts';
import type { Parameters } from './parameters.ts';
import { because } from './reasons.ts';

/** Judges the passwords of the system's own accounts. */
export function judgeSystem(
  system: SystemPasswords,
  departures: readonly Departure[],
  parameters: Parameters,
  at: Date,
): Reason[] {
  return [
    ...system.accounts.flatMap((account) => judgeAccount(account, system.watchedSince, departures, parameters, at)),
    ...summarize(system.accounts, parameters),
  ];
}

/** Whether the files show every account that there is. */
export function judgeCompleteness({ directories, malformed }: SystemPasswords): Reason[] {
  return [
    ...malformed.map(({ file, line }) => because('password-age.malformed', { file, line })),
    ...(directories.state === 'unreadable'
      ? [obstacleReason(directories.obstacle)]
      : directories.value.map((service) => because('password-age.directory', { service }))),
  ];
}

function judgeAccount(
  { account, password, shell, expires }: Account,
  watchedSince: string | undefined,
  departures: readonly Departure[],
  parameters: Parameters,
  at: Date,
): Reason[] {
  if (password.state === 'empty') return [because('password-age.empty', {}, account)];
  if (password.state === 'elsewhere') return [because('password-age.elsewhere', {}, account)];
  const isLeftOut = shell === 'nologin' && parameters.accounts === 'with-shell';
  if (password.state !== 'set') {
    const { keys } = password;
    if (isLeftOut || parameters.of.includes('ssh-keys')) return [];
    if (keys.state === 'read' && !keys.value) return [];
    if (hasExpired(expires, at)) return [];
    return [
      keys.state === 'read' ? because('password-age.keys-only', {}, account) : obstacleReason(keys.obstacle, account),
    ];
  }
  if (expires !== null && hasExpired(expires, at)) return [because('password-age.expired', { expires }, account)];
  if (isLeftOut) return [];
  const { maximumAge: maximum } = parameters;
  const change = lastChange(password, watchedSince, maximum, at);
  const ages = judgeAge(password, change, { maximum, subject: account, silent: 'no-day' }, at);
  return withDepartures(ages, judgeDepartures(change, departures, account, account));
}

/** A password that must be changed anyway does not pass beside that. */
export function withDepartures(ages: readonly Reason[], departures: readonly Reason[]): Reason[] {
  if (departures.length === 0) return [...ages];
  return [...ages.filter(({ verdict }) => verdict !== 'pass'), ...departures];
}

/** Day 0 is no end: shadow(5) warns that some programs read it as "never". */
export function hasExpired(expires: string | null, at: Date): boolean {
  return expires !== null && expires !== '1970-01-01' && isAsOld(expires, 0, at);
}

/** How many accounts were looked at and left out, so that nothing is left out silently. */
function summarize(accounts: readonly Account[], parameters: Parameters): Reason[] {
  const withoutPassword = accounts.filter(({ password }) => password.state === 'locked' || password.state === 'none');
  const withoutShell =
    parameters.accounts === 'with-shell'
      ? accounts.filter(({ password, shell }) => password.state === 'set' && shell === 'nologin')
      : [];
  return [
    ...(withoutPassword.length > 0 ? [because('password-age.no-password', { accounts: withoutPassword.length })] : []),
    ...(withoutShell.length > 0 ? [because('password-age.no-shell', { accounts: withoutShell.length })] : []),
  ];
}
