import { parsePolicy, type Policy } from '../../policies/load.ts';
import type { Span } from '../../policies/moments.ts';
import type { Control } from '../../policies/schema.ts';
import { DocumentError } from '../../policies/yaml.ts';
import type { ReportedEvidence } from './evidence.ts';
import type { PolicyCompliance } from './model.ts';
import type { NamedDocument } from './reading.ts';

/** A document as reports or acts name it. */
type Named = Omit<NamedDocument, 'firstAt'>;

/** The words of the policies by which hosts and the organisation were judged, of the newest version that has them. */
export class Definitions {
  /** By hosts or the organisation; the newest first. */
  readonly #documents: ReadonlyMap<string, readonly (Named & Readable)[]>;
  readonly #ofHosts: ReadonlyMap<string, readonly (NamedDocument & Readable)[]>;

  /**
   * @param ofHosts those that reports name
   * @param followed those that the organisation was held to
   * @param documentOf undefined where it is not there, or of a form that this version does not know
   */
  constructor(
    ofHosts: readonly NamedDocument[],
    followed: readonly Named[],
    documentOf: (digest: string) => Policy | undefined,
  ) {
    const known = new Map<string, Named & Readable>();
    for (const { policy, version, digest } of [...ofHosts, ...followed]) {
      known.set(`${policy} ${digest}`, { policy, version, digest, text: documentOf(digest) });
    }
    this.#documents = Map.groupBy([...known.values()].sort(byVersion), ({ policy }) => policy);
    const read = ofHosts.map((document) => ({ ...document, text: documentOf(document.digest) }));
    this.#ofHosts = Map.groupBy(read, ({ policy }) => policy);
  }

  policy(policy: string): Pick<PolicyCompliance, 'title' | 'source' | 'versions'> {
    const documents = this.#of(policy);
    const newest = documents.find(({ text }) => text !== undefined)?.text;
    return {
      title: newest?.title ?? null,
      source: newest?.source ?? null,
      versions: documents.map(({ version, digest }) => ({ version, digest })),
    };
  }

  control(policy: string, control: string): Control | null {
    for (const { text } of this.#of(policy)) {
      const found = text?.controls.find(({ id }) => id === control);
      if (found !== undefined) return found;
    }
    return null;
  }

  /**
   * The words of a control in each document that has it, and the time over which that document was the newest to be named
   * by a report: hosts may have gone over to the next one later.
   */
  versions(policy: string, control: string): { readonly definition: Control; readonly held: Span }[] {
    const inOrder = (this.#ofHosts.get(policy) ?? []).toSorted((a, b) => a.firstAt - b.firstAt);
    return inOrder.flatMap(({ text, firstAt }, index) => {
      const definition = text?.controls.find(({ id }) => id === control);
      // The oldest was there before the period began.
      const from = index === 0 ? -Infinity : firstAt;
      return definition === undefined
        ? []
        : [{ definition, held: { from, until: inOrder[index + 1]?.firstAt ?? Infinity } }];
    });
  }

  /** Orders controls as the newest document does, and after those the others by id. */
  compare(policy: string, a: string, b: string): number {
    const place = (control: string): number => {
      const index = this.#of(policy)[0]?.text?.controls.findIndex(({ id }) => id === control) ?? -1;
      return index === -1 ? Infinity : index;
    };
    const [first, second] = [place(a), place(b)];
    if (first !== second) return first - second;
    return a < b ? -1 : 1;
  }

  #of(policy: string): readonly (Named & Readable)[] {
    return this.#documents.get(policy) ?? [];
  }
}

interface Readable {
  /** Undefined where the document is not there, or of a form that this version does not know. */
  readonly text: Policy | undefined;
}

function byVersion(a: Named, b: Named): number {
  return b.version - a.version;
}

/** The documents of the evidence by their digests, each read once. */
export function documentsOf(evidence: Pick<ReportedEvidence, 'document'>): (digest: string) => Policy | undefined {
  const read = new Map<string, Policy | undefined>();
  return (digest) => {
    if (!read.has(digest)) read.set(digest, readable(evidence.document(digest)));
    return read.get(digest);
  };
}

function readable(text: string | undefined): Policy | undefined {
  try {
    return text === undefined ? undefined : parsePolicy(text, 'policy of the evidence');
  } catch (error) {
    if (error instanceof DocumentError) return undefined;
    throw error;
  }
}
