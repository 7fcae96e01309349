import { parseDocument } from 'yaml';
import { z } from 'zod';
import type { Location } from '../../../policies/checks/backup/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { locatePath } from './place.ts';

/** WAL-G's settings by name; in a file they have the names that they have in the environment. */
export type WalGSettings = Readonly<Record<string, string>>;

/** Reads a configuration file of WAL-G, which is JSON or YAML; only the texts in it. */
export async function readConfig(host: Host, path: string): Promise<Reading<WalGSettings>> {
  const text = await host.readText(path, { maximumSize: 262_144 });
  if (text.state === 'unreadable') return text;
  const document = parseDocument(text.value);
  // Their messages would quote the file, which holds keys.
  if (document.errors.length > 0) return unreadable('unparsable', path, 'neither JSON nor YAML');
  const settings = z.record(z.string(), z.unknown()).safeParse(document.toJS());
  if (!settings.success) return unreadable('unparsable', path, 'it holds no settings');
  const texts = Object.entries(settings.data).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return read(Object.fromEntries(texts));
}

const prefixes = /^WAL[GE]_(S3|FILE|GS|AZ|SSH|SWIFT)_PREFIX$/;

/**
 * Where backups lie, by the one setting that names it (WAL-G's documentation, "Storages").
 * @param from the file that the settings come from
 */
export async function locate(host: Host, settings: WalGSettings, from: string): Promise<Reading<Location>> {
  const [only, ...others] = Object.entries(settings).filter(([name]) => prefixes.test(name));
  if (only === undefined || others.length > 0) {
    const detail = `it names ${others.length === 0 ? 'no place' : 'several places'} for backups: one such as WALG_S3_PREFIX is expected`;
    return unreadable('unsupported', from, detail);
  }
  const [name, prefix] = only;
  switch (prefixes.exec(name)?.[1]) {
    case 'FILE':
      return read(await locatePath(host, prefix.replace(/^file:\/\/(?:localhost)?/, '').replace(/(?<=.)\/+$/, '')));
    case 'S3':
      return remote(hostOf(settings.AWS_ENDPOINT ?? 's3.amazonaws.com'));
    case 'SSH':
      return remote(hostOf(prefix));
    // The storage of these two is named by their owner: it is never this host.
    case 'GS':
      return remote('gs');
    case 'AZ':
      return remote('azure');
    default:
      return read({ kind: 'unseen', through: 'wal-g swift' });
  }
}

function remote(server: string | undefined): Reading<Location> {
  return read(server === undefined ? { kind: 'unseen', through: 'wal-g' } : { kind: 'remote', server });
}

function hostOf(address: string): string | undefined {
  const match = /^(?:[a-z0-9]+:\/\/)?(?:[^/@]*@)?(?:\[(?<v6>[0-9a-fA-F:.%]+)\]|(?<host>[^:/[\]]+))/.exec(address);
  return (match?.groups?.v6 ?? match?.groups?.host)?.slice(0, 255);
}
