import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EvidenceLog } from '../../collector/log/log.ts';
import { evidenceDatabase } from '../../collector/store/store.ts';
import { origin } from './road.ts';

/** The log of a collector's data folder, without the collector: for more entries than agents could send in a test. */
export interface KeptLog extends Disposable {
  readonly log: EvidenceLog;
  readonly key: KeyObject;
}

/** Begins a log in a new data folder; at the end of its block a collector can be started there. */
export function keptLog(data: string): KeptLog {
  const database = evidenceDatabase(data);
  const { privateKey: key } = generateKeyPairSync('ed25519');
  writeFileSync(join(data, 'log.key'), key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const log = new EvidenceLog(database, origin, key, new Date());
  return { log, key, [Symbol.dispose]: () => database.close() };
}
