import type { Grounds } from '../grounds.ts';
import type { Versions } from '../profile.ts';
import { accepted, type Evidence } from './evidence.ts';
import { compareLetters, worstLetter, type Letter } from './letters.ts';
import { letterOf } from './rule.ts';
import { rules, scoreRule, type RuleId } from './rules.ts';
import { letterOfTotal, scoresOf, type Scores } from './scores.ts';
import { defaultRatingSettings, type RatingSettings } from './settings.ts';

/** A rule that holds the letter down, or that may: `open`. */
export interface Applied {
  readonly id: RuleId;
  /** The best letter that it leaves. */
  readonly letter: Letter;
  readonly revision: string;
  readonly state: 'applies' | 'open';
  /** What was seen, or why it is not known. */
  readonly detail: string;
}

/** The letter that what is open allows at best and at worst; the same where it is decided. */
export interface LetterSpan {
  readonly best: Letter;
  readonly worst: Letter;
}

/** What lies between one letter and the next better one that a rule leaves. */
export interface Step {
  readonly from: Letter;
  readonly to: Letter;
  readonly rules: readonly RuleId[];
}

export interface Rating {
  readonly letter: LetterSpan;
  /** As if every certificate were trusted and for the name asked for. */
  readonly ifTrusted: LetterSpan;
  readonly scores: Scores;
  /** Worst first; those of one letter in the order in which they should be mended. */
  readonly rules: readonly Applied[];
  /** What to change, from the letter that is known to the best. */
  readonly steps: readonly Step[];
  /** `private-ca`: a certificate leads to a configured root only, and SSL Labs would say T. `no-name`: none was asked for. */
  readonly notes: readonly ('private-ca' | 'no-name')[];
}

export interface Rated {
  readonly versions: Versions;
  readonly grounds: Grounds;
  /** The name that was asked for; left out, no name is judged. */
  readonly name?: string | undefined;
}

/**
 * The letter of SSL Labs (Server Rating Guide 2009r; docs/tls/rating.md) for what an endpoint was seen to do.
 * Pure. What is unknown never improves a letter: it widens the span downwards.
 *
 * @param at certificates are valid or not at this moment
 * @returns undefined where no version is known to be accepted: there is nothing to rate
 * @example
 *   rate({ versions, grounds, name: 'www.example.nl' }, at)?.letter; // { best: 'A', worst: 'A' }
 */
export function rate(
  { versions, grounds, name }: Rated,
  at: Date,
  settings: RatingSettings = defaultRatingSettings,
): Rating | undefined {
  const evidence: Evidence = { versions, grounds, name, settings, at };
  if (accepted(evidence).length === 0) return undefined;
  const scores = scoresOf(evidence);
  const applied = [...ruleFindings(evidence), ...scoreFindings(scores)]
    .filter(({ letter }) => letter !== 'A+')
    .sort((a, b) => compareLetters(a.letter, b.letter));
  return {
    letter: spanOf(applied),
    ifTrusted: spanOf(applied.filter(({ letter }) => letter !== 'T' && letter !== 'M')),
    scores,
    rules: applied,
    steps: stepsOf(applied),
    notes: notesOf(evidence),
  };
}

function ruleFindings(evidence: Evidence): Applied[] {
  return rules.flatMap((rule) => {
    const finding = rule.test(evidence);
    if (finding.state === 'clear') return [];
    return [{ id: rule.id, letter: letterOf(rule, evidence.settings), revision: rule.revision, ...finding }];
  });
}

/** Where the bounds of the total are worth different letters, the better one is sure and the worse one open. */
function scoreFindings({ total }: Scores): Applied[] {
  const { id, revision } = scoreRule;
  const best = letterOfTotal(total.highest);
  const worst = letterOfTotal(total.lowest);
  const sure: Applied = { id, letter: best, revision, state: 'applies', detail: `at most ${total.highest} of 100` };
  if (best === worst) return [sure];
  return [sure, { id, letter: worst, revision, state: 'open', detail: `at least ${total.lowest} of 100` }];
}

function spanOf(applied: readonly Applied[]): LetterSpan {
  const sure = applied.filter(({ state }) => state === 'applies');
  return {
    best: worstLetter(sure.map(({ letter }) => letter)),
    worst: worstLetter(applied.map(({ letter }) => letter)),
  };
}

function stepsOf(applied: readonly Applied[]): Step[] {
  const sure = applied.filter(({ state }) => state === 'applies');
  const byLetter = [...Map.groupBy(sure, ({ letter }) => letter)];
  return byLetter.map(([from, ofLetter], index) => ({
    from,
    to: byLetter[index + 1]?.[0] ?? 'A+',
    // A total that is low by what a rule is about rises with it.
    rules: ofLetter.map(({ id }) => id).filter((id) => id !== scoreRule.id || ofLetter.length === 1),
  }));
}

function notesOf({ name, grounds }: Evidence): Rating['notes'] {
  const isPrivate = grounds.served.some(({ trust }) => trust.system.length === 0 && trust.configured.length > 0);
  return [...(isPrivate ? (['private-ca'] as const) : []), ...(name === undefined ? (['no-name'] as const) : [])];
}
