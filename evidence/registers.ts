import type { Span } from '../policies/moments.ts';
import { isWithin } from '../policies/moments.ts';
import type { CertificateLine, SubProcessorLine } from '../policies/checks/register.ts';
import { isFilePart, type Act, type ActTaken } from './act.ts';
import type { KeptRecord, RegisterName, RegisterRecord } from './register.ts';

type ActOf<Name extends Act['act']> = Extract<Act, { act: Name }>;

/** A line of one register. */
export interface LineOf<Name extends RegisterName> extends KeptRecord {
  readonly record: Extract<RegisterRecord, { of: Name }>;
}

/** The registers that the organisation keeps, by the acts that write and strike their lines, in the order of the log. */
export class Registers {
  readonly #records = new Map<string, KeptRecord>();

  /** The lines of all registers, by id, in the order in which they were first written. */
  get records(): ReadonlyMap<string, KeptRecord> {
    return this.#records;
  }

  /**
   * Whether a line may be written: anew under its id, but none becomes one of another register.
   * @param isKnown whether something else has the id
   */
  flawOf({ id, record }: ActOf<'record'>, isKnown: boolean): 'act.repeated' | undefined {
    const before = this.#records.get(id);
    if (before === undefined) return isKnown ? 'act.repeated' : undefined;
    return before.record.of === record.of ? undefined : 'act.repeated';
  }

  record({ id, record }: ActOf<'record'>, { receivedAt, body }: Pick<ActTaken, 'receivedAt' | 'body'>): void {
    const recorded = this.#records.get(id)?.recorded ?? receivedAt;
    const files = body.filter(({ name }) => isFilePart(name)).length;
    this.#records.set(id, { id, record, recorded, changed: receivedAt, files });
  }

  strike({ of }: ActOf<'strike'>): void {
    this.#records.delete(of);
  }
}

export type Records = ReadonlyMap<string, KeptRecord>;

/** The lines of one register, in the order in which they were first written. */
export function linesOf<Name extends RegisterName>(records: Records, name: Name): LineOf<Name>[] {
  return [...records.values()].filter((line): line is LineOf<Name> => line.record.of === name);
}

/** The hosts of a customer at a moment, sorted; none where no such customer stands in the register then. */
export function hostsOfCustomer(records: Records, customer: string, at: Date): string[] {
  const record = records.get(customer)?.record;
  if (record?.of !== 'customer' || !isWithin(spanOfRecord(record), at)) return [];
  return [...new Set(record.hosts)].sort();
}

/** From when until when each host is expected to report, by name, sorted; a host may stand in several lines. */
export function expectedHosts(records: Records): Map<string, Span[]> {
  const spans = new Map<string, Span[]>();
  for (const { record } of linesOf(records, 'host')) {
    spans.set(record.host, [...(spans.get(record.host) ?? []), spanOfRecord(record)]);
  }
  return new Map([...spans].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The hosts that must report at a moment, sorted. */
export function hostsExpectedAt(records: Records, at: Date): string[] {
  return [...expectedHosts(records)]
    .filter(([, spans]) => spans.some((span) => isWithin(span, at)))
    .map(([host]) => host);
}

/** When a line holds. */
export function spanOfRecord({ from, until }: Pick<RegisterRecord, 'from' | 'until'>): Span {
  return { from: Date.parse(from), until: until === null ? Infinity : Date.parse(until) };
}

export function certificateLines(records: Records): CertificateLine[] {
  return linesOf(records, 'certificate').map(({ id, changed, files, record: { standard, from, until } }) => {
    return { id, standard, from, until, recorded: changed, files };
  });
}

export function subProcessorLines(records: Records): SubProcessorLine[] {
  return linesOf(records, 'sub-processor').map(({ id, changed, record: { service, told, from, until } }) => {
    return { id, service, told, from, until, recorded: changed };
  });
}
