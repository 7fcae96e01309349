import { z } from 'zod';
import { reasonsFrom, type Catalogue, type Reason } from '../reasons.ts';
import {
  doubtText,
  endpointIdentity,
  endpointReasons,
  endpointSubject,
  judgeListening,
  judgeWithoutTls,
  Listening,
  noEndpoints,
  OtherProtocol,
  Unclear,
} from './endpoints.ts';
import { defineCheckKind } from './kind.ts';
import { CertificateFacts } from './certificate.ts';
import { HttpAnswer } from './tls/http.ts';
import { Profile, tlsVersions, Versions, type Answer, type TlsVersion } from './tls/profile.ts';
import { Trust } from './tls/trust.ts';

/** What a letter is given for, collected where a control asks for one. */
const Grounds = z.strictObject({
  profile: Profile,
  /** Each leaf that the server can be made to show. */
  served: z.array(z.strictObject({ leaf: CertificateFacts, trust: Trust })).max(40),
  http: HttpAnswer,
});
export type Grounds = z.output<typeof Grounds>;

const TlsEndpoint = z.strictObject({
  ...endpointIdentity,
  speaks: z.literal('tls'),
  versions: Versions,
  grounds: Grounds.optional(),
});

export const TlsParameters = z.strictObject({
  /** The lowest version that an endpoint may accept. */
  minimumVersion: z.enum(['TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']).default('TLSv1.2'),
});

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
  ...endpointReasons,
} as const satisfies Catalogue;

const because = reasonsFrom(tlsReasons);

/** Which protocol versions the endpoints of a host accept. */
export const tls = defineCheckKind({
  name: 'tls',
  parameters: TlsParameters,
  facts: TlsFacts,
  reasons: tlsReasons,
  judge({ listening, endpoints }, { minimumVersion }) {
    const reasons = endpoints.flatMap((facts) =>
      facts.speaks === 'tls' ? judgeVersions(facts, minimumVersion) : judgeWithoutTls(facts),
    );
    reasons.push(...judgeListening(listening));
    return reasons.length > 0 ? reasons : [noEndpoints()];
  },
});

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
  if (good.length === 0) {
    const why = allowed.map((version) => `${version}: ${answerText(facts.versions[version])}`).join(', ');
    return [because('tls.nothing-established', { minimum, why }, subject)];
  }
  return [because('tls.good', { versions: good.join(', '), minimum }, subject)];
}

function answerText(answer: Answer): string {
  return answer.answer === 'unknown' ? doubtText(answer.why) : answer.answer;
}
