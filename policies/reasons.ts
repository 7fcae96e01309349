import { z } from 'zod';
import type { Verdict } from './verdict.ts';

/**
 * What a reason carries besides its code. Moments are ISO 8601 strings in UTC and durations seconds, never ages:
 * an age would change with every run, and an unchanged observation must stay unchanged.
 */
export const ReasonValue = z.union([z.string().max(4096), z.number()]);
export type ReasonValue = z.output<typeof ReasonValue>;

/** Why a subject came out as it did. The text is looked up by `code` and language (`explain.ts`). */
export const Reason = z.strictObject({
  code: z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/),
  verdict: z.enum(['fail', 'unknown', 'pass', 'not-applicable']),
  subject: z.string().max(1024).optional(),
  values: z.record(z.string(), ReasonValue),
});
export type Reason = z.output<typeof Reason>;

/**
 * One line of a catalogue: the verdict that a reason means, and its text in both languages. `{name}` stands for a
 * value, `{name|format}` for a value written as `duration` (seconds), `moment` (ISO 8601), `day` or `bytes`.
 */
export interface ReasonText {
  readonly verdict: Verdict;
  readonly en: string;
  readonly nl: string;
}
export type Catalogue = Readonly<Record<string, ReasonText>>;

type ValueNames<Text extends string> = Text extends `${string}{${infer Slot}}${infer Rest}`
  ? (Slot extends `${infer Name}|${string}` ? Name : Slot) | ValueNames<Rest>
  : never;
type ValuesOf<Text extends string> = Readonly<Record<ValueNames<Text>, ReasonValue>>;

/**
 * Makes reasons from a catalogue; the compiler asks for exactly the values that the English text names.
 *
 * @example
 *   const because = reasonsFrom({ 'disk.full': { verdict: 'fail', en: '{path} is full', nl: '{path} is vol' } });
 *   because('disk.full', { path: '/var' }, 'web1');
 */
export function reasonsFrom<const C extends Catalogue>(catalogue: C) {
  return function because<Code extends keyof C & string>(
    code: Code,
    values: ValuesOf<C[Code]['en']>,
    subject?: string,
  ): Reason {
    const text = (catalogue as Readonly<Record<keyof C, ReasonText>>)[code];
    return { code, verdict: text.verdict, ...(subject === undefined ? {} : { subject }), values: { ...values } };
  };
}
