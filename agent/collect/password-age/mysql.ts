import { z } from 'zod';
import { read, unreadable } from '../../../policies/reading.ts';
import { isOpen } from './mariadb.ts';
import { querySql } from './sql-client.ts';
import { combine, methodOf } from './sql-methods.ts';
import { SqlSource, connectionOf } from './sql-source.ts';
import { defineStoreReader, momentOfSeconds, type FoundAccount } from './store.ts';

const YesNo = z.enum(['Y', 'N']).transform((letter) => letter === 'Y');

/** A row of mysql.user (MySQL Reference Manual 6.2.3); the secret in hexadecimal, as some have bytes that are no text. */
const Row = z.object({
  user: z.string(),
  host: z.string().max(255),
  plugin: z.string(),
  secret: z
    .string()
    .regex(/^([0-9A-F]{2})*$/)
    .nullable(),
  locked: YesNo,
  expired: YesNo,
  changed: z.number().nullable(),
});
const Session = z.object({ session: z.string() });

const statements = [
  "SELECT JSON_OBJECT('session', CURRENT_USER())",
  "SELECT JSON_OBJECT('user', User, 'host', Host, 'plugin', plugin, 'secret', HEX(authentication_string), 'locked', account_locked, 'expired', password_expired, 'changed', UNIX_TIMESTAMP(password_last_changed)) FROM mysql.user",
];

/** MySQL 5.7.8 and newer, where mysql.user has the moment of each password's change. */
export const mysql = defineStoreReader({
  kind: 'mysql',
  source: SqlSource,
  rehashes: false,
  isComplete: true,
  async read(context, store, source) {
    const what = `MySQL (${store})`;
    const rows = await querySql(context, connectionOf('mysql', source), statements, what);
    if (rows.state === 'unreadable') return rows;
    const session = Session.safeParse(rows.value[0]);
    const accounts = z.array(Row).safeParse(rows.value.slice(1));
    if (!session.success || !accounts.success) return unreadable('unparsable', what, 'mysql.user has another form');
    return read({
      accounts: accounts.data.map(describe),
      ways: read({ open: isOpen(session.data.session) ? ('skip-grant-tables' as const) : null, keepers: [] }),
    });
  },
});

function describe({ user, host, plugin, secret, locked, expired, changed }: z.output<typeof Row>): FoundAccount {
  return {
    name: user,
    from: host,
    ...combine([methodOf(plugin, Buffer.from(secret ?? '', 'hex').toString('latin1'))], locked),
    recorded: expired ? 'must-change' : changed === null ? null : momentOfSeconds(changed),
  };
}
