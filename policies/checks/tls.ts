import { z } from 'zod';
import { reasonsFrom, type Catalogue, type Reason } from '../reasons.ts';
import {
  doubtText,
  endpointIdentity,
  endpointReasons,
  endpointSubject,
  judgeListening,
  judgePlainText,
  judgeWithoutTls,
  Listening,
  noEndpoints,
  OtherProtocol,
  Unclear,
} from './endpoints.ts';
import { defineCheckKind } from './kind.ts';
import { Grounds } from './tls/grounds.ts';
import { tlsVersions, Versions, type Answer, type TlsVersion } from './tls/profile.ts';
import { gradeReasons, judgeGrade } from './tls/rating/judge.ts';
import { demandableLetters } from './tls/rating/letters.ts';
import { ruleReasons } from './tls/rating/reasons.ts';
import { ratingSettings } from './tls/rating/settings.ts';

export type { Grounds } from './tls/grounds.ts';

const TlsEndpoint = z.strictObject({
  ...endpointIdentity,
  speaks: z.literal('tls'),
  versions: Versions,
  grounds: Grounds.optional(),
});

/** What an endpoint must be; asked nothing, `minimumVersion: TLSv1.2`. */
export const TlsParameters = z
  .strictObject({
    /** The lowest version that an endpoint may accept. */
    minimumVersion: z.enum(['TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']).optional(),
    /** The worst letter of SSL Labs that an endpoint may have (docs/tls/rating.md). */
    minimumGrade: z.enum(demandableLetters).optional(),
    /** A- is enough where A is demanded. */
    aMinusCounts: z.boolean().optional(),
    ...ratingSettings,
    /** Declared endpoints must speak TLS in some version, and mail, FTP, LDAP and database services found on the network too. */
    requireEncryption: z.literal(true).optional(),
  })
  .refine(({ minimumGrade, aMinusCounts }) => aMinusCounts === undefined || minimumGrade === 'A', {
    path: ['aMinusCounts'],
    error: 'says something only beside "minimumGrade: A"',
  })
  .refine(({ minimumGrade, ...given }) => minimumGrade !== undefined || !isAnyGiven(given), {
    error: 'hstsAbsent and hstsShort say something only beside minimumGrade',
  });
export type TlsParameters = z.output<typeof TlsParameters>;

function isAnyGiven({ hstsAbsent, hstsShort }: { hstsAbsent?: unknown; hstsShort?: unknown }): boolean {
  return hstsAbsent !== undefined || hstsShort !== undefined;
}

export const TlsFacts = z.strictObject({
  listening: Listening,
  endpoints: z.array(z.discriminatedUnion('speaks', [TlsEndpoint, OtherProtocol, Unclear])).max(20_000),
});
export type TlsFacts = z.output<typeof TlsFacts>;

export const tlsReasons = {
  'tls.accepts-old': {
    verdict: 'fail',
    en: 'accepts {versions}; the lowest allowed is {minimum}',
    nl: 'accepteert {versions}; het laagste dat mag is {minimum}',
  },
  'tls.unclear-version': {
    verdict: 'unknown',
    en: 'whether it accepts {version} is not clear ({why}); the lowest allowed is {minimum}',
    nl: 'of het {version} accepteert is niet duidelijk ({why}); het laagste dat mag is {minimum}',
  },
  'tls.nothing-established': {
    verdict: 'unknown',
    en: 'speaks TLS, but no version from {minimum} on could be agreed on ({why}); if it serves names only, declare them in agent.yaml ("names")',
    nl: 'spreekt TLS, maar vanaf {minimum} kwam over geen versie overeenstemming ({why}); bedient het alleen namen, geef ze dan op in agent.yaml ("names")',
  },
  'tls.good': {
    verdict: 'pass',
    en: 'accepts {versions} and nothing below {minimum}',
    nl: 'accepteert {versions} en niets onder {minimum}',
  },
  'tls.encrypted': {
    verdict: 'pass',
    en: 'speaks TLS ({versions})',
    nl: 'spreekt TLS ({versions})',
  },
  ...gradeReasons,
  ...endpointReasons,
} as const satisfies Catalogue;

const because = reasonsFrom(tlsReasons);

/** Which protocol versions the endpoints of a host accept, and how well they do it. */
export const tls = defineCheckKind({
  name: 'tls',
  parameters: TlsParameters,
  facts: TlsFacts,
  reasons: { ...tlsReasons, ...ruleReasons },
  judge({ listening, endpoints }, parameters, at) {
    const reasons = endpoints.flatMap((facts) =>
      facts.speaks === 'tls'
        ? judgeEndpoint(facts, parameters, at)
        : [...judgeWithoutTls(facts), ...(parameters.requireEncryption === true ? judgePlainText(facts) : [])],
    );
    reasons.push(...judgeListening(listening));
    return reasons.length > 0 ? reasons : [noEndpoints()];
  },
});

function judgeEndpoint(facts: z.output<typeof TlsEndpoint>, parameters: TlsParameters, at: Date): Reason[] {
  const { minimumGrade, requireEncryption } = parameters;
  const asksNothing = minimumGrade === undefined && requireEncryption === undefined;
  const minimumVersion = parameters.minimumVersion ?? (asksNothing ? 'TLSv1.2' : undefined);
  const subject = endpointSubject(facts);
  return [
    ...(minimumVersion === undefined ? [] : judgeVersions(facts, minimumVersion)),
    ...(minimumGrade === undefined ? [] : judgeGrade(facts, { ...parameters, minimumGrade }, subject, at)),
    ...(requireEncryption === undefined ? [] : judgeEncryption(facts, subject)),
  ];
}

/** Any version is encryption; which ones are good enough is for `minimumVersion` to say. */
function judgeEncryption({ versions }: z.output<typeof TlsEndpoint>, subject: string): Reason[] {
  const accepted = tlsVersions.filter((version) => versions[version].answer === 'yes');
  if (accepted.length > 0) return [because('tls.encrypted', { versions: accepted.join(', ') }, subject)];
  return [nothingEstablished(versions, tlsVersions, subject)];
}

function nothingEstablished(versions: Versions, allowed: readonly TlsVersion[], subject: string): Reason {
  const why = allowed.map((version) => `${version}: ${answerText(versions[version])}`).join(', ');
  return because('tls.nothing-established', { minimum: allowed[0] ?? '', why }, subject);
}

function judgeVersions(facts: z.output<typeof TlsEndpoint>, minimum: TlsVersion): Reason[] {
  const subject = endpointSubject(facts);
  const lowest = tlsVersions.indexOf(minimum);
  const below = tlsVersions.slice(0, lowest);
  const accepted = (versions: readonly TlsVersion[]): TlsVersion[] =>
    versions.filter((version) => facts.versions[version].answer === 'yes');

  const reasons: Reason[] = [];
  const old = accepted(below);
  if (old.length > 0) reasons.push(because('tls.accepts-old', { versions: old.join(', '), minimum }, subject));
  for (const version of below) {
    const answer = facts.versions[version];
    if (answer.answer !== 'unknown') continue;
    reasons.push(because('tls.unclear-version', { version, why: doubtText(answer.why), minimum }, subject));
  }
  if (reasons.length > 0) return reasons;
  const allowed = tlsVersions.slice(lowest);
  const good = accepted(allowed);
  if (good.length === 0) return [nothingEstablished(facts.versions, allowed, subject)];
  return [because('tls.good', { versions: good.join(', '), minimum }, subject)];
}

function answerText(answer: Answer): string {
  return answer.answer === 'unknown' ? doubtText(answer.why) : answer.answer;
}
