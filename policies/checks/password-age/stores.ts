import { isAhead, isAsOld } from '../../moments.ts';
import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import { judgeAge, lastChange } from './change.ts';
import { judgeDepartures } from './departures.ts';
import {
  storeGroups,
  type Departure,
  type PasswordAgeFacts,
  type Store,
  type StoredAccount,
  type StoreWays,
} from './facts.ts';
import type { Parameters } from './parameters.ts';
import { because } from './reasons.ts';
import { withDepartures } from './system.ts';

/** Judges the databases, sites and files of agent.yaml, as far as a control asks for them. */
export function judgeStores(
  { stores = null, undeclared = [] }: PasswordAgeFacts,
  departures: readonly Departure[],
  parameters: Parameters,
  at: Date,
): Reason[] {
  return parameters.of.flatMap((group) => {
    if (group === 'system') return [];
    const ofGroup = (stores ?? []).filter(({ kind }) => storeGroups[kind] === group);
    const judged = ofGroup.flatMap((store) => judgeStore(store, departures, parameters, at));
    if (group === 'ssh-keys') return judged;
    const missed =
      group === 'databases' ? undeclared.map((software) => because('password-age.undeclared', { software })) : [];
    if (stores === null) return [because('password-age.no-stores', { group }), ...missed];
    return ofGroup.length === 0
      ? [because('password-age.none-declared', { group }), ...missed]
      : [...judged, ...missed];
  });
}

function judgeStore(
  { store, contents }: Store,
  departures: readonly Departure[],
  parameters: Parameters,
  at: Date,
): Reason[] {
  if (contents.state === 'unreadable') return [obstacleReason(contents.obstacle, store)];
  const { accounts, ways, watchedSince } = contents.value;
  const closed = accounts.filter(({ password }) => password.state === 'none').length;
  return [
    ...(ways.state === 'unreadable' ? [obstacleReason(ways.obstacle, store)] : judgeWays(store, ways.value)),
    ...accounts.flatMap((account) => judgeStored(store, account, watchedSince, departures, parameters, at)),
    ...(closed > 0 ? [because('password-age.no-password', { accounts: closed }, store)] : []),
    ...(accounts.length === 0 ? [because('password-age.nobody-found', {}, store)] : []),
  ];
}

function judgeWays(store: string, { open, keepers }: StoreWays): Reason[] {
  return [
    ...(open === null ? [] : [because('password-age.open', { how: open }, store)]),
    ...keepers.map((where) => because('password-age.kept-by', { where }, store)),
  ];
}

function judgeStored(
  store: string,
  { account, from, password, begins, expires }: StoredAccount,
  watchedSince: string | undefined,
  departures: readonly Departure[],
  { maximumAge: maximum }: Parameters,
  at: Date,
): Reason[] {
  const subject = `${store}/${account}${from === undefined ? '' : `@${from}`}`;
  if (password.state === 'none') return [];
  if (expires !== null && isAsOld(expires, 0, at)) return [because('password-age.expired', { expires }, subject)];
  if (begins !== null && isAhead(begins, 0, at)) return [because('password-age.not-begun', { begins }, subject)];
  if (password.state === 'empty') return [because('password-age.empty', {}, subject)];
  if (password.state === 'elsewhere') return [because('password-age.kept-by', { where: password.where }, subject)];
  const change = lastChange(password, watchedSince, maximum, at);
  const ages = judgeAge(password, change, { maximum, subject, silent: 'not-recorded' }, at);
  return withDepartures(ages, judgeDepartures(change, departures, account, subject));
}
