import type { Account, SystemPasswords } from '../../../policies/checks/password-age/facts.ts';
import { read, type Reading } from '../../../policies/reading.ts';
import { readPasswd, readShadow, type Shadow, type User } from '../account-files.ts';
import type { CollectContext } from '../collector.ts';

export interface SystemAccounts {
  readonly users: readonly { readonly user: User; readonly shadow: Shadow | undefined }[];
  readonly malformed: SystemPasswords['malformed'];
}

export function shellOf({ shell }: User): Account['shell'] {
  return /(^|\/)(nologin|false)$/.test(shell) ? 'nologin' : 'login';
}

/** The accounts of the system's own files, with their lines of /etc/shadow. */
export async function readAccounts(context: CollectContext): Promise<Reading<SystemAccounts>> {
  const [passwd, shadow] = [await readPasswd(context), await readShadow(context)];
  if (passwd.state === 'unreadable') return passwd;
  if (shadow.state === 'unreadable') return shadow;
  const shadowOf = new Map(shadow.value.entries.map((entry) => [entry.name, entry]));
  // A line that could not be understood is told as such; that the account has none would be untrue.
  const known = passwd.value.entries.filter(
    ({ name, field }) => !(field === 'x' && shadow.value.malformedNames.has(name)),
  );
  return read({
    users: known.map((user) => ({ user, shadow: shadowOf.get(user.name) })),
    malformed: [
      ...passwd.value.malformed.map((line) => ({ file: '/etc/passwd' as const, line })),
      ...shadow.value.malformed.map((line) => ({ file: '/etc/shadow' as const, line })),
    ],
  });
}
