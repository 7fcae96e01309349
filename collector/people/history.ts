import type { Act, ActTaken } from '../../evidence/act.ts';
import { decodeEntry } from '../../evidence/entry.ts';
import { unpack } from '../../evidence/exchange.ts';
import type { EvidenceLog } from '../log/log.ts';
import { Problem } from '../problem.ts';
import type { Store } from '../store/store.ts';
import type { PastAct } from './exchange.ts';

/**
 * All that was done about one thing, in the order of the log, with what was said and handed in.
 * @throws Problem `act.unknown`
 */
export async function historyOf(
  id: string,
  { store, log }: { readonly store: Store; readonly log: Pick<EvidenceLog, 'prove'> },
): Promise<PastAct[]> {
  const found: PastAct[] = [];
  for (const { index, bytes } of store.acts()) {
    const entry = decodeEntry(bytes);
    if (entry.kind !== 'act' || idOf(entry.act) !== id) continue;
    const { receivedAt, by, role, act } = entry;
    found.push({ index, receivedAt, by, role, act, parts: await readParts(entry, store), proof: log.prove(index) });
  }
  if (found.length > 0) return found;
  throw new Problem(404, 'act.unknown', `nothing here has the id ${id}`);
}

/** What an act begins, or is about. */
function idOf(act: Act): string | undefined {
  switch (act.act) {
    case 'attest':
    case 'deny':
    case 'waive':
    case 'open-case':
    case 'record':
      return act.id;
    case 'approve':
    case 'revoke':
    case 'strike':
    case 'take-step':
    case 'close-case':
      return act.of;
    case 'follow':
    case 'spot-check':
      return undefined;
  }
}

/** By name; null where a part was erased. */
async function readParts({ body }: ActTaken, store: Store): Promise<Record<string, unknown>> {
  const parts: Record<string, unknown> = {};
  for (const { name, commitment } of body) {
    const stored = store.part(commitment);
    parts[name] = stored === undefined ? null : JSON.parse(String(await unpack(base64Of(stored.zstd))));
  }
  return parts;
}

function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
