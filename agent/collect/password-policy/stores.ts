import { z } from 'zod';
import type { Software, Store } from '../../../policies/checks/password-policy/facts.ts';
import { softwareScopes } from '../../../policies/checks/password-policy/stores.ts';
import type { Parameters } from '../../../policies/checks/password-policy/parameters.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { query, Source as PostgresqlSource } from '../password-age/postgresql.ts';
import { querySql } from '../password-age/sql-client.ts';
import { connectionOf, SqlSource } from '../password-age/sql-source.ts';
import type { StoreRequest } from '../password-age/store.ts';
import { readTypo3Policy } from './typo3.ts';

type Settings = Store['settings'];

/** What a store says of new passwords. Nothing of it is somebody's own: only settings by names that are known here. */
export async function readStores(
  context: CollectContext,
  stores: readonly StoreRequest[],
  wanted: readonly Parameters[],
): Promise<Store[]> {
  const scopes = new Set(wanted.flatMap(({ scope }) => scope));
  const found: Store[] = [];
  for (const { store, source } of stores) {
    const kind = softwareOf(source);
    if (kind === undefined || !scopes.has(softwareScopes[kind])) continue;
    found.push({ store, kind, settings: await readStore(context, store, kind, source[kind]) });
  }
  return found.sort((a, b) => (a.store < b.store ? -1 : 1));
}

function softwareOf(source: StoreRequest['source']): Software | undefined {
  const names = Object.keys(softwareScopes) as Software[];
  return names.find((name) => source[name] !== undefined);
}

function readStore(context: CollectContext, store: string, kind: Software, source: unknown): Promise<Settings> {
  switch (kind) {
    case 'mariadb':
      return readSql(context, `MariaDB (${store})`, kind, source);
    case 'mysql':
      return readSql(context, `MySQL (${store})`, kind, source);
    case 'postgresql':
      return readPostgresql(context, `PostgreSQL (${store})`, source);
    case 'typo3':
      return readTypo3Policy(context.host, `TYPO3 (${store})`, source);
    case 'wordpress':
      // It asks nothing of a new password; what a plug-in makes of that cannot be read from settings.
      return Promise.resolve(read({}));
  }
}

const Row = z.object({ name: z.string().max(64), value: z.coerce.string().max(64) });

/**
 * MariaDB: the variables of simple_password_check, and its plug-ins of the type PASSWORD VALIDATION (MariaDB Server
 * documentation, Password Validation Plugin API). MySQL: those of validate_password, as a component or a plug-in, and
 * password_history (MySQL 8.4 Reference Manual, 8.4.3 and 8.2.15).
 */
const sqlStatements = {
  mariadb: [
    "SELECT JSON_OBJECT('name', LOWER(VARIABLE_NAME), 'value', VARIABLE_VALUE) FROM information_schema.GLOBAL_VARIABLES WHERE VARIABLE_NAME IN ('simple_password_check_minimal_length', 'simple_password_check_digits', 'simple_password_check_letters_same_case', 'simple_password_check_other_characters', 'password_reuse_check_interval', 'strict_password_validation')",
    "SELECT JSON_OBJECT('name', CONCAT('plugin.', PLUGIN_NAME), 'value', PLUGIN_STATUS) FROM information_schema.PLUGINS WHERE PLUGIN_TYPE = 'PASSWORD VALIDATION'",
  ],
  mysql: [
    "SELECT JSON_OBJECT('name', REPLACE(VARIABLE_NAME, 'validate_password_', 'validate_password.'), 'value', VARIABLE_VALUE) FROM performance_schema.global_variables WHERE VARIABLE_NAME REGEXP '^validate_password[._](policy|length|mixed_case_count|number_count|special_char_count)$' OR VARIABLE_NAME = 'password_history'",
  ],
} as const;

async function readSql(
  context: CollectContext,
  what: string,
  client: 'mariadb' | 'mysql',
  source: unknown,
): Promise<Settings> {
  const connection = connectionOf(client, SqlSource.parse(source));
  const rows = await querySql(context, connection, sqlStatements[client], what);
  if (rows.state === 'unreadable') return rows;
  const parsed = z.array(Row).safeParse(rows.value);
  return parsed.success
    ? read(toSettings(parsed.data))
    : unreadable('unparsable', what, 'its settings have another form');
}

/** A library may lie in a folder of anybody's: of the list only the two that count are told. */
const postgresqlQuery =
  "SELECT pg_catalog.json_build_object('name', name, 'value', setting) FROM pg_catalog.pg_settings " +
  "WHERE name IN ('passwordcheck.min_password_length', 'credcheck.password_min_length', 'credcheck.password_min_upper', " +
  "'credcheck.password_min_lower', 'credcheck.password_min_digit', 'credcheck.password_min_special', " +
  "'credcheck.password_reuse_history', 'credcheck.encrypted_password_allowed') " +
  "UNION ALL SELECT pg_catalog.json_build_object('name', 'libraries', 'value', 'read') FROM pg_catalog.pg_settings " +
  "WHERE name = 'shared_preload_libraries' " +
  "UNION ALL SELECT pg_catalog.json_build_object('name', 'library.' || library, 'value', 'on') " +
  "FROM pg_catalog.unnest(ARRAY['passwordcheck', 'credcheck']) AS library, pg_catalog.pg_settings " +
  "WHERE name = 'shared_preload_libraries' AND setting ~ ('(^|[/, \"])' || library || '(\\.so)?([, \"]|$)')";

async function readPostgresql(context: CollectContext, what: string, source: unknown): Promise<Settings> {
  const parsed = PostgresqlSource.parse(source);
  const rows: Reading<z.output<typeof Row>[]> = await query(context, parsed, postgresqlQuery, Row, what, 'pg_settings');
  if (rows.state === 'unreadable') return rows;
  const { libraries, ...settings } = toSettings(rows.value);
  // The setting is hidden from roles without this right, and then no library seems to be loaded.
  if (libraries === undefined) return unreadable('refused', what, 'the role of the agent needs pg_read_all_settings');
  return read(settings);
}

function toSettings(rows: readonly z.output<typeof Row>[]): Record<string, string> {
  return Object.fromEntries(rows.map(({ name, value }) => [name, value] as const).sort(([a], [b]) => (a < b ? -1 : 1)));
}
