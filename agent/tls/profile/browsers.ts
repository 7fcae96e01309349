import type { BrowserOutcome } from '../../../policies/checks/tls/profile.ts';
import { tlsVersions, type TlsVersion } from '../../../policies/checks/tls/profile.ts';
import { versionNumbers, type RecordVersion } from '../client-hello.ts';
import { sayHello, type Line } from '../dial.ts';
import type { Reply } from '../reply.ts';
import { findingOf } from '../versions.ts';
import type { Findings } from './findings.ts';

interface Browser {
  readonly client: BrowserOutcome['client'];
  readonly version: RecordVersion;
  /** What it still takes when the server chooses for itself. */
  readonly oldest: TlsVersion;
  readonly suites: readonly number[];
  readonly groups: readonly number[];
  readonly signatureSchemes: readonly number[];
}

const webSchemes = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601];
const javaSchemes = [0x0603, 0x0601, 0x0503, 0x0501, 0x0403, 0x0401, 0x0402, 0x0303, 0x0301, 0x0203, 0x0201];
const [mlkem, x25519, p256, p384, p521] = [0x11ec, 0x1d, 0x17, 0x18, 0x19];

/** Offers that stand for the clients of today and of a while ago, in their own order. */
const browsers: readonly Browser[] = [
  {
    client: 'chrome',
    version: 'TLSv1.3',
    oldest: 'TLSv1.2',
    suites: [
      0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x9c, 0x9d, 0x2f, 0x35,
    ],
    groups: [mlkem, x25519, p256, p384],
    signatureSchemes: webSchemes,
  },
  {
    client: 'firefox',
    version: 'TLSv1.3',
    oldest: 'TLSv1.2',
    suites: [
      0x1301, 0x1303, 0x1302, 0xc02b, 0xc02f, 0xcca9, 0xcca8, 0xc02c, 0xc030, 0xc00a, 0xc009, 0xc013, 0xc014, 0x9c,
      0x9d, 0x2f, 0x35,
    ],
    groups: [mlkem, x25519, p256, p384, p521],
    signatureSchemes: [...webSchemes, 0x0603],
  },
  {
    client: 'safari',
    version: 'TLSv1.3',
    oldest: 'TLSv1.2',
    suites: [
      0x1301, 0x1302, 0x1303, 0xc02c, 0xc02b, 0xcca9, 0xc030, 0xc02f, 0xcca8, 0xc00a, 0xc009, 0xc014, 0xc013, 0x9d,
      0x9c, 0x35, 0x2f,
    ],
    groups: [x25519, p256, p384, p521],
    signatureSchemes: webSchemes,
  },
  {
    client: 'java8',
    version: 'TLSv1.2',
    oldest: 'TLSv1.0',
    suites: [0xc02b, 0xc02f, 0xc02c, 0xc030, 0x9c, 0x9d, 0xc009, 0xc013, 0xc00a, 0xc014, 0x2f, 0x35, 0x0a],
    groups: [p256, p384, p521],
    signatureSchemes: javaSchemes,
  },
];

/** Says each client's greeting as that client would. */
export async function askBrowsers(line: Line, findings: Findings): Promise<BrowserOutcome[]> {
  const outcomes: BrowserOutcome[] = [];
  for (const browser of browsers) {
    const { version, suites, groups, signatureSchemes } = browser;
    const offer = { version, suites, groups, signatureSchemes, orTls12: version === 'TLSv1.3' };
    const reply = await sayHello(line, offer, 'done');
    findings.learn(reply);
    outcomes.push({ client: browser.client, outcome: outcomeOf(reply, browser) });
  }
  return outcomes;
}

function outcomeOf(reply: Reply, { version, oldest, suites }: Browser): BrowserOutcome['outcome'] {
  // A hello of an older version is judged as such: whether the client goes along is its own decision.
  const offered = reply.kind === 'hello' ? Math.min(reply.version, versionNumbers[version]) : versionNumbers[version];
  const finding = findingOf(reply, offered, suites);
  switch (finding.found) {
    case 'no':
    case 'refused':
      return { state: 'refused' };
    case 'dropped':
      return { state: 'unknown', why: { what: 'closed' } };
    case 'unknown':
      return { state: 'unknown', why: finding.why };
    case 'yes':
      return reply.kind === 'hello' ? agreedOn(reply, oldest) : { state: 'refused' };
  }
}

function agreedOn(
  { version: number, suite, flight }: Extract<Reply, { kind: 'hello' }>,
  oldest: TlsVersion,
): BrowserOutcome['outcome'] {
  const version = (Object.keys(versionNumbers) as RecordVersion[]).find((one) => versionNumbers[one] === number);
  if (version === undefined || suite === undefined) return { state: 'unknown', why: { what: 'not-offered' } };
  if (tlsVersions.indexOf(version) < tlsVersions.indexOf(oldest)) return { state: 'refused' };
  return { state: 'agreed', version, suite, group: flight?.group ?? null };
}
