import { isAsOld, isOlder } from '../../moments.ts';
import { isFuture } from '../../quantities.ts';
import { obstacleReason, unreadable, type Reading } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import { departuresDue, isAbout } from './departures.ts';
import type { Departure, Key, SshKeys } from './facts.ts';
import type { Parameters } from './parameters.ts';
import { because } from './reasons.ts';
import { hasExpired } from './system.ts';

/**
 * Judges how long SSH keys have been listed. Nothing records that: a key has the age that the agent saw, and one that
 * was there at the first look is of unknown age until it surely is too old.
 */
export function judgeKeys(
  reading: Reading<SshKeys> | undefined,
  departures: readonly Departure[],
  parameters: Parameters,
  at: Date,
): Reason[] {
  if (reading === undefined) return [obstacleReason(unreadable('missing', 'facts of SSH keys').obstacle)];
  if (reading.state === 'unreadable') return [obstacleReason(reading.obstacle)];
  const { keys, unread, elsewhere } = reading.value;
  const asked = keys.filter(({ shell }) => shell === 'login' || parameters.accounts === 'all');
  const living = asked.filter((key) => !hasEnded(key, at));
  const ended = asked.length - living.length;
  return [
    ...(elsewhere.state === 'unreadable'
      ? [obstacleReason(elsewhere.obstacle)]
      : elsewhere.value.map((what) => because('password-age.keys-elsewhere', { what }))),
    ...unread.map(({ account, file, line }) =>
      line === null
        ? because('password-age.keys-unreadable', { file }, account)
        : because('password-age.key-malformed', { file, line }, account),
    ),
    ...living.flatMap((key) => judgeKey(key, departures, parameters, at)),
    ...(ended > 0 ? [because('password-age.keys-ended', { keys: ended })] : []),
    ...(asked.length < keys.length
      ? [because('password-age.keys-no-shell', { keys: keys.length - asked.length })]
      : []),
    ...(keys.length === 0 && unread.length === 0 ? [because('password-age.no-keys', {})] : []),
  ];
}

function hasEnded({ expires, accountExpires }: Key, at: Date): boolean {
  return (expires !== null && isAsOld(expires, 0, at)) || hasExpired(accountExpires, at);
}

function judgeKey(
  key: Key,
  departures: readonly Departure[],
  { maximumAge: maximum, afterDeparture }: Parameters,
  at: Date,
): Reason[] {
  const { account, file, line, holder } = key;
  const place = { file, line };
  if (afterDeparture && typeof holder === 'object' && hasLeft(holder.left, at)) {
    return [because('password-age.key-of-departed', { ...place, departure: holder.left }, account)];
  }
  const { notBefore: after, firstSeen: seen } = key.seen;
  if (isFuture(seen, at)) return [because('password-age.key-clock', { seen }, account)];
  if (isOlder(seen, maximum, at)) {
    return [because('password-age.key-too-old', { ...place, since: seen, maximum }, account)];
  }
  const suspects = departures.filter(
    (departure) =>
      holder === 'unlisted' && isAbout(departure, account) && !(after !== null && departure.on <= after.slice(0, 10)),
  );
  const unattributed = suspects.map(({ on: departure }) =>
    because('password-age.key-unattributed', { ...place, departure }, account),
  );
  if (after === null || isOlder(after, maximum, at)) {
    return [because('password-age.key-unproven', place, account), ...unattributed];
  }
  if (unattributed.length > 0) return unattributed;
  return [because('password-age.key-recent', { ...place, after, seen, maximum }, account)];
}

function hasLeft(day: string, at: Date): boolean {
  return departuresDue([{ on: day, accounts: 'all' }], at).length > 0;
}
