import { z } from 'zod';
import type { BackupSet, Point } from '../../../policies/checks/backup/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import type { CollectContext } from '../collector.ts';
import { perAccount, settled, statusOfAll, type AccountPoint } from './account-points.ts';
import { momentOf } from './archive-names.ts';
import { Except, parseNames, withoutExcepted } from './expected-accounts.ts';
import { locatePath } from './place.ts';
import { baseOf, momentIn, parsePleskName } from './plesk-names.ts';
import { AbsolutePath, defineReader, type SetReading } from './reader.ts';

const configuration = '/etc/psa/psa.conf';

const Source = z.strictObject({
  /** Bytes of content; backups with less do not count. */
  minimumSize: z.int().min(1).default(1024),
  except: Except,
});

/** Seconds for all reading of one set; below the minute that a whole check may take. */
const timeout = 40;

/** Plesk's backups on this host, told by subscription. The subscriptions come from Plesk itself. */
export const plesk = defineReader({
  tool: 'plesk',
  source: Source,
  async read(context, { timeZone }, { minimumSize, except }): Promise<SetReading> {
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(timeout * 1000)]);
    const folder = await readDumpFolder(context.host);
    if (folder.state === 'unreadable') {
      return { location: { kind: 'unseen', through: 'plesk' }, encrypted: 'unseen', points: folder };
    }
    return {
      location: await locatePath(context.host, folder.value),
      encrypted: 'unseen',
      minimumSize,
      points: await readPoints({ ...context, signal }, folder.value, except, timeZone),
    };
  },
});

/** DUMP_D in psa.conf. */
async function readDumpFolder(host: Host): Promise<Reading<string>> {
  const text = await host.readText(configuration);
  if (text.state === 'unreadable') return text;
  const folder = AbsolutePath.safeParse(/^DUMP_D[ \t]+(\S+?)\/*$/m.exec(text.value)?.[1]);
  return folder.success ? read(folder.data) : unreadable('unparsable', configuration, 'no folder in DUMP_D');
}

async function readPoints(
  context: CollectContext,
  folder: string,
  except: readonly string[],
  timeZone: string,
): Promise<BackupSet['points']> {
  const subscriptions = await listSubscriptions(context);
  if (subscriptions.state === 'unreadable') return subscriptions;
  const expected = withoutExcepted(subscriptions.value, except);
  const places = await domainFolders(context.host, folder, 2);
  if (places.state === 'unreadable') return places;
  const points: AccountPoint[] = [];
  for (const { domain, path } of places.value) {
    if (!expected.includes(domain)) continue;
    const found = await pointsIn(context, path, timeZone);
    if (found.state === 'unreadable') return found;
    points.push(...found.value.map((point) => ({ account: domain, point })));
  }
  if (points.length === 0) {
    return unreadable(
      'unsupported',
      folder,
      'no subscription has a backup there; those in remote storage are not seen',
    );
  }
  return perAccount(context, expected, points, folder);
}

async function listSubscriptions({ host, signal }: CollectContext): Promise<Reading<string[]>> {
  const answer = await host.run({ file: 'plesk', args: ['bin', 'subscription', '--list'] }, signal);
  if (answer.state === 'unreadable') return answer;
  const what = 'plesk bin subscription --list';
  const { exitCode, stdout } = answer.value;
  if (exitCode !== 0) return unreadable('command-failed', what, `exit code ${exitCode}`);
  const lines = stdout.split('\n').map((line) => line.trim());
  return parseNames(
    lines.filter((line) => line !== ''),
    what,
  );
}

interface DomainFolder {
  readonly domain: string;
  readonly path: string;
}

/** `domains/NAME` in a folder, and in those of its clients and resellers (Plesk's "Backup File Structure"). */
async function domainFolders(host: Host, folder: string, depth: number): Promise<Reading<DomainFolder[]>> {
  const domains = await listIfThere(host, `${folder}/domains`);
  if (domains.state === 'unreadable') return domains;
  const found = domains.value.map((domain) => ({ domain, path: `${folder}/domains/${domain}` }));
  for (const kind of depth > 0 ? ['clients', 'resellers'] : []) {
    const owners = await listIfThere(host, `${folder}/${kind}`);
    if (owners.state === 'unreadable') return owners;
    for (const owner of owners.value) {
      const below = await domainFolders(host, `${folder}/${kind}/${owner}`, depth - 1);
      if (below.state === 'unreadable') return below;
      found.push(...below.value);
    }
  }
  return read(found);
}

async function listIfThere(host: Host, path: string): Promise<Reading<string[]>> {
  const names = await host.list(path);
  return names.state === 'unreadable' && names.obstacle.code === 'missing' ? read([]) : names;
}

/** The backups of one subscription. One without content is of its configuration alone, and so is empty. */
async function pointsIn(
  { host, signal, at }: CollectContext,
  folder: string,
  timeZone: string,
): Promise<Reading<Point[]>> {
  const names = await listIfThere(host, folder);
  if (names.state === 'unreadable') return names;
  const named = names.value.flatMap((name) => {
    const parsed = parsePleskName(name);
    return parsed === undefined ? [] : [{ ...parsed, path: `${folder}/${name}` }];
  });
  const files = await statusOfAll(host, named, signal);
  if (files.state === 'unreadable') return files;
  const stamps = new Set(files.value.filter(({ kind }) => kind === 'info').map(({ stamp }) => stamp));
  const points: Point[] = [];
  for (const { kind, stamp, status } of files.value) {
    const moment = kind === 'info' ? momentIn(stamp) : undefined;
    const time = moment === undefined ? undefined : momentOf(moment, timeZone, status.modifiedAt);
    if (time === undefined) continue;
    const content = files.value.filter((file) => file.kind === 'content' && file.stamp === stamp);
    const base = baseOf(stamp);
    const point: Point = {
      time: time.toISOString(),
      id: stamp,
      kind: base === undefined ? 'full' : 'incremental',
      size: content.reduce((sum, file) => sum + file.status.size, 0),
      modifiedAt: status.modifiedAt.toISOString(),
      ...(base === undefined || stamps.has(base) ? {} : { flaw: 'broken-chain' }),
    };
    const newest = Math.max(...[status, ...content.map((file) => file.status)].map((one) => one.modifiedAt.getTime()));
    points.push(settled(point, new Date(newest), at));
  }
  return read(points);
}
