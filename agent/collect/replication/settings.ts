import { z } from 'zod';
import { readers } from './readers.ts';

const kinds = readers.map(({ kind }) => kind);

/** One key, the kind of server, and under it how it is reached. */
const Source = z
  .strictObject(Object.fromEntries(readers.map(({ kind, source }) => [kind, source.optional()])))
  .refine((source) => Object.values(source).filter((value) => value !== undefined).length === 1, {
    error: `expected exactly one of ${kinds.join(', ')}`,
  });

const common = {
  /** Its name in reports. */
  set: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'expected a name of letters, digits, dots and hyphens'),
  source: Source,
};

const Replicated = z
  .discriminatedUnion('role', [
    /** Others copy it. */
    z.strictObject({ ...common, role: z.literal('primary'), replicas: z.int().min(1).max(64).default(1) }),
    /** It copies another. */
    z.strictObject({
      ...common,
      role: z.literal('replica'),
      /** That other, where the agent may ask it how far it is; of the same kind. */
      primary: Source.optional(),
      heartbeat: z
        .string()
        .regex(/^\w{1,64}\.\w{1,64}$/, 'expected schema.table')
        .optional(),
    }),
    /** A node of a cluster. */
    z.strictObject({ ...common, role: z.literal('member'), size: z.int().min(2).max(64) }),
    /** It needs no copy. */
    z.strictObject({ ...common, role: z.literal('none'), because: z.string().min(1).max(256) }),
  ])
  .refine((set) => !('primary' in set) || set.primary === undefined || kindOf(set.primary) === kindOf(set.source), {
    error: 'expected a primary of the same kind as its copy',
    path: ['primary'],
  });
export type ReplicatedSetting = z.output<typeof Replicated>;

export const Settings = z.object({
  replication: z
    .array(Replicated)
    .max(64)
    .refine((sets) => new Set(sets.map(({ set }) => set)).size === sets.length, {
      error: 'expected each set to have a name of its own',
    })
    .optional(),
});
export type Settings = z.output<typeof Settings>;

export function kindOf(source: Readonly<Record<string, unknown>>): string | undefined {
  return kinds.find((kind) => source[kind] !== undefined);
}
