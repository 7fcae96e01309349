/** What a Strict-Transport-Security header asks for, or why a browser would ignore it. */
export type Hsts =
  { readonly state: 'valid'; readonly maxAgeSeconds: number } | { readonly state: 'invalid'; readonly why: string };

/** `name`, `name=token` or `name="quoted"` (RFC 6797 6.1, RFC 9110 5.6). */
const directive = /^([!#$%&'*+.^_`|~0-9a-z-]+)(?:\s*=\s*(?:([!#$%&'*+.^_`|~0-9a-z-]+)|"((?:[^"\\]|\\.)*)"))?$/i;

/** Reads the header as RFC 6797 6.1 has it: names in any case, each once, `max-age` required, unknown ones passed over. */
export function parseHsts(header: string): Hsts {
  const found = new Map<string, string>();
  for (const part of splitDirectives(header)) {
    const [whole, name = '', token, quoted] = directive.exec(part) ?? [];
    if (whole === undefined) return { state: 'invalid', why: `"${part.slice(0, 100)}" is no directive` };
    const key = name.toLowerCase();
    if (found.has(key)) return { state: 'invalid', why: `${key} stands in it twice` };
    found.set(key, token ?? quoted?.replace(/\\(.)/g, '$1') ?? '');
  }
  const maxAge = found.get('max-age');
  if (maxAge === undefined) return { state: 'invalid', why: 'it lacks max-age' };
  if (!/^[0-9]+$/.test(maxAge)) return { state: 'invalid', why: 'its max-age is no number' };
  return { state: 'valid', maxAgeSeconds: Number(maxAge) };
}

function splitDirectives(header: string): string[] {
  const parts = header.match(/(?:[^;"]|"(?:[^"\\]|\\.)*"?)+/g) ?? [];
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}
