import { z } from 'zod';
import { read, unreadable, type Reading, type Unreadable } from '../../../policies/reading.ts';
import type { StoreWays } from '../../../policies/checks/password-age/facts.ts';
import { AbsolutePath } from '../backup/reader.ts';
import type { CollectContext } from '../collector.ts';
import { defineStoreReader, momentOfSeconds, type FoundAccount } from './store.ts';

const Name = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$/, 'expected the name of a role or a database');

export const Source = z.strictObject({
  /** The folder of the socket, or an address. */
  host: z.union([AbsolutePath, z.hostname(), z.ipv4(), z.ipv6()]).default('/run/postgresql'),
  port: z.int().min(1).max(65_535).default(5432),
  /** The role to ask as; that of the agent's own name unless given. */
  user: Name.optional(),
  database: Name.default('postgres'),
  /** Holds the password of the role (pgpass). */
  passwordFile: AbsolutePath.optional(),
});
type Source = z.output<typeof Source>;

/** A row of pg_authid; `until` in seconds since 1970, null for no end. */
const Role = z.object({
  role: z.string(),
  login: z.boolean(),
  secret: z.string().nullable(),
  until: z.number().nullable(),
});

/** A line of pg_hba.conf as pg_hba_file_rules has it; `faulty` where the server makes nothing of it. */
const Rule = z.object({ method: z.string().max(64).nullable(), faulty: z.boolean() });

const rolesQuery =
  "SELECT pg_catalog.json_build_object('role', rolname, 'login', rolcanlogin, 'secret', rolpassword, 'until', " +
  'CASE WHEN pg_catalog.isfinite(rolvaliduntil) THEN pg_catalog.floor(EXTRACT(epoch FROM rolvaliduntil)) ' +
  "WHEN rolvaliduntil = '-infinity' THEN 0 END) FROM pg_catalog.pg_authid";
const rulesQuery =
  "SELECT pg_catalog.json_build_object('method', auth_method, 'faulty', error IS NOT NULL) FROM pg_catalog.pg_hba_file_rules";

/** Methods by which a password counts that PostgreSQL itself does not keep (PostgreSQL documentation, 21.1). */
const keeping = ['ldap', 'pam', 'radius', 'bsd', 'gss', 'sspi', 'oauth'];

/**
 * PostgreSQL, which records no moment of change. `VALID UNTIL` says until when a password opens anything, and nothing of
 * its age. Roles that may not log in are remembered: they could be let in later.
 */
export const postgresql = defineStoreReader({
  kind: 'postgresql',
  source: Source,
  rehashes: false,
  isComplete: true,
  async read(context, store, source) {
    const what = `PostgreSQL (${store})`;
    const roles = await query(context, source, rolesQuery, Role, what, 'pg_authid');
    if (roles.state === 'unreadable') return roles;
    const rules = await query(context, source, rulesQuery, Rule, what, 'pg_hba_file_rules');
    return read({ accounts: roles.value.map(describe), ways: waysOf(rules, what) });
  },
});

function describe({ role, login, secret, until }: z.output<typeof Role>): FoundAccount {
  const end = until === null ? null : momentOfSeconds(until);
  return {
    name: role,
    hash: secret,
    recorded: null,
    opensBy: login && secret !== null ? 'password' : 'none',
    expires: end === null ? null : new Date(end),
    isLeftOut: !login,
  };
}

function waysOf(rules: Reading<z.output<typeof Rule>[]>, what: string): Reading<StoreWays> {
  if (rules.state === 'unreadable') return rules;
  if (rules.value.some(({ faulty }) => faulty)) return unreadable('unparsable', what, 'pg_hba.conf has errors');
  const methods = new Set(rules.value.map(({ method }) => method ?? ''));
  const keepers = keeping.filter((method) => methods.has(method)).sort();
  return read({ open: methods.has('trust') ? 'trust' : null, keepers });
}

/** Asks one fixed query whose rows are JSON. */
export async function query<Row extends z.ZodType>(
  { host, signal }: CollectContext,
  source: Source,
  sql: string,
  schema: Row,
  what: string,
  relation: string,
): Promise<Reading<z.output<Row>[]>> {
  const args = [
    '--no-psqlrc',
    '--quiet',
    '--no-align',
    '--tuples-only',
    '--no-password',
    '--set=ON_ERROR_STOP=1',
  ].concat(
    [`--host=${source.host}`, `--port=${source.port}`, `--dbname=${source.database}`],
    source.user === undefined ? [] : [`--username=${source.user}`],
    ['--command', sql],
  );
  // What stands before pg_catalog in the path could be somebody's own.
  const env = {
    PGOPTIONS: '-c search_path=pg_catalog',
    PGCONNECT_TIMEOUT: '10',
    ...(source.passwordFile === undefined ? {} : { PGPASSFILE: source.passwordFile }),
  };
  const answer = await host.run({ file: 'psql', args, env, timeout: 30 }, signal);
  if (answer.state === 'unreadable') {
    return unreadable(answer.obstacle.code, answer.obstacle.code === 'command-missing' ? 'psql' : what);
  }
  const { exitCode, stdout, stderr } = answer.value;
  if (exitCode !== 0) return failureOf(stderr, what, relation);
  try {
    return read(z.array(schema).parse(stdout.split('\n').filter(Boolean).map(parseJson)));
  } catch {
    return unreadable('unparsable', what, `${relation} has another form`);
  }
}

function parseJson(line: string): unknown {
  return JSON.parse(line);
}

/** What psql and the server say may name roles: only what it comes to is passed on. */
function failureOf(stderr: string, what: string, relation: string): Unreadable {
  if (stderr.includes('permission denied for'))
    return unreadable('refused', what, `the role of the agent may not read ${relation}`);
  if (/authentication failed|no password supplied|no pg_hba\.conf entry|role .* does not exist/.test(stderr)) {
    return unreadable('refused', what, 'the server refuses the role or its password');
  }
  if (/could not translate|Connection refused|No such file|timeout expired/.test(stderr)) {
    return unreadable('unreachable', what, 'nothing listens there');
  }
  return unreadable('command-failed', what, 'psql failed');
}
