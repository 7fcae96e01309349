import { parsePolicy, type Policy } from '../../policies/load.ts';
import type { Span } from '../../policies/moments.ts';
import type { Control } from '../../policies/schema.ts';
import { DocumentError } from '../../policies/yaml.ts';
import type { ReportedEvidence } from './evidence.ts';
import type { PolicyCompliance } from './model.ts';
import type { NamedDocument } from './reading.ts';

/** The words of the policies by which hosts were judged, of the newest version that has them. */
export class Definitions {
  readonly #documents: ReadonlyMap<string, readonly KnownDocument[]>;

  constructor(named: readonly NamedDocument[], evidence: Pick<ReportedEvidence, 'document'>) {
    const known = named
      .map((document) => ({ ...document, text: readable(evidence.document(document.digest)) }))
      .sort((a, b) => b.version - a.version);
    this.#documents = Map.groupBy(known, ({ policy }) => policy);
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
    const inOrder = this.#of(policy).toSorted((a, b) => a.firstAt - b.firstAt);
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

  #of(policy: string): readonly KnownDocument[] {
    return this.#documents.get(policy) ?? [];
  }
}

interface KnownDocument extends NamedDocument {
  /** Undefined where the document is not there, or of a form that this version does not know. */
  readonly text: Policy | undefined;
}

function readable(text: string | undefined): Policy | undefined {
  try {
    return text === undefined ? undefined : parsePolicy(text, 'policy of the evidence');
  } catch (error) {
    if (error instanceof DocumentError) return undefined;
    throw error;
  }
}
