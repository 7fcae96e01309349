import { z } from 'zod';
import { ActId } from '../../evidence/act.ts';
import { ActAnswer } from '../people/exchange.ts';

/** The answer of `POST /api/v1/evidence/:policy/:control`: the attestation that the evidence became. */
export const EvidenceAnswer = z.strictObject({ ...ActAnswer.shape, id: ActId });
export type EvidenceAnswer = z.output<typeof EvidenceAnswer>;
