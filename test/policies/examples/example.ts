/** When the facts below are judged. */
export const at = new Date('2026-11-22T12:00:00.000Z');

const day = 86_400_000;

/** A moment so many days before the judgement. */
export function daysAgo(days: number): string {
  return new Date(at.getTime() - days * day).toISOString();
}

/** The same as a day. */
export function dayBefore(days: number): string {
  return daysAgo(days).slice(0, 10);
}

/** A control's `with`, as its document has it. */
export type Asked = Readonly<Record<string, unknown>>;

/** Facts as the collector of a kind makes them, or a promise of them where it makes them here too. */
type MakeFacts = (asked: Asked) => unknown;

/** What a kind finds where a promise is kept, and where it is broken, under whatever parameters a document has. */
export interface Example {
  readonly kind: string;
  readonly kept: MakeFacts;
  readonly broken: MakeFacts;
}
