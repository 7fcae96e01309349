import { evidenceForReading } from '../../collector/store/store.ts';
import { decodeEntry, type Anchored } from '../../evidence/entry.ts';
import { startWitness, type RunningWitness } from '../../witness/server.ts';
import { WitnessConfig } from '../../witness/config.ts';
import { collectorOn, silent } from './road.ts';

/** A real witness of one log on a free port of 127.0.0.1; end it with its block. */
export async function witnessOf(
  logKey: string,
  data: string,
  name = 'witness.example/w1',
  port = 0,
): Promise<RunningWitness & AsyncDisposable> {
  const config = WitnessConfig.parse({ listen: `127.0.0.1:${port}`, name, data, logs: [logKey] });
  const witness = await startWitness({ config, log: silent });
  let ended = false;
  const close = async (): Promise<void> => {
    if (!ended) await witness.close();
    ended = true;
  };
  return { ...witness, close, [Symbol.asyncDispose]: close };
}

/** The verification key of the collector that keeps its log in a folder; a first start makes both. */
export async function logKeyIn(data: string): Promise<string> {
  const collector = await collectorOn(data);
  await collector.close();
  return collector.logKey;
}

/** The part of collector.yaml about witnesses. */
export function witnessed(every: string, ...witnesses: readonly Pick<RunningWitness, 'url' | 'key'>[]): object {
  return { witnesses: { every, quorum: witnesses.length, list: witnesses.map(({ url, key }) => ({ url, key })) } };
}

/** The anchors that a collector's log holds, in their order. */
export function anchorsIn(data: string): Anchored[] {
  const database = evidenceForReading(data);
  try {
    const rows = database.prepare('SELECT bytes FROM entries ORDER BY idx').all();
    return rows.map(({ bytes }) => decodeEntry(bytes as Uint8Array)).filter((entry) => entry.kind === 'anchor');
  } finally {
    database.close();
  }
}
