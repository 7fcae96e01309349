import { parsePolicy, type Policy } from '../../policies/load.ts';
import { policyPath } from '../bundle.ts';
import { decodeUtf8 } from '../encoding.ts';
import type { PolicySet } from '../entry.ts';
import { digestOf, type Statement } from '../report.ts';
import type { BundleFiles } from './files.ts';
import type { Findings } from './findings.ts';

/** Bytes: a document has at most 2^20 characters, of at most three bytes each where they count as one. */
const maximumPolicyFile = 3 * 2 ** 20;

/** The policy documents that entries of the log set, each held against its digest. */
export class Documents {
  readonly #files: BundleFiles;
  readonly #findings: Findings;
  readonly #onlyNamed: boolean;
  /** Entries that set a document of which nothing has been asked yet. */
  readonly #waiting = new Map<string, { readonly entry: PolicySet; readonly where: string }[]>();
  /** By digest; undefined for what is missing, changed or not understood. */
  readonly #documents = new Map<string, Policy | undefined>();

  /** @param onlyNamed the bundle has no more documents than reports in it name */
  constructor(files: BundleFiles, findings: Findings, { onlyNamed }: { readonly onlyNamed: boolean }) {
    this.#files = files;
    this.#findings = findings;
    this.#onlyNamed = onlyNamed;
  }

  /** An entry that sets a document. */
  set(entry: PolicySet, where: string): void {
    const waiting = this.#waiting.get(entry.digest) ?? [];
    this.#waiting.set(entry.digest, [...waiting, { entry, where }]);
    if (!this.#onlyNamed) this.#meet(entry.digest);
  }

  #meet(digest: string): void {
    for (const { entry, where } of this.#waiting.get(digest) ?? []) this.#verifySet(entry, where);
    this.#waiting.delete(digest);
  }

  #verifySet({ policy, version, digest }: PolicySet, where: string): void {
    if (!this.#documents.has(digest)) this.#documents.set(digest, this.#open(digest, where));
    const document = this.#documents.get(digest);
    if (document === undefined || (document.policy === policy && document.version === version)) return;
    const message = `it calls the document ${document.policy} version ${document.version} "${policy}" version ${version}`;
    this.#findings.add('policy.name', where, message);
  }

  /** The documents that a report was judged by, or that are to be followed; undefined where one is not there, which has then been found. */
  named({ policies }: Pick<Statement, 'policies'>, where: string): Policy[] | undefined {
    const documents = policies.map(({ policy, version, digest }) => {
      this.#meet(digest);
      const document = this.#documents.get(digest);
      const isNamed = document === undefined || (document.policy === policy && document.version === version);
      if (this.#documents.has(digest) && isNamed) return document;
      const message = `it names ${policy} version ${version} (${digest}), which no earlier entry of the log sets`;
      this.#findings.add('report.policy', where, message);
      return undefined;
    });
    return documents.includes(undefined) ? undefined : documents.filter((document) => document !== undefined);
  }

  /** One that an earlier entry sets; undefined where it is not there, or of a form that is not known. */
  get(digest: string): Policy | undefined {
    return this.#documents.get(digest);
  }

  /** Whether an entry set it, and the bundle is to have it. */
  isKnown(digest: string): boolean {
    return this.#documents.has(digest);
  }

  #open(digest: string, where: string): Policy | undefined {
    const path = policyPath(digest);
    const why = `${where} sets this document, and reports judged by it cannot be judged again`;
    const bytes = this.#files.read(path, maximumPolicyFile, 'policy.missing', why);
    if (bytes === undefined) return undefined;
    if (digestOf(bytes) !== digest) {
      this.#findings.add('policy.digest', path, `the document was changed: it is not the one that ${where} sets`);
      return undefined;
    }
    try {
      return parsePolicy(decodeUtf8(bytes) ?? '', path);
    } catch (error) {
      // Signed for, but of a form that this version does not know: nothing false, and nothing to judge by.
      this.#findings.add('policy.unreadable', path, error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }
}
