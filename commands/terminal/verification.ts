import type { Finding, Proven, ProvenAgent, Verification } from '../../evidence/verify.ts';
import { formatMoment } from '../../policies/explain.ts';
import { verdicts } from '../../policies/verdict.ts';
import { anchorSentences } from './anchors.ts';
import { partLimits, shownSentences } from './shown-part.ts';
import { paint, textWidth, wrap } from './style.ts';

const headlines: Readonly<Record<Verification['outcome'], string>> = {
  sound: '✓ sound: everything in this bundle has been verified',
  tampered: '✗ tampered: something in this bundle contradicts what was signed',
  incomplete: '? incomplete: something is missing or cannot be relied on; nothing contradicts what was signed',
  nothing: '? nothing to verify',
};

/** What a reader should take from an outcome that is not sound. */
const advice: Readonly<Record<Verification['outcome'], string | undefined>> = {
  sound: undefined,
  tampered:
    'Nothing in it is proven. Keep the bundle as it is, and have it exported again: a damaged copy is more common than a forged log.',
  incomplete: undefined,
  nothing: 'Nothing in it is proven, and nothing is known to be wrong.',
};

const colours = { sound: 'green', tampered: 'red', incomplete: 'yellow', nothing: 'yellow' } as const;

/** The outcome of a verification in plain words: what is wrong, what is proven, and what is not. */
export function renderVerification(verification: Verification): string {
  const { outcome, findings, total, log, proven, shown } = verification;
  const blocks = [
    wrap(headlines[outcome], textWidth()).map((line) => paint(['bold', colours[outcome]], line)),
    findingLines(findings, total),
    adviceOf(verification).flatMap(paragraph),
    log === null
      ? []
      : [
          `log      ${log.origin}`,
          `key      ${log.key}`,
          ...log.formerKeys.map((key) => `before   ${key}`),
          `entries  ${log.size}`,
          `root     ${log.root}`,
        ],
    log === null || shown === null ? [] : shownSentences(shown, log.size).flatMap(paragraph),
    log === null || proven === null ? [] : provenHead(verification, log.size - 1),
    proven === null ? [] : provenLines(proven, shown !== null),
    anchorSentences(verification).flatMap(paragraph),
    log === null ? [] : limitLines(verification),
  ];
  const texts = blocks.filter((lines) => lines.length > 0).map((lines) => `${lines.join('\n')}\n`);
  return texts.join('\n');
}

function adviceOf({ outcome, proven }: Verification): string[] {
  const said = advice[outcome];
  if (said !== undefined) return [said];
  return outcome === 'incomplete' && proven === null
    ? ['Not all entries could be read, so nothing is listed as proven.']
    : [];
}

/** What it means that the reports below are proven, in words. */
function provenHead({ outcome, shown, proven }: Verification, last: number): string[] {
  const received = proven?.lastReceivedAt ?? null;
  const until = received === null ? '' : `, received ${moment(received)}`;
  const [head, log] =
    shown === null
      ? [`Proven, up to entry ${last}${until}`, 'The key signed a log of exactly these entries, in this order.']
      : [
          `Proven, of what is shown up to entry ${last}`,
          'The key signed a log in which every entry that is shown here stands where it stands here.',
        ];
  const reports =
    "Each report that is counted below was signed by the agent that it names, with a key that the log enrolled; from an agent's first to its last none is missing; and each agent had been shown this very log, up to the head that it signed into the report.";
  const doubts = outcome === 'sound' ? '' : ' What is told of above is not counted.';
  return [paint('bold', head), ...paragraph(`${log} ${reports}${doubts}`)];
}

function findingLines(findings: readonly Finding[], total: number): string[] {
  const lines = findings.flatMap(({ where, message, code }) => indent(`${where}: ${message} (${code})`));
  return total > findings.length ? [...lines, `  and ${total - findings.length} more of the same`] : lines;
}

function provenLines(proven: Proven, isPart: boolean): string[] {
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
    ...leftOutLines(proven),
    'agents',
    ...proven.agents.flatMap((agent) => indent(agentLine(agent, isPart))),
    ...unheardLines(proven),
    'policies',
    ...proven.policies.flatMap(({ policy, version, digest, reports }) =>
      indent(`${policy} version ${version}: reports: ${reports}, SHA-256 ${digest}`),
    ),
    ...gapLines(proven.gaps),
  ];
}

function agentLine(
  { agent, epoch, reports, chained, firstSeq, lastSeq, firstIssuedAt, lastIssuedAt, isClosed }: ProvenAgent,
  isPart: boolean,
): string {
  const rest = chained === 0 ? '' : ` and ${chained} not judged again`;
  const numbers = isPart ? ` (number ${firstSeq} to ${lastSeq})` : '';
  const end = isClosed ? '' : '; later ones may have been left out';
  const span = `${moment(firstIssuedAt)} to ${moment(lastIssuedAt)}`;
  return `${agent} (epoch ${epoch}): reports: ${reports}${rest}${numbers}, ${span}${end}`;
}

/** Hosts that an auditor might take for sound, because nothing is said of them. */
function unheardLines({ unheard }: Proven): string[] {
  if (unheard.length === 0) return [];
  return ['silent', ...indent(`${unheard.join(', ')}: enrolled, and none of their reports is proven here`)];
}

/** What the bundle leaves out of the reports that it shows. */
function leftOutLines({ unjudged, withheld }: Proven): string[] {
  if (unjudged === 0) return [];
  const parts = withheld.map(({ name, reports }) => `${name} of ${reports} reports`).join(', ');
  const facts = parts === '' ? '' : `; left out: ${parts}`;
  return wrap(`${unjudged} more, of policies that are not shown: not judged again${facts}`, textWidth() - 9).map(
    (line) => `         ${line}`,
  );
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
function limitLines({ keyFrom, comparedWith, shown, proven }: Verification): string[] {
  const limits = [
    keyFrom === 'bundle'
      ? 'The log key was taken from the bundle itself: compare it with the one that the operator publishes, or give it as --key.'
      : 'The log key is the one that was given.',
    comparedWith === null
      ? 'No earlier checkpoint was given (--since): that nothing was cut off the end cannot be shown from this bundle alone.'
      : `The log was held against an earlier checkpoint of ${comparedWith} entries.`,
    'Without a checkpoint held outside, an operator who also drops or forges every agent is not detected.',
    ...(shown === null ? [] : partLimits(proven)),
    'Sound evidence is not compliance: it shows what the agents found, good or bad.',
  ];
  const lines = limits.flatMap(paragraph).map((line) => paint('dim', line));
  return [paint('bold', 'Limits'), ...lines];
}

function moment(text: string): string {
  return formatMoment(text, 'en');
}

function paragraph(text: string): string[] {
  return wrap(text, textWidth());
}

function indent(text: string): string[] {
  return wrap(text, textWidth() - 2).map((line) => `  ${line}`);
}
