import type { Verification } from '../../evidence/verify.ts';
import { formatDuration, formatMoment } from '../../policies/explain.ts';

/** What others than operator and agents show of a log, as sentences; none where nobody was asked. */
export function anchorSentences({ log, witnessed, timestamped, bounded }: Verification): string[] {
  if (log === null || witnessed === null || timestamped === null) return [];
  const { words, quorum } = witnessed;
  return [
    ...timestamped.words.map(({ authority, size, at }) => shown(log.size, size, `the time stamps of ${authority}`, at)),
    ...words.map(({ witness, size, at }) =>
      at === null
        ? `The witness ${witness} signed no head in this bundle.`
        : shown(log.size, size, `the witness ${witness}`, at),
    ),
    ...(quorum === null
      ? []
      : [
          `The first ${count(quorum.size, 'entry is', 'entries are')} vouched for by ${quorum.needed} or more of these witnesses.`,
        ]),
    ...withinSentence(bounded),
    ...timestamped.unverified.map(
      ({ authority, tokens }) =>
        `Not verified, as no certificate that was given (--authority) vouches for it: ${count(tokens, 'time stamp', 'time stamps')} of ${authority}.`,
    ),
    ...witnessed.unverified.map(
      ({ witness, cosignatures }) =>
        `Not verified, as its key was not given (--witness): ${count(cosignatures, 'signature', 'signatures')} of the witness ${witness}.`,
    ),
  ];
}

function shown(all: number, size: number, by: string, at: string): string {
  return `${size} of ${count(all, 'entry', 'entries')} are shown by ${by} to have existed before ${formatMoment(at, 'en')}.`;
}

function withinSentence(bounded: Verification['bounded']): string[] {
  const seconds = bounded?.within ?? null;
  if (bounded === null || seconds === null) return [];
  const within = formatDuration(roundedUp(seconds), 'en');
  return [
    `Each of the first ${count(bounded.covered, 'entry', 'entries')} was shown to exist at most ${within} after its date of receipt: none was written later and dated back by more.`,
  ];
}

/** To what a duration of two units can say: it is a bound, and may not become smaller. */
function roundedUp(seconds: number): number {
  const unit = seconds < 3600 ? 1 : seconds < 86_400 ? 60 : 3600;
  return Math.ceil(seconds / unit) * unit;
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
