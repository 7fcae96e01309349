import { z } from 'zod';
import { Duration } from '../../quantities.ts';

/** What a set is for (`system`, `mail`, `mirror`): the link between a control and the sets that agent.yaml declares. */
export const Purpose = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'expected a word in lower case such as system or mail');

/** In a control, every set, whatever its purpose. */
export const anyPurpose = 'any';

const Count = z.int().min(1).max(366);

const requirements = [
  'every',
  'keep',
  'keepAtMost',
  'generations',
  'sizeDrop',
  'restoreTested',
  'offsite',
  'encrypted',
  'locked',
] as const;

/** What a control's `with` may hold. Durations are seconds once parsed. */
export const Parameters = z
  .strictObject({
    /** Only sets of this purpose are judged; all, where it is `any`. */
    purpose: Purpose.default('system'),
    /** The promised rhythm: from one copy to the next, and from the newest to now. */
    every: Duration.optional(),
    /** What a copy may come later than its rhythm: it takes time, and clocks change to summer time. */
    grace: Duration.prefault('2h'),
    /** How far back gaps are looked for; `keep` where that is given, else 7 days. */
    window: Duration.optional(),
    /** Each copy is kept this long: the whole of that time has copies in the promised rhythm. */
    keep: Duration.optional(),
    /** No copy is older than this. */
    keepAtMost: Duration.optional(),
    /** Copies made more often than the rhythm asks may be thinned out to it: that such a one went early is no fault. */
    thinned: z.literal(true).optional(),
    /** Unbroken rows of calendar days, ISO 8601 weeks and calendar months that have a copy, counted back from now. */
    generations: z
      .strictObject({ daily: Count.optional(), weekly: Count.optional(), monthly: Count.optional() })
      .refine((asked) => Object.values(asked).some((count) => count !== undefined), {
        error: 'expected daily, weekly or monthly',
      })
      .optional(),
    /** Per cent: the newest copy has at least that part of the usual size (the median of the others in the window). */
    sizeDrop: z.int().min(1).max(99).optional(),
    /** Copies are told for each account, and each account has its own. */
    perAccount: z.literal(true).optional(),
    /** Copies were restored, and were what had been copied, no longer ago than this. */
    restoreTested: Duration.optional(),
    /** The copies lie on another server. */
    offsite: z.literal(true).optional(),
    /** The copies themselves are encrypted, wherever they lie. */
    encrypted: z.literal(true).optional(),
    /** Nobody can remove a copy before it is this old: the place itself refuses it. */
    locked: Duration.optional(),
  })
  .refine((asked) => requirements.some((name) => asked[name] !== undefined), {
    error: `expected at least one requirement: ${requirements.join(', ')}`,
  })
  .refine((asked) => asked.every !== undefined || asked.keep === undefined, {
    path: ['every'],
    error: 'expected a rhythm such as 24h beside keep: without it nobody can tell whether a copy is missing',
  })
  .refine((asked) => asked.window === undefined || asked.every !== undefined || asked.sizeDrop !== undefined, {
    path: ['window'],
    error: 'expected a rhythm or sizeDrop beside window: nothing else looks into it',
  })
  .refine((asked) => asked.perAccount === undefined || asked.every !== undefined || asked.generations !== undefined, {
    path: ['perAccount'],
    error: 'expected every or generations beside perAccount: what each account is to have',
  })
  .refine((asked) => asked.thinned === undefined || asked.keep !== undefined, {
    path: ['thinned'],
    error: 'expected keep beside thinned',
  })
  .refine((asked) => (asked.window ?? Infinity) >= (asked.keep ?? 0), {
    path: ['window'],
    error: 'expected at least as long as keep: a gap in what is kept must be seen',
  })
  .refine((asked) => (asked.keepAtMost ?? Infinity) >= (asked.keep ?? 0), {
    path: ['keepAtMost'],
    error: 'expected at least as long as keep',
  });
export type Parameters = z.output<typeof Parameters>;

/** Whether a control is about sets of that purpose. */
export function isAbout(asked: Pick<Parameters, 'purpose'>, purpose: string): boolean {
  return asked.purpose === anyPurpose || asked.purpose === purpose;
}
