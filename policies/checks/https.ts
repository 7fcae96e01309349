import { z } from 'zod';
import { Duration } from '../quantities.ts';
import { reasonsFrom, type Reason } from '../reasons.ts';
import { doubtText, endpointSubject, judgeListening } from './endpoints.ts';
import { HttpsFacts, type PlainWay, type SecureAnswer, type WebAnswer } from './https/facts.ts';
import { parseHsts } from './https/hsts.ts';
import { httpsReasons } from './https/reasons.ts';
import { defineCheckKind } from './kind.ts';

export { HttpsFacts };

const Refusal = z.union([z.int().min(400).max(599), z.literal('closed')]);

export const HttpsParameters = z
  .strictObject({
    /** Plain HTTP must lead to HTTPS. */
    redirect: z.boolean().default(true),
    /** What counts as serving nothing in plain, and does instead of leading to HTTPS: a status, or `closed`. */
    refusals: z.array(Refusal).max(20).default([403, 404, 410, 421, 426, 'closed']),
    /** Names, or endpoints such as `192.0.2.1:8080`, that may answer in plain. */
    allowPlain: z.array(z.string().min(1).max(300)).max(1000).default([]),
    /** What Strict-Transport-Security must say (RFC 6797); left out, it is not looked at. */
    hsts: z
      .strictObject({
        /** 180 days unless given. */
        minimumAge: Duration.prefault('180d'),
        includeSubDomains: z.boolean().default(false),
      })
      .optional(),
  })
  .refine(({ redirect, hsts }) => redirect || hsts !== undefined, {
    error: 'expected at least one requirement: redirect or hsts',
  });
type Parameters = z.output<typeof HttpsParameters>;

const because = reasonsFrom(httpsReasons);

/** Web services: nothing served in plain text, and what browsers are told about that. */
export const https = defineCheckKind({
  name: 'https',
  parameters: HttpsParameters,
  facts: HttpsFacts,
  reasons: httpsReasons,
  judge({ listening, plain, secure }, parameters) {
    const reasons = [
      ...(parameters.redirect ? plain.flatMap((way) => judgePlain(way, parameters)) : []),
      ...secure.flatMap((facts) => judgeSecure(facts, parameters.hsts)),
      ...judgeSockets(listening),
    ];
    return reasons.length > 0 ? reasons : [because('https.none', {})];
  },
});

/** What is declared not to speak TLS was asked here all the same: in plain. */
function judgeSockets(listening: HttpsFacts['listening']): Reason[] {
  if (listening.state === 'unreadable') return judgeListening(listening);
  return judgeListening({ state: 'read', value: { ...listening.value, skipped: [] } });
}

function judgePlain(way: PlainWay, parameters: Parameters): Reason[] {
  const subject = endpointSubject(way);
  const [first] = way.steps;
  const last = way.steps.at(-1);
  if (first === undefined || first.answer === null || last === undefined) return [];
  if (first.answer.state === 'unknown') return judgeSilence(way, first.url, doubtText(first.answer.why), subject);
  // It speaks, and not HTTP.
  if (first.answer.state === 'other' || (first.answer.state === 'closed' && !way.configured)) return [];
  const answer = answerText(first.answer);
  if (way.reach === 'loopback') return [because('https.loopback', {}, subject)];
  if ([way.name, way.endpoint].some((place) => place !== undefined && parameters.allowPlain.includes(place))) {
    return [because('https.allowed', { answer }, subject)];
  }
  const steps = way.steps.slice(1).map(({ url }) => url);
  if (last.url.startsWith('https:')) return [judgeTarget(last.url, last.answer, subject)];
  if (last.answer === null) return [because('https.stays-plain', { url: last.url }, subject)];
  return [judgeEnd(last.answer, last.url, steps.length > 0, parameters, subject)];
}

/** Somewhere nobody says what listens, silence may be anything; what is declared as no TLS and says nothing is no web service. */
function judgeSilence(way: PlainWay, url: string, why: string, subject: string): Reason[] {
  if (way.configured) return [because('https.unclear', { url, why }, subject)];
  if (way.origin === 'settings' || way.reach === 'loopback') return [];
  return [because('https.silent-socket', { why }, subject)];
}

/** Where a way ends in HTTPS; what is elsewhere (null) was not asked, and nothing was served in plain all the same. */
function judgeTarget(url: string, answer: WebAnswer | null, subject: string): Reason {
  if (answer === null || answer.state === 'http') return because('https.redirects', { location: url }, subject);
  if (answer.state === 'unknown') return because('https.unclear', { url, why: doubtText(answer.why) }, subject);
  return because('https.no-target', { url }, subject);
}

/** Where a way ends in plain text. */
function judgeEnd(answer: WebAnswer, url: string, wasLed: boolean, { refusals }: Parameters, subject: string): Reason {
  if (answer.state === 'unknown') return because('https.unclear', { url, why: doubtText(answer.why) }, subject);
  const isRefusal = refusals.some((refusal) => refusal === (answer.state === 'http' ? answer.status : answer.state));
  if (isRefusal) return because('https.refuses', { answer: answerText(answer) }, subject);
  if (answer.state === 'http' && isServerError(answer.status)) {
    return because('https.unclear', { url, why: answerText(answer) }, subject);
  }
  if (answer.state === 'http' && wasLed) return because('https.stays-plain', { url }, subject);
  return because('https.plain-content', { answer: answerText(answer), url }, subject);
}

/** What it serves when it is well cannot be seen. */
function isServerError(status: number): boolean {
  return status >= 500;
}

function judgeSecure(facts: SecureAnswer, hsts: Parameters['hsts']): Reason[] {
  const subject = endpointSubject(facts);
  const { answer } = facts;
  const url = `https://${facts.name ?? facts.endpoint}/`;
  if (answer.state === 'unknown') {
    return facts.configured ? [because('https.unclear', { url, why: doubtText(answer.why) }, subject)] : [];
  }
  if (answer.state !== 'http') return facts.configured ? [because('https.no-target', { url }, subject)] : [];
  if (hsts === undefined || facts.reach === 'loopback')
    return [because('https.serves', { answer: answerText(answer) }, subject)];
  return judgeHsts(answer.strictTransportSecurity, hsts, subject);
}

function judgeHsts(
  headers: readonly string[],
  { minimumAge, includeSubDomains }: NonNullable<Parameters['hsts']>,
  subject: string,
): Reason[] {
  const found = parseHsts(headers);
  if (found.state === 'absent') return [because('https.hsts-absent', {}, subject)];
  if (found.state === 'invalid') return [because('https.hsts-invalid', { value: found.value }, subject)];
  const { maxAge } = found;
  if (maxAge === 0) return [because('https.hsts-off', {}, subject)];
  const reasons = [
    ...(maxAge < minimumAge ? [because('https.hsts-short', { maxAge, minimum: minimumAge }, subject)] : []),
    ...(includeSubDomains && !found.includeSubDomains ? [because('https.hsts-subdomains', {}, subject)] : []),
  ];
  if (reasons.length > 0) return reasons;
  return [because('https.hsts', { maxAge, value: headers[0] ?? '' }, subject)];
}

function answerText(answer: WebAnswer): string {
  return answer.state === 'http' ? String(answer.status) : answer.state;
}
