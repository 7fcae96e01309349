import { expect } from 'vitest';
import type { EvidenceErrorCode } from '../../evidence/error.ts';

/** For `toThrow`: an EvidenceError of this code, whatever its text. */
export function evidenceError(code: EvidenceErrorCode): unknown {
  return expect.objectContaining({ name: 'EvidenceError', code });
}
