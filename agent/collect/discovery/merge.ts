import type { AttachedPlace } from './attach.ts';

/** A certificate file that a configuration names: for one host name, or for the whole endpoint. */
export interface NamedFile {
  readonly name?: string;
  readonly path: string;
}

/** All that configurations say of one address and port. */
export interface Configured {
  readonly tls: AttachedPlace['tls'];
  readonly isWeb: boolean;
  /** Sorted. */
  readonly names: readonly string[];
  /** Whether it serves something to who gives no name that it serves to none of the names. */
  readonly servesNameless: boolean;
  /** Of servers that no known name reaches, nor the lack of one. */
  readonly patterns: readonly string[];
  /** Sorted by path, then by name; each once. */
  readonly certificateFiles: readonly NamedFile[];
}

/**
 * @param places of one address and port
 * @param declared names that agent.yaml has for it
 */
export function describeConfigured(places: readonly AttachedPlace[], declared: readonly string[]): Configured {
  const names = [...new Set(places.flatMap((place) => place.names))].sort();
  const own = new Set(names);
  const extra = declared.filter((name) => !own.has(name));
  const unreached = places.filter((place) => place.names.length === 0 && !place.isDefault);
  const patterns = unreached.flatMap((place) =>
    place.patterns.some((pattern) => extra.some((name) => mayMatch(pattern, name))) ? [] : place.patterns,
  );
  const files = new Map<string, NamedFile>();
  for (const { certificateFiles, names: served } of places) {
    for (const path of certificateFiles) {
      const named: NamedFile[] = served.length === 0 ? [{ path }] : served.map((name) => ({ name, path }));
      for (const file of named) files.set(`${path}\0${file.name ?? ''}`, file);
    }
  }
  return {
    tls: places.find(({ tls }) => tls !== 'none')?.tls ?? 'none',
    isWeb: places.some(({ web }) => web),
    names,
    servesNameless: places.some((place) => place.isDefault && place.names.length === 0),
    patterns: [...new Set(patterns)].sort(),
    certificateFiles: [...files.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, file]) => file),
  };
}

/** A wildcard stands for one label or more at either end; whether a regular expression fits is the operator's word. */
function mayMatch(pattern: string, name: string): boolean {
  if (pattern.startsWith('~')) return true;
  if (pattern.startsWith('*.')) return name.endsWith(pattern.slice(1).toLowerCase());
  if (pattern.endsWith('.*')) return name.startsWith(pattern.slice(0, -1).toLowerCase());
  return false;
}
