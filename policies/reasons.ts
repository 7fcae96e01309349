import { z } from 'zod';
import { hasMembers, isObject, isText } from './shapes.ts';
import { isVerdict, type Verdict } from './verdict.ts';

const maximumValue = 4096;

/**
 * What a reason carries besides its code. Moments are ISO 8601 strings in UTC and durations seconds, never ages:
 * an age would change with every run, and an unchanged observation must stay unchanged.
 */
export const ReasonValue = z.union([z.string().max(maximumValue), z.number()]);
export type ReasonValue = z.output<typeof ReasonValue>;

const code = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/;
const maximumSubject = 1024;

/** Why a subject came out as it did. The text is looked up by `code` and language (`explain.ts`). */
export const Reason = z.strictObject({
  code: z.string().regex(code),
  verdict: z.enum(['fail', 'unknown', 'pass', 'not-applicable']),
  subject: z.string().max(maximumSubject).optional(),
  values: z.record(z.string(), ReasonValue),
});
export type Reason = z.output<typeof Reason>;

/** What `Reason` says of a value whose members are in its order, in a tenth of its time. A test holds the two together. */
export function isReason(json: unknown): json is Reason {
  const hasSubject = hasMembers(json, ['code', 'verdict', 'subject', 'values']) && isText(json.subject, maximumSubject);
  if (!hasSubject && !hasMembers(json, ['code', 'verdict', 'values'])) return false;
  return typeof json.code === 'string' && code.test(json.code) && isVerdict(json.verdict) && areValues(json.values);
}

function areValues(json: unknown): boolean {
  if (!isObject(json)) return false;
  return Object.entries(json).every(
    // A schema's copy would lose this member, and so would not be spelt as it was read.
    ([name, value]) => name !== '__proto__' && (isText(value, maximumValue) || Number.isFinite(value)),
  );
}

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
