/** A shell's file pattern (glob(7): `*`, `?`, `[...]`) as a regular expression over whole paths. */
export function globPattern(pattern: string): RegExp {
  const source = pattern.replace(/\[!?[^\]/]*\]|[*?]|[^A-Za-z0-9/]/g, (part) => {
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    if (part.length > 1) return part.replace(/^\[!/, '[^').replace(/\\/g, '\\\\');
    return `\\${part}`;
  });
  return new RegExp(`^${source}$`);
}
