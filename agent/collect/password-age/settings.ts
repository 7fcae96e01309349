import { z } from 'zod';
import { rosterSettings } from '../roster.ts';
import { storeReaders } from './readers.ts';

const kinds = storeReaders.map(({ kind }) => kind);

/** One key, the kind of store, and under it what its reader wants to know. Sources keep the form they are written in. */
const Source = z
  .strictObject(Object.fromEntries(storeReaders.map(({ kind, source }) => [kind, keepingForm(source).optional()])))
  .refine((source) => Object.values(source).filter((value) => value !== undefined).length === 1, {
    error: `expected exactly one of ${kinds.join(', ')}`,
  });

const PasswordStore = z.strictObject({
  /** Its name in reports. */
  store: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'expected a name of letters, digits, dots and hyphens'),
  source: Source,
});

/** The parts of agent.yaml about passwords: where they are kept, and who knew them. */
export const Settings = z.object({
  ...rosterSettings,
  passwordStores: z
    .array(PasswordStore)
    .max(1000)
    .refine((stores) => new Set(stores.map(({ store }) => store)).size === stores.length, {
      error: 'expected each store to have a name of its own',
    })
    .optional(),
});

/** Checks a value and leaves it as it is: what it means is worked out where it is used. */
function keepingForm(schema: z.ZodType) {
  return z.unknown().superRefine((value, context) => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return;
    for (const issue of parsed.error.issues)
      context.addIssue({ code: 'custom', path: issue.path, message: issue.message });
  });
}
