import { z } from 'zod';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { readPhp, type PhpValue } from '../php-literal.ts';
import { SchemaName, type SiteSettings } from './site-database.ts';

/** What a site's own settings say of its database and its install tool. */
export interface Typo3Settings {
  readonly file: string;
  readonly database: SiteSettings;
  readonly installTool: string | undefined;
}

/** Where TYPO3 keeps its settings, since version 12 and before, and the file of code that may change them. */
const places: readonly (readonly [settings: string, code: string])[] = [
  ['config/system/settings.php', 'config/system/additional.php'],
  ['typo3conf/system/settings.php', 'typo3conf/system/additional.php'],
  ['public/typo3conf/LocalConfiguration.php', 'public/typo3conf/AdditionalConfiguration.php'],
  ['typo3conf/LocalConfiguration.php', 'typo3conf/AdditionalConfiguration.php'],
];

/** Reads the settings that lie in a site's folder, as the literals that they are. */
export async function readTypo3Settings(
  { host }: CollectContext,
  folder: string,
  what: string,
): Promise<Reading<Typo3Settings>> {
  for (const [settings, code] of places) {
    const file = `${folder}/${settings}`;
    const text = await host.readText(file);
    if (text.state === 'unreadable') {
      if (text.obstacle.code === 'missing') continue;
      return unreadable(text.obstacle.code, what, 'its settings');
    }
    const additional = await host.readText(`${folder}/${code}`);
    if (additional.state === 'unreadable' && additional.obstacle.code !== 'missing') {
      return unreadable(additional.obstacle.code, what, 'the code beside its settings');
    }
    if (additional.state === 'read' && /\b(?:DB|Connections|installToolPassword)\b/.test(additional.value)) {
      return unreadable(
        'unsupported',
        what,
        'code sets its database or its install tool; name the database with through and schema',
      );
    }
    return parseSettings(text.value, file, what);
  }
  return unreadable('missing', what, 'its folder holds no settings of TYPO3');
}

const Literal = z.object({
  driver: z.enum(['mysqli', 'pdo_mysql']).default('mysqli'),
  host: z.string().default('localhost'),
  port: z.coerce.number().int().min(1).max(65_535).nullable().default(null),
  unix_socket: z.string().nullable().default(null),
  user: z.string(),
  password: z.string().default(''),
  dbname: SchemaName,
});

function parseSettings(text: string, file: string, what: string): Reading<Typo3Settings> {
  let settings: PhpValue | undefined;
  try {
    settings = readPhp(text).returned;
  } catch {
    return unreadable('unparsable', what, 'its settings are no PHP');
  }
  const connection = memberOf(memberOf(memberOf(settings, 'DB'), 'Connections'), 'Default');
  const literal = Literal.safeParse(connection instanceof Map ? Object.fromEntries(connection) : undefined);
  if (!literal.success) {
    return unreadable(
      'unsupported',
      what,
      'its settings name no database of MySQL or MariaDB in literals; use through and schema',
    );
  }
  const { host, port, unix_socket: socket, user, password, dbname } = literal.data;
  const hash = memberOf(memberOf(settings, 'BE'), 'installToolPassword');
  if (hash !== undefined && typeof hash !== 'string') {
    return unreadable('unsupported', what, 'the password of its install tool is set by code');
  }
  // mysqli keeps a connection open where the host begins with p:.
  const database = {
    host: host.replace(/^p:/, ''),
    port,
    socket: socket === '' ? null : socket,
    user,
    password,
    schema: dbname,
  };
  return read({ file, database, installTool: hash });
}

function memberOf(value: PhpValue | undefined, key: string): PhpValue | undefined {
  return value instanceof Map ? (value.get(key) as PhpValue | undefined) : undefined;
}
