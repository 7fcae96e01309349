import { z } from 'zod';
import {
  pausedSteps,
  type Behind,
  type Cluster,
  type Link,
  type State,
} from '../../../policies/checks/replication/facts.ts';
import { stepOf } from '../../../policies/ladder.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { querySql, runSql, type SqlConnection } from '../password-age/sql-client.ts';
import { connectionOf, type SqlSource } from '../password-age/sql-source.ts';
import { behindBy, behindHeartbeat, cameAlong, comesAlong, nothingFound, type SetRequest } from './reader.ts';
import { parseVertical } from './vertical.ts';

/** In what MariaDB and MySQL differ. */
export interface Dialect {
  readonly client: SqlConnection['client'];
  /** Gives one row in the form of `Server`. */
  readonly server: string;
  /** Prints one row for each stream. */
  readonly links: string;
  /** Gives `{"position": "..."}`: what the server wrote last. */
  readonly written: string;
  /** Gives `{"held": true}` where the server holds a position; undefined where the position has another form. */
  readonly holds: (position: string) => string | undefined;
  readonly columns: Readonly<Record<'name' | 'io' | 'sql' | 'lag', string>>;
}

const Server = z.object({
  /** Seconds. */
  noticesAfter: z.number(),
  connected: z.coerce.number(),
  semiSync: z.object({ enabled: z.boolean(), clients: z.coerce.number() }),
  wsrep: z.record(z.string(), z.string()),
});
const Written = z.object({ position: z.string() });
const Held = z.object({ held: z.union([z.boolean(), z.int()]).transform(Boolean) });
const Heartbeat = z.object({ newest: z.string().nullable() });

type Row = ReadonlyMap<string, string>;

/** What a server of MariaDB or MySQL says of the streams it takes, the copies it serves, and its cluster. */
export async function readSql(
  context: CollectContext,
  source: SqlSource,
  request: SetRequest<SqlSource>,
  dialect: Dialect,
): Promise<Reading<State>> {
  const what = `${dialect.client} (${request.set})`;
  const connection = connectionOf(dialect.client, source);
  const server = await askOne(context, connection, dialect.server, Server, what);
  if (server.state === 'unreadable') return server;
  const told = await runSql(context, connection, [dialect.links], what, ['--vertical', '--column-names']);
  if (told.state === 'unreadable') return told;
  const rows = parseVertical(told.value, what);
  if (rows.state === 'unreadable') return rows;

  const { noticesAfter, connected, semiSync, wsrep } = server.value;
  const proof = rows.value.length === 0 ? undefined : await measure(context, connection, request, dialect, what);
  const links = rows.value.map((row) => linkOf(row, dialect, noticesAfter, proof, what));
  return read({
    ...nothingFound,
    links: links.sort((a, b) => (a.link < b.link ? -1 : 1)).slice(0, 64),
    connected,
    acknowledging: semiSync.enabled ? semiSync.clients : null,
    cluster: clusterOf(wsrep),
  });
}

async function askOne<Row extends z.ZodType>(
  context: CollectContext,
  connection: SqlConnection,
  statement: string,
  schema: Row,
  what: string,
): Promise<Reading<z.output<Row>>> {
  const rows = await querySql(context, connection, [statement], what);
  if (rows.state === 'unreadable') return rows;
  const parsed = schema.safeParse(rows.value[0]);
  return parsed.success ? read(parsed.data) : unreadable('unparsable', what, 'its answer has another form');
}

/**
 * How far behind the copy is by something that the primary itself wrote; undefined where agent.yaml gives no way to tell. What a
 * copy says of its own lag is about what it received, and nothing else.
 */
async function measure(
  context: CollectContext,
  connection: SqlConnection,
  { primary, heartbeat }: SetRequest<SqlSource>,
  { client, written, holds }: Dialect,
  what: string,
): Promise<Reading<Behind> | 'not-along' | undefined> {
  if (heartbeat !== undefined) {
    const statement = `SELECT JSON_OBJECT('newest', MAX(ts)) FROM ${heartbeat}`;
    const answer = await askOne(context, connection, statement, Heartbeat, `the heartbeat of ${what}`);
    if (answer.state === 'unreadable') return answer;
    const newest = (answer.value.newest ?? '').replace(' ', 'T').replace(/Z?$/, 'Z');
    return behindHeartbeat(new Date(newest), context.at, what);
  }
  if (primary === undefined) return undefined;
  const origin = `the primary of ${what}`;
  const position = await askOne(context, connectionOf(client, primary), written, Written, origin);
  if (position.state === 'unreadable') return position;
  const statement = holds(position.value.position);
  if (statement === undefined) return unreadable('unsupported', origin, 'it writes no binary log with GTIDs');
  const isAlong = await comesAlong(async () => {
    const answer = await askOne(context, connection, statement, Held, what);
    return answer.state === 'unreadable' ? answer : read(answer.value.held);
  }, context.signal);
  if (isAlong.state === 'unreadable') return isAlong;
  return isAlong.value ? read({ measured: 'position', within: cameAlong }) : 'not-along';
}

function linkOf(
  row: Row,
  { columns }: Dialect,
  noticesAfter: number,
  proof: Awaited<ReturnType<typeof measure>>,
  what: string,
): Link {
  const io = row.get(columns.io);
  const errors = ['Last_IO_Errno', 'Last_SQL_Errno'].map((name) => row.get(name) ?? '0').filter((code) => code !== '0');
  return {
    link: (row.get(columns.name) ?? '').slice(0, 256),
    receiving: io === 'Yes' ? 'running' : io === 'Connecting' || io === 'Preparing' ? 'connecting' : 'stopped',
    applying: row.get(columns.sql) === 'Yes' ? 'running' : 'stopped',
    error: errors.length === 0 ? null : errors.join(', ').slice(0, 64),
    behind: behindOf(ownMeasure(row.get(columns.lag), what), proof, what),
    noticesAfter,
  };
}

/** A copy that says it is up to date, and is not where its primary was, knows nothing of what it lacks. */
function behindOf(own: Reading<Behind>, proof: Awaited<ReturnType<typeof measure>>, what: string): Reading<Behind> {
  if (proof === undefined) return own;
  if (proof !== 'not-along') return proof;
  const isTold = own.state === 'read' && own.value.within !== cameAlong;
  return isTold ? own : unreadable('timeout', `${what}, which lacks what its primary has and says it is up to date,`);
}

/** NULL while nothing is received or applied, which the states say too. */
function ownMeasure(lag: string | undefined, what: string): Reading<Behind> {
  const isFigure = lag !== undefined && /^\d+$/.test(lag);
  return isFigure
    ? behindBy('received', Number(lag))
    : unreadable('missing', `the lag of ${what}`, 'the server says NULL');
}

/** Null where no cluster software is loaded: then the node has no state of its own. */
function clusterOf(wsrep: Readonly<Record<string, string>>): Cluster | null {
  const state = wsrep.wsrep_local_state_comment;
  if (state === undefined) return null;
  const paused = Number(wsrep.wsrep_flow_control_paused ?? Number.NaN) * 100;
  return {
    status: (wsrep.wsrep_cluster_status ?? '').slice(0, 64),
    state: state.slice(0, 64),
    isReady: wsrep.wsrep_ready === 'ON' && wsrep.wsrep_connected === 'ON',
    size: Math.max(0, Math.trunc(Number(wsrep.wsrep_cluster_size ?? 0)) || 0),
    paused: stepOf(paused, pausedSteps),
  };
}
