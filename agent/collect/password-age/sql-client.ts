import { read, unreadable, type Obstacle, type Reading, type Unreadable } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';

/** How a server is reached, and as whom. */
export interface SqlConnection {
  readonly client: 'mariadb' | 'mysql';
  /** Options of the client that say so; first of all the file of defaults, as the client wants it. */
  readonly options: readonly string[];
  /** Goes by the environment: a command line can be read by everybody on the host. */
  readonly password?: string;
  /** The user of the system that the client runs as; the agent's own unless given. */
  readonly uid?: number;
}

/** What holds for every call: no file of this host is sent to a server that asks for one, and nobody is asked anything. */
const fixedOptions: readonly string[] = [
  '--batch',
  '--raw',
  '--skip-column-names',
  '--skip-auto-rehash',
  '--local-infile=0',
  '--connect-timeout=10',
  '--default-character-set=utf8mb4',
];

/** A group that owns nothing, for a client that runs as somebody else. */
const nogroup = 65_534;

/** Bytes; the rows of a hundred thousand accounts. */
const maximumOutput = 32 * 2 ** 20;

/**
 * Lets the client run fixed statements, each of whose rows is one JSON value.
 * @param force goes on after a statement that fails; what it would have given is then missing
 * @param what names the store in an obstacle: what the client and the server say may name accounts
 */
export async function querySql(
  context: CollectContext,
  connection: SqlConnection,
  statements: readonly string[],
  what: string,
  { force = false } = {},
): Promise<Reading<unknown[]>> {
  // Behind --execute: before it, --force would be taken back.
  const told = await runSql(context, connection, statements, what, force ? ['--force'] : []);
  return told.state === 'unreadable' ? told : parseRows(told.value, what);
}

/** What the client prints for fixed statements. */
export async function runSql(
  { host, signal }: CollectContext,
  { client, options, password, uid }: SqlConnection,
  statements: readonly string[],
  what: string,
  lastOptions: readonly string[],
): Promise<Reading<string>> {
  const args = [...options, ...fixedOptions, '--execute', statements.join(';\n'), ...lastOptions];
  const asUser = ['--reuid', String(uid), '--regid', String(nogroup), '--clear-groups', '--no-new-privs', '--', client];
  const answer = await host.run(
    {
      ...(uid === undefined ? { file: client, args } : { file: 'setpriv', args: [...asUser, ...args] }),
      ...(password === undefined ? {} : { env: { MYSQL_PWD: password } }),
      timeout: 30,
      maximumOutput,
    },
    signal,
  );
  if (answer.state === 'unreadable') return nameless(answer, client, what);
  const { exitCode, stdout, stderr } = answer.value;
  return exitCode === 0 ? read(stdout) : failureOf(stderr, what);
}

/** The whole command line stands in an obstacle's name, and with it names. */
function nameless({ obstacle }: Unreadable, client: string, what: string): Unreadable {
  return unreadable(obstacle.code, obstacle.code === 'command-missing' ? client : what);
}

/** Codes of the server and of the client (MariaDB and MySQL share them), as far as they say something to an operator. */
const meanings: Readonly<Record<string, readonly [Obstacle['code'], string]>> = {
  1044: ['refused', 'the account of the agent may not use this database'],
  1045: ['refused', 'the server refuses the name or the password'],
  1049: ['missing', 'there is no such database'],
  1054: ['unsupported', 'its tables have another form; is it another kind or version of server?'],
  1142: ['refused', 'the account of the agent may not read the table'],
  1143: ['refused', 'the account of the agent may not read the columns'],
  1146: ['missing', 'there is no such table'],
  1227: ['refused', 'the account of the agent has too few rights'],
  1698: ['refused', 'the server refuses the name or the password'],
  2002: ['unreachable', 'nothing listens there'],
  2003: ['unreachable', 'nothing listens there'],
  2005: ['unreachable', 'its name is not known'],
};

function failureOf(stderr: string, what: string): Unreadable {
  const [, number = ''] = /ERROR (\d{4,5})/.exec(stderr) ?? [];
  if (/defaults file|defaults handling/.test(stderr))
    return unreadable('refused', what, 'the file of defaults cannot be read');
  if (stderr.includes('setpriv:')) return unreadable('refused', what, 'only root can ask as the owner of the site');
  const [code, detail] = meanings[number] ?? [
    'command-failed',
    number === '' ? 'the client failed' : `error ${number}`,
  ];
  return unreadable(code, what, detail);
}

function parseRows(stdout: string, what: string): Reading<unknown[]> {
  const rows: unknown[] = [];
  for (const line of stdout.split('\n')) {
    if (line === '') continue;
    try {
      rows.push(JSON.parse(line));
    } catch {
      return unreadable('unparsable', what, 'a row is no JSON');
    }
  }
  return read(rows);
}
