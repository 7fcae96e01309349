import { z } from 'zod';
import { Reason } from '../../policies/reasons.ts';
import { Labels, Severity } from '../../policies/schema.ts';

/** What somebody may want to be told of. */
export const topics = ['failures', 'terms', 'endings', 'silence', 'evidence'] as const;
export type Topic = (typeof topics)[number];

interface Kind {
  readonly topic: Topic;
  /** What presses is told within minutes; a reminder waits for the next morning. */
  readonly urgency: Urgency;
  /** Whether it is told that it is over, once something shows that. */
  readonly isEndTold: boolean;
}

export type Urgency = 'urgent' | 'reminder';

/** What can be the matter. */
export const conditionKinds = {
  'control-fails': { topic: 'failures', urgency: 'urgent', isEndTold: true },
  'organisation-fails': { topic: 'failures', urgency: 'urgent', isEndTold: true },
  'document-unread': { topic: 'failures', urgency: 'urgent', isEndTold: true },
  'term-overdue': { topic: 'terms', urgency: 'urgent', isEndTold: false },
  'term-near': { topic: 'terms', urgency: 'urgent', isEndTold: false },
  'attestation-ends': { topic: 'endings', urgency: 'reminder', isEndTold: false },
  'waiver-ends': { topic: 'endings', urgency: 'reminder', isEndTold: false },
  'waiver-ended': { topic: 'endings', urgency: 'reminder', isEndTold: false },
  'waiver-waits': { topic: 'endings', urgency: 'reminder', isEndTold: false },
  'certificate-ends': { topic: 'endings', urgency: 'reminder', isEndTold: false },
  'certificate-ended': { topic: 'endings', urgency: 'reminder', isEndTold: false },
  'token-ends': { topic: 'endings', urgency: 'reminder', isEndTold: false },
  'token-ended': { topic: 'endings', urgency: 'reminder', isEndTold: false },
  'host-stale': { topic: 'silence', urgency: 'urgent', isEndTold: true },
  'host-clock-ahead': { topic: 'silence', urgency: 'urgent', isEndTold: true },
  'host-never-seen': { topic: 'silence', urgency: 'reminder', isEndTold: true },
  'evidence-mismatch': { topic: 'evidence', urgency: 'urgent', isEndTold: true },
  'evidence-behind': { topic: 'evidence', urgency: 'urgent', isEndTold: true },
  'evidence-contradicted': { topic: 'evidence', urgency: 'urgent', isEndTold: false },
} as const satisfies Readonly<Record<string, Kind>>;
export type ConditionKind = keyof typeof conditionKinds;
/** Of which it is told that they are over. */
export type EndTold = {
  [Kind in ConditionKind]: (typeof conditionKinds)[Kind]['isEndTold'] extends true ? Kind : never;
}[ConditionKind];

export function isEndTold(kind: ConditionKind): kind is EndTold {
  return conditionKinds[kind].isEndTold;
}

const kindNames = Object.keys(conditionKinds) as [ConditionKind, ...ConditionKind[]];

export const Condition = z.strictObject({
  /** The same as long as it is the same matter: what was told under it is not told again. */
  key: z.string(),
  kind: z.enum(kindNames),
  severity: Severity,
  policy: z.string().nullable(),
  control: z.string().nullable(),
  host: z.string().nullable(),
  /** Of the host; null where nobody knows them. */
  labels: Labels.nullable(),
  /** Of the control, in both languages. */
  title: z.strictObject({ nl: z.string(), en: z.string() }).nullable(),
  /** The worst few. */
  reasons: z.array(Reason),
  /** What the texts name: moments as ISO 8601. */
  values: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type Condition = z.output<typeof Condition>;

/**
 * What became of a matter that is not among those that stand: something shows that it is well, nobody can tell, or it is
 * no matter any more (the host was retired, the control is waived).
 */
export type Outcome = 'well' | 'open' | 'gone';

/** Where matters come from. */
export interface Source {
  readonly kinds: readonly ConditionKind[];
  /** All that are the matter at a moment. */
  conditions(at: Date): Iterable<Condition>;
  /** @param condition one of its kinds, which was the matter and is not among them now */
  outcome(condition: Condition, at: Date): Outcome;
}

/** Of one matter, of which nothing more is to be said than `more`. */
export function condition(
  kind: ConditionKind,
  about: string,
  more: Partial<Omit<Condition, 'kind' | 'key'>> = {},
): Condition {
  return {
    key: `${kind} ${about}`,
    kind,
    ...{ severity: 'warning', policy: null, control: null, host: null, labels: null, title: null },
    ...{ reasons: [], values: {} },
    ...more,
  };
}
