import { formatDuration } from '../../../policies/explain.ts';
import type { Language } from '../../../policies/schema.ts';
import type { ComplianceReport } from '../model.ts';
import { hasOrganisation, standingOf, unheardHosts, type Standing } from './kept.ts';
import { texts } from './texts.ts';
import { moment, number, percentage, periodText } from './words.ts';

export interface Headline {
  readonly standing: Standing;
  readonly text: string;
}

/** A line of the title page. */
export interface Fact {
  readonly name: string;
  readonly lines: readonly string[];
}

export interface Figure {
  readonly value: string;
  readonly name: string;
  readonly note: string;
}

interface Front {
  readonly title: string;
  readonly headline: Headline;
  readonly facts: readonly Fact[];
  readonly figures: readonly Figure[];
}

/** The title page. */
export function front(report: ComplianceReport, language: Language): Front {
  const standings = report.policies.flatMap(({ controls }) => controls.map(standingOf));
  const count = (standing: Standing): number => standings.filter((one) => one === standing).length;
  return {
    title: texts[language].title,
    headline: headline(report, count, language),
    facts: facts(report, language),
    figures: figures(report, standings.length, count, language),
  };
}

function headline(report: ComplianceReport, count: (standing: Standing) => number, language: Language): Headline {
  const t = texts[language];
  if (count('failed') > 0) return { standing: 'failed', text: t.headlineFailed(count('failed')) };
  if (report.totals.counted === 0) return { standing: 'unshown', text: t.headlineNone };
  if (count('unshown') > 0) return { standing: 'unshown', text: t.headlineUnshown(count('unshown')) };
  const missing = report.organisation?.missing.length ?? 0;
  if (missing > 0) return { standing: 'unshown', text: t.headlineMissing(missing) };
  const unheard = unheardHosts(report).length;
  if (unheard > 0) return { standing: 'unshown', text: t.headlineSilent(unheard) };
  return { standing: 'kept', text: t.headlineKept };
}

function facts(report: ComplianceReport, language: Language): Fact[] {
  const t = texts[language];
  const { log, policies } = report;
  const end = log.lastReceivedAt === null ? t.logEmpty : t.logEnds(moment(log.lastReceivedAt, language));
  return [
    { name: t.policy, lines: policies.map(({ policy, title }) => title?.[language] ?? policy) },
    {
      name: t.source,
      lines: policies.flatMap(({ source }) =>
        source === null ? [] : [[source.publisher, source.document, source.dated].filter(Boolean).join(', ')],
      ),
    },
    {
      name: t.versions,
      lines: policies.flatMap(({ policy, versions }) =>
        versions.map(({ version, digest }) => `${policy}, ${t.version(String(version))}, SHA-256 ${digest}`),
      ),
    },
    { name: t.period, lines: [periodText(report.period, language)] },
    { name: t.scope, lines: scopeLines(report, language) },
    {
      name: t.evidence,
      lines: [`${t.entriesOf(number(log.size, language), log.origin)}; ${end}`, verified(report, language)],
    },
  ].filter(({ lines }) => lines.length > 0);
}

function scopeLines(report: ComplianceReport, language: Language): string[] {
  const t = texts[language];
  const { hosts, labels, policies } = report.scope;
  const all = hasOrganisation(report) ? t.allHostsAndOrganisation : t.allHosts;
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return [
    ...(hosts === null ? [] : [t.namedHosts(hosts.join(', '))]),
    ...(pairs.length === 0 ? [] : [t.labelled(pairs.join(', '))]),
    ...(hosts === null && pairs.length === 0 ? [all] : []),
    ...(policies === null ? [] : [`${t.policy.toLowerCase()} ${policies.join(', ')}`]),
  ];
}

function verified({ verification }: ComplianceReport, language: Language): string {
  const t = texts[language];
  if (verification === null) return t.verified.store;
  const { outcome, keyFrom, findings } = verification;
  return outcome === 'sound' ? t.verified[`sound-${keyFrom}`] : t.verifiedIncomplete(number(findings, language));
}

function figures(
  report: ComplianceReport,
  controls: number,
  count: (standing: Standing) => number,
  language: Language,
): Figure[] {
  const t = texts[language];
  const { hosts, totals } = report;
  const withGaps = hosts.filter(({ gaps }) => gaps.some(({ state }) => state !== 'not-enrolled')).length;
  const without = hosts.filter(({ reports }) => reports === 0).length;
  const reports = hosts.reduce((sum, host) => sum + host.reports, 0);
  const keptNote = hasOrganisation(report) ? t.keptNoteWithOrganisation : t.keptNote;
  const counted = totals.share === null ? t.noShare : keptNote(formatDuration(totals.counted, language));
  return [
    { value: percentage(totals, language), name: t.kept, note: counted },
    {
      value: `${number(count('kept'), language)} / ${number(controls, language)}`,
      name: t.controlsKept,
      note: t.controlsKeptNote(number(count('failed'), language), number(count('unshown'), language)),
    },
    {
      value: number(hosts.length, language),
      name: t.hosts,
      note: t.hostsNote(number(withGaps, language), number(without, language)),
    },
    { value: number(reports, language), name: t.reports, note: t.reportsNote },
  ];
}
