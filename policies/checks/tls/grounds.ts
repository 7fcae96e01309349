import { z } from 'zod';
import { CertificateFacts } from '../certificate/facts.ts';
import { Doubt } from '../endpoints.ts';
import { HttpAnswer } from './http.ts';
import { Profile } from './profile.ts';
import { Trust } from './trust.ts';

/** What a letter is given for, collected where a control asks for one. */
export const Grounds = z.strictObject({
  profile: Profile,
  /** Each leaf that the server can be made to show. */
  served: z.array(z.strictObject({ leaf: CertificateFacts, trust: Trust })).max(40),
  /** Why there may be more of them; null or left out where every question about them was answered. */
  servedIncomplete: Doubt.nullable().optional(),
  http: HttpAnswer,
});
export type Grounds = z.output<typeof Grounds>;
