import type { Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { apacheReader } from './apache.ts';
import { caddyReader } from './caddy.ts';
import { dovecotReader } from './dovecot.ts';
import { eximReader } from './exim.ts';
import { haproxyReader } from './haproxy.ts';
import { mariadbReader } from './mariadb.ts';
import { nginxReader } from './nginx.ts';
import type { ConfigurationReader, Place, ServedFolder } from './place.ts';
import { postfixReader } from './postfix.ts';
import { postgresqlReader } from './postgresql.ts';
import { proftpdReader } from './proftpd.ts';
import { pureFtpdReader } from './pure-ftpd.ts';

/** Every reader of a server's configuration, one line each. OpenSSH speaks no TLS and has none. */
export const configurationReaders: readonly ConfigurationReader[] = [
  apacheReader,
  caddyReader,
  dovecotReader,
  eximReader,
  haproxyReader,
  mariadbReader,
  nginxReader,
  postfixReader,
  postgresqlReader,
  proftpdReader,
  pureFtpdReader,
];

/** What one kind of server software is configured to serve; undefined where it is not on this host. */
export interface FoundConfiguration {
  readonly reader: ConfigurationReader;
  readonly places: Reading<readonly Place[]> | undefined;
}

/** Reads every server's configuration, once a run however many check kinds ask. */
export function readConfigurations(context: CollectContext): Promise<readonly FoundConfiguration[]> {
  return context.once('server configurations', () =>
    Promise.all(configurationReaders.map(async (reader) => ({ reader, places: await reader.read(context) }))),
  );
}

/** What one kind of web server gives out; undefined where it is not on this host. */
export interface FoundFolders {
  readonly software: ConfigurationReader['software'];
  readonly folders: Reading<readonly ServedFolder[]> | undefined;
}

/** Reads which folders the web servers of a host serve files from. */
export function readServedFolders(context: CollectContext): Promise<readonly FoundFolders[]> {
  return context.once('served folders', () =>
    Promise.all(
      configurationReaders.map(async (reader) => ({
        software: reader.software,
        folders: await reader.readFolders?.(context),
      })),
    ),
  );
}
