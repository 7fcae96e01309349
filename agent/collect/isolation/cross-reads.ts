import type { IsolationFacts } from '../../../policies/checks/isolation/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { toolFailure } from '../tool-failure.ts';
import { firstPerson, nobody, type Accounts } from './accounts.ts';
import type { PlacedSite } from './sites.ts';

type CrossReads = NonNullable<IsolationFacts['crossReads']>;

/** Each try is two processes. */
const maximumTries = 8;

/**
 * Tries what accounts of sites can read of each other, in a ring: each that of the next, a file with passwords where there is
 * one and else the folder. `test -r` asks the kernel and opens nothing; setpriv(1) takes on the account with its groups,
 * and needs root.
 */
export async function tryCrossReads(
  context: CollectContext,
  sites: readonly PlacedSite[],
  accounts: Accounts,
): Promise<CrossReads> {
  const owned = new Map<number, PlacedSite>();
  for (const site of sites) {
    const { ownerUid: uid } = site;
    if (uid !== undefined && uid >= firstPerson && uid !== nobody && !owned.has(uid)) owned.set(uid, site);
  }
  const ring = [...owned].sort(([a], [b]) => a - b);
  if (ring.length < 2) return [];
  const tries: CrossReads = [];
  for (const [index, [uid]] of ring.slice(0, maximumTries).entries()) {
    const target = ring[(index + 1) % ring.length]?.[1];
    const gid = accounts.userOf(uid)?.gid;
    if (target?.folder === undefined || gid === undefined) continue;
    const secret = target.site.secrets[0]?.file;
    const path = secret === undefined ? target.folder : `${target.folder}/${secret}`;
    const outcome = await tryRead(context, uid, gid, path);
    tries.push({ reader: accounts.nameOf(uid), site: target.site.site, file: secret ?? 'its folder', outcome });
  }
  return tries;
}

async function tryRead(
  { host, signal }: CollectContext,
  uid: number,
  gid: number,
  path: string,
): Promise<Reading<'read' | 'refused'>> {
  const args = ['--reuid', String(uid), '--regid', String(gid), '--init-groups', 'test', '-r', path];
  const answer = await host.run({ file: 'setpriv', args }, signal);
  if (answer.state === 'unreadable') return unreadable(answer.obstacle.code, 'setpriv');
  const { exitCode, stderr } = answer.value;
  if (exitCode === 0) return read('read');
  // setpriv itself ends with 1 too, and says why.
  if (exitCode === 1 && stderr === '') return read('refused');
  return toolFailure('setpriv', answer.value);
}
