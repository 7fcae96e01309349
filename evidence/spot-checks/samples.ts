import type { Lot } from '../../policies/checks/spot-checks.ts';
import type { Policy } from '../../policies/load.ts';
import { beginningOf, monthAfter, monthOf } from '../../policies/people/months.ts';
import type { Envelope } from '../envelope.ts';
import type { Statement } from '../report.ts';
import { drawFrom, populationOf, seedOf, type PopulationHost } from './draw.ts';

/** The sample of a month, and all that it takes to draw it again. */
export interface DrawnMonth {
  readonly month: string;
  /** The month's first entry; the tree up to it has one more. */
  readonly first: { readonly index: number; readonly receivedAt: string };
  /** Of that tree, in base64. */
  readonly root: string;
  /** How many controls of hosts could be drawn; null where a document is not there. */
  readonly population: number | null;
  /** The report that sealed it, and the seed in hex that it gave; null while none did. */
  readonly sealed: { readonly index: number; readonly receivedAt: string; readonly seed: string } | null;
  /** In the order in which they were drawn. */
  readonly sample: readonly Lot[];
}

/** Whatever knows the samples of a log's months. */
export interface SampleSource {
  month(month: string): DrawnMonth | undefined;
  /** Those of months that began in the log after a moment, in their order. */
  after(moment: string): DrawnMonth[];
}

/** A log of which nobody draws. */
export const noSamples: SampleSource = { month: () => undefined, after: () => [] };

/** What a log's first entry of a month begins. */
export interface MonthBegun {
  readonly month: string;
  readonly first: DrawnMonth['first'];
  readonly root: Uint8Array;
  readonly hosts: readonly PopulationHost[];
}

/** Hosts take part that reported in so many milliseconds before the month's first entry was received. */
export const takesPartWithin = 48 * 3_600_000;

/** A report that may seal a sample. */
export interface SealingReport {
  readonly index: number;
  readonly receivedAt: string;
  readonly seen: Statement['seen'];
  readonly envelope: Envelope;
}

/** Whether the host had seen a tree that holds the month's first entry: then the tree was fixed before the report was made. */
export function isSeal({ seen }: Pick<SealingReport, 'seen'>, { first }: Pick<MonthBegun, 'first'>): boolean {
  return seen !== null && seen.size > first.index;
}

/** The sample of a month, as far as it is known. */
export function sampleOf(
  { month, first, root, hosts }: MonthBegun,
  seal: SealingReport | undefined,
  document: (digest: string) => Policy | undefined,
): DrawnMonth {
  const lots = populationOf(hosts, document);
  const begun = { month, first, root: Buffer.from(root).toString('base64'), population: lots?.length ?? null };
  const [signed] = seal?.envelope.signatures ?? [];
  if (seal === undefined || signed === undefined) return { ...begun, sealed: null, sample: [] };
  const seed = seedOf({ month, size: first.index + 1, root, signature: signed.sig });
  const { index, receivedAt } = seal;
  return { ...begun, sealed: { index, receivedAt, seed: seed.toString('hex') }, sample: drawFrom(lots ?? [], seed) };
}

export interface SamplesInput {
  /** Undefined where it is not known. */
  readonly rootAt: (size: number) => Uint8Array | undefined;
  readonly document: (digest: string) => Policy | undefined;
}

/** Draws the samples of a log whose entries are met one after the other. */
export class Samples implements SampleSource {
  readonly #input: SamplesInput;
  readonly #months = new Map<string, DrawnMonth>();
  readonly #hosts = new Map<string, PopulationHost & { readonly heard: number }>();
  #open: MonthBegun | undefined;
  /** When the next month begins. */
  #next = -Infinity;

  constructor(input: SamplesInput) {
    this.#input = input;
  }

  month(month: string): DrawnMonth | undefined {
    return this.#months.get(month);
  }

  after(moment: string): DrawnMonth[] {
    return [...this.#months.values()].filter(({ first }) => Date.parse(first.receivedAt) > Date.parse(moment));
  }

  /** The next entry; with what it says where it is a report that holds. */
  receive(
    index: number,
    receivedAt: string,
    report?: { readonly statement: Statement; readonly envelope: Envelope },
  ): void {
    const moment = Date.parse(receivedAt);
    if (report !== undefined) {
      const { agent: host, policies } = report.statement;
      this.#hosts.set(host, { host, policies, heard: moment });
    }
    if (moment >= this.#next) this.#begin(index, receivedAt);
    else if (report !== undefined && this.#open !== undefined) {
      const seal = { index, receivedAt, seen: report.statement.seen, envelope: report.envelope };
      if (isSeal(seal, this.#open)) this.#seal(this.#open, seal);
    }
  }

  #begin(index: number, receivedAt: string): void {
    const month = monthOf(receivedAt);
    this.#next = Date.parse(beginningOf(monthAfter(month)));
    const root = this.#input.rootAt(index + 1);
    if (root === undefined) return;
    const hosts = [...this.#hosts.values()].filter(({ heard }) => heard >= Date.parse(receivedAt) - takesPartWithin);
    this.#open = { month, first: { index, receivedAt }, root, hosts };
    this.#months.set(month, sampleOf(this.#open, undefined, this.#input.document));
  }

  #seal(begun: MonthBegun, seal: SealingReport): void {
    this.#months.set(begun.month, sampleOf(begun, seal, this.#input.document));
    this.#open = undefined;
  }
}
