import type { Verification } from '../../evidence/verify.ts';
import { formatMoment } from '../../policies/explain.ts';
import { cleanText, paint, textWidth, wrap } from './style.ts';

const headlines: Readonly<Record<Verification['outcome'], string>> = {
  sound: '✓ sound: everything in this bundle has been verified',
  tampered: '✗ tampered: something in this bundle contradicts what was signed',
  incomplete: '? incomplete: what is there holds, but something is missing or cannot be relied on',
  nothing: '? nothing to verify',
};

/** The outcome of a verification in plain words: what is wrong, what is proven, and what is not. */
export function renderVerification(verification: Verification, isCompared: boolean): string {
  const { outcome, findings, total, log, proven } = verification;
  const colour = outcome === 'sound' ? 'green' : outcome === 'tampered' ? 'red' : 'yellow';
  const lines = [paint(['bold', colour], headlines[outcome]), ''];
  for (const { where, message, code } of findings) {
    lines.push(...wrap(`${where}: ${message} (${code})`, textWidth() - 2).map((line) => `  ${line}`));
  }
  if (total > findings.length) lines.push(`  and ${total - findings.length} more`);
  if (total > 0) lines.push('');
  if (log !== null) {
    lines.push(`log      ${log.origin}`, `key      ${log.key}`, `entries  ${log.size}`, `root     ${log.root}`, '');
  }
  if (proven !== null) lines.push(...provenLines(proven), '');
  if (log !== null) lines.push(...limitLines(verification, isCompared));
  return `${lines.map(cleanLine).join('\n')}\n`;
}

function provenLines(proven: NonNullable<Verification['proven']>): string[] {
  const { reports, observations, agents, firstReceivedAt, lastReceivedAt } = proven;
  const span =
    firstReceivedAt && lastReceivedAt
      ? `, received ${formatMoment(firstReceivedAt, 'en')} to ${formatMoment(lastReceivedAt, 'en')}`
      : '';
  return [
    `${reports} reports with ${observations} verdicts${span}:`,
    ...agents.map(
      ({ agent, epoch, reports: count, firstIssuedAt, lastIssuedAt }) =>
        `  ${agent} (epoch ${epoch}): ${count} reports, ${formatMoment(firstIssuedAt, 'en')} to ${formatMoment(lastIssuedAt, 'en')}`,
    ),
  ];
}

/** What a verification cannot show has to be said each time. */
function limitLines({ keyFrom }: Verification, isCompared: boolean): string[] {
  const limits = [
    ...(keyFrom === 'bundle'
      ? [
          'The log key was taken from the bundle itself: compare it with the one that the operator publishes, or give it as --key.',
        ]
      : []),
    ...(isCompared
      ? []
      : [
          'No earlier checkpoint was given (--since): that nothing was cut off the end cannot be shown from this bundle alone.',
        ]),
    'Without a checkpoint held outside, an operator who also drops or forges every agent is not detected.',
  ];
  return limits.flatMap((limit) => wrap(limit, textWidth()).map((line) => paint('dim', line)));
}

function cleanLine(line: string): string {
  return line.includes('\x1b') ? line : cleanText(line);
}
