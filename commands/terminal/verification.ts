import type { Finding, Proven, Verification } from '../../evidence/verify.ts';
import { formatMoment } from '../../policies/explain.ts';
import { verdicts } from '../../policies/verdict.ts';
import { anchorSentences } from './anchors.ts';
import { paint, textWidth, wrap } from './style.ts';

const headlines: Readonly<Record<Verification['outcome'], string>> = {
  sound: '✓ sound: everything in this bundle has been verified',
  tampered: '✗ tampered: something in this bundle contradicts what was signed',
  incomplete: '? incomplete: something is missing or cannot be relied on; nothing contradicts what was signed',
  nothing: '? nothing to verify',
};

const colours = { sound: 'green', tampered: 'red', incomplete: 'yellow', nothing: 'yellow' } as const;

/** The outcome of a verification in plain words: what is wrong, what is proven, and what is not. */
export function renderVerification(verification: Verification): string {
  const { outcome, findings, total, log, proven } = verification;
  const blocks = [
    [paint(['bold', colours[outcome]], headlines[outcome])],
    findingLines(findings, total),
    log === null
      ? []
      : [
          `log      ${log.origin}`,
          `key      ${log.key}`,
          ...log.formerKeys.map((key) => `before   ${key}`),
          `entries  ${log.size}`,
          `root     ${log.root}`,
        ],
    proven === null ? [] : provenLines(proven),
    anchorSentences(verification).flatMap((sentence) => wrap(sentence, textWidth())),
    log === null ? [] : limitLines(verification),
  ];
  const texts = blocks.filter((lines) => lines.length > 0).map((lines) => `${lines.join('\n')}\n`);
  return texts.join('\n');
}

function findingLines(findings: readonly Finding[], total: number): string[] {
  const lines = findings.flatMap(({ where, message, code }) => indent(`${where}: ${message} (${code})`));
  return total > findings.length ? [...lines, `  and ${total - findings.length} more of the same`] : lines;
}

function provenLines(proven: Proven): string[] {
  const { firstReceivedAt: first, lastReceivedAt: last } = proven;
  const span = first === null || last === null ? '' : `, received ${moment(first)} to ${moment(last)}`;
  const counts = verdicts.flatMap((verdict) => {
    const count = proven.verdicts[verdict];
    return count === 0 ? [] : [`${count} ${verdict}`];
  });
  return [
    `reports  ${proven.reports}${span}`,
    ...chainedLines(proven),
    `verdicts ${proven.observations}, each judged again from its facts${counts.length > 0 ? `: ${counts.join(', ')}` : ''}`,
    'agents',
    ...proven.agents.flatMap(({ agent, epoch, reports, chained, firstIssuedAt, lastIssuedAt }) => {
      const rest = chained === 0 ? '' : ` and ${chained} not judged again`;
      return indent(
        `${agent} (epoch ${epoch}): reports: ${reports}${rest}, ${moment(firstIssuedAt)} to ${moment(lastIssuedAt)}`,
      );
    }),
    'policies',
    ...proven.policies.flatMap(({ policy, version, digest, reports }) =>
      indent(`${policy} version ${version}: reports: ${reports}, SHA-256 ${digest}`),
    ),
    ...gapLines(proven.gaps),
  ];
}

/** The newest: of a log of years there may be many, and JSON has them all. */
const maximumGaps = 10;

function gapLines(gaps: Proven['gaps']): string[] {
  if (gaps.length === 0) return [];
  return [
    `gaps     ${gaps.length}, in which the collector took no reports`,
    ...gaps.slice(-maximumGaps).flatMap(({ from, until }) => indent(`${moment(from)} to ${moment(until)}`)),
    ...(gaps.length > maximumGaps ? [`  and ${gaps.length - maximumGaps} before them`] : []),
  ];
}

/** Reports that hold as far as they are still there, and what was removed on purpose. */
function chainedLines({ chained, erasures }: Proven): string[] {
  return [
    ...(chained === 0 ? [] : [`         ${chained} more, of which parts are not there: not judged again`]),
    ...(erasures.length === 0 ? [] : ['erased, as entries of the log say']),
    ...erasures.flatMap(({ ground, reference, parts, firstAt, lastAt }) =>
      indent(`${ground}, ${reference}: parts: ${parts}, ${moment(firstAt)} to ${moment(lastAt)}`),
    ),
  ];
}

/** What a verification cannot show has to be said each time. */
function limitLines({ keyFrom, comparedWith }: Verification): string[] {
  const limits = [
    keyFrom === 'bundle'
      ? 'The log key was taken from the bundle itself: compare it with the one that the operator publishes, or give it as --key.'
      : 'The log key is the one that was given.',
    comparedWith === null
      ? 'No earlier checkpoint was given (--since): that nothing was cut off the end cannot be shown from this bundle alone.'
      : `The log was held against an earlier checkpoint of ${comparedWith} entries.`,
    'Without a checkpoint held outside, an operator who also drops or forges every agent is not detected.',
    'Sound evidence is not compliance: it shows what the agents found, good or bad.',
  ];
  return limits.flatMap((limit) => wrap(limit, textWidth()).map((line) => paint('dim', line)));
}

function moment(text: string): string {
  return formatMoment(text, 'en');
}

function indent(text: string): string[] {
  return wrap(text, textWidth() - 2).map((line) => `  ${line}`);
}
