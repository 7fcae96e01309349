import { explainWithSubject } from '../../policies/explain.ts';
import { escapeXml } from '../../collector/reports/xml.ts';
import { countVerdicts } from '../../evidence/report.ts';
import { observationsOf, renderOutcome, type Outcome } from './outcome.ts';

/** The forms in which an outcome can be printed. */
export const outcomeFormats = {
  table: renderOutcome,
  json: renderJson,
  junit: renderJunit,
  markdown: renderMarkdown,
} as const satisfies Record<string, (outcome: Outcome) => string>;

/** Documented in docs/formats.md; `v` rises when a reader of the old form could misread the new. */
function renderJson({ hostname, os, run, policies }: Outcome): string {
  const document = {
    v: 1,
    host: hostname,
    os,
    at: run.at.toISOString(),
    policies: policies.map(({ policy, version, digest }) => ({ policy, version, digest })),
    counts: countVerdicts(run.observations),
    observations: run.observations.map((observation) => ({
      ...observation,
      reasons: observation.reasons.map((reason) => ({ ...reason, text: explainWithSubject(reason, 'en') })),
    })),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** A suite a policy and a case a control: `unknown` is an error, not a failure, so that pipelines can tell them apart. */
function renderJunit(outcome: Outcome): string {
  const suites = outcome.policies.map((policy) => {
    const observations = observationsOf(outcome, policy);
    const count = (verdict: string): number => observations.filter((one) => one.verdict === verdict).length;
    const cases = observations.map(({ control, verdict, reasons, definition }) => {
      const text = escapeXml(reasons.map((reason) => explainWithSubject(reason, 'en')).join('\n'));
      const body = {
        pass: '',
        fail: `<failure message="${escapeXml(definition.promise.en)}">${text}</failure>`,
        unknown: `<error message="unknown">${text}</error>`,
        'not-applicable': '<skipped/>',
      }[verdict];
      const name = escapeXml(`${control} ${definition.title.en}`);
      return `    <testcase classname="${escapeXml(policy.policy)}" name="${name}">${body}</testcase>\n`;
    });
    const counts = `tests="${observations.length}" failures="${count('fail')}" errors="${count('unknown')}" skipped="${count('not-applicable')}"`;
    const timestamp = outcome.run.at.toISOString();
    return `  <testsuite name="${escapeXml(policy.policy)}" hostname="${escapeXml(outcome.hostname)}" timestamp="${timestamp}" ${counts}>\n${cases.join('')}  </testsuite>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="waarborg">\n${suites.join('')}</testsuites>\n`;
}

function renderMarkdown(outcome: Outcome): string {
  const blocks = outcome.policies.map((policy) => {
    const rows = observationsOf(outcome, policy).map(({ control, verdict, reasons, definition }) => {
      const telling = reasons.filter((reason) => reason.verdict === verdict).slice(0, 5);
      const why = telling.map((reason) => escapeMarkdown(explainWithSubject(reason, 'en'))).join('<br>');
      return `| ${control} | ${escapeMarkdown(definition.title.en)} | ${verdict} | ${why} |\n`;
    });
    return `## ${escapeMarkdown(policy.title.en)}\n\n| control | promise | verdict | why |\n|---|---|---|---|\n${rows.join('')}`;
  });
  return `# ${escapeMarkdown(outcome.hostname)}, ${outcome.run.at.toISOString()}\n\n${blocks.join('\n')}`;
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\|`*_<>[\]]/g, '\\$&').replace(/\s+/g, ' ');
}
