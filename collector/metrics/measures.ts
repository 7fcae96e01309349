import { z } from 'zod';
import { factsPartName } from '../../evidence/report.ts';
import { readingOf } from '../../policies/reading.ts';
import { availabilityMeasures } from './kinds/availability.ts';
import { backupMeasures } from './kinds/backup.ts';
import { certificateMeasures } from './kinds/certificate.ts';
import { passwordAgeMeasures } from './kinds/password-age.ts';
import { tlsMeasures } from './kinds/tls.ts';
import { updatesMeasures } from './kinds/updates.ts';
import type { Measure, MeasureSource } from './measure.ts';

/** The check kinds whose facts give figures, one line each. */
const sources: readonly MeasureSource[] = [
  availabilityMeasures,
  backupMeasures,
  certificateMeasures,
  passwordAgeMeasures,
  tlsMeasures,
  updatesMeasures,
];

const byPart = new Map(sources.map((source) => [factsPartName(source.kind), source]));
const AnyReading = readingOf(z.unknown());

/**
 * The figures of one part of a report; none where the part has none, could not be read, or is of a form not known here.
 * @param at when its facts were read
 * @param before the figures of the same part in the report before
 */
export function measuresOf(part: string, content: unknown, at: Date, before?: readonly Measure[]): Measure[] {
  const source = byPart.get(part);
  const reading = AnyReading.safeParse(content).data;
  return source !== undefined && reading?.state === 'read' ? source.measure(reading.value, at, before) : [];
}
