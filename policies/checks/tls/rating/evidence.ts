import { doubtText } from '../../endpoints.ts';
import type { Grounds } from '../grounds.ts';
import { tlsVersions, type Answer, type TlsVersion, type Versions } from '../profile.ts';
import { suiteOf, type Suite } from '../suites.ts';
import type { RatingSettings } from './settings.ts';

/** What a rule looks at. */
export interface Evidence {
  readonly versions: Versions;
  readonly grounds: Grounds;
  /** The name that was asked for; undefined where none was, and then no name is judged. */
  readonly name: string | undefined;
  readonly settings: RatingSettings;
  readonly at: Date;
}

/** What a rule comes to. An open question is neither: it never improves a letter, and never decides one. */
export type Finding =
  | { readonly state: 'applies'; readonly detail: string }
  | { readonly state: 'clear' }
  | { readonly state: 'open'; readonly detail: string };

export const clear: Finding = { state: 'clear' };

/** @param seen each once, in this order; shortened past what a reader takes in */
export function applies(...seen: readonly string[]): Finding {
  const distinct = [...new Set(seen)];
  const more = distinct.length - maximumShown;
  const shown = distinct.slice(0, maximumShown).join(', ');
  return { state: 'applies', detail: more > 0 ? `${shown}, … (${more})` : shown };
}

const maximumShown = 6;

export function open(why: string): Finding {
  return { state: 'open', detail: why };
}

/** A proof decides; without one an open question keeps a rule open. */
export function anyOf(findings: readonly Finding[]): Finding {
  const proven = findings.filter((finding) => finding.state === 'applies');
  if (proven.length > 0) return applies(...proven.map(({ detail }) => detail));
  return findings.find(({ state }) => state === 'open') ?? clear;
}

/** `yes` is what the rule is about. */
export function ofAnswer(answer: Answer, seen: string): Finding {
  if (answer.answer === 'unknown') return open(doubtText(answer.why));
  return answer.answer === 'yes' ? applies(seen) : clear;
}

/** Versions that the server takes. */
export function accepted({ versions }: Pick<Evidence, 'versions'>): readonly TlsVersion[] {
  return tlsVersions.filter((version) => versions[version].answer === 'yes');
}

/** Versions that the server was not seen to refuse. */
export function notRefused({ versions }: Pick<Evidence, 'versions'>): readonly TlsVersion[] {
  return tlsVersions.filter((version) => versions[version].answer !== 'no');
}

export interface OfferedSuite extends Suite {
  readonly version: TlsVersion;
}

/** The suites seen in these versions; those that are not known here are left out, and leave their version open. */
export function suitesIn(evidence: Evidence, versions: readonly TlsVersion[] = tlsVersions): readonly OfferedSuite[] {
  return evidence.grounds.profile.suites
    .filter(({ version }) => versions.includes(version))
    .flatMap(({ version, suites }) =>
      suites.flatMap((number) => {
        const suite = suiteOf(number);
        return suite === undefined ? [] : [{ ...suite, version }];
      }),
    );
}

/** Why one of these versions may have more suites than were seen; undefined where none has. */
export function moreSuites(evidence: Evidence, versions: readonly TlsVersion[] = tlsVersions): string | undefined {
  for (const version of versions) {
    const answer = evidence.versions[version];
    if (answer.answer === 'no') continue;
    if (answer.answer === 'unknown') return `${version}: ${doubtText(answer.why)}`;
    const scan = evidence.grounds.profile.suites.find((one) => one.version === version);
    if (scan === undefined) return `${version}: its suites were not read`;
    if (scan.incomplete !== null) return `${version}: ${doubtText(scan.incomplete)}`;
    const strange = scan.suites.find((number) => suiteOf(number) === undefined);
    if (strange !== undefined) return `${version}: suite 0x${strange.toString(16)} is not known here`;
  }
  return undefined;
}

/** Before TLS 1.3, which has no weak suite that could still hide. */
export const classicVersions: readonly TlsVersion[] = tlsVersions.filter((version) => version !== 'TLSv1.3');

/** Whether a suite that is looked for with suspicion is taken in these versions. */
export function anySuite(
  evidence: Evidence,
  isMeant: (suite: OfferedSuite) => boolean,
  versions: readonly TlsVersion[] = classicVersions,
): Finding {
  const found = suitesIn(evidence, versions).filter(isMeant);
  if (found.length > 0) return applies(...found.map(({ name }) => name));
  const more = moreSuites(evidence, versions);
  return more === undefined ? clear : open(more);
}

type ServedLeaf = Grounds['served'][number];

/** Why the server may have a leaf that was not seen; undefined where it has none. */
export function moreLeaves({ grounds: { served, servedIncomplete = null } }: Evidence): string | undefined {
  if (servedIncomplete !== null) return doubtText(servedIncomplete);
  return served.length === 0 ? 'no certificate was seen' : undefined;
}

/** Whether something holds for one of the leaves; one that was not seen leaves it open. */
export function anyLeaf(evidence: Evidence, look: (served: ServedLeaf) => Finding): Finding {
  const hidden = moreLeaves(evidence);
  return anyOf([...evidence.grounds.served.map(look), hidden === undefined ? clear : open(hidden)]);
}
