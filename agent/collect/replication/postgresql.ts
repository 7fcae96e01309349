import { z } from 'zod';
import type { Behind, Copy, Link, State } from '../../../policies/checks/replication/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { query, Source } from '../password-age/postgresql.ts';
import { behindBy, cameAlong, comesAlong, defineReader, nothingFound, type SetRequest } from './reader.ts';

/** A place in the write-ahead log, such as 0/3000148. */
const Lsn = z.string().regex(/^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/);

const Sender = z.object({
  name: z.string(),
  state: z.string().nullable(),
  sync: z.string().nullable(),
  replayed: Lsn.nullable(),
  isBehind: z.boolean().nullable(),
});

const Server = z.object({
  recovers: z.boolean(),
  /** Without it the columns of the statistics are empty. */
  mayRead: z.boolean(),
  /** Milliseconds; 0 for never. */
  timeout: z.coerce.number(),
  receiver: z.string().nullable(),
  received: Lsn.nullable(),
  paused: z.boolean(),
  current: Lsn.nullable(),
  waitsFor: z.string(),
  senders: z.array(Sender),
  slots: z.array(z.object({ slot: z.string(), isActive: z.boolean(), isLost: z.boolean() })),
});
type Server = z.output<typeof Server>;

const serverQuery = `SELECT json_build_object(
  'recovers', r.recovers,
  'mayRead', pg_has_role(current_user, 'pg_read_all_stats', 'USAGE'),
  'timeout', (SELECT setting FROM pg_settings WHERE name = 'wal_receiver_timeout'),
  'receiver', (SELECT coalesce(status, '') FROM pg_stat_wal_receiver WHERE pid IS NOT NULL),
  'received', pg_last_wal_receive_lsn(),
  'paused', CASE WHEN r.recovers THEN pg_is_wal_replay_paused() ELSE false END,
  'current', r.current,
  'waitsFor', current_setting('synchronous_standby_names'),
  'senders', (SELECT coalesce(json_agg(json_build_object('name', application_name, 'state', state, 'sync', sync_state,
    'replayed', replay_lsn, 'isBehind', replay_lsn < r.current)), '[]') FROM pg_stat_replication),
  'slots', (SELECT coalesce(json_agg(json_build_object('slot', slot_name, 'isActive', active,
    'isLost', coalesce(wal_status = 'lost', false))), '[]') FROM pg_replication_slots WHERE NOT temporary))
  FROM (SELECT pg_is_in_recovery() AS recovers,
    CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END AS current) r`.replace(
  /\s+/g,
  ' ',
);

const Position = z.object({ current: Lsn });
const positionQuery = "SELECT json_build_object('current', pg_current_wal_lsn())";
const Along = z.object({ isAlong: z.boolean(), seconds: z.number().nullable() });
const Senders = z.object({ senders: z.array(Sender) });

/** PostgreSQL 13 and newer, streaming (PostgreSQL documentation, 27.2.4 pg_stat_replication, 9.27.3 Recovery Information Functions). */
export const postgresql = defineReader({ kind: 'postgresql', source: Source, read: readServer });

type Source = z.output<typeof Source>;

async function readServer(
  context: CollectContext,
  source: Source,
  request: SetRequest<Source>,
): Promise<Reading<State>> {
  const what = `PostgreSQL (${request.set})`;
  const server = await askOne(context, source, serverQuery, Server, what);
  if (server.state === 'unreadable') return server;
  const { mayRead, recovers, waitsFor, senders, slots } = server.value;
  if (!mayRead) return unreadable('refused', what, 'grant the role of the agent pg_read_all_stats');
  const links = recovers ? [await readLink(context, source, request, server.value, what)] : [];
  const copies = await readCopies(context, source, request, server.value, what);
  if (copies.state === 'unreadable') return copies;
  return read({
    ...nothingFound,
    follows: recovers,
    links,
    connected: copies.value.filter(({ state }) => state === 'following').length,
    copies: copies.value,
    slots: slots.sort((a, b) => (a.slot < b.slot ? -1 : 1)).slice(0, 64),
    acknowledging: waitsFor === '' ? null : senders.filter(({ sync }) => sync === 'sync' || sync === 'quorum').length,
  });
}

async function askOne<Row extends z.ZodType>(
  context: CollectContext,
  source: Source,
  sql: string,
  schema: Row,
  what: string,
): Promise<Reading<z.output<Row>>> {
  const rows = await query(context, source, sql, schema, what, 'its statistics of replication');
  if (rows.state === 'unreadable') return rows;
  const [row] = rows.value;
  return row === undefined ? unreadable('unparsable', what, 'it gave no row') : read(row);
}

/** A standby. One without a process that receives may still take files from an archive: that is not following. */
async function readLink(
  context: CollectContext,
  source: Source,
  { primary }: SetRequest<Source>,
  { receiver, received, paused, timeout }: Server,
  what: string,
): Promise<Link> {
  return {
    link: '',
    receiving: receiver === null ? 'stopped' : receiver === 'streaming' ? 'running' : 'connecting',
    applying: paused ? 'paused' : 'running',
    error: null,
    behind:
      receiver === 'streaming' && !paused
        ? await readBehind(context, source, primary, received, what)
        : unreadable('missing', `the lag of ${what}`, 'nothing is received or applied'),
    noticesAfter: timeout === 0 ? null : timeout / 1000,
  };
}

/**
 * By the primary's own place where it may be asked, else by what was received. The moment of the last transaction counts only
 * where there is more to apply: of a primary that has nothing to do it is old, and says nothing.
 */
async function readBehind(
  context: CollectContext,
  source: Source,
  primary: Source | undefined,
  received: string | null,
  what: string,
): Promise<Reading<Behind>> {
  const measured = primary === undefined ? 'received' : 'position';
  let target = received;
  if (primary !== undefined) {
    const position = await askOne(context, primary, positionQuery, Position, `the primary of ${what}`);
    if (position.state === 'unreadable') return position;
    target = position.value.current;
  }
  if (target === null) return unreadable('missing', `the place of ${what} in the log`);
  const sql = `SELECT json_build_object('isAlong', coalesce(pg_last_wal_replay_lsn() >= '${target}'::pg_lsn, false), 'seconds', extract(epoch FROM now() - pg_last_xact_replay_timestamp()))`;
  const ask = (): Promise<Reading<z.output<typeof Along>>> => askOne(context, source, sql, Along, what);
  const isAlong = await comesAlong(async () => {
    const answer = await ask();
    return answer.state === 'unreadable' ? answer : read(answer.value.isAlong);
  }, context.signal);
  if (isAlong.state === 'unreadable') return isAlong;
  if (isAlong.value) return read({ measured, within: cameAlong });
  const late = await ask();
  if (late.state === 'unreadable') return late;
  return late.value.seconds === null
    ? unreadable('missing', `the lag of ${what}`)
    : behindBy(measured, late.value.seconds);
}

/** Base backups come over the same kind of connection, and are no copies that follow. */
function isCopy({ state }: z.output<typeof Sender>): boolean {
  return state !== 'backup';
}

/**
 * The copies that a primary serves. Its own figure of their lag is of the last record that they applied, however long ago that
 * was: so the agent waits whether each comes to where the primary was when asked.
 */
async function readCopies(
  context: CollectContext,
  source: Source,
  { set }: SetRequest<Source>,
  { senders, current }: Server,
  what: string,
): Promise<Reading<Copy[]>> {
  let now = senders.filter(isCopy);
  if (now.length === 0 || current === null) return read([]);
  const sql = `SELECT json_build_object('senders', coalesce(json_agg(json_build_object('name', application_name, 'state', state, 'sync', sync_state, 'replayed', replay_lsn, 'isBehind', replay_lsn < '${current}'::pg_lsn)), '[]')) FROM pg_stat_replication`;
  const isBehind = ({ state, isBehind }: z.output<typeof Sender>): boolean =>
    state === 'streaming' && isBehind !== false;
  const along = await comesAlong(async () => {
    if (!now.some(isBehind)) return read(true);
    const answer = await askOne(context, source, sql, Senders, what);
    if (answer.state === 'unreadable') return answer;
    now = answer.value.senders.filter(isCopy);
    return read(!now.some(isBehind));
  }, context.signal);
  if (along.state === 'unreadable') return along;
  const stuck = context.ledger.observe(
    `replication ${set} stuck`,
    now.filter(isBehind).map(({ name, replayed }) => `${name} ${replayed ?? ''}`),
  );
  return read(
    now
      .map(({ name, state, replayed, isBehind: behind }): Copy => ({
        replica: name.slice(0, 256),
        state: state === 'streaming' ? 'following' : (state ?? 'unknown').slice(0, 64),
        behind: behind === false ? read({ measured: 'position', within: cameAlong }) : unreadable('timeout', name),
        stuckSince: stuck.get(`${name} ${replayed ?? ''}`)?.firstSeen ?? null,
      }))
      .sort((a, b) => (a.replica < b.replica ? -1 : a.replica > b.replica ? 1 : 0))
      .slice(0, 64),
  );
}
