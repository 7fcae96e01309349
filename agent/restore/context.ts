import type { CollectContext } from '../collect/collector.ts';
import type { Host } from '../host/host.ts';
import { passingMarks } from '../identity.ts';
import { RunLedger } from '../ledger.ts';

/** For reading a set outside a run: nothing is remembered, and nothing of it leaves the host. */
export function backupContext(host: Host, at: Date, signal: AbortSignal): CollectContext {
  return {
    host,
    at,
    labels: {},
    signal,
    ledger: new RunLedger(at),
    once: (_key, make) => make(),
    pseudonym: (account) => account,
    mark: passingMarks(),
  };
}
