import { z } from 'zod';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import { AbsolutePath } from '../backup/reader.ts';
import type { CollectContext } from '../collector.ts';
import { askSite, askThrough, connectionOfSite, throughShape, type SiteQuestion } from './site-database.ts';
import { readTypo3Settings, type Typo3Settings } from './typo3-settings.ts';
import { defineStoreReader, momentOfSeconds, noOtherWays, type FoundAccount, type StoreRequest } from './store.ts';

const Through = z.strictObject(throughShape);
const Source = z.union([z.strictObject({ folder: AbsolutePath }), Through], {
  error: 'expected folder, or through and schema',
});

/**
 * A row of be_users. `secret` is `password`; `starts` and `ends` are seconds since 1970, 0 for none (TYPO3 core,
 * ext_tables.sql).
 */
const User = z.object({
  id: z.int(),
  user: z.string().max(255),
  secret: z.string().nullable(),
  admin: z.int(),
  disabled: z.int(),
  deleted: z.int(),
  starts: z.int(),
  ends: z.int(),
});
type User = z.output<typeof User>;

/** A column of the extension be_secure_pw: when the password was changed, 0 where it must be. */
const Change = z.object({ id: z.int(), changed: z.int() });

/** The account that TYPO3 makes for its command line, with a password that it draws and tells nobody. */
const commandLine = '_cli_';

/**
 * The administrators of a TYPO3 site and the password of its install tool. A login makes a new hash when the site has gone
 * over to another algorithm, so that a hash of another algorithm proves no change.
 */
export const typo3 = defineStoreReader({
  kind: 'typo3',
  source: Source,
  rehashes: true,
  isComplete: true,
  async read(context, store, source, all) {
    const what = `TYPO3 (${store})`;
    const settings = 'folder' in source ? await readTypo3Settings(context, source.folder, what) : undefined;
    if (settings?.state === 'unreadable') return settings;
    const rows = await readRows(context, store, source, settings?.value, all, what);
    if (rows.state === 'unreadable') return rows;
    const users = z.array(User).safeParse(rows.value.filter((row) => 'secret' in row));
    const changes = z.array(Change).safeParse(rows.value.filter((row) => 'changed' in row));
    if (!users.success || !changes.success) return unreadable('unparsable', what, 'be_users has another form');
    const changedOf = new Map(changes.data.map(({ id, changed }) => [id, changed]));
    const accounts = users.data
      .filter(({ user }) => user !== commandLine)
      .map((user) => describe(user, changedOf.get(user.id)));
    return read({ accounts: [...accounts, ...installTool(settings?.value.installTool)], ways: noOtherWays });
  },
});

function questionOf(store: string, schema: string): SiteQuestion {
  const site = `typo3/${store}`;
  const table = `\`${schema}\`.be_users`;
  return {
    site,
    statements: [
      `SELECT JSON_OBJECT('site', '${site}', 'count', COUNT(*)) FROM ${table}`,
      `SELECT JSON_OBJECT('site', '${site}', 'id', uid, 'user', username, 'secret', password, 'admin', admin, 'disabled', disable, 'deleted', deleted, 'starts', starttime, 'ends', endtime) FROM ${table}`,
      `SELECT JSON_OBJECT('site', '${site}', 'id', uid, 'changed', tx_besecurepw_lastpwchange) FROM ${table}`,
    ],
  };
}

async function readRows(
  context: CollectContext,
  store: string,
  source: z.output<typeof Source>,
  settings: Typo3Settings | undefined,
  all: readonly StoreRequest[],
  what: string,
): Promise<Reading<readonly Readonly<Record<string, unknown>>[]>> {
  if ('through' in source) {
    const { through, schema } = source;
    return askThrough(context, through, questionOf(store, schema), () => questionsThrough(through, all), all, what);
  }
  if (settings === undefined) return unreadable('missing', what);
  const connection = await connectionOfSite(context.host, settings.file, settings.database);
  if (connection === undefined)
    return unreadable('unsupported', what, 'its settings name no database that can be asked');
  if (connection.state === 'unreadable') return unreadable(connection.obstacle.code, what);
  return askSite(context, connection.value, questionOf(store, settings.database.schema), what);
}

function questionsThrough(through: string, all: readonly StoreRequest[]): SiteQuestion[] {
  return all.flatMap(({ store, source }) => {
    const parsed = Through.safeParse(source.typo3);
    return parsed.success && parsed.data.through === through ? [questionOf(store, parsed.data.schema)] : [];
  });
}

function describe({ user, secret, ...row }: User, changed: number | undefined): FoundAccount {
  const hash = secret === '' ? null : secret;
  const isClosed = row.disabled !== 0 || row.deleted !== 0 || row.admin === 0;
  return {
    name: user,
    hash,
    recorded: changed === undefined ? null : changed === 0 ? 'must-change' : momentOfSeconds(changed),
    opensBy: hash === null ? 'none' : 'password',
    begins: dateOf(row.starts),
    expires: dateOf(row.ends),
    isLeftOut: isClosed,
  };
}

function dateOf(seconds: number): Date | null {
  const moment = seconds === 0 ? null : momentOfSeconds(seconds);
  return moment === null ? null : new Date(moment);
}

/** Without a password the install tool is shut. */
function installTool(hash: string | undefined): FoundAccount[] {
  if (hash === undefined || hash === '') return [];
  return [{ name: '(install tool)', hash, recorded: null, opensBy: 'password' }];
}
