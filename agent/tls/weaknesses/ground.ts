import type { Doubt } from '../../../policies/checks/endpoints.ts';
import type { Answer, SuiteScan, TlsVersion, Versions } from '../../../policies/checks/tls/profile.ts';
import { converse, extensionTypes, greet, spokenSuites, type Heard, type Wish } from '../client12/index.ts';
import type { Line } from '../dial.ts';

/** What probes start from. */
export interface Ground {
  readonly line: Line;
  /** The best version below TLS 1.3 that it takes, as on the wire. */
  readonly version: number;
  /** The suites that it takes below TLS 1.3, as far as they were found. */
  readonly suites: ReadonlySet<number>;
  /** Every suite of every such version was asked for: what is not among `suites`, it refuses. */
  readonly isComplete: boolean;
  /** Numbers of the extensions that it answered, of those that probes ask for. */
  readonly extensions: ReadonlySet<number>;
}

/** A server's hello to a greeting that held the extensions of the probes. */
export interface KnownHello {
  /** As on the wire. */
  readonly version: number;
  readonly extensions: ReadonlySet<number>;
}

export type Probe = (ground: Ground) => Promise<Answer>;

export const yes: Answer = { answer: 'yes' };
export const no: Answer = { answer: 'no' };

export function unknown(what: Doubt['what'], detail?: string): Answer {
  return { answer: 'unknown', why: { what, ...(detail === undefined ? {} : { detail }) } };
}

/** The server refuses nothing here: the scanner's own client cannot. */
export const notSpoken = unknown('handshake-failed', 'no suite in common');

/** Seconds of silence after which a server does not react; a server that does, does so at once. */
export const patience = 2;

const wireNumbers = { 'TLSv1.2': 0x0303, 'TLSv1.1': 0x0302, 'TLSv1.0': 0x0301 } as const;
const classicVersions: readonly TlsVersion[] = ['SSLv3', 'TLSv1.0', 'TLSv1.1', 'TLSv1.2'];
const suitesAtOnce = 63;

/**
 * Looks with one greeting, where no such was answered before, at what there is to probe. An answer instead: it holds for every weakness. All of them are
 * of SSL 3.0 to TLS 1.2: a server that refuses those has none.
 */
export async function findGround(
  line: Line,
  versions: Versions,
  scans: readonly SuiteScan[],
  hello?: KnownHello,
): Promise<Ground | { readonly all: Answer }> {
  const version = bestOf(versions);
  if (version === undefined) return { all: withoutVersion(versions) };
  const taken = scans.filter((scan) => classicVersions.includes(scan.version));
  const suites = new Set(taken.flatMap((scan) => scan.suites));
  const isComplete = classicVersions.every(
    (each) =>
      versions[each].answer === 'no' ||
      (versions[each].answer === 'yes' &&
        taken.some(
          ({ version: of, incomplete, suites: some }) => of === each && incomplete === null && some.length > 0,
        )),
  );
  if (hello?.version === version) return { line, version, suites, isComplete, extensions: hello.extensions };
  const offered = (suites.size > 0 ? [...suites] : spokenSuites.map(({ number }) => number)).slice(0, suitesAtOnce);
  const look = await converse(line, async (channel) => {
    const wish = wishFor({ line, version }, offered, [renegotiationInfo(), [extensionTypes.heartbeat, [1]], noTicket]);
    const { hello } = await greet(channel, wish);
    return new Set(hello.extensions.keys());
  });
  if (look.heard === 'doubt') return { all: { answer: 'unknown', why: look.why } };
  return { line, version, suites, isComplete, extensions: look.value };
}

function bestOf(versions: Versions): number | undefined {
  if (versions['TLSv1.2'].answer === 'yes') return wireNumbers['TLSv1.2'];
  if (versions['TLSv1.1'].answer === 'yes') return wireNumbers['TLSv1.1'];
  return versions['TLSv1.0'].answer === 'yes' ? wireNumbers['TLSv1.0'] : undefined;
}

function withoutVersion(versions: Versions): Answer {
  for (const version of classicVersions) {
    const answer = versions[version];
    if (answer.answer === 'unknown') return answer;
    if (answer.answer === 'yes') return unknown('handshake-failed', 'only SSL 3.0 in common');
  }
  return no;
}

/** RFC 5746 3.2: empty in a first handshake, the client's Finished in a later one. */
export function renegotiationInfo(verifyData: Uint8Array = new Uint8Array()): readonly [number, readonly number[]] {
  return [extensionTypes.renegotiationInfo, [verifyData.length, ...verifyData]];
}

/** RFC 5077 3.2: the client would like a ticket and has none. */
export const noTicket: readonly [number, readonly number[]] = [extensionTypes.sessionTicket, []];

export function wishFor(
  { line, version }: Pick<Ground, 'line' | 'version'>,
  suites: readonly number[],
  extensions: NonNullable<Wish['extensions']>,
): Wish {
  return { version, suites, extensions, ...(line.name === undefined ? {} : { name: line.name }) };
}

/** Those of the small client's suites that can come about here. */
export function commonSuites({ version, suites, isComplete }: Ground, among = spokenSuites): readonly number[] {
  return among
    .filter(({ isModern }) => !isModern || version === wireNumbers['TLSv1.2'])
    .map(({ number }) => number)
    .filter((number) => !isComplete || suites.has(number));
}

export function isEnd(reaction: string): boolean {
  return reaction === 'end' || reaction === 'reset';
}

/**
 * A reaction, asked for once more where the server just ended the connection: only a server that comes so far again,
 * and ends it again, means the question by it.
 */
export async function askAgainOnEnd(ask: () => Promise<Heard<string>>): Promise<Heard<string>> {
  const first = await ask();
  return first.heard === 'answer' && isEnd(first.value) ? ask() : first;
}
