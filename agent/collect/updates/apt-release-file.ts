import type { z } from 'zod';
import type { Index } from '../../../policies/checks/updates/facts.ts';

export interface ReleaseFile {
  readonly index: z.output<typeof Index>;
  /** Bytes by path of the files that it announces. */
  readonly sizes: ReadonlyMap<string, number>;
}

/**
 * A Release or InRelease file of a Debian archive (Debian wiki, DebianRepository/Format); apt has verified its
 * signature before it put the file among its lists.
 *
 * @returns undefined where it has no `Date` in the form that the format gives
 */
export function parseReleaseFile(text: string): ReleaseFile | undefined {
  const fields = new Map<string, string>();
  const sizes = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, name, value] = /^([A-Za-z-]+): *(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined && !fields.has(name)) fields.set(name, value.trim());
    const [, size, path] = /^ [0-9a-f]{32,128} +(\d+) (\S+)$/.exec(line) ?? [];
    if (size !== undefined && path !== undefined) sizes.set(path, Number(size));
  }
  const date = parseDate(fields.get('Date'));
  const validUntil = parseDate(fields.get('Valid-Until'));
  if (date === undefined || (validUntil === undefined && fields.has('Valid-Until'))) return undefined;
  const field = (name: string): string | null => fields.get(name)?.slice(0, 256) ?? null;
  return {
    index: {
      origin: field('Origin'),
      label: field('Label'),
      suite: field('Suite'),
      codename: field('Codename'),
      date,
      validUntil: validUntil ?? null,
    },
    sizes,
  };
}

/** RFC 2822 in UTC: `Fri, 20 Nov 2026 00:12:41 UTC`. */
function parseDate(text: string | undefined): string | undefined {
  if (text === undefined || !/^\w{3}, +\d{1,2} \w{3} \d{4} +\d{1,2}:\d\d:\d\d (UTC|GMT|Z|\+0000)$/.test(text))
    return undefined;
  const moment = new Date(text.replace(/Z$/, 'GMT'));
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString();
}
