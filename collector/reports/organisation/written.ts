import { z } from 'zod';
import { isFilePart, statementPartName, type ActTaken } from '../../../evidence/act.ts';
import { parseJson } from '../../../evidence/json.ts';
import { FilePart, StatementPart } from '../../people/exchange.ts';
import type { ReportedEvidence } from '../evidence.ts';
import type { Kept } from '../model.ts';

/** Of a file only its name is told. */
const NamedFile = z.object({ name: FilePart.shape.name });

/** What people said and handed in: it lies beside the log, as long as nobody erases it. */
export class Written {
  readonly #evidence: Pick<ReportedEvidence, 'part'>;
  readonly #erased: ReadonlySet<string>;

  constructor(evidence: Pick<ReportedEvidence, 'part'>, erased: ReadonlySet<string>) {
    this.#evidence = evidence;
    this.#erased = erased;
  }

  /** Null where nothing was said. */
  statement({ body }: Pick<ActTaken, 'body'>): Kept | null {
    const said = body.find(({ name }) => name === statementPartName);
    return said === undefined ? null : this.statementAt(said.commitment);
  }

  statementAt(commitment: string): Kept {
    return this.#kept(commitment, (json) => StatementPart.safeParse(json).data?.text);
  }

  /** The names of files. */
  files({ body }: Pick<ActTaken, 'body'>): Kept[] {
    const files = body.filter(({ name }) => isFilePart(name));
    return files.map(({ commitment }) => this.#kept(commitment, (json) => NamedFile.safeParse(json).data?.name));
  }

  #kept(commitment: string, read: (json: unknown) => string | undefined): Kept {
    const bytes = this.#evidence.part(commitment);
    const text = bytes && read(parseJson(bytes));
    if (text !== undefined) return { state: 'kept', text };
    return { state: this.#erased.has(commitment) ? 'erased' : 'missing' };
  }
}
