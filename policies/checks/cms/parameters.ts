import { z } from 'zod';
import { Duration } from '../../quantities.ts';
import { Window } from '../updates/window.ts';
import { Product } from './facts.ts';

export const cmsDefaults = { maximumBehind: Duration.parse('14d'), maximumListAge: Duration.parse('7d') } as const;

interface Wanted {
  /** Undefined: every product. */
  readonly products: readonly Product[] | undefined;
}
export interface Currency extends Wanted {
  readonly demand: 'current';
  readonly support: 'standard' | 'extended';
  /** Seconds. */
  readonly maximumBehind: number;
  /** Seconds. */
  readonly maximumListAge: number;
}
export interface Looking extends Wanted {
  readonly demand: 'look';
  /** Seconds. */
  readonly every: number;
}
export interface WindowKept extends Wanted {
  readonly demand: 'window';
  readonly window: Window;
}
export interface Stable extends Wanted {
  readonly demand: 'stable-plugins';
}

const alone = ['lookEvery', 'window', 'plugins'] as const;

/**
 * One of four promises: that the core of each site is supported and up to date (the default); or, each by itself, that
 * somebody looks for releases, that updates are made at certain hours, that plug-ins are stable.
 */
export const CmsParameters = z
  .strictObject({
    /** Left out: every product. */
    products: z.array(Product).min(1).max(4).optional(),
    /** Whether a longer support that was bought counts. */
    support: z.enum(['standard', 'extended']).optional(),
    /** How long a newer release of the branch may wait, from the day on which it came out. */
    maximumBehind: Duration.optional(),
    /** How old the list of releases may be to be ground for that. */
    maximumListAge: Duration.optional(),
    lookEvery: Duration.optional(),
    plugins: z.literal('stable').optional(),
    window: Window.optional(),
  })
  .superRefine(({ products: _, ...given }, context) => {
    const keys = Object.entries(given).flatMap(([key, value]) => (value === undefined ? [] : [key]));
    const lonely = alone.find((key) => keys.includes(key));
    if (lonely === undefined || keys.length === 1) return;
    const message = `expected ${lonely} alone, or with products: it is a promise of its own, and another control`;
    context.addIssue({ code: 'custom', path: [lonely], message });
  })
  .transform((given): Currency | Looking | WindowKept | Stable => {
    const { products, lookEvery, plugins, window } = given;
    if (lookEvery !== undefined) return { demand: 'look', products, every: lookEvery };
    if (window !== undefined) return { demand: 'window', products, window };
    if (plugins !== undefined) return { demand: 'stable-plugins', products };
    return {
      demand: 'current',
      products,
      support: given.support ?? 'standard',
      maximumBehind: given.maximumBehind ?? cmsDefaults.maximumBehind,
      maximumListAge: given.maximumListAge ?? cmsDefaults.maximumListAge,
    };
  });
export type CmsParameters = z.output<typeof CmsParameters>;
