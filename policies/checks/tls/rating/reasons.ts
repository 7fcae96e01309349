import type { Catalogue, Reason } from '../../../reasons.ts';
import type { Applied } from './rate.ts';
import { rules, scoreRule } from './rules.ts';

/** Why a letter is not better: one code a rule. */
export const ruleReasons: Catalogue = Object.fromEntries(
  [...rules, scoreRule].map(({ id, en, nl }) => [
    `tls.grade-${id}`,
    {
      verdict: 'fail' as const,
      en: `${en} ({detail}): no better than {letter} by rule {rule} ({revision})`,
      nl: `${nl} ({detail}): niet beter dan {letter} volgens regel {rule} ({revision})`,
    },
  ]),
);

/** The reason that a rule gives for holding a letter below what is demanded. */
export function ruleReason({ id, letter, revision, detail }: Applied, subject: string): Reason {
  return { code: `tls.grade-${id}`, verdict: 'fail', subject, values: { rule: id, letter, revision, detail } };
}
