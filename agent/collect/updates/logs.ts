import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';

const maximumSize = 32 * 2 ** 20;
const maximumFiles = 60;

/** One part of a log that is rotated. */
export interface LogPart {
  readonly path: string;
  readonly text: string;
}

/**
 * A log and its rotated parts (`name`, `name.1`, `name-20261101`, each also `.gz`), at least one.
 * @param name such as `history.log`
 */
export async function readLogParts(host: Host, folder: string, name: string): Promise<Reading<LogPart[]>> {
  const names = await host.list(folder);
  if (names.state === 'unreadable') return names;
  const logs = names.value.filter(
    (other) => other.startsWith(name) && /^([.-]\d+)?(\.gz)?$/.test(other.slice(name.length)),
  );
  if (logs.length === 0) return unreadable('missing', `${folder}/${name}`);
  if (logs.length > maximumFiles) return unreadable('too-large', folder);
  const parts: LogPart[] = [];
  for (const log of logs) {
    const path = `${folder}/${log}`;
    const text = await readPlain(host, path);
    if (text.state === 'unreadable') return text;
    parts.push({ path, text: text.value });
  }
  return read(parts);
}

async function readPlain(host: Host, path: string): Promise<Reading<string>> {
  if (!path.endsWith('.gz')) return host.readText(path, { maximumSize });
  const bytes = await host.readBytes(path, { maximumSize });
  if (bytes.state === 'unreadable') return bytes;
  try {
    const plain = await promisify(gunzip)(bytes.value, { maxOutputLength: maximumSize });
    return read(plain.toString());
  } catch (error) {
    return unreadable('unparsable', path, error instanceof Error ? error.message : String(error));
  }
}
