import { cipherRules } from './cipher-rules.ts';
import { featureRules } from './feature-rules.ts';
import { keyRules } from './key-rules.ts';
import { trustRules } from './trust-rules.ts';
import { versionRules } from './version-rules.ts';
import type { Rule } from './rule.ts';

/**
 * Every rule of the rating, in the order in which what it is about should be mended. docs/tls/rating.md lists them with
 * their sources.
 */
export const rules = [...trustRules, ...keyRules, ...featureRules, ...versionRules, ...cipherRules] as const;

/** What the scores say, where no rule says anything worse. */
export const scoreRule = {
  id: 'score',
  revision: '2009',
  source: 'SSL Labs Server Rating Guide, scores and letters',
  en: 'has a total score that is worth no more',
  nl: 'heeft een totaalscore die niet meer waard is',
} as const satisfies Pick<Rule, 'id' | 'revision' | 'source' | 'en' | 'nl'>;

export type RuleId = (typeof rules)[number]['id'] | (typeof scoreRule)['id'];
