import type { Run } from '../../agent/run.ts';
import { explain, formatMoment } from '../../policies/explain.ts';
import type { Policy } from '../../policies/load.ts';
import type { Observation } from '../../policies/observe.ts';
import type { Control } from '../../policies/schema.ts';
import { compareVerdicts, verdicts } from '../../policies/verdict.ts';
import { cleanText, mark, pad, paint, paintVerdict, textWidth, wrap } from './style.ts';

/** A run with what is needed to show it to a person. */
export interface Outcome {
  readonly hostname: string;
  readonly os: string;
  readonly run: Run;
  readonly policies: readonly Policy[];
}

export interface ShownObservation extends Observation {
  readonly definition: Control;
}

/** A policy's observations with their controls, worst first. */
export function observationsOf({ run }: Outcome, policy: Policy): ShownObservation[] {
  return run.observations
    .flatMap((observation) => {
      const definition = policy.controls.find(({ id }) => id === observation.control);
      return observation.policy === policy.policy && definition !== undefined ? [{ ...observation, definition }] : [];
    })
    .sort((a, b) => compareVerdicts(a.verdict, b.verdict));
}

/** Reasons a control that are shown before they are only counted: of one sort, and of all. */
const shownOfOneSort = 3;
const shownReasons = 8;

/** The outcome as a page of text: what is wrong first, with why and what to do. */
export function renderOutcome(outcome: Outcome): string {
  const { hostname, os, run, policies } = outcome;
  const head = `${paint('bold', cleanText(hostname))}  ${paint('dim', `${cleanText(os)} · ${formatMoment(run.at, 'en')}`)}`;
  const blocks = policies.map((policy) => renderPolicy(policy, observationsOf(outcome, policy)));
  return `\n${head}\n\n${blocks.join('\n')}\n${renderCounts(run)}\n`;
}

function renderPolicy(policy: Policy, observations: readonly ShownObservation[]): string {
  const { title, source, version } = policy;
  const from = paint('dim', `${[source.document, source.dated].filter(Boolean).join(', ')} · version ${version}`);
  const width = Math.max(...observations.map(({ control }) => control.length), 0);
  const rows = observations.map((observation) => renderObservation(observation, width));
  return `${paint('underline', title.en)}  ${from}\n${rows.join('') || '  no control of it holds for this host\n'}`;
}

function renderObservation({ control, verdict, reasons, definition }: ShownObservation, idWidth: number): string {
  const severity = verdict === 'fail' ? paint('dim', ` (${definition.severity})`) : '';
  const lines = [
    `  ${mark(verdict)} ${pad(paintVerdict(verdict, control), idWidth)}  ${definition.title.en}${severity}`,
  ];
  const telling = reasons.filter((reason) => reason.verdict === verdict);
  const shown = [...Map.groupBy(telling, ({ code }) => code).values()]
    .flatMap((ofOneSort) => ofOneSort.slice(0, shownOfOneSort))
    .slice(0, shownReasons);
  for (const { subject, code, values } of shown) {
    lines.push(
      ...indent(
        subject === undefined ? explain({ code, values }, 'en') : `${subject}: ${explain({ code, values }, 'en')}`,
      ),
    );
  }
  if (telling.length > shown.length) lines.push(...indent(`and ${telling.length - shown.length} more`));
  if (verdict === 'fail') {
    const [first, ...rest] = wrap(definition.remedy.en, textWidth() - 8);
    lines.push(`      ${paint('cyan', '→')} ${first ?? ''}`, ...rest.map((line) => `        ${line}`));
  }
  return lines.map((line) => `${line}\n`).join('');
}

function indent(text: string): string[] {
  return wrap(text, textWidth() - 6).map((line) => `      ${paint('dim', line)}`);
}

const countNouns = {
  fail: 'failing',
  unknown: 'unknown',
  pass: 'passing',
  'not-applicable': 'not applicable',
} as const;

function renderCounts({ observations }: Run): string {
  const counted = verdicts.flatMap((verdict) => {
    const count = observations.filter((observation) => observation.verdict === verdict).length;
    return count === 0 ? [] : [paintVerdict(verdict, `${count} ${countNouns[verdict]}`)];
  });
  return `${observations.length} controls: ${counted.join(', ')}`;
}
