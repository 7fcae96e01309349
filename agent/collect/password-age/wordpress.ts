import { z } from 'zod';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import { AbsolutePath } from '../backup/reader.ts';
import type { CollectContext } from '../collector.ts';
import { askSite, askThrough, connectionOfSite, throughShape, type SiteQuestion } from './site-database.ts';
import { Prefix, readWordpressSettings } from './wordpress-settings.ts';
import { defineStoreReader, noOtherWays, type StoreRequest } from './store.ts';

const Through = z.strictObject({ ...throughShape, prefix: Prefix.default('wp_') });
const Source = z.union([z.strictObject({ folder: AbsolutePath }), Through], {
  error: 'expected folder, or through and schema',
});

const User = z.object({ id: z.int(), user: z.string().max(255), secret: z.string() });

/**
 * The administrators of a WordPress site, those of a network among them. Nothing in it records a change, and since
 * version 6.8 a login makes a `$wp$` hash of a password that had a `$P$` one: that proves no change. Of the other users,
 * often customers in great number, nothing is asked; so one who becomes an administrator is not new.
 */
export const wordpress = defineStoreReader({
  kind: 'wordpress',
  source: Source,
  rehashes: true,
  isComplete: false,
  async read(context, store, source, all) {
    const what = `WordPress (${store})`;
    const rows = await readRows(context, store, source, all, what);
    if (rows.state === 'unreadable') return rows;
    const users = z.array(User).safeParse(rows.value);
    if (!users.success) return unreadable('unparsable', what, 'its table of users has another form');
    const byId = new Map(users.data.map((user) => [user.id, user]));
    const accounts = [...byId.values()].map(({ user, secret }) => ({
      name: user,
      hash: secret === '' ? null : secret,
      recorded: null,
      opensBy: secret === '' ? ('none' as const) : ('password' as const),
    }));
    return read({ accounts, ways: noOtherWays });
  },
});

function questionOf(store: string, schema: string, prefix: string): SiteQuestion {
  const site = `wordpress/${store}`;
  const users = `\`${schema}\`.\`${prefix}users\``;
  const mayDoAll =
    `FROM ${users} u WHERE EXISTS (SELECT 1 FROM \`${schema}\`.\`${prefix}usermeta\` m WHERE m.user_id = u.ID ` +
    `AND m.meta_key LIKE '%capabilities' AND (m.meta_value LIKE '%"administrator"%' OR m.meta_value LIKE '%"manage_options"%'))`;
  const ofNetwork =
    `FROM ${users} u JOIN \`${schema}\`.\`${prefix}sitemeta\` s ON s.meta_key = 'site_admins' ` +
    `AND INSTR(s.meta_value, CONCAT('"', u.user_login, '"')) > 0`;
  const row = (secret: string): string =>
    `JSON_OBJECT('site', '${site}', 'id', u.ID, 'user', u.user_login, '${secret}', u.user_pass)`;
  return {
    site,
    statements: [
      `SELECT JSON_OBJECT('site', '${site}', 'count', COUNT(*)) ${mayDoAll}`,
      `SELECT ${row('secret')} ${mayDoAll}`,
      // Only a network has this table.
      `SELECT ${row('networkSecret')} ${ofNetwork}`,
    ],
  };
}

async function readRows(
  context: CollectContext,
  store: string,
  source: z.output<typeof Source>,
  all: readonly StoreRequest[],
  what: string,
): Promise<Reading<readonly unknown[]>> {
  const rows = await ask(context, store, source, all, what);
  if (rows.state === 'unreadable') return rows;
  return read(
    rows.value.map(({ networkSecret, ...row }) =>
      networkSecret === undefined ? row : { ...row, secret: networkSecret },
    ),
  );
}

async function ask(
  context: CollectContext,
  store: string,
  source: z.output<typeof Source>,
  all: readonly StoreRequest[],
  what: string,
): Promise<Reading<readonly Readonly<Record<string, unknown>>[]>> {
  if ('through' in source) {
    const { through, schema, prefix } = source;
    return askThrough(
      context,
      through,
      questionOf(store, schema, prefix),
      () => questionsThrough(through, all),
      all,
      what,
    );
  }
  const settings = await readWordpressSettings(context, source.folder, what);
  if (settings.state === 'unreadable') return settings;
  const { file, database, prefix } = settings.value;
  const connection = await connectionOfSite(context.host, file, database);
  if (connection === undefined)
    return unreadable('unsupported', what, 'its settings name no database that can be asked');
  if (connection.state === 'unreadable') return unreadable(connection.obstacle.code, what);
  return askSite(context, connection.value, questionOf(store, database.schema, prefix), what);
}

function questionsThrough(through: string, all: readonly StoreRequest[]): SiteQuestion[] {
  return all.flatMap(({ store, source }) => {
    const parsed = Through.safeParse(source.wordpress);
    return parsed.success && parsed.data.through === through
      ? [questionOf(store, parsed.data.schema, parsed.data.prefix)]
      : [];
  });
}
