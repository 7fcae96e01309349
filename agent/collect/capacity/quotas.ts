import type { CapacityFacts, Quotas } from '../../../policies/checks/capacity/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { commandOutput } from '../discovery/command.ts';
import type { Mount } from '../mounts.ts';
import { readSystemUsers, type User } from '../system-users.ts';
import { readTally } from './directadmin.ts';

/** How far a user is, by one limit. */
export interface Usage {
  readonly user: string;
  readonly of: 'space' | 'files';
  readonly used: number;
  readonly limit: number;
}

/** Of users, as ext4(5) and xfs(5) write it among a file system's options. */
const quotaOption = /^(usrquota|uquota|uqnoenforce|usrjquota=.*|quota)$/;
const leastPercent = 50;
const maximumUsers = 20_000;

/** What users have in use of their quotas: by the kernel (repquota(8), each file system that has them), and by DirectAdmin. */
export async function readQuotas(context: CollectContext, mounts: readonly Mount[]): Promise<CapacityFacts['quotas']> {
  const system = await readSystemUsers(context);
  const kernel = await readKernelQuotas(context, mounts, system.state === 'read' ? system.value.users : []);
  if (kernel?.state === 'unreadable') return kernel;
  const tally = await readTally(context.host);
  if (tally?.state === 'unreadable') return tally;
  const asOf = tally?.value.asOf ?? null;
  const found = [
    ...(kernel === undefined ? [] : [summarise(context, 'kernel', null, kernel.value)]),
    ...(tally === undefined ? [] : [summarise(context, 'directadmin', asOf, tally.value.usages)]),
  ];
  const users = found.flatMap((one) => one.users);
  if (users.length > maximumUsers) return unreadable('too-large', 'quotas of users');
  return read({
    sources: found.map(({ source }) => source),
    users: users.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
  });
}

function keyOf({ source, user, of }: Quotas['users'][number]): string {
  return `${source} ${user} ${of}`;
}

/** Of several limits of one user, as on two file systems, the one that is nearest counts. */
function summarise(
  context: CollectContext,
  source: Quotas['sources'][number]['source'],
  asOf: string | null,
  usages: readonly Usage[],
): { source: Quotas['sources'][number]; users: Quotas['users'] } {
  const nearest = new Map<string, Quotas['users'][number]>();
  const limited = usages.filter(({ limit }) => limit > 0);
  for (const { user, of, used, limit } of limited) {
    const percent = Math.min(Math.ceil((100 * used) / limit), 1_000_000);
    if (percent < leastPercent) continue;
    const key = `${user}\n${of}`;
    if (percent > (nearest.get(key)?.used ?? 0)) {
      nearest.set(key, { user: context.pseudonym(user).slice(0, 256), source, of, used: percent });
    }
  }
  const names = new Set(limited.map(({ user }) => user));
  return { source: { source, asOf, limited: names.size }, users: [...nearest.values()] };
}

async function readKernelQuotas(
  context: CollectContext,
  mounts: readonly Mount[],
  users: readonly User[],
): Promise<Reading<Usage[]> | undefined> {
  const args = ['-a', '-u', '-n', '-p', '-O', 'csv'];
  const report = await commandOutput(context, { file: 'repquota', args });
  const isSwitchedOn = mounts.some(({ superOptions }) => superOptions.some((option) => quotaOption.test(option)));
  if (report === undefined) return isSwitchedOn ? unreadable('command-missing', 'repquota') : undefined;
  if (report.state === 'unreadable') return report;
  if (report.value.trim() === '') {
    return isSwitchedOn ? unreadable('command-failed', 'repquota', 'it reports nothing of what is mounted') : undefined;
  }
  return parseReport(report.value, users);
}

const heading = 'User,BlockStatus,FileStatus,BlockUsed,BlockSoftLimit,BlockHardLimit,BlockGrace,FileUsed';

/** A heading and a line for each user (`#1000`), once for each file system; limits of 0 are none. */
export function parseReport(text: string, users: readonly User[]): Reading<Usage[]> {
  const names = new Map(users.map(({ uid, name }) => [uid, name]));
  const usages: Usage[] = [];
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines[0]?.startsWith(heading) !== true) return odd(lines[0]);
  for (const line of lines) {
    if (line.startsWith(heading)) continue;
    const fields = line.split(',');
    const uid = /^#(\d+)$/.exec(fields[0] ?? '')?.[1];
    const figures = [3, 4, 5, 7, 8, 9].map((index) => Number(fields[index] ?? Number.NaN));
    if (uid === undefined || !figures.every(Number.isFinite)) return odd(line);
    const [blocks = 0, blockSoft = 0, blockHard = 0, files = 0, fileSoft = 0, fileHard = 0] = figures;
    const user = names.get(Number(uid)) ?? `uid ${uid}`;
    usages.push({ user, of: 'space', used: blocks, limit: lowest(blockSoft, blockHard) });
    usages.push({ user, of: 'files', used: files, limit: lowest(fileSoft, fileHard) });
  }
  return read(usages);
}

function lowest(soft: number, hard: number): number {
  return soft > 0 && (hard === 0 || soft < hard) ? soft : hard;
}

/** Without the line: a name could stand in it. */
function odd(line: string | undefined): Reading<never> {
  return unreadable('unparsable', 'repquota', `a line of ${line?.split(',').length ?? 0} fields`);
}
