import type { Receipt } from '../../../evidence/exchange.ts';
import { parseProof } from '../../../evidence/proof.ts';
import type { Posted } from '../../collector/ingest/submissions.ts';

/** The place in the log that an answer proves; undefined where it is a refusal. */
export function indexOf({ status, body }: Posted): number | undefined {
  return status === 200 ? parseProof((body as Receipt).proof).index : undefined;
}
