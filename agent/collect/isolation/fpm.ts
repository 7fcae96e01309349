import type { Pool } from '../../../policies/checks/isolation/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { readArguments, readProcesses } from '../processes.ts';
import { wish, type AccessReader } from './access.ts';
import type { Accounts } from './accounts.ts';
import { backendAddress } from './backend.ts';
import { readPoolSettings, type PoolSettings } from './fpm-config.ts';

/** As distributions call the users of web servers. */
const webUsers = ['www-data', 'apache', 'nginx', 'http', 'httpd', 'nobody', 'lighttpd', 'lsadm'];

/** A running PHP-FPM: its configuration, and its workers by the names of their pools. */
interface Master {
  readonly uid: number;
  readonly configuration: string;
  readonly workers: readonly { readonly pool: string; readonly uid: number }[];
}

/**
 * The pools of each PHP-FPM that runs: what its configuration says, and as whom its workers do run. One that does not run
 * serves nobody.
 */
export async function readPools(
  context: CollectContext,
  accounts: Accounts,
  access: AccessReader,
): Promise<Reading<Pool[]>> {
  const masters = await findMasters(context);
  if (masters.state === 'unreadable') return masters;
  const pools: Pool[] = [];
  for (const master of masters.value) {
    const settings = await readPoolSettings(context.host, master.configuration);
    if (settings.state === 'unreadable') return unreadable(settings.obstacle.code, 'configuration of PHP-FPM');
    for (const one of settings.value) pools.push(await describe(one, master, accounts, access));
  }
  return read(pools.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)));
}

function keyOf({ address, pool }: Pool): string {
  return `${address} ${pool}`;
}

/** Its processes say themselves what they are (setproctitle): `php-fpm: master process (FILE)` and `php-fpm: pool NAME`. */
async function findMasters(context: CollectContext): Promise<Reading<Master[]>> {
  const processes = await readProcesses(context);
  if (processes.state === 'unreadable') return processes;
  const named = processes.value.filter(({ name }) => name.startsWith('php'));
  const titles = new Map<number, string>();
  for (const { pid } of named) {
    const words = await readArguments(context.host, pid);
    if (words.state === 'read') titles.set(pid, words.value.join(' ').trim());
    else if (words.obstacle.code !== 'missing') return words;
  }
  const masters: Master[] = [];
  for (const { pid } of named) {
    const configuration = /^php-fpm: master process \((.+)\)$/.exec(titles.get(pid) ?? '')?.[1];
    if (configuration === undefined) continue;
    const workers: { pool: string; uid: number }[] = [];
    for (const child of named.filter(({ parent }) => parent === pid)) {
      const pool = /^php-fpm: pool (.+)$/.exec(titles.get(child.pid) ?? '')?.[1];
      const uid = pool === undefined ? undefined : await readUid(context, child.pid);
      if (pool !== undefined && uid !== undefined) workers.push({ pool, uid });
    }
    const uid = await readUid(context, pid);
    if (uid !== undefined) masters.push({ uid, configuration, workers });
  }
  return read(masters);
}

/** The effective one (proc_pid_status(5)); undefined where it ended in the meantime. */
async function readUid({ host }: CollectContext, pid: number): Promise<number | undefined> {
  const status = await host.readText(`/proc/${pid}/status`);
  const uid = status.state === 'read' ? /^Uid:\s+\d+\s+(\d+)/m.exec(status.value)?.[1] : undefined;
  return uid === undefined ? undefined : Number(uid);
}

async function describe(
  { name, settings }: PoolSettings,
  { uid: own, workers }: Master,
  accounts: Accounts,
  access: AccessReader,
): Promise<Pool> {
  const written = settings.get('user');
  // Started by an ordinary user, PHP-FPM stays that one, whatever its configuration says.
  const uid = written === undefined || own !== 0 ? own : accounts.uidOf(written);
  const running = new Set(workers.filter(({ pool }) => pool === name).map((worker) => worker.uid));
  const listen = settings.get('listen') ?? '-';
  const address = backendAddress(listen) ?? listen.slice(0, 1024);
  const folderOf = (setting: string): string | null => {
    const folder = settings.get(setting);
    return folder === undefined || folder === '' ? null : accounts.nameless(folder).slice(0, 1024);
  };
  return {
    pool: accounts.nameless(name).slice(0, 256),
    address: accounts.nameless(address),
    user: uid === undefined ? accounts.nameless(written ?? '-').slice(0, 256) : accounts.nameOf(uid),
    isWebUser: webUsers.includes((uid === undefined ? undefined : accounts.userOf(uid)?.name) ?? written ?? ''),
    // Workers come and go: only those that are another are told.
    runsAs: [...running]
      .filter((one) => one !== uid)
      .map((one) => accounts.nameOf(one))
      .sort(),
    openTo: address.startsWith('/') ? await access.openTo(address, [wish.write]) : read('network'),
    sessions: folderOf('session.save_path'),
    uploads: folderOf('upload_tmp_dir'),
    hasChroot: (settings.get('chroot') ?? '') !== '',
    hasOpenBasedir: (settings.get('open_basedir') ?? '') !== '',
  };
}
