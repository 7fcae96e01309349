import { formatCheckpoint } from '../../../evidence/checkpoint.ts';
import { decodeEntry, type Entry } from '../../../evidence/entry.ts';
import type { FindingCode, VerifyOptions, Verification } from '../../../evidence/verify.ts';
import { FixtureLog, strictPolicy, twoHosts, type Bundle, type Fixture, type ReportChoices } from '../evidence.ts';

/** A way in which a bundle can be made to lie, or to fall short, and what the verifier has to say to it. */
export interface Attack {
  readonly name: string;
  readonly outcome: Verification['outcome'];
  /** Among the findings. */
  readonly code: FindingCode;
  /** What a person reads. */
  readonly words: RegExp;
  readonly make: () => Promise<Attacked>;
  /** What it is made with. */
  readonly tool?: string;
}

export interface Attacked {
  readonly bundle: Bundle;
  readonly options?: Pick<VerifyOptions, 'logKey' | 'since' | 'authorities' | 'witnesses' | 'quorum'>;
}

/** Where a log of nine entries, as `twoHosts` makes it, has them and their hashes. */
export const entriesPath = 'tile/entries/000.p/9';
export const hashesPath = 'tile/0/000.p/9';

/** Someone changes files of a sound bundle. */
export function onFiles(change: (bundle: Bundle, fixture: Fixture) => void): Attack['make'] {
  return async () => {
    const fixture = await twoHosts();
    const bundle = fixture.log.bundle();
    change(bundle, fixture);
    return { bundle };
  };
}

/** Whoever holds the log's key signs another history as if it were the true one. */
export function onHistory(change: (entries: readonly Buffer[], fixture: Fixture) => readonly Buffer[]): Attack['make'] {
  return async () => {
    const fixture = await twoHosts();
    return { bundle: fixture.log.rewritten(change(fixture.log.entries, fixture)).bundle() };
  };
}

/** An enrolled agent signs what it likes, and the log takes it. */
export function onReport(choices: (fixture: Fixture) => ReportChoices): Attack['make'] {
  return async () => {
    const fixture = await twoHosts();
    await fixture.log.report(fixture.web, choices(fixture));
    return { bundle: fixture.log.bundle() };
  };
}

export function lieAbout(change: (observations: Observations) => Observations): Attack['make'] {
  return onReport(() => ({
    policies: [strictPolicy],
    lie: (run) => ({ ...run, observations: change(run.observations) }),
  }));
}
type Observations = Parameters<NonNullable<ReportChoices['lie']>>[0]['observations'];

export function setFile(bundle: Bundle, path: string, content: string | Uint8Array): void {
  bundle.set(path, typeof content === 'string' ? Buffer.from(content) : Buffer.from(content));
}

export function fileOf(bundle: Bundle, path: string): Buffer {
  const bytes = bundle.get(path);
  if (bytes === undefined) throw new Error(`the bundle to attack has no ${path}`);
  return bytes;
}

/** Edits a text file; throws where nothing changes, so that no attack passes for one that was never made. */
export function edit(bundle: Bundle, path: string, change: (text: string) => string): void {
  const before = fileOf(bundle, path).toString();
  const after = change(before);
  if (after === before) throw new Error(`the attack on ${path} changes nothing`);
  bundle.set(path, Buffer.from(after));
}

/** What the signature of a head covers. */
export function headText(log: FixtureLog): string {
  return formatCheckpoint(log.head());
}

/** The first file of a folder. */
export function anyOf(bundle: Bundle, folder: string): string {
  return [...bundle.keys()].find((path) => path.startsWith(folder)) ?? folder;
}

export function without(entries: readonly Buffer[], index: number): Buffer[] {
  return entries.filter((_, at) => at !== index);
}

export function swapped(entries: readonly Buffer[], a: number, b: number): Buffer[] {
  return entries.map((entry, at) => (at === a ? entries[b] : at === b ? entries[a] : entry) ?? entry);
}

export function replaced(entries: readonly Buffer[], index: number, change: (entry: Entry) => object): Buffer[] {
  return entries.map((entry, at) => (at === index ? Buffer.from(JSON.stringify(change(decodeEntry(entry)))) : entry));
}
