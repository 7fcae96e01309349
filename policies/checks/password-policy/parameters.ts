import { z } from 'zod';
import { Duration } from '../../quantities.ts';
import { kinds } from './facts.ts';

const unique = (values: readonly string[]): boolean => new Set(values).size === values.length;

const Lockout = z.strictObject({
  /** The account is locked after this many wrong passwords at most. */
  attempts: z.int().min(1).max(1000),
  /** For this many seconds at least. */
  duration: Duration.prefault('1m'),
});

export const Parameters = z
  .strictObject({
    /** Whose passwords: those of system accounts (PAM), of databases, of content management systems. */
    scope: z
      .array(z.enum(['system', 'database', 'cms']))
      .min(1)
      .refine(unique, 'expected each scope once')
      .default(['system']),
    /** Characters. */
    minimumLength: z.int().min(1).max(128).optional(),
    /** Each of these must be there. */
    kinds: z.array(z.enum(kinds)).min(1).refine(unique, 'expected each kind once').optional(),
    /** So many of the four kinds must be there, whichever. */
    classes: z.int().min(2).max(4).optional(),
    /** So many earlier passwords are refused. */
    history: z.int().min(1).max(400).optional(),
    /** Words of a dictionary are refused. */
    dictionary: z.boolean().default(false),
    /** System accounts only. */
    lockout: Lockout.optional(),
    /** Whether root, too, is held to it where it sets a password of a system account. */
    forRoot: z.boolean().default(true),
  })
  .refine(
    ({ minimumLength, kinds: asked, classes, history, dictionary, lockout }) =>
      dictionary || [minimumLength, asked, classes, history, lockout].some((value) => value !== undefined),
    { error: 'expected at least one of minimumLength, kinds, classes, history, dictionary and lockout' },
  )
  .refine(({ lockout, scope }) => lockout === undefined || scope.includes('system'), {
    path: ['lockout'],
    error: 'expected scope to hold system: lockout is judged there only',
  });
export type Parameters = z.output<typeof Parameters>;
