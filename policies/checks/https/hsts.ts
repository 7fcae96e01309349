/** What a Strict-Transport-Security header says. */
export type Hsts =
  | {
      readonly state: 'policy';
      readonly maxAge: number;
      readonly includeSubDomains: boolean;
      readonly preload: boolean;
    }
  | { readonly state: 'absent' }
  /** It breaks the grammar, so that browsers pass it over. */
  | { readonly state: 'invalid'; readonly value: string };

const directive =
  /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+.^_`|~0-9A-Za-z-]+)))?$/;

/**
 * Reads the header as a browser does (RFC 6797 6.1 and 8.1): of several headers only the first counts; names in any
 * case, values possibly quoted, a directive at most once, unknown ones passed over. `preload` is none of the RFC's, but
 * what https://hstspreload.org asks for.
 * @param headers every such header of an answer, in its order
 */
export function parseHsts(headers: readonly string[]): Hsts {
  const [value] = headers;
  if (value === undefined) return { state: 'absent' };
  const found = new Map<string, string | undefined>();
  for (const part of splitDirectives(value)) {
    const match = directive.exec(part);
    const name = match?.[1]?.toLowerCase();
    if (match === null || name === undefined || found.has(name)) return { state: 'invalid', value };
    found.set(name, match[2]?.replace(/\\(.)/g, '$1') ?? match[3]);
  }
  const maxAge = found.get('max-age');
  const isWellFormed = maxAge !== undefined && /^\d+$/.test(maxAge) && found.get('includesubdomains') === undefined;
  if (!isWellFormed) return { state: 'invalid', value };
  return {
    state: 'policy',
    // Larger than any number of seconds that means something.
    maxAge: Math.min(Number(maxAge), Number.MAX_SAFE_INTEGER),
    includeSubDomains: found.has('includesubdomains'),
    preload: found.has('preload'),
  };
}

/** Parts between semicolons that are not in quotes; empty ones are allowed and say nothing. */
function splitDirectives(value: string): string[] {
  const parts = value.match(/(?:"(?:[^"\\]|\\.)*"|[^;])+/g) ?? [];
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}
