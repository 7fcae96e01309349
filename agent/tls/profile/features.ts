import type { Answer, Features, SuiteScan } from '../../../policies/checks/tls/profile.ts';
import { suiteOf } from '../../../policies/checks/tls/suites.ts';
import { uint16, vector } from '../bytes.ts';
import type { RecordVersion } from '../client-hello.ts';
import { extensionTypes } from '../client12/index.ts';
import { sayHello, sayModernHello, type Line } from '../dial.ts';
import { shareableGroups } from '../key-share.ts';
import { doubtOf, type Flight, type Reply } from '../reply.ts';
import { extensionNumbers } from '../server-messages.ts';
import { allSignatureSchemes } from '../signatures.ts';
import { suitesAtOnce } from '../suites.ts';
import { unseenFirst, type Findings } from './findings.ts';
import { announcedGroups } from './groups.ts';

/** What a first flight tells; what needs a finished handshake is told elsewhere (`resumption.ts`). */
export type FlightFeatures = Omit<Features, 'sessionTickets' | 'sessionIds' | 'earlyData' | 'clientCertificate'> & {
  readonly classicTickets: Answer;
  readonly asksCertificate: boolean | undefined;
};

const yes: Answer = { answer: 'yes' };
const no: Answer = { answer: 'no' };
const webProtocols = ['h2', 'http/1.1'] as const;
const fallbackSignal = 0x5600;

/** A question about features: `undefined` where there is no version to ask it in. */
type Asked = Reply | undefined;

/** Asks for every feature at once, in the newest version up to TLS 1.2 and in TLS 1.3. */
export async function scanFeatures(
  line: Line,
  findings: Findings,
  scans: readonly SuiteScan[],
): Promise<FlightFeatures> {
  const classic = newest(scans, false);
  const modern = newest(scans, true);
  const asked: Asked[] = [];
  for (const scan of [classic, modern]) {
    asked.push(scan === undefined ? undefined : await askWithProtocols(line, findings, scan, webProtocols));
  }
  const [inClassic, inModern] = asked;
  for (const group of inModern === undefined ? [] : announcedGroups(inModern)) findings.groups.add(group);
  const both = [inClassic, inModern].filter((reply) => reply !== undefined);
  return {
    compression: classicAnswer(inClassic, ({ compression }) => compression === 1, no),
    // TLS 1.3 has no renegotiation, and binds its keys to the whole handshake (RFC 8446 4.1.2 and 7.1).
    secureRenegotiation: classicAnswer(inClassic, has(extensionNumbers.renegotiationInfo), yes),
    extendedMasterSecret: classicAnswer(inClassic, has(extensionNumbers.extendedMasterSecret), yes),
    encryptThenMac: classicAnswer(inClassic, has(extensionNumbers.encryptThenMac), no),
    classicTickets: classicAnswer(inClassic, has(extensionNumbers.sessionTicket), no),
    fallbackScsv: await askFallback(line, findings, scans),
    ocspStapling: anyAnswer(both, ({ isStapled }) => isStapled),
    certificateTimestamps: anyAnswer(both, ({ hasTimestamps }) => hasTimestamps),
    asksCertificate: asksCertificate(both),
    alpn: await scanProtocols(line, findings, modern ?? classic, both),
  };
}

function newest(scans: readonly SuiteScan[], isModern: boolean): SuiteScan | undefined {
  return scans.findLast(
    ({ version, suites }) => version !== 'SSLv2' && (version === 'TLSv1.3') === isModern && suites.length > 0,
  );
}

/** A server may turn away whoever names no protocol that it speaks (RFC 7301 3.2): then it is asked without any. */
async function askWithProtocols(
  line: Line,
  findings: Findings,
  scan: SuiteScan,
  protocols: readonly string[],
): Promise<Reply> {
  const reply = await ask(line, findings, scan, protocols);
  return isTurnedAway(reply) ? ask(line, findings, scan, []) : reply;
}

function isTurnedAway(reply: Reply): boolean {
  return reply.kind === 'alert' && reply.name === 'no_application_protocol';
}

async function ask(
  line: Line,
  findings: Findings,
  { version, suites: accepted }: SuiteScan,
  protocols: readonly string[],
): Promise<Reply> {
  const alpn = vector(
    2,
    protocols.flatMap((name) => vector(1, [...Buffer.from(name)])),
  );
  const extensions = new Map<number, readonly number[]>([
    ...(protocols.length === 0 ? [] : [[extensionNumbers.alpn, alpn] as const]),
    [extensionNumbers.statusRequest, [1, ...uint16(0), ...uint16(0)]], // OCSP, any responder (RFC 6066 8)
    [extensionNumbers.timestamps, []],
  ]);
  const signatureSchemes = unseenFirst(allSignatureSchemes, findings.signatureSchemes);
  if (version === 'TLSv1.3') {
    // Not the server's favourite, where another is known: then it may announce all that it has.
    const group = shareableGroups.findLast((one) => findings.groups.has(one)) ?? 0x001d;
    const reply = await sayModernHello(
      line,
      { suites: accepted, signatureSchemes, groups: [group], extensions },
      group,
    );
    findings.learn(reply);
    return reply;
  }
  // Asked for on behalf of the weaknesses: old servers are used to it, since OpenSSL 1.0.1 always sent it (RFC 6520 2).
  extensions.set(extensionTypes.heartbeat, [1]);
  for (const number of ['encryptThenMac', 'extendedMasterSecret', 'sessionTicket'] as const) {
    extensions.set(extensionNumbers[number], []);
  }
  // Encrypt-then-MAC is only taken up with a block cipher (RFC 7366 3).
  const blocks = accepted.filter((suite) => suiteOf(suite)?.isCbc === true);
  const suites = (blocks.length > 0 ? blocks : accepted).slice(0, suitesAtOnce);
  const offer = { version: version as RecordVersion, suites, signatureSchemes, deflate: true, extensions };
  const reply = await sayHello(line, offer, 'done');
  findings.learn(reply);
  if (reply.kind === 'hello' && reply.flight !== undefined) {
    findings.classicHello = { version: reply.version, extensions: new Set(reply.flight.extensions.keys()) };
  }
  return reply;
}

function has(extension: number): (flight: Flight) => boolean {
  return ({ extensions }) => extensions.has(extension);
}

/** @param builtIn the answer of a server that has only TLS 1.3, which settles the matter itself */
function classicAnswer(reply: Asked, holds: (flight: Flight) => boolean, builtIn: Answer): Answer {
  if (reply === undefined) return builtIn;
  if (reply.kind !== 'hello' || reply.flight === undefined) return { answer: 'unknown', why: doubtOf(reply) };
  return holds(reply.flight) ? yes : no;
}

/** In one version is enough; not in any is only sure where every one answered. */
function anyAnswer(replies: readonly Reply[], holds: (flight: Flight) => boolean): Answer {
  const answers = replies.map((reply) => classicAnswer(reply, holds, no));
  const nothing: Answer = { answer: 'unknown', why: { what: 'not-offered' } };
  return (
    answers.find(({ answer }) => answer === 'yes') ??
    answers.find(({ answer }) => answer === 'unknown') ??
    answers[0] ??
    nothing
  );
}

function asksCertificate(replies: readonly Reply[]): boolean | undefined {
  const flights = replies.flatMap((reply) => (reply.kind === 'hello' && reply.flight ? [reply.flight] : []));
  if (flights.some((flight) => flight.asksCertificate)) return true;
  return flights.length < replies.length || flights.length === 0 ? undefined : false;
}

/** RFC 7507: says that it comes back with an older version than it could; there has to be an older one. */
async function askFallback(line: Line, findings: Findings, scans: readonly SuiteScan[]): Promise<Answer> {
  const usable = scans.filter(({ version, suites }) => version !== 'SSLv2' && suites.length > 0);
  const older = usable.at(-2);
  if (older === undefined) return { answer: 'unknown', why: { what: 'not-offered', detail: 'no older version' } };
  const suites = [...older.suites.slice(0, suitesAtOnce - 1), fallbackSignal];
  const signatureSchemes = unseenFirst(allSignatureSchemes, findings.signatureSchemes);
  const reply = await sayHello(line, { version: older.version as RecordVersion, suites, signatureSchemes }, 'done');
  findings.learn(reply);
  if (reply.kind === 'hello') return no;
  if (reply.kind === 'alert' && reply.name === 'inappropriate_fallback') return yes;
  return { answer: 'unknown', why: doubtOf(reply) };
}

/** The protocol chosen of all, and whether the others are taken as well when they come alone. */
async function scanProtocols(
  line: Line,
  findings: Findings,
  scan: SuiteScan | undefined,
  replies: readonly Reply[],
): Promise<string[]> {
  const chosen = new Set(replies.flatMap(protocolOf));
  if (scan === undefined || chosen.size === 0) return [];
  const rest = webProtocols.filter((protocol) => !chosen.has(protocol));
  if (rest.length > 0) for (const protocol of protocolOf(await ask(line, findings, scan, rest))) chosen.add(protocol);
  return webProtocols.filter((protocol) => chosen.has(protocol));
}

/** A list of one name with its lengths (RFC 7301 3.1). */
function protocolOf(reply: Reply): string[] {
  const content = reply.kind === 'hello' ? reply.flight?.extensions.get(extensionNumbers.alpn) : undefined;
  if (content === undefined || content.length < 4) return [];
  return [Buffer.from(content.subarray(3)).toString('latin1')];
}
