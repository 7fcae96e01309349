import { pino } from 'pino';
import type { Role } from '../../../collector/access/tokens.ts';
import { startCollector, type Collector } from '../../../collector/collector.ts';
import { CollectorConfig } from '../../../collector/config.ts';
import type { HostState } from '../../../collector/state/host-state.ts';
import { evidenceDatabase, Store } from '../../../collector/store/store.ts';
import { at } from './fleets.ts';

/** A collector that listens and knows these hosts, as after a restart. Its clock stands still. */
export async function startWith(
  data: string,
  hosts: readonly HostState[],
  expected: readonly string[] = [],
): Promise<Collector> {
  // The first start makes the log and its key.
  await (await start(data, [])).close();
  keepHosts(data, hosts);
  return start(data, expected);
}

function start(data: string, expected: readonly string[]): Promise<Collector> {
  return startCollector({
    config: CollectorConfig.parse({ listen: '127.0.0.1:0', origin: 'test.example/log', data, hosts: expected }),
    log: pino({ level: 'silent' }),
    now: () => at,
    onFatal: (error) => {
      throw error;
    },
  });
}

function keepHosts(data: string, hosts: readonly HostState[]): void {
  const database = evidenceDatabase(data);
  const store = new Store(database);
  for (const { agent, index, seq, issuedAt, receivedAt, content } of hosts) {
    store.addAgent(agent, content.epoch, new Uint8Array(32), '2026-01-01T00:00:00.000Z');
    store.putHost(agent, content);
    const statement = index.toString(16).padStart(64, '0');
    store.addReport({ index, agent, epoch: content.epoch, seq, statement, issuedAt, receivedAt });
  }
  database.close();
}

export function newToken(collector: Collector, role: Role): string {
  return collector.tokens.create({ role, label: 'test', validity: 60 }, at).secret;
}
