import { formatDuration } from '../../../policies/explain.ts';
import type { Language } from '../../../policies/schema.ts';
import type { ComplianceReport, SpanState } from '../model.ts';
import { spanStates } from '../states.ts';
import { hasOrganisation } from './kept.ts';
import { stateNames, texts } from './texts.ts';

/** The chapters on what the words mean, and how to verify without believing the report. */
export interface VerifyView {
  readonly meaning: readonly string[];
  readonly meanings: readonly { readonly state: SpanState; readonly name: string; readonly text: string }[];
  readonly intro: string;
  readonly steps: readonly { readonly text: string; readonly command: string | undefined }[];
  readonly limit: string;
  readonly logKey: string;
  readonly checkpoint: string;
}

export function verifyView(report: ComplianceReport, language: Language): VerifyView {
  const t = texts[language];
  const { key, checkpoint } = report.log;
  return {
    meaning: [
      t.meaningShare(formatDuration(report.staleAfter, language)),
      ...(hasOrganisation(report) ? [t.meaningOrganisation] : []),
    ],
    meanings: spanStates.map((state) => ({ state, name: stateNames[state][language], text: t.meanings[state] })),
    intro: t.verifyIntro,
    steps: [
      { text: t.verifyExport, command: 'waarborg export evidence --config /etc/waarborg/collector.yaml' },
      { text: t.verifyKeep, command: undefined },
      { text: t.verifyRun, command: `waarborg verify evidence --key '${key}' --since checkpoint` },
      { text: t.verifyReport, command: againCommand(report, language) },
    ],
    limit: t.verifyLimit,
    logKey: key,
    checkpoint,
  };
}

function againCommand({ log, period, scope, staleAfter }: ComplianceReport, language: Language): string {
  const { policies, hosts, labels } = scope;
  return [
    `waarborg report --bundle evidence --key '${log.key}'`,
    `--from ${period.from} --to ${period.until} --stale-after ${staleAfter}s --language ${language}`,
    ...(policies ?? []).map((policy) => `--policy ${policy}`),
    ...(hosts ?? []).map((host) => `--host ${host}`),
    ...Object.entries(labels).map(([name, value]) => `--label ${name}=${value}`),
    '--format html --output report.html',
  ].join(' ');
}
