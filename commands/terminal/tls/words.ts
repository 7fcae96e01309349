import { doubtText } from '../../../policies/checks/endpoints.ts';
import type { Answer } from '../../../policies/checks/tls/profile.ts';
import type { Span } from '../../../policies/checks/tls/rating/scores.ts';
import { cleanText, paint, textWidth, wrap } from '../style.ts';

/** A heading within a page. */
export function heading(text: string): string {
  return paint('underline', text);
}

/** A label, and a text that keeps to its own column over several lines. */
export function hanging(label: string, text: string): string[] {
  return wrap(text, textWidth() - label.length).map(
    (line, index) => `${index === 0 ? label : ' '.repeat(label.length)}${line}`,
  );
}

/** `████████░░ 80`, or `20 to 80` where it is open. */
export function scoreText({ lowest, highest }: Span): string {
  const filled = Math.floor(lowest / 10);
  const bar = '█'.repeat(filled) + paint('dim', '░'.repeat(10 - filled));
  return `${bar} ${lowest === highest ? lowest : `${lowest} to ${highest}`}`;
}

export function answerWord(answer: Answer): string {
  return answer.answer === 'unknown' ? `not clear (${cleanText(doubtText(answer.why))})` : answer.answer;
}
