/** What `nft -s -t list ruleset` says and its JSON does not, or wrongly, in nft 1.0.6. */
export interface Listing {
  /** Tables that are switched off, as `family name`. */
  readonly dormant: ReadonlySet<string>;
  /** The interfaces that chains on ingress are bound to, by `family table chain`. */
  readonly devices: ReadonlyMap<string, readonly string[]>;
}

export const noListing: Listing = { dormant: new Set(), devices: new Map() };

/** @param text as nft prints rules (nft(8)): tables, in them chains, one line each for the hook and for each rule */
export function parseListing(text: string): Listing {
  const dormant = new Set<string>();
  const devices = new Map<string, readonly string[]>();
  let [table, chain] = ['', ''];
  for (const line of text.split('\n')) {
    const [, family, name] = /^table (\S+) (\S+) \{$/.exec(line) ?? [];
    if (family !== undefined && name !== undefined) table = `${family} ${name}`;
    if (/^\tflags .*\bdormant\b/.test(line)) dormant.add(table);
    chain = /^\tchain (\S+) \{$/.exec(line)?.[1] ?? chain;
    const [, one, several] =
      /^\t\ttype \S+ hook ingress (?:device "([^"]+)"|devices = \{ ([^}]*) \}) /.exec(line) ?? [];
    const bound = one ?? several;
    if (bound !== undefined)
      devices.set(
        `${table} ${chain}`,
        bound.split(', ').map((name) => name.replaceAll('"', '')),
      );
  }
  return { dormant, devices };
}
