import { z } from 'zod';
import { Notice } from './outbox.ts';

/** What is sent, word for word: made once, so that each try sends the same. */
export const Content = z.strictObject({
  text: z.string(),
  html: z.string(),
  notices: z.array(Notice),
});
export type Content = z.output<typeof Content>;

export interface Outgoing {
  /** The same for each try. */
  readonly id: string;
  readonly made: string;
  readonly subject: string;
  readonly content: Content;
}

/** The receiver was there, and will not have this message: another one he may take. */
export class Refusal extends Error {}

/** A way to a receiver. */
export interface Channel {
  /**
   * @returns what did not go well although it was taken; null where all did
   * @throws Refusal, and another Error where nobody could be asked: it is tried again either way
   */
  send(message: Outgoing, signal: AbortSignal): Promise<string | null>;
}
