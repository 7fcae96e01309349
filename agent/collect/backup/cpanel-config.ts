import { parse } from 'yaml';
import { z } from 'zod';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import type { CollectContext } from '../collector.ts';
import { parseAnswer } from './answer.ts';
import { parseNames } from './expected-accounts.ts';
import { AbsolutePath } from './reader.ts';

const file = '/var/cpanel/backups/config';

/** What is read of it; the keys are those of WHM's `backup_config_set`, in capitals. */
const Config = z.object({
  BACKUPDIR: z
    .string()
    .transform((path) => path.replace(/(?<=.)\/+$/, ''))
    .pipe(AbsolutePath),
  BACKUPTYPE: z.enum(['compressed', 'uncompressed', 'incremental']),
  KEEPLOCAL: z.coerce.string().optional(),
});

/** The folder with cPanel's archives, where they stay on this host and each is of one moment. */
export async function readBackupFolder(host: Host): Promise<Reading<string>> {
  const text = await host.readText(file);
  if (text.state === 'unreadable') return text;
  let content: unknown;
  try {
    content = parse(text.value);
  } catch {
    return unreadable('unparsable', file, 'not YAML');
  }
  const parsed = Config.safeParse(content);
  if (!parsed.success) return unreadable('unparsable', file, z.prettifyError(parsed.error));
  const { BACKUPDIR, BACKUPTYPE, KEEPLOCAL } = parsed.data;
  if (BACKUPTYPE === 'incremental') {
    return unreadable('unsupported', file, 'incremental backups: nothing there tells of when an account was copied');
  }
  if (KEEPLOCAL === '0' || KEEPLOCAL === 'no') {
    return unreadable('unsupported', file, 'backups do not stay on this host (KEEPLOCAL)');
  }
  return read(BACKUPDIR);
}

/** In full: on CloudLinux the one that is found by its name alone is another (WHM API 1, "Guide to WHM API 1"). */
const whmapi = '/usr/local/cpanel/bin/whmapi1';

const Answer = z.object({
  metadata: z.object({ result: z.literal(1) }),
  data: z.object({ acct: z.array(z.object({ user: z.string(), suspended: z.coerce.number() })) }),
});

/** cPanel's own accounts (WHM API 1, `listaccts`). */
export async function listAccounts(
  { host, signal }: Pick<CollectContext, 'host' | 'signal'>,
  suspended: 'included' | 'left-out',
): Promise<Reading<string[]>> {
  const what = 'whmapi1 listaccts';
  const args = ['--output=json', 'listaccts', 'want=user,suspended'];
  const answer = await host.run({ file: whmapi, args }, signal);
  if (answer.state === 'unreadable') return answer;
  const { exitCode, stdout } = answer.value;
  if (exitCode !== 0) return unreadable('command-failed', what, `exit code ${exitCode}`);
  const listed = parseAnswer(stdout, what, Answer);
  if (listed.state === 'unreadable') return listed;
  const wanted = listed.value.data.acct.filter((account) => suspended === 'included' || account.suspended === 0);
  return parseNames(
    wanted.map(({ user }) => user),
    what,
  );
}
