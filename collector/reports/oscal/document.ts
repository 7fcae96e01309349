import { createHash } from 'node:crypto';
import type { Language } from '../../../policies/schema.ts';
import type { ComplianceReport, ControlCompliance, PolicyCompliance } from '../model.ts';

/** What the documents of an export have in common. */
export interface OscalExport {
  readonly report: ComplianceReport;
  readonly language: Language;
}

/** A part of a document. What is undefined is left out of the file: OSCAL rejects empty lists. */
export type Json = string | number | boolean | undefined | readonly Json[] | { readonly [name: string]: Json };

/** Of the OSCAL models that the documents are written by. */
export const oscalVersion = '1.2.1';

/** Whose properties these are; docs/reports.md lists them. */
export const namespace = 'urn:waarborg:oscal:1';

/** The root of all our names: a UUID that was drawn once. */
const rootOfNames = Buffer.from('2304ecaaf21f4e1cb039fcfd5095a094', 'hex');

/**
 * A UUID of version 5 (RFC 9562, section 5.5): the same for the same names, so that an export of the same evidence is the
 * same, byte for byte, and a thing keeps its identifier from one export to the next.
 */
export function uuidOf(...names: readonly string[]): string {
  const digest = createHash('sha1').update(rootOfNames).update(JSON.stringify(names)).digest().subarray(0, 16);
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x50, 6);
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8);
  return digest.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Of what a report says of its period and scope. */
export function reportUuid({ report: { log, period, scope } }: OscalExport, ...names: readonly string[]): string {
  return uuidOf(...names, log.origin, period.from, period.until, JSON.stringify(scope));
}

/** A control's identifier in the catalog: two policies may both have a control of one name. */
export function controlId({ policy }: Pick<PolicyCompliance, 'policy'>, { control }: ControlCompliance): string {
  return `${policy}.${control}`;
}

/** The control's objective, which findings are about. */
export function objectiveId(id: string): string {
  return `${id}_obj`;
}

/** Undefined for an empty list. */
export function some<Item extends Json>(list: readonly Item[]): readonly Item[] | undefined {
  return list.length === 0 ? undefined : list;
}

/** @param of a class: of what the property is a case */
export function prop(name: string, value: string | number, of?: string): Json {
  const line = String(value).replace(/\s+/g, ' ').trim();
  return { name, ns: namespace, value: line === '' ? '-' : line, class: of };
}

/** Text that stands as it is: what OSCAL calls markup is Markdown, and hosts have a say in these texts. */
export function markdown(text: string): string {
  return text.replace(/[\\`*_~^<>[\]{}|]/g, '\\$&');
}

/** The same on one line. */
export function markdownLine(text: string): string {
  const line = markdown(text).replace(/\s+/g, ' ').trim();
  return line === '' ? '–' : line;
}

/** Dated by the evidence: the same evidence gives the same documents. */
export function metadata({ report }: OscalExport, title: string, parties: readonly Json[] = []): Json {
  const { log, period } = report;
  return {
    title: markdownLine(title),
    'last-modified': log.lastReceivedAt ?? period.until,
    version: String(log.size),
    'oscal-version': oscalVersion,
    parties: some(parties),
  };
}

export function serialised(document: Json): string {
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
