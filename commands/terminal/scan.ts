import type { GroundedScan } from '../../agent/tls/scan.ts';
import type { Rating } from '../../policies/checks/tls/rating/rate.ts';
import { pad, paint } from './style.ts';
import { certificateLines } from './tls/certificates.ts';
import { letterLines, paintLetter } from './tls/letter.ts';
import { exchangeLines, featureLines, versionLines, weaknessLines } from './tls/offer.ts';
import { openLines, stepLines } from './tls/steps.ts';
import { doubtWords, hanging } from './tls/words.ts';

/** An endpoint that was scanned, as it is shown. */
export interface ShownScan {
  /** `www.example.nl:443`. */
  readonly label: string;
  readonly found: GroundedScan;
  /** Undefined where there is nothing to rate. */
  readonly rating: Rating | undefined;
}

/** An endpoint as a person wants to read it: the letter, what to change, and everything that it rests on. */
export function renderScan({ label, found, rating }: ShownScan, at: Date): string {
  const lines = ['', paint('bold', label), ''];
  switch (found.speaks) {
    case 'other':
      lines.push(...hanging('  ', otherAnswer(found)));
      break;
    case 'unknown':
      lines.push(...hanging('  ', `whether it speaks TLS is not clear: ${doubtWords(found.why)}`).map(yellow));
      break;
    case 'tls':
      if (rating !== undefined)
        lines.push(...letterLines(rating), '', ...stepLines(rating, found.starttls), ...openLines(rating));
      lines.push(...speakingLines(found, at));
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

function yellow(line: string): string {
  return paint('yellow', line);
}

function speakingLines(found: Extract<GroundedScan, { speaks: 'tls' }>, at: Date): string[] {
  const { profile } = found.grounds;
  return [
    ...versionLines(found.versions, profile),
    ...exchangeLines(profile),
    ...certificateLines(found, found.grounds, at),
    ...featureLines(profile),
    ...weaknessLines(profile.weaknesses),
  ];
}

function otherAnswer({ answer, starttls }: Extract<GroundedScan, { speaks: 'other' }>): string {
  switch (answer) {
    case 'closed':
      return 'closes every connection without an answer';
    case 'no-starttls':
      return `speaks ${starttls ?? 'the protocol'}, and does not offer STARTTLS`;
    case 'not-tls':
      return starttls === undefined
        ? 'answers, but not with TLS; where TLS begins in another protocol, name that with --starttls'
        : `answers, but not as a server of ${starttls} does`;
  }
}

/** Several endpoints in a table: letter, total, and what comes first. */
export function renderSummary(scans: readonly ShownScan[]): string {
  const width = Math.max(...scans.map(({ label }) => label.length));
  const rows = scans.map((scan) => `  ${pad(scan.label, width)}  ${summaryText(scan)}\n`);
  return `\n${paint('underline', 'Summary')}\n${rows.join('')}`;
}

function summaryText({ found, rating }: ShownScan): string {
  if (found.speaks === 'other') return otherAnswer(found);
  if (found.speaks === 'unknown') return paint('yellow', `not clear: ${doubtWords(found.why)}`);
  if (rating === undefined) return paint('yellow', 'no version could be agreed on');
  const [first] = rating.steps;
  const next = first === undefined ? '' : paint('dim', `  ${first.rules.join(', ')} → ${first.to}`);
  return `${pad(paintLetter(rating), 8)} ${String(rating.scores.total.lowest).padStart(3)}${next}`;
}
