import type { CaseKind } from '../../policies/checks/cases.ts';
import type { Language, Text } from '../../policies/schema.ts';

const caseKindNames: Readonly<Record<CaseKind, Text>> = {
  finding: { en: 'finding', nl: 'bevinding' },
  incident: { en: 'incident', nl: 'incident' },
  'data-leak': { en: 'data leak', nl: 'datalek' },
  order: { en: 'order of an authority', nl: 'bevel van een autoriteit' },
  vulnerability: { en: 'vulnerability', nl: 'kwetsbaarheid' },
  erasure: { en: 'erasure', nl: 'wissing' },
  audit: { en: 'audit', nl: 'audit' },
  'password-replacement': { en: 'password replacement', nl: 'vervanging van wachtwoorden' },
};

const urgencies: Readonly<Record<'urgent' | 'normal', Text>> = {
  urgent: { en: 'urgent', nl: 'dringend' },
  normal: { en: 'normal', nl: 'gewoon' },
};

/** What a case is, for people to read: `data leak, urgent`. */
export function caseName(
  { of, urgency }: { readonly of: CaseKind; readonly urgency: 'urgent' | 'normal' | null },
  language: Language,
): string {
  const kind = caseKindNames[of][language];
  return urgency === null ? kind : `${kind}, ${urgencies[urgency][language]}`;
}
