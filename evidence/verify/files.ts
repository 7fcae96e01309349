import type { Reading } from '../../policies/reading.ts';
import type { Findings, FindingCode } from './findings.ts';

/** A bundle's files, wherever they lie. Nothing it says is believed. */
export interface BundleReader {
  /** Paths of all that is there, with forward slashes. */
  list(): Iterable<string>;
  /** A regular file's bytes, unless there are more than `limit`; else the obstacle, which is `missing` where there is none. */
  read(path: string, limit: number): Reading<Uint8Array>;
}

type MissingCode = Extract<FindingCode, `${string}.missing` | 'bundle.none'>;

/** A bundle's files as the verifier's parts read them: what cannot be read is found. */
export class BundleFiles {
  readonly #reader: BundleReader;
  readonly #findings: Findings;

  constructor(reader: BundleReader, findings: Findings) {
    this.#reader = reader;
    this.#findings = findings;
  }

  /** The same files, whose faults are told elsewhere. */
  reportingTo(findings: Findings): BundleFiles {
    return new BundleFiles(this.#reader, findings);
  }

  list(): Iterable<string> {
    return this.#reader.list();
  }

  /**
   * @param limit bytes: a file of its kind is never longer
   * @param whenMissing the finding where there is no such file
   * @param why what its absence means
   */
  read(path: string, limit: number, whenMissing: MissingCode, why: string): Uint8Array | undefined {
    const reading = this.#reader.read(path, limit);
    if (reading.state === 'read') return reading.value;
    const { code, detail = code } = reading.obstacle;
    switch (code) {
      case 'missing':
        this.#findings.add(whenMissing, path, `the file is not in the bundle: ${why}`);
        break;
      case 'too-large':
        this.#findings.add('file.too-large', path, `the file is longer than ${limit} bytes, which none of its kind is`);
        break;
      default:
        this.#findings.add('file.unreadable', path, `the file cannot be read (${detail}): ${why}`);
    }
    return undefined;
  }
}
