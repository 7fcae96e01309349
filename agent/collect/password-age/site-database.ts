import { z } from 'zod';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import type { CollectContext } from '../collector.ts';
import { querySql, type SqlConnection } from './sql-client.ts';
import { SqlSource, connectionOf } from './sql-source.ts';
import type { StoreRequest } from './store.ts';

/** The name of a database, of which nothing needs to be quoted in a statement. */
export const SchemaName = z.string().regex(/^[A-Za-z0-9_$-]{1,64}$/, 'expected the name of a database');

/** Instead of the site's own settings: a database of passwordStores, whose account may read the site's tables. */
export const throughShape = { through: z.string().min(1), schema: SchemaName };

/** What to ask of a site's tables: the statements, each of whose rows is a JSON object with the site's name in `site`. */
export interface SiteQuestion {
  readonly site: string;
  readonly statements: readonly string[];
}

const Row = z.looseObject({ site: z.string() });
type Row = z.output<typeof Row>;

/** Sites that are asked in one call; a command line holds 128 KiB an argument. */
const atOnce = 50;

/**
 * Asks the sites of one connection together. A statement that fails gives no rows and keeps no other from being asked:
 * `{count}` of the first statement tells whether the table could be read at all.
 */
async function askSites(
  context: CollectContext,
  connection: SqlConnection,
  questions: readonly SiteQuestion[],
  what: string,
): Promise<Reading<ReadonlyMap<string, readonly Row[]>>> {
  const rows: Row[] = [];
  for (let at = 0; at < questions.length; at += atOnce) {
    const statements = questions.slice(at, at + atOnce).flatMap((question) => question.statements);
    const answer = await querySql(context, connection, statements, what, { force: true });
    if (answer.state === 'unreadable') return answer;
    const parsed = z.array(Row).safeParse(answer.value);
    if (!parsed.success) return unreadable('unparsable', what, 'a row of another form');
    rows.push(...parsed.data);
  }
  return read(Map.groupBy(rows, ({ site }) => site));
}

/** The rows of one site, over the connection of its own settings. */
export async function askSite(
  context: CollectContext,
  connection: SqlConnection,
  question: SiteQuestion,
  what: string,
): Promise<Reading<readonly Row[]>> {
  const answer = await askSites(context, connection, [question], what);
  return answer.state === 'unreadable' ? answer : rowsOf(answer.value, question.site, what);
}

/** The rows of one site, over another store: all sites that are read through it are asked at once. */
export async function askThrough(
  context: CollectContext,
  through: string,
  question: SiteQuestion,
  questionsThrough: () => readonly SiteQuestion[],
  all: readonly StoreRequest[],
  what: string,
): Promise<Reading<readonly Row[]>> {
  const connection = connectionThrough(through, all);
  if (connection === undefined) {
    return unreadable('missing', what, `passwordStores has no mariadb or mysql store of the name ${through}`);
  }
  const [kind = ''] = question.site.split('/');
  const answer = await context.once(`password-age ${kind} through ${through}`, () =>
    askSites(context, connection, questionsThrough(), `the database ${through}`),
  );
  return answer.state === 'unreadable' ? answer : rowsOf(answer.value, question.site, what);
}

function rowsOf(bySite: ReadonlyMap<string, readonly Row[]>, site: string, what: string): Reading<readonly Row[]> {
  const rows = bySite.get(site) ?? [];
  const [first, ...others] = rows;
  const counted = z.object({ count: z.int() }).safeParse(first);
  if (!counted.success) return unreadable('refused', what, 'its table of users is not there, or may not be read');
  const users = others.filter((row) => 'secret' in row).length;
  if (users !== counted.data.count) return unreadable('unparsable', what, 'its table of users changed meanwhile');
  return read(others);
}

function connectionThrough(through: string, all: readonly StoreRequest[]): SqlConnection | undefined {
  const source = all.find(({ store }) => store === through)?.source ?? {};
  for (const client of ['mariadb', 'mysql'] as const) {
    const parsed = SqlSource.safeParse(source[client]);
    if (parsed.success) return connectionOf(client, parsed.data);
  }
  return undefined;
}

/** How a site's own settings say that its database is reached. */
export interface SiteSettings {
  readonly host: string;
  readonly port: number | null;
  readonly socket: string | null;
  readonly user: string;
  readonly password: string;
  readonly schema: string;
}

const rootUid = 0;
const nobodyUid = 65_534;

/**
 * The connection that a site's settings ask for, made with the rights of whoever owns these settings and no more: else a
 * site could have the agent's rights used on a server of its choice, such as root's over the socket of MariaDB.
 * @param file the settings, whose owner counts
 * @returns undefined where they hold what no connection has
 */
export async function connectionOfSite(
  host: Host,
  file: string,
  { host: server, port, socket, user, password, schema }: SiteSettings,
): Promise<Reading<SqlConnection> | undefined> {
  const isSound =
    /^[A-Za-z0-9_.:-]{0,255}$/.test(server) && SchemaName.safeParse(schema).success && !/[\0\n]/.test(user + password);
  if (!isSound || (socket !== null && !socket.startsWith('/'))) return undefined;
  const [owner, agent, newClient] = await Promise.all([
    host.status(file),
    host.status('/proc/self'),
    host.status('/usr/bin/mariadb'),
  ]);
  if (owner.state === 'unreadable') return unreadable(owner.obstacle.code, 'the settings of the site');
  const isRoot = agent.state === 'unreadable' || agent.value.uid === rootUid;
  const place =
    socket === null
      ? [`--host=${server === '' ? 'localhost' : server}`, ...(port === null ? [] : [`--port=${port}`])]
      : ['--protocol=socket', `--socket=${socket}`];
  return read({
    client: newClient.state === 'read' ? 'mariadb' : 'mysql',
    options: ['--no-defaults', ...place, `--user=${user}`, `--database=${schema}`],
    password,
    ...(isRoot ? { uid: owner.value.uid === rootUid ? nobodyUid : owner.value.uid } : {}),
  });
}
