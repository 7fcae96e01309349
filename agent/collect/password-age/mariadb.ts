import { z } from 'zod';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { querySql, type SqlConnection } from './sql-client.ts';
import { SqlSource, connectionOf } from './sql-source.ts';
import { combine, methodOf } from './sql-methods.ts';
import { defineStoreReader, momentOfSeconds, type FoundAccount, type FoundAccounts } from './store.ts';

const Method = z.object({ plugin: z.string().optional(), authentication_string: z.string().optional() });

/** A row of mysql.global_priv (MariaDB Server documentation, mysql.global_priv Table). */
const Privileges = Method.extend({
  auth_or: z.array(Method).optional(),
  account_locked: z.boolean().default(false),
  is_role: z.boolean().default(false),
  password_last_changed: z.int().optional(),
});

const Row = z.object({ user: z.string(), host: z.string().max(255), priv: Privileges });
const Session = z.object({ session: z.string() });

const statements = [
  "SELECT JSON_OBJECT('session', CURRENT_USER())",
  "SELECT JSON_OBJECT('user', User, 'host', Host, 'priv', Priv) FROM mysql.global_priv",
];

/** MariaDB 10.4 and newer, where mysql.global_priv holds the accounts and the moment of each password's change. */
export const mariadb = defineStoreReader({
  kind: 'mariadb',
  source: SqlSource,
  rehashes: false,
  isComplete: true,
  read: (context, store, source) => readAccounts(context, `MariaDB (${store})`, connectionOf('mariadb', source)),
});

async function readAccounts(
  context: CollectContext,
  what: string,
  connection: SqlConnection,
): Promise<Reading<FoundAccounts>> {
  const rows = await querySql(context, connection, statements, what);
  if (rows.state === 'unreadable') return rows;
  const session = Session.safeParse(rows.value[0]);
  const accounts = z.array(Row).safeParse(rows.value.slice(1));
  if (!session.success || !accounts.success)
    return unreadable('unparsable', what, 'mysql.global_priv has another form');
  return read({
    accounts: accounts.data.filter(({ priv }) => !priv.is_role).map(describe),
    ways: read({ open: isOpen(session.data.session) ? 'skip-grant-tables' : null, keepers: [] }),
  });
}

/** With --skip-grant-tables nobody is asked for a password, and the session has no account (`@`). */
export function isOpen(session: string): boolean {
  return session === '@' || session.startsWith('skip-grants');
}

/** An empty member of `auth_or` stands for what is written beside the list. */
function describe({ user, host, priv }: z.output<typeof Row>): FoundAccount {
  const written = (priv.auth_or ?? [{}]).map((method) => (method.plugin === undefined ? priv : method));
  const methods = written.map(({ plugin = 'mysql_native_password', authentication_string: secret = '' }) =>
    methodOf(plugin, secret),
  );
  const { password_last_changed: changed } = priv;
  return {
    name: user,
    from: host,
    ...combine(methods, priv.account_locked),
    recorded: changed === undefined ? null : changed === 0 ? 'must-change' : momentOfSeconds(changed),
  };
}
