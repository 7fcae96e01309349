import type { CapacityFacts, Quotas } from '../../../policies/checks/capacity/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import type { CollectContext } from '../collector.ts';
import type { Mount } from '../mounts.ts';
import { readSystemUsers, type User } from '../system-users.ts';
import { toolFailure } from '../tool-failure.ts';
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

/** Undefined where no file system has quotas of users. */
async function readKernelQuotas(
  context: CollectContext,
  mounts: readonly Mount[],
  users: readonly User[],
): Promise<Reading<Usage[]> | undefined> {
  const switchedOn = await readSwitchedOn(context, mounts);
  if (switchedOn.state === 'unreadable') return switchedOn;
  if (switchedOn.value === 0) return undefined;
  const { host, signal } = context;
  const told = await host.run({ file: 'repquota', args: ['-a', '-u', '-n', '-p', '-O', 'csv'], timeout: 20 }, signal);
  if (told.state === 'unreadable') return told;
  // It ends with 0 though it could not look at one of several file systems, and then says so.
  const { exitCode, stdout, stderr } = told.value;
  if (exitCode !== 0 || stderr.trim() !== '') return toolFailure('repquota', told.value);
  const reports = parseReports(stdout, users);
  if (reports.state === 'unreadable') return reports;
  if (reports.value.length !== switchedOn.value) {
    return unreadable('command-failed', 'repquota', 'it does not report of every file system that has quotas');
  }
  // root has a line everywhere; who may not ask is shown a heading, and no error.
  if (reports.value.some(({ length }) => length === 0)) {
    return unreadable('refused', 'repquota', 'it shows no users; only root may ask');
  }
  return read(reports.value.flat());
}

/**
 * How many file systems keep count of what users have, by quotaon(8). A mount's options say what was meant: where the quotas
 * are switched off, repquota goes on showing what users had at that time. ext4's own feature shows in no option.
 */
async function readSwitchedOn({ host, signal }: CollectContext, mounts: readonly Mount[]): Promise<Reading<number>> {
  const meant = mounts.filter(({ superOptions }) => superOptions.some((option) => quotaOption.test(option)));
  const told = await host.run({ file: 'quotaon', args: ['-p', '-u', '-a'], timeout: 20 }, signal);
  if (told.state === 'unreadable') {
    return told.obstacle.code === 'command-missing' && meant.length === 0 ? read(0) : told;
  }
  // Its exit code is how many are on.
  if (told.value.stderr.trim() !== '') return toolFailure('quotaon', told.value);
  if (told.value.stdout.trim() === '' && (await areCounted(host))) {
    return unreadable(
      'refused',
      'quotaon',
      'it shows no file system, and the kernel has quotas; the system call quotactl',
    );
  }
  const states = [...told.value.stdout.matchAll(/^user quota on (\/.*) \(.*\) is (on|off)$/gm)];
  const on = new Set(states.flatMap(([, point = '', state]) => (state === 'on' ? [point] : [])));
  const devices = new Set(mounts.flatMap(({ point, device }) => (on.has(point) ? [device] : [])));
  if (!meant.every(({ device }) => devices.has(device))) {
    const detail = 'a file system is mounted with quotas of users that are switched off: its figures stay as they were';
    return unreadable('outdated', 'repquota', detail);
  }
  return read(on.size);
}

/** Whether the kernel holds anybody's quotas now (proc_sys_fs(5)): who may not call quotactl(2) is shown nothing, without a word. */
async function areCounted(host: Host): Promise<boolean> {
  const count = await host.readText('/proc/sys/fs/quota/allocated_dquots');
  return count.state === 'read' && count.value.trim() !== '0';
}

const heading = 'User,BlockStatus,FileStatus,BlockUsed,BlockSoftLimit,BlockHardLimit,BlockGrace,FileUsed';

/**
 * For each file system a heading, and a line for each user (`#1000`); limits of 0 are none.
 * @returns by file system, two usages a user
 */
export function parseReports(text: string, users: readonly User[]): Reading<Usage[][]> {
  const names = new Map(users.map(({ uid, name }) => [uid, name]));
  const reports: Usage[][] = [];
  for (const line of text.split('\n').filter((one) => one.trim() !== '')) {
    if (line.startsWith(heading)) {
      reports.push([]);
      continue;
    }
    const fields = line.split(',');
    const uid = /^#(\d+)$/.exec(fields[0] ?? '')?.[1];
    const figures = [3, 4, 5, 7, 8, 9].map((index) => Number(fields[index] ?? Number.NaN));
    const usages = reports.at(-1);
    if (usages === undefined || uid === undefined || !figures.every(Number.isFinite)) return odd(line);
    const [blocks = 0, blockSoft = 0, blockHard = 0, files = 0, fileSoft = 0, fileHard = 0] = figures;
    const user = names.get(Number(uid)) ?? `uid ${uid}`;
    usages.push({ user, of: 'space', used: blocks, limit: lowest(blockSoft, blockHard) });
    usages.push({ user, of: 'files', used: files, limit: lowest(fileSoft, fileHard) });
  }
  return read(reports);
}

function lowest(soft: number, hard: number): number {
  return soft > 0 && (hard === 0 || soft < hard) ? soft : hard;
}

/** Without the line: a name could stand in it. */
function odd(line: string): Reading<never> {
  return unreadable('unparsable', 'repquota', `a line of ${line.split(',').length} fields`);
}
