import type { Doubt } from '../../../policies/checks/endpoints.ts';
import {
  classicGroups,
  finiteFieldGroups,
  modernGroups,
  versionNumbers,
  type Offer,
  type RecordVersion,
} from '../client-hello.ts';
import { sayHello, sayInFull, type Line } from '../dial.ts';
import type { Reply } from '../reply.ts';
import { allSignatureSchemes, classicSchemes } from '../signatures.ts';
import { findingOf } from '../versions.ts';
import { unseenFirst, type Findings } from './findings.ts';

/** What came of offering some of a kind (suites, groups, schemes). `dropped`: ended without a word. */
export type Choice =
  | { readonly kind: 'took'; readonly suite: number; readonly reply: Extract<Reply, { kind: 'hello' }> }
  | { readonly kind: 'refused' | 'dropped' }
  | { readonly kind: 'unclear'; readonly why: Doubt };

export type Question = Partial<Omit<Offer, 'version' | 'suites' | 'name'>>;

/**
 * Asks one question of one version, and lets the findings learn from whatever is answered. In TLS 1.3 the hello alone is
 * the choice; what is encrypted behind it only teaches.
 */
export async function choose(
  line: Line,
  findings: Findings,
  version: RecordVersion,
  suites: readonly number[],
  question: Question = {},
): Promise<Choice> {
  const groups = version === 'TLSv1.3' ? [...modernGroups, ...finiteFieldGroups] : classicGroups;
  const offer = {
    version,
    suites,
    groups: unseenFirst(groups, findings.groups),
    signatureSchemes: unseenFirst(
      version === 'TLSv1.3' ? allSignatureSchemes : classicSchemes,
      findings.signatureSchemes,
    ),
    ...question,
  };
  if (version !== 'TLSv1.3' || question.withoutShares === true) {
    const reply = await sayHello(line, offer, 'done');
    findings.learn(reply);
    return choiceOf(reply, version, suites);
  }
  const { head, whole } = await sayInFull(line, offer, 'hello');
  findings.learn(whole);
  return choiceOf(head, version, suites);
}

export function choiceOf(reply: Reply, version: RecordVersion, suites: readonly number[]): Choice {
  const finding = findingOf(reply, versionNumbers[version], suites);
  switch (finding.found) {
    case 'yes':
      if (reply.kind !== 'hello' || reply.suite === undefined) return { kind: 'refused' };
      return { kind: 'took', suite: reply.suite, reply };
    case 'no':
    case 'refused':
      return { kind: 'refused' };
    case 'dropped':
      return { kind: 'dropped' };
    case 'unknown':
      return { kind: 'unclear', why: finding.why };
  }
}
