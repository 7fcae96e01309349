import { createHash } from 'node:crypto';
import { RunLedger } from '../../agent/ledger.ts';
import { rememberOnce } from '../../agent/collect/once.ts';
import type { CollectContext } from '../../agent/collect/collector.ts';
import type { Host } from '../../agent/host/host.ts';

/** What a collector is given in a test. Accounts become `@name`, so that a name that slips through shows. */
export function collecting(host: Host, values: Partial<CollectContext> = {}): CollectContext {
  const at = values.at ?? new Date();
  return {
    host,
    at,
    labels: {},
    signal: AbortSignal.timeout(30_000),
    ledger: new RunLedger(at),
    once: rememberOnce(),
    pseudonym: (account) => `@${account}`,
    mark: (secret) => `#${createHash('sha256').update(secret).digest('base64url')}`,
    ...values,
  };
}
