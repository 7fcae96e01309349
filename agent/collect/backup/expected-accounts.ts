import { z } from 'zod';
import { maximumAccounts } from '../../../policies/checks/backup/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { AbsolutePath } from './reader.ts';

/** Names of accounts and domains: nothing that could lead out of a folder or be taken for an option. */
export const AccountName = z
  .string()
  .max(255)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.@-]*$/, 'expected the name of an account');

/** Accounts of the panel's own list that are promised no copies. */
export const Except = z.array(AccountName).max(1000).default([]);

/** Where agent.yaml says that the list of accounts that are to have copies comes from. */
export const ExpectedAccounts = z
  .strictObject({
    /** The users of /etc/passwd whose home lies below one of these folders. */
    homesBelow: z.array(AbsolutePath).min(1).max(20).optional(),
    /** A file with one name a line. */
    file: AbsolutePath.optional(),
    except: Except,
  })
  .refine(({ homesBelow, file }) => (homesBelow === undefined) !== (file === undefined), {
    error: 'expected either homesBelow or file',
  });
export type ExpectedAccounts = z.output<typeof ExpectedAccounts>;

/** The accounts that are to have copies, sorted, each once. A list that cannot be read whole is an obstacle. */
export async function readExpected(
  host: Host,
  { homesBelow, file, except }: ExpectedAccounts,
): Promise<Reading<string[]>> {
  const names =
    homesBelow !== undefined ? await readHomes(host, homesBelow) : await readList(host, file ?? '/nonexistent');
  return names.state === 'unreadable' ? names : read(withoutExcepted(names.value, except));
}

export function withoutExcepted(names: readonly string[], except: readonly string[]): string[] {
  return [...new Set(names)].filter((name) => !except.includes(name)).sort();
}

/** passwd(5). Users of a directory (LDAP, NIS) are not in it. */
async function readHomes(host: Host, folders: readonly string[]): Promise<Reading<string[]>> {
  const path = '/etc/passwd';
  const text = await host.readText(path);
  if (text.state === 'unreadable') return text;
  const names: string[] = [];
  for (const [index, line] of text.value.split('\n').entries()) {
    // A line with + or - asks a directory and is no account.
    if (line === '' || /^[+-]/.test(line)) continue;
    const [name = '', , , , , home, shell] = line.split(':');
    if (name === '' || home === undefined || shell === undefined) {
      return unreadable('unparsable', path, `line ${index + 1} is no line of passwd(5)`);
    }
    if (folders.some((folder) => home.startsWith(folder === '/' ? '/' : `${folder}/`))) names.push(name);
  }
  return read(names);
}

async function readList(host: Host, path: string): Promise<Reading<string[]>> {
  const status = await host.status(path);
  if (status.state === 'unreadable') return status;
  // Else an account could take itself off the list, and others with it.
  if ((status.value.mode & 0o002) !== 0) {
    return unreadable('unsupported', path, 'anybody on this host may write to it; chmod o-w');
  }
  const text = await host.readText(path);
  if (text.state === 'unreadable') return text;
  const lines = text.value.split('\n').map((line) => line.trim());
  return parseNames(
    lines.filter((line) => line !== '' && !line.startsWith('#')),
    path,
  );
}

/** Names from a list, as the program or file gave them. */
export function parseNames(names: readonly unknown[], what: string): Reading<string[]> {
  const parsed = z.array(AccountName).max(maximumAccounts).safeParse(names);
  return parsed.success ? read(parsed.data) : unreadable('unparsable', what, z.prettifyError(parsed.error));
}
