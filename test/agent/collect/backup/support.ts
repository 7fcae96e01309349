import type { CollectContext } from '../../../../agent/collect/collector.ts';
import { backupCollector } from '../../../../agent/collect/backup/index.ts';
import { RunLedger } from '../../../../agent/ledger.ts';
import type { Host } from '../../../../agent/host/host.ts';
import { backup } from '../../../../policies/checks/backup.ts';
import { Facts, type BackupSet } from '../../../../policies/checks/backup/facts.ts';
import { read } from '../../../../policies/reading.ts';
import { worstVerdict } from '../../../../policies/verdict.ts';

export const at = new Date('2026-11-22T12:00:00Z');

function contextOf(host: Host): CollectContext {
  return {
    host,
    at,
    labels: {},
    signal: new AbortController().signal,
    ledger: new RunLedger(at),
    once: (_key, make) => make(),
    pseudonym: (account) => account,
    mark: (secret) => secret,
  };
}

/** Collects what agent.yaml would declare, and checks the facts against their schema. */
export async function collectSets(host: Host, backups: readonly unknown[]): Promise<BackupSet[]> {
  return Facts.parse(await backupCollector.collect(contextOf(host), { backups }, [])).sets;
}

/** As `collectSets`, for one set. */
export async function collectSet(host: Host, declared: Readonly<Record<string, unknown>>): Promise<BackupSet> {
  const [set] = await collectSets(host, [{ set: 'www', ...declared }]);
  if (set === undefined) throw new Error('no set came out');
  return set;
}

/** The worst verdict first, then the codes of the reasons, but for the note that this is the agent's first look. */
export function judgeSet(set: BackupSet, parameters: Readonly<Record<string, unknown>>, when = at): string[] {
  const reasons = backup.judge(read({ hostname: 'web1', sets: [set] }), parameters, when);
  const codes = reasons.map(({ code }) => code).filter((code) => code !== 'backup.watched');
  return [worstVerdict(reasons.map(({ verdict }) => verdict)), ...codes];
}
