import { z } from 'zod';
import type { Copy, Link, State } from '../../../policies/checks/replication/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import { AbsolutePath } from '../backup/reader.ts';
import type { CollectContext } from '../collector.ts';
import { behindBy, defineReader, nothingFound } from './reader.ts';

const Source = z.strictObject({
  client: z.enum(['redis-cli', 'valkey-cli']).default('redis-cli'),
  /** A socket, or an address and port. */
  socket: AbsolutePath.optional(),
  host: z.union([z.hostname(), z.ipv4(), z.ipv6()]).default('127.0.0.1'),
  port: z.int().min(1).max(65_535).default(6379),
  tls: z.boolean().default(false),
  user: z
    .string()
    .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$/, 'expected the name of a user')
    .optional(),
  /** Holds the password on its first line. */
  passwordFile: AbsolutePath.optional(),
});
type Source = z.output<typeof Source>;

type Fields = ReadonlyMap<string, string>;

/** Redis and Valkey (Redis documentation, INFO, section replication). */
export const redis = defineReader({
  kind: 'redis',
  source: Source,
  async read(context, source, { set }): Promise<Reading<State>> {
    const what = `Redis (${set})`;
    const fields = await askInfo(context, source, what);
    if (fields.state === 'unreadable') return fields;
    const value = (name: string): string | undefined => fields.value.get(name);
    const isReplica = value('role') === 'slave';
    const copies = copiesOf(fields.value);
    const good = value('min_slaves_good_slaves');
    return read({
      ...nothingFound,
      follows: isReplica,
      links: isReplica ? [linkOf(fields.value, what)] : [],
      connected: copies.filter(({ state }) => state === 'following').length,
      copies,
      acknowledging: good === undefined ? null : Number(good),
    });
  },
});

async function askInfo(context: CollectContext, source: Source, what: string): Promise<Reading<Fields>> {
  const { client, socket, host, port, tls, user, passwordFile } = source;
  const password = passwordFile === undefined ? undefined : await context.host.readText(passwordFile);
  if (password?.state === 'unreadable') return unreadable(password.obstacle.code, `the password file of ${what}`);
  const place = socket === undefined ? ['-h', host, '-p', String(port)] : ['-s', socket];
  const args = [...place, ...(tls ? ['--tls'] : []), ...(user === undefined ? [] : ['--user', user])];
  const env = password === undefined ? undefined : { REDISCLI_AUTH: password.value.split('\n')[0] ?? '' };
  const command = { file: client, args: [...args, 'INFO', 'replication'], timeout: 10, maximumOutput: 2 ** 20 };
  const answer = await context.host.run({ ...command, ...(env === undefined ? {} : { env }) }, context.signal);
  if (answer.state === 'unreadable') {
    return unreadable(answer.obstacle.code, answer.obstacle.code === 'command-missing' ? client : what);
  }
  const { stdout, stderr } = answer.value;
  const fields = new Map<string, string>();
  for (const line of stdout.split('\n')) {
    const [, name, value] = /^(\w+):(.*?)\r?$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) fields.set(name, value);
  }
  if (fields.has('role')) return read(fields);
  if (/NOAUTH|WRONGPASS|NOPERM/.test(stdout + stderr)) {
    return unreadable('refused', what, 'the server refuses the user, its password or the command INFO');
  }
  return (stdout + stderr).includes('Could not connect')
    ? unreadable('unreachable', what, 'nothing listens there')
    : unreadable('unparsable', what, 'its answer has another form');
}

/** The primary calls each ten seconds, also while nothing is written. */
function linkOf(fields: Fields, what: string): Link {
  const isUp = fields.get('master_link_status') === 'up' && fields.get('master_sync_in_progress') === '0';
  const heard = Number(fields.get('master_last_io_seconds_ago') ?? Number.NaN);
  return {
    link: '',
    receiving: isUp ? 'running' : 'connecting',
    applying: 'running',
    error: null,
    behind: heard >= 0 ? behindBy('heartbeat', heard) : unreadable('missing', `when ${what} last heard its primary`),
    noticesAfter: null,
  };
}

/** `slave0:ip=127.0.0.1,port=6380,state=online,offset=14,lag=1`: the lag is the seconds since its last answer. */
function copiesOf(fields: Fields): Copy[] {
  const copies: Copy[] = [];
  for (const [name, value] of fields) {
    if (!/^slave\d+$/.test(name)) continue;
    const part = new Map(value.split(',').map((pair) => pair.split('=') as [string, string | undefined]));
    const replica = `${part.get('ip') ?? '?'}:${part.get('port') ?? '?'}`;
    const lag = Number(part.get('lag') ?? Number.NaN);
    copies.push({
      replica: replica.slice(0, 256),
      state: part.get('state') === 'online' ? 'following' : (part.get('state') ?? 'unknown').slice(0, 64),
      behind: lag >= 0 ? behindBy('heartbeat', lag) : unreadable('missing', `when ${replica} last answered`),
      stuckSince: null,
    });
  }
  return copies.sort((a, b) => (a.replica < b.replica ? -1 : 1)).slice(0, 64);
}
