import type { X509Certificate } from 'node:crypto';
import type { Served, Unanswered } from '../../policies/checks/certificate/facts.ts';
import type { Doubt } from '../../policies/checks/endpoints.ts';
import type { TlsVersion, Versions } from '../../policies/checks/tls/profile.ts';
import { suiteOf } from '../../policies/checks/tls/suites.ts';
import { readCertificate } from './certificate-memory.ts';
import { versionNumbers, type RecordVersion } from './client-hello.ts';
import { sayInFull, sayModernHello, saySsl2Hello, type Line } from './dial.ts';
import { Earlier } from './earlier.ts';
import { shakeHands } from './handshake.ts';
import { readableSuites } from './key-schedule.ts';
import { shareableGroups } from './key-share.ts';
import type { Reply } from './reply.ts';
import { allSignatureSchemes, ordinaryFirst, schemesOf, type KeyFamily } from './signatures.ts';
import { chunksOf, dsaSuites, ecdsaSuites, rsaSuites } from './suites.ts';
import { accepted, findingOf, notRefused } from './versions.ts';

/** What asking for certificates gave: each leaf once, and the questions that stayed open. */
export interface CertificateScan {
  readonly served: Served[];
  readonly unanswered: Unanswered[];
}

/** The same, with what was sent: by the leaf's fingerprint each certificate that can be read, leaf first. */
export interface CertificateHarvest extends CertificateScan {
  readonly chains: ReadonlyMap<string, readonly X509Certificate[]>;
}

interface Question {
  /** `TLSv1.2 RSA`. */
  readonly label: string;
  /** What was asked for after all, where only the answer tells. */
  readonly labelsOf?: (reply: Reply) => readonly string[];
  /** To be sent one after the other until the server takes one. */
  readonly attempts: readonly (() => Promise<Reply>)[];
}

/**
 * Asks for the certificate of every key kind by itself, in every version the server did not refuse: a server with
 * several shows each client only the one it prefers, and old clients may get another than new ones.
 * @param earlier what was shown or refused before, and gets what is refused here
 */
export async function scanCertificates(
  line: Line,
  versions: Versions,
  earlier = new Earlier(),
): Promise<CertificateHarvest> {
  const collected = new Collection();
  const dropped: Question[] = [];
  let taken: Question | undefined;
  const ask: Ask = async (question, known) => {
    const reply = known ?? (await firstTaken(question));
    if (isDropped(reply)) dropped.push(question);
    else {
      const labels = question.labelsOf?.(reply) ?? [question.label];
      if (labels.map((label) => collected.add(label, reply)).includes(true)) taken ??= question;
    }
    return reply;
  };
  for (const version of notRefused(versions)) {
    if (version === 'TLSv1.3') await askModern(line, ask, shownIn(earlier.flight(version)));
    else await askClassic(line, version, ask, earlier);
  }
  if (versions.SSLv2.answer !== 'no') await ask({ label: 'SSLv2', attempts: [() => saySsl2Hello(line)] });
  // As with versions: an end is a refusal only of a server that goes on answering other questions.
  const stillAnswers = dropped.length === 0 || (taken !== undefined && (await firstTaken(taken)).kind === 'hello');
  for (const { label } of stillAnswers ? [] : dropped) collected.leaveOpen(label, 'closed');
  // A version that it takes from others and shows nothing in here: the questions did not fit, or it has none.
  for (const version of accepted(versions))
    if (!collected.hasHeard(version)) collected.leaveOpen(version, 'no-certificate');
  return collected.result();
}

/** @param known an answer that was given before; then nothing is asked */
type Ask = (question: Question, known?: Reply) => Promise<Reply>;

type ClassicVersion = Exclude<RecordVersion, 'TLSv1.3'>;

/**
 * Up to TLS 1.2 the suite tells which kind of key is wanted; for EdDSA and RSA-PSS keys the signature schemes do. Suites
 * of elliptic curves are first offered with every scheme: where they are refused so, there are keys of neither kind.
 */
async function askClassic(line: Line, version: ClassicVersion, ask: Ask, earlier: Earlier): Promise<void> {
  const shown = shownIn(earlier.flight(version));
  const known = (...families: readonly KeyFamily[]): Reply | undefined =>
    shown !== undefined && families.includes(familyShown(version, shown) ?? 'ML-DSA') ? shown : undefined;
  const question = (family: KeyFamily, suites: readonly number[], without: readonly KeyFamily[]): Question => {
    // The whole offer else is kept, because some servers hold the issuers' signatures to the same list.
    const schemes = allSignatureSchemes.filter((scheme) => !schemesOf(without).includes(scheme));
    return {
      label: `${version} ${family}`,
      attempts: chunksOf(suites).map((chunk) => () => sayForCertificate(line, version, chunk, schemes)),
    };
  };
  const askInFull = async (one: Question, suites: readonly number[], answer?: Reply): Promise<Reply> => {
    const reply = await ask(one, answer);
    if (findingOf(reply, versionNumbers[version], suites).found === 'refused') earlier.refuse(version, suites);
    return reply;
  };
  await ask(question('RSA', rsaSuites, ['RSA-PSS']), known('RSA'));
  const ofCurves: Question = {
    ...question('ECDSA', ecdsaSuites, []),
    labelsOf: (reply) => [`${version} ${familyOf(reply, ['EdDSA']) ?? 'ECDSA'}`],
  };
  const curves = await askInFull(ofCurves, ecdsaSuites, known('ECDSA', 'EdDSA'));
  await askInFull(question('DSA', dsaSuites, []), dsaSuites, known('DSA'));
  if (version !== 'TLSv1.2') return;
  await ask(question('RSA-PSS', signedRsaSuites, ['RSA']), known('RSA-PSS'));
  if (isRefusal(curves)) return;
  const isEdwards = familyOf(curves, ['EdDSA']) !== undefined;
  await ask(isEdwards ? question('ECDSA', ecdsaSuites, ['EdDSA']) : question('EdDSA', ecdsaSuites, ['ECDSA']));
}

/** With the signature scheme, where the flight goes as far as that. */
async function sayForCertificate(
  line: Line,
  version: ClassicVersion,
  suites: readonly number[],
  schemes: readonly number[],
): Promise<Reply> {
  const { head, whole } = await sayInFull(line, { version, suites, signatureSchemes: schemes }, 'certificate');
  return whole.kind === 'hello' ? whole : head;
}

type Hello = Extract<Reply, { kind: 'hello' }>;

function shownIn(reply: Hello | undefined): Hello | undefined {
  return reply?.certificates === undefined || reply.certificates.length === 0 ? undefined : reply;
}

/** The kind of key to whose question this would be the answer. */
function familyShown(version: ClassicVersion, reply: Hello): KeyFamily | undefined {
  const { suite } = reply;
  if (suite === undefined) return undefined;
  if (dsaSuites.includes(suite)) return 'DSA';
  const isRsa = rsaSuites.includes(suite);
  if (!isRsa && !ecdsaSuites.includes(suite)) return undefined;
  if (version !== 'TLSv1.2' || !isSigned(suite)) return isRsa ? 'RSA' : 'ECDSA';
  return familyOf(reply, isRsa ? ['RSA', 'RSA-PSS'] : ['ECDSA', 'EdDSA']);
}

/** The server signs its half of the key exchange. */
function isSigned(suite: number): boolean {
  return ['ECDHE', 'DHE'].includes(suiteOf(suite)?.keyExchange ?? 'DHE');
}

/** RSA-PSS keys may only sign (RFC 4055 1.2). */
const signedRsaSuites = rsaSuites.filter(isSigned);

/**
 * In TLS 1.3 the signature schemes alone tell: those of the kind of key that signed are left out of the next question,
 * until the rest is refused.
 */
async function askModern(line: Line, ask: Ask, shown: Reply | undefined): Promise<void> {
  let families: readonly KeyFamily[] = ordinaryFirst;
  while (families.length > 0) {
    const offered = families;
    const isFirst = offered === ordinaryFirst;
    const label = isFirst ? 'TLSv1.3 any' : 'TLSv1.3 other kinds';
    const question: Question = {
      label,
      labelsOf: (answer) => {
        const family = familyOf(answer, offered);
        if (family === undefined) return [label];
        return [...(isFirst ? [label] : []), `TLSv1.3 ${family}`];
      },
      attempts: [() => greetModern(line, schemesOf(offered))],
    };
    const reply = await ask(question, isFirst ? shown : undefined);
    if (isBeyondReading(reply)) {
      for (const question of modernQuestions(line)) await ask(question);
      return;
    }
    const family = familyOf(reply, offered);
    families = family === undefined ? [] : offered.filter((one) => one !== family);
  }
}

/** With a share of the group that most servers take, and then of the one that it asks for. */
async function greetModern(line: Line, schemes: readonly number[]): Promise<Reply> {
  const offer = { suites: readableSuites, signatureSchemes: schemes };
  const reply = await sayModernHello(line, offer, x25519);
  const wanted = reply.kind === 'hello' && reply.flight?.isRetry === true ? reply.flight.group : undefined;
  return wanted !== undefined && shareableGroups.includes(wanted) ? sayModernHello(line, offer, wanted) : reply;
}

const x25519 = 0x001d;

/** It wants a group that no share is made of here; OpenSSL may have one. */
function isBeyondReading(reply: Reply): boolean {
  return reply.kind === 'hello' && reply.flight?.isRetry === true;
}

/** The kind of key that signed, of those that were asked for: a server that heeds no schemes must not be asked forever. */
function familyOf(reply: Reply, offered: readonly KeyFamily[]): KeyFamily | undefined {
  const scheme = reply.kind === 'hello' ? reply.flight?.signatureScheme : undefined;
  return scheme === undefined ? undefined : offered.find((family) => schemesOf([family]).includes(scheme));
}

/** The same with OpenSSL. The first question is an ordinary client's: it sees kinds not named here. */
function modernQuestions(line: Line): Question[] {
  const wanted: readonly (readonly [string, string | undefined])[] = [
    ['any', undefined],
    ['RSA', 'rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:rsa_pss_rsae_sha512'],
    ['RSA-PSS', 'rsa_pss_pss_sha256:rsa_pss_pss_sha384:rsa_pss_pss_sha512'],
    ['ECDSA', 'ecdsa_secp256r1_sha256:ecdsa_secp384r1_sha384:ecdsa_secp521r1_sha512'],
    ['EdDSA', 'ed25519:ed448'],
  ];
  return wanted.map(([family, algorithms]) => ({
    label: `TLSv1.3 ${family}`,
    attempts: [() => shakeHands(line, algorithms)],
  }));
}

/** Alerts by which a server says that it has nothing for what was asked, or nothing for this name. */
const refusals = [
  'handshake_failure',
  'insufficient_security',
  'illegal_parameter',
  'protocol_version',
  'unrecognized_name',
];

function isRefusal(reply: Reply): boolean {
  return reply.kind === 'alert' && refusals.includes(reply.name);
}

function isDropped(reply: Reply): boolean {
  return reply.kind === 'closed' || reply.kind === 'not-tls';
}

async function firstTaken({ attempts }: Question): Promise<Reply> {
  let reply: Reply = { kind: 'closed' };
  for (const attempt of attempts) {
    reply = await attempt();
    if (!isRefusal(reply)) return reply;
  }
  return reply;
}

/** Keeps each leaf once, with the questions that it answers. */
class Collection {
  readonly #served = new Map<string, Served>();
  readonly #unanswered: Unanswered[] = [];
  readonly #chains = new Map<string, readonly X509Certificate[]>();

  /** Whether the reply showed a certificate. */
  add(asked: string, reply: Reply): boolean {
    if (reply.kind === 'doubt') this.#unanswered.push({ asked, why: reply.why });
    if (reply.kind === 'alert' && !isRefusal(reply)) {
      this.#unanswered.push({ asked, why: { what: 'alert', detail: reply.name } });
    }
    return reply.kind === 'hello' && this.#addChain(asked, reply.certificates ?? []);
  }

  leaveOpen(asked: string, what: Doubt['what']): void {
    this.#unanswered.push({ asked, why: { what } });
  }

  /** Whether anything came of the questions in this version, be it a doubt. */
  hasHeard(version: TlsVersion): boolean {
    const labels = [
      ...this.#unanswered.map(({ asked }) => asked),
      ...this.result().served.flatMap(({ asked }) => asked),
    ];
    return labels.some((label) => label.split(' ')[0] === version);
  }

  result(): CertificateHarvest {
    return { served: [...this.#served.values()], unanswered: this.#unanswered, chains: this.#chains };
  }

  #addChain(asked: string, certificates: readonly Uint8Array[]): boolean {
    if (certificates.length === 0) return false;
    const sent = certificates.slice(0, maximumChain).map(readCertificate);
    const [leaf, ...rest] = sent.map(({ facts }) => facts);
    if (leaf?.state !== 'read') {
      this.#unanswered.push({ asked, why: { what: 'bad-certificate' } });
      return false;
    }
    const known = this.#served.get(leaf.value.fingerprint);
    // Issuers' certificates that cannot be read lead nowhere.
    const chainOf = (): X509Certificate[] => sent.flatMap(({ certificate }) => certificate ?? []);
    if (known === undefined) this.#chains.set(leaf.value.fingerprint, chainOf());
    // Issuers' certificates that cannot be read are left out: nothing is judged by them.
    const chain = rest.flatMap((reading) => (reading.state === 'read' ? [reading.value] : []));
    this.#served.set(
      leaf.value.fingerprint,
      known ? { ...known, asked: [...new Set([...known.asked, asked])] } : { asked: [asked], leaf: leaf.value, chain },
    );
    return true;
  }
}

const maximumChain = 17;
