import { z } from 'zod';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { assignedTo, readPhp, type PhpScript } from '../php-literal.ts';
import { SchemaName, type SiteSettings } from './site-database.ts';

/** A prefix of table names, of which nothing needs to be quoted in a statement. */
export const Prefix = z.string().regex(/^[A-Za-z0-9_]{0,32}$/, 'expected a prefix of letters, digits and underscores');

/** What wp-config.php says of the site's database. */
export interface WordpressSettings {
  readonly file: string;
  readonly database: SiteSettings;
  readonly prefix: string;
}

const Literals = z.object({
  DB_NAME: SchemaName,
  DB_USER: z.string(),
  DB_PASSWORD: z.string(),
  DB_HOST: z.string(),
  prefix: Prefix,
});

/** Reads wp-config.php, which lies in the site's folder or in the one above it. */
export async function readWordpressSettings(
  { host }: CollectContext,
  folder: string,
  what: string,
): Promise<Reading<WordpressSettings>> {
  for (const file of [`${folder}/wp-config.php`, `${folder.slice(0, folder.lastIndexOf('/'))}/wp-config.php`]) {
    const text = await host.readText(file);
    if (text.state === 'unreadable') {
      if (text.obstacle.code === 'missing') continue;
      return unreadable(text.obstacle.code, what, 'wp-config.php');
    }
    let script: PhpScript;
    try {
      script = readPhp(text.value);
    } catch {
      return unreadable('unparsable', what, 'wp-config.php is no PHP');
    }
    const literals = Literals.safeParse({
      ...Object.fromEntries(script.constants),
      prefix: assignedTo(script, 'table_prefix'),
    });
    if (!literals.success) {
      return unreadable(
        'unsupported',
        what,
        'wp-config.php does not name its database in literals; use through and schema',
      );
    }
    const { DB_NAME: schema, DB_USER: user, DB_PASSWORD: password, DB_HOST: server, prefix } = literals.data;
    return read({ file, prefix, database: { schema, user, password, ...parseServer(server) } });
  }
  return unreadable('missing', what, 'its folder holds no wp-config.php');
}

/** `host`, `host:port`, `host:/socket`, `[::1]:port` (wpdb::parse_db_host). */
export function parseServer(text: string): Pick<SiteSettings, 'host' | 'port' | 'socket'> {
  const [, address, name = address ?? '', rest = ''] = /^(?:\[([0-9a-f:]+)\]|([^:]*))(?::(.*))?$/i.exec(text) ?? [];
  if (rest.startsWith('/')) return { host: name, port: null, socket: rest };
  return { host: name, port: /^\d{1,5}$/.test(rest) ? Number(rest) : null, socket: null };
}
