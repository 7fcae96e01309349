import { partPath, saltsPath } from '../bundle.ts';
import type { PayloadErased } from '../entry.ts';
import { maximumPartSize } from '../exchange.ts';
import { parseJson } from '../json.ts';
import { commitmentOf, factsPartName, isFactsPart, type Statement } from '../report.ts';
import { Salts } from '../salts.ts';
import { Absences } from './absences.ts';
import type { BundleFiles } from './files.ts';
import type { Findings } from './findings.ts';

/** What a report commits to, every part of it verified. */
export interface Body {
  /** A part's bytes; undefined where the report has none of that name. */
  bytes(name: string): Uint8Array | undefined;
  /** The facts of a check kind, of whatever form; undefined where the report has none. */
  facts(kind: string): unknown;
}

/** What became of a body: `absent` where parts of it are not there, for whatever reason; `false` where one was changed. */
export type OpenBody = { readonly state: 'whole'; readonly body: Body } | { readonly state: 'absent' | 'false' };

interface ReadPart {
  readonly bytes: Uint8Array;
  /** Of facts, where they have been parsed. */
  readonly json: unknown;
}

/** Bytes: a gibibyte of salts is ten million parts. */
const maximumSaltsFile = 2 ** 30;

/** The parts of reports' bodies, each held against its commitment. */
export class Bodies {
  readonly absences: Absences;
  readonly #files: BundleFiles;
  readonly #findings: Findings;
  readonly #salts: Salts;
  /** By the salt's place: what became of its part when a report first spoke of it. */
  readonly #states: Uint8Array;
  /** Those that were read for the body that is open: what else is in use is kept by whoever uses it. */
  readonly #read = new Map<string, ReadPart>();

  constructor(files: BundleFiles, findings: Findings) {
    this.#files = files;
    this.#findings = findings;
    this.absences = new Absences(findings);
    this.#salts = readSalts(files, findings);
    this.#states = new Uint8Array(this.#salts.size);
  }

  /**
   * Verifies every part of a body, so that nothing is judged on half of it.
   * @param verified those of a body that was found whole: most parts are also in the agent's next report
   */
  open(parts: Statement['body'], where: string, verified: Statement['body'] = []): OpenBody {
    this.#read.clear();
    const known = new Set(verified.map(({ commitment }) => commitment));
    const others = parts.filter(({ commitment }) => !known.has(commitment));
    // All of them, also after one that is missing: what no report speaks of counts as put in.
    const states = new Set(others.map((part) => this.#verify(part, where)));
    if (states.has('false')) return { state: 'false' };
    if (states.has('absent')) return { state: 'absent' };
    const commitment = (name: string): string | undefined => parts.find((part) => part.name === name)?.commitment;
    const body: Body = {
      bytes: (name) => this.#open(commitment(name))?.bytes,
      facts: (kind) => this.#facts(commitment(factsPartName(kind))),
    };
    return { state: 'whole', body };
  }

  /**
   * An entry that says which parts were erased.
   * @param isPart whether the bundle shows only a part of its log
   */
  erase(entry: PayloadErased, where: string, isPart: boolean): void {
    this.absences.erase(entry, where, { isPart, isThere: (commitment) => this.hasSalt(commitment) });
  }

  hasSalt(commitment: string): boolean {
    return this.#salts.find(commitment) !== undefined;
  }

  /** Whether a report spoke of it. */
  isKnown(commitment: string): boolean {
    const index = this.#salts.find(commitment);
    return index === undefined ? this.absences.isNoted(commitment) : this.#states[index] !== unmet;
  }

  /** To be called once every report has been opened: the salts that belong to none of them are found. */
  verifyNoStraySalts(): void {
    for (const [index, state] of this.#states.entries()) {
      if (state !== unmet) continue;
      this.#findings.add(
        'salts.stray',
        saltsPath,
        `line ${index + 1} is of a part to which no report commits that this bundle is to show`,
      );
    }
  }

  /** Whether the part is there and what was committed to; said once, however many reports share it. */
  #verify({ name, commitment }: Statement['body'][number], where: string): OpenBody['state'] {
    const index = this.#salts.find(commitment);
    if (index === undefined) {
      this.absences.note(commitment, name, where);
      return 'absent';
    }
    if (this.#states[index] === unmet) this.#states[index] = this.#isAsCommitted(name, commitment, where) ? good : bad;
    return this.#states[index] === good ? 'whole' : 'false';
  }

  #isAsCommitted(name: string, commitment: string, where: string): boolean {
    const path = partPath(commitment);
    const why = `it is ${name}, to which ${where} commits`;
    const bytes = this.#files.read(path, maximumPartSize, 'part.missing', why);
    if (bytes === undefined) return false;
    if (commitmentOf({ salt: this.#saltOf(commitment), bytes }) !== commitment) {
      this.#findings.add('part.commitment', path, `${name} (or its salt) is not what ${where} commits to`);
      return false;
    }
    const part: ReadPart = { bytes, json: isFactsPart(name) ? parseJson(bytes) : undefined };
    this.#read.set(commitment, part);
    // The other parts have one form each, and whoever reads them says where they are not of it.
    if (part.json !== undefined || !isFactsPart(name)) return true;
    this.#findings.add('part.malformed', path, `${name} of ${where} is no JSON in UTF-8, or more than any part holds`);
    return false;
  }

  /** A part that was verified for an earlier report is read again, and may have been changed since. */
  #open(commitment: string | undefined): ReadPart | undefined {
    if (commitment === undefined) return undefined;
    const known = this.#read.get(commitment);
    if (known !== undefined) return known;
    const path = partPath(commitment);
    const bytes = this.#files.read(path, maximumPartSize, 'part.missing', 'it was there a moment ago');
    if (bytes === undefined) return undefined;
    if (commitmentOf({ salt: this.#saltOf(commitment), bytes }) !== commitment) {
      this.#findings.add('part.commitment', path, 'it was changed while it was being verified');
      return undefined;
    }
    const part = { bytes, json: undefined };
    this.#read.set(commitment, part);
    return part;
  }

  #facts(commitment: string | undefined): unknown {
    const part = this.#open(commitment);
    return part && (part.json ?? parseJson(part.bytes));
  }

  #saltOf(commitment: string): Uint8Array {
    return this.#salts.salt(this.#salts.find(commitment) ?? 0);
  }
}

const [unmet, good, bad] = [0, 1, 2];

function readSalts(files: BundleFiles, findings: Findings): Salts {
  const bytes = files.read(saltsPath, maximumSaltsFile, 'salts.missing', 'no part of a report can be verified');
  try {
    return new Salts(bytes ?? new Uint8Array());
  } catch (error) {
    findings.addError(error, saltsPath);
    return new Salts(new Uint8Array());
  }
}
