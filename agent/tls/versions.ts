import type { Doubt } from '../../policies/checks/endpoints.ts';
import { tlsVersions, type TlsVersion, type Answer, type Versions } from '../../policies/checks/tls/profile.ts';
import { versionNumbers, type RecordVersion } from './client-hello.ts';
import { sayInFull, saySsl2Hello, type Line } from './dial.ts';
import { Earlier } from './earlier.ts';
import type { Reply } from './reply.ts';
import { allSignatureSchemes, ordinaryFirst, schemesOf } from './signatures.ts';
import { ssl3Suites, suiteChunks, tls13Suites } from './suites.ts';

/** What probing told of an endpoint: the versions it accepts, or that it speaks something else, or nothing. */
export type VersionScan =
  | { readonly speaks: 'tls'; readonly versions: Versions }
  | { readonly speaks: 'other'; readonly answer: 'not-tls' | 'closed' | 'no-starttls' }
  | { readonly speaks: 'unknown'; readonly why: Doubt };

/**
 * `refused`: not with these suites. `dropped`: ended without an answer, which is how many servers refuse a version,
 * and what an overloaded one does as well.
 */
export type Finding =
  { readonly found: 'yes' | 'no' | 'refused' | 'dropped' } | { readonly found: 'unknown'; readonly why: Doubt };

/** The likeliest first, so that another protocol or silence is noticed after few connections; SSL 3.0 behind TLS 1.0. */
const askingOrder: readonly TlsVersion[] = ['TLSv1.2', 'TLSv1.3', 'TLSv1.1', 'TLSv1.0', 'SSLv3', 'SSLv2'];

/** As long as nothing shows that it speaks TLS, this many silences are enough. */
const enoughSilences = 2;

/**
 * Asks for each version by itself, with every suite there is.
 * @param earlier gets what was shown beside the version
 */
export async function scanVersions(line: Line, earlier = new Earlier()): Promise<VersionScan> {
  const findings = new Map<TlsVersion, Finding>();
  const replies: Reply[] = [];
  for (const version of askingOrder) {
    findings.set(version, await askVersion(line, version, replies, earlier));
    if (!replies.some(provesTls) && isHopeless(replies)) break;
  }
  if (!replies.some(provesTls)) return withoutTls(replies);
  const stillAnswers = await confirms(line, findings);
  const versions = tlsVersions.map((version) => [version, answerOf(findings.get(version), stillAnswers)]);
  return { speaks: 'tls', versions: Object.fromEntries(versions) as Versions };
}

/** @param replies gets what the server did, question by question */
async function askVersion(line: Line, version: TlsVersion, replies: Reply[], earlier: Earlier): Promise<Finding> {
  if (version === 'SSLv2') {
    const reply = await saySsl2Hello(line);
    replies.push(reply);
    return findingOf(reply, 0x0002, undefined);
  }
  for (const suites of offersFor(version, replies)) {
    const signatureSchemes = version === 'TLSv1.3' ? schemesOf(ordinaryFirst) : allSignatureSchemes;
    const { head, whole } = await sayInFull(line, { version, suites, signatureSchemes }, 'hello');
    replies.push(head);
    const finding = findingOf(head, versionNumbers[version], suites);
    if (finding.found === 'yes') earlier.keep(version, suites, whole);
    if (finding.found !== 'refused') return finding;
    earlier.refuse(version, suites);
  }
  return { found: 'no' };
}

/**
 * The suites of one version, question by question. A server that takes only newer versions than the offered one has to
 * say protocol_version (RFC 5246 E.1): said to TLS 1.0, which is asked just before, it denies SSL 3.0 already, where
 * that alert does not exist. One question with the suites of SSL 3.0 then confirms it.
 */
function offersFor(version: RecordVersion, replies: readonly Reply[]): readonly (readonly number[])[] {
  if (version === 'TLSv1.3') return [tls13Suites];
  const before = replies.at(-1);
  const isDenied = version === 'SSLv3' && before?.kind === 'alert' && before.name === 'protocol_version';
  return isDenied ? [ssl3Suites] : suiteChunks;
}

/** Alerts that refuse what was offered. Others (internal_error, unrecognized_name) say nothing of the version. */
const refusals = ['handshake_failure', 'illegal_parameter', 'insufficient_security'];
/** Alerts of servers that do not understand an older greeting; like an end, they only count where TLS is spoken otherwise. */
const puzzled = ['unexpected_message', 'decode_error', 'missing_extension', 'unsupported_extension', 'close_notify'];

/**
 * What a reply says of one version.
 * @param offered the version, as on the wire
 * @param suites those that were offered; undefined for a greeting of SSL 2.0
 */
export function findingOf(reply: Reply, offered: number, suites: readonly number[] | undefined): Finding {
  switch (reply.kind) {
    case 'hello':
      return helloFinding(reply, offered, suites);
    case 'alert':
      if (reply.name === 'protocol_version') return { found: 'no' };
      // Whatever a server says in TLS to a greeting of SSL 2.0, it is no answer in SSL 2.0.
      if (suites === undefined || refusals.includes(reply.name)) return { found: 'refused' };
      if (puzzled.includes(reply.name)) return { found: 'dropped' };
      return { found: 'unknown', why: { what: 'alert', detail: reply.name } };
    case 'closed':
    case 'not-tls':
      return { found: 'dropped' };
    case 'doubt':
      return { found: 'unknown', why: reply.why };
  }
}

function helloFinding(
  reply: Extract<Reply, { kind: 'hello' }>,
  offered: number,
  suites: readonly number[] | undefined,
): Finding {
  const hexadecimal = (value: number): string => `0x${value.toString(16).padStart(4, '0')}`;
  if (reply.version > offered) {
    return { found: 'unknown', why: { what: 'not-offered', detail: `version ${hexadecimal(reply.version)}` } };
  }
  if (reply.version < offered) return { found: 'no' };
  if (reply.suite !== undefined && suites?.includes(reply.suite) === false) {
    return { found: 'unknown', why: { what: 'not-offered', detail: `suite ${hexadecimal(reply.suite)}` } };
  }
  return { found: 'yes' };
}

/** Without any sign of TLS, another connection would bring nothing else. */
const finalDoubts: readonly Doubt['what'][] = [
  'unreachable',
  'not-tls',
  'no-starttls',
  'starttls-refused',
  'turned-away',
  'injected',
];

function provesTls(reply: Reply): boolean {
  return reply.kind === 'hello' || reply.kind === 'alert';
}

function isHopeless(replies: readonly Reply[]): boolean {
  const silences = replies.filter((reply) => reply.kind === 'doubt' && reply.why.what === 'silent');
  const isFinal = replies.some((reply) => reply.kind === 'doubt' && finalDoubts.includes(reply.why.what));
  return silences.length >= enoughSilences || isFinal || replies.some(({ kind }) => kind === 'not-tls');
}

function withoutTls(replies: readonly Reply[]): VersionScan {
  if (replies.some(({ kind }) => kind === 'not-tls')) return { speaks: 'other', answer: 'not-tls' };
  const doubts = replies.flatMap((reply) => (reply.kind === 'doubt' ? [reply.why] : []));
  const has = (what: Doubt['what']): boolean => doubts.some((why) => why.what === what);
  if (has('no-starttls')) return { speaks: 'other', answer: 'no-starttls' };
  if (has('not-tls')) return { speaks: 'other', answer: 'not-tls' };
  const [why] = doubts;
  return why === undefined ? { speaks: 'other', answer: 'closed' } : { speaks: 'unknown', why };
}

/**
 * Whether the server still takes a version that it took before. Where it dropped a question in between, only that
 * shows that it meant the question, and was not shutting out the asker.
 */
async function confirms(line: Line, findings: ReadonlyMap<TlsVersion, Finding>): Promise<boolean> {
  if (![...findings.values()].some(({ found }) => found === 'dropped')) return true;
  const taken = askingOrder.find((version) => findings.get(version)?.found === 'yes');
  if (taken === undefined) return false;
  return (await askVersion(line, taken, [], new Earlier())).found === 'yes';
}

function answerOf(finding: Finding | undefined, stillAnswers: boolean): Answer {
  switch (finding?.found) {
    case 'yes':
      return { answer: 'yes' };
    case 'no':
    case 'refused':
      return { answer: 'no' };
    case 'dropped':
      return stillAnswers ? { answer: 'no' } : { answer: 'unknown', why: { what: 'closed' } };
    case 'unknown':
      return { answer: 'unknown', why: finding.why };
    case undefined:
      return { answer: 'unknown', why: { what: 'silent' } };
  }
}

export function accepted(versions: Versions): readonly TlsVersion[] {
  return tlsVersions.filter((version) => versions[version].answer === 'yes');
}

/** Those that a server may take after all: what it did not refuse. */
export function notRefused(versions: Versions): readonly RecordVersion[] {
  return (Object.keys(versionNumbers) as RecordVersion[]).filter((version) => versions[version].answer !== 'no');
}
