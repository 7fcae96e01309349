import { replication } from '../../../policies/checks/replication.ts';
import type { Expected, Replicated, ReplicationFacts } from '../../../policies/checks/replication/facts.ts';
import { ReplicationParameters } from '../../../policies/checks/replication/parameters.ts';
import { read, unreadable } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { defineCollector, type CollectContext } from '../collector.ts';
import { nothingFound } from './reader.ts';
import { readers } from './readers.ts';
import { kindOf, Settings, type ReplicatedSetting } from './settings.ts';

/** What servers here copy from others, or serve to others, by their own word of now. */
export const replicationCollector = defineCollector({
  kind: replication.name,
  settings: Settings,
  parameters: ReplicationParameters,
  async collect(context, { replication: sets }): Promise<ReplicationFacts> {
    const found = await Promise.all((sets ?? []).map((set) => readSet(context, set)));
    return {
      sets: sets === undefined ? null : found.sort((a, b) => (a.set < b.set ? -1 : 1)),
      undeclared: await findUndeclared(context.host, sets ?? []),
    };
  },
});

async function readSet(context: CollectContext, setting: ReplicatedSetting): Promise<Replicated> {
  const { set, role, source } = setting;
  const kind = kindOf(source) ?? '';
  const reader = readers.find((one) => one.kind === kind);
  const base = { set, kind, expected: expectedOf(setting) };
  if (role === 'none') return { ...base, state: read(nothingFound) };
  if (reader === undefined) return { ...base, state: unreadable('unsupported', kind) };
  const { primary, heartbeat } = setting.role === 'replica' ? setting : { primary: undefined, heartbeat: undefined };
  const request = { set, role, primary: primary?.[kind], heartbeat };
  return { ...base, state: await reader.read(context, source[kind], request) };
}

function expectedOf(setting: ReplicatedSetting): Expected {
  switch (setting.role) {
    case 'primary':
      return { role: 'primary', replicas: setting.replicas };
    case 'replica':
      return { role: 'replica' };
    case 'member':
      return { role: 'member', size: setting.size };
    case 'none':
      return { role: 'none', because: setting.because };
  }
}

/** Databases whose usual socket is there, and that agent.yaml does not name. */
async function findUndeclared(host: Host, sets: readonly ReplicatedSetting[]): Promise<ReplicationFacts['undeclared']> {
  const declared = new Set(sets.map(({ source }) => kindOf(source)));
  const sockets = await Promise.all(
    ['/run/mysqld/mysqld.sock', '/var/lib/mysql/mysql.sock'].map((path) => host.status(path)),
  );
  const postgres = await host.list('/run/postgresql');
  const isMariadb = sockets.some(({ state }) => state === 'read');
  const isPostgres = postgres.state === 'read' && postgres.value.some((name) => /^\.s\.PGSQL\.\d+$/.test(name));
  return [
    ...(isMariadb && !declared.has('mariadb') && !declared.has('mysql') ? (['mariadb'] as const) : []),
    ...(isPostgres && !declared.has('postgresql') ? (['postgresql'] as const) : []),
  ];
}
