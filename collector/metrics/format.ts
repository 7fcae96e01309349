import { families, type FamilyName, type LabelsOf } from './families.ts';

/**
 * The two forms in which Prometheus asks for metrics. Samples are the same in both; what differs is how a family begins,
 * and how all of it ends.
 */
export const formats = ['text', 'openmetrics'] as const;
export type Format = (typeof formats)[number];

export const contentTypes = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
} as const satisfies Record<Format, string>;

/** What OpenMetrics 1.0.0 ends with, so that a cut answer is not taken for a whole one. */
export const endOf: Readonly<Record<Format, string>> = { text: '', openmetrics: '# EOF\n' };

/** The lines before a family's samples, of the format that is asked for. */
export function familyHeader(name: FamilyName, format: Format): string {
  const { help, unit } = families[name];
  if (format === 'text') {
    return `# HELP ${name} ${help}\n# TYPE ${name} ${name.endsWith('_total') ? 'counter' : 'gauge'}\n`;
  }
  const { base, type } = openMetricsName(name);
  // OpenMetrics knows a unit by the end of the name.
  const unitLine = base.endsWith(`_${unit}`) ? `# UNIT ${base} ${unit}\n` : '';
  return `# TYPE ${base} ${type}\n${unitLine}# HELP ${base} ${help}\n`;
}

/** OpenMetrics 1.0.0: `_total` and `_info` belong to the samples, and a family is named without them. */
function openMetricsName(name: string): { base: string; type: 'counter' | 'info' | 'gauge' } {
  if (name.endsWith('_total')) return { base: name.slice(0, -'_total'.length), type: 'counter' };
  if (name.endsWith('_info')) return { base: name.slice(0, -'_info'.length), type: 'info' };
  return { base: name, type: 'gauge' };
}

/**
 * The text format as OpenMetrics: for what prom-client renders, which forgets the names of its counters once it was asked
 * for OpenMetrics itself.
 */
export function asOpenMetrics(text: string): string {
  const counters = [...text.matchAll(/^# TYPE (\S+)_total counter$/gm)].map(([, base]) => base ?? '');
  return text
    .replace(/^# (HELP|TYPE) (\S+)_total /gm, (line, word: string, base: string) =>
      counters.includes(base) ? `# ${word} ${base} ` : line,
    )
    .replace(/^\n/gm, '');
}

/** One sample as a line. */
export function sample<Name extends FamilyName>(name: Name, labels: LabelsOf<Name>, value: number): string {
  const given: Readonly<Record<string, string>> = labels;
  const pairs = families[name].labels.map((label) => `${label}="${escapeLabel(given[label] ?? '')}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`;
}

/** In both formats backslash, double quote and line feed are escaped. */
function escapeLabel(value: string): string {
  // Nearly none has any, and looking takes a third of the time that replacing nothing does.
  if (!/[\\"\n]/.test(value)) return value;
  return value.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`));
}
