/**
 * Whether one of a certificate's alternative names covers a host name (RFC 9525 6.3): in any case, without a trailing
 * dot, and with a wildcard only as the whole of the leftmost label, for exactly one label, above at least two others.
 * The subject's common name never counts.
 * @param names as facts have them: `DNS:www.example.nl`
 */
export function coversName(names: readonly string[], name: string): boolean {
  const wanted = plain(name);
  const [, ...rest] = wanted.split('.');
  const wildcard = rest.length >= 2 ? `*.${rest.join('.')}` : undefined;
  return names.some((entry) => {
    if (!entry.startsWith('DNS:')) return false;
    const offered = plain(entry.slice('DNS:'.length));
    return offered === wanted || offered === wildcard;
  });
}

function plain(name: string): string {
  return name.replace(/\.$/, '').toLowerCase();
}
