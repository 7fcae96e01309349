import type { CertificateFacts } from '../../../../../policies/checks/certificate/facts.ts';
import type { Grounds } from '../../../../../policies/checks/tls/grounds.ts';
import type { HttpAnswer } from '../../../../../policies/checks/tls/http.ts';
import {
  tlsVersions,
  weaknessNames,
  type Answer,
  type Features,
  type Profile,
  type TlsVersion,
  type Versions,
  type Weaknesses,
} from '../../../../../policies/checks/tls/profile.ts';
import { rate, type Rated, type Rating } from '../../../../../policies/checks/tls/rating/rate.ts';
import type { RatingSettings } from '../../../../../policies/checks/tls/rating/settings.ts';
import type { Trust, TrustPath } from '../../../../../policies/checks/tls/trust.ts';

export const at = new Date('2026-06-01T12:00:00Z');
export const yes: Answer = { answer: 'yes' };
export const no: Answer = { answer: 'no' };
export const silent: Answer = { answer: 'unknown', why: { what: 'silent' } };

const fingerprint = 'a'.repeat(64);

export function versionsOf(accepted: string, except: Partial<Versions> = {}): Versions {
  const words = accepted.split(' ');
  const answers = tlsVersions.map((version) => [version, words.includes(version) ? yes : no]);
  return { ...(Object.fromEntries(answers) as Versions), ...except };
}

export const goodLeaf: CertificateFacts = {
  subject: 'CN=www.example.nl',
  issuer: 'CN=Example CA',
  serial: '01',
  notBefore: '2026-05-01T00:00:00.000Z',
  notAfter: '2026-07-30T23:59:59.000Z',
  names: ['DNS:www.example.nl', 'DNS:*.apps.example.nl'],
  key: { kind: 'EC', bits: 384, curve: 'secp384r1' },
  signatureAlgorithm: 'sha256WithRSAEncryption',
  signatureHash: 'SHA-2',
  fingerprint,
  isCa: false,
};

export const goodPath: TrustPath = {
  fingerprints: [fingerprint, 'b'.repeat(64), 'c'.repeat(64)],
  notBefore: '2026-05-01T00:00:00.000Z',
  notAfter: '2026-07-30T23:59:59.000Z',
  weakSignature: 'none',
};

export const goodTrust: Trust = {
  system: [goodPath],
  configured: [],
  obstacle: null,
  chain: { ordered: true, needless: 0, holdsRoot: false, lacksIntermediate: false },
};

/** What is fine of a feature: the ones that the rating looks at. */
const goodFeatures: Features = {
  compression: no,
  secureRenegotiation: yes,
  extendedMasterSecret: yes,
  encryptThenMac: yes,
  fallbackScsv: yes,
  sessionTickets: yes,
  sessionIds: yes,
  earlyData: no,
  ocspStapling: yes,
  certificateTimestamps: yes,
  clientCertificate: 'not-asked',
  alpn: ['h2'],
};

const strongClassic = [0xc0_30, 0xc0_14];
const strongModern = [0x13_02];

/** Suites as the versions have them, so that a test need only name what differs. */
function suitesFor(versions: Versions): Profile['suites'] {
  return tlsVersions
    .filter((version) => versions[version].answer === 'yes')
    .map((version) => {
      const suites = { SSLv2: [], 'TLSv1.3': strongModern, 'TLSv1.2': strongClassic }[version as string] ?? [0xc0_14];
      return { version, suites, order: 'server', incomplete: null };
    });
}

export interface Change {
  readonly versions?: Versions;
  /** Instead of the suites that would be seen in these versions. */
  readonly suites?: Partial<Record<TlsVersion, readonly number[]>>;
  readonly profile?: Partial<Profile>;
  readonly features?: Partial<Features>;
  readonly weaknesses?: Partial<Weaknesses>;
  readonly leaf?: Partial<CertificateFacts>;
  readonly trust?: Partial<Trust>;
  readonly grounds?: Partial<Grounds>;
  readonly http?: HttpAnswer;
  readonly name?: string | undefined;
}

export function web(...strictTransportSecurity: string[]): HttpAnswer {
  return { state: 'http', status: 200, location: null, strictTransportSecurity };
}

/** A server that earns A+ with 100 points, but for what is changed. */
export function server(change: Change = {}): Rated {
  const versions = change.versions ?? versionsOf('TLSv1.2 TLSv1.3');
  const suites = suitesFor(versions).map((scan) => ({
    ...scan,
    suites: [...(change.suites?.[scan.version] ?? scan.suites)],
  }));
  const weaknesses = Object.fromEntries(weaknessNames.map((name) => [name, no])) as Weaknesses;
  const profile: Profile = {
    suites,
    groups: { named: [24], incomplete: null },
    finiteFields: [],
    signatureSchemes: [0x04_03],
    browsers: [
      { client: 'chrome', outcome: { state: 'agreed', version: 'TLSv1.3', suite: 0x13_02, group: 24 } },
      { client: 'java8', outcome: { state: 'agreed', version: 'TLSv1.2', suite: 0xc0_30, group: 24 } },
    ],
    features: { ...goodFeatures, ...change.features },
    weaknesses: { ...weaknesses, ...change.weaknesses },
    ...change.profile,
  };
  const grounds: Grounds = {
    profile,
    served: [{ leaf: { ...goodLeaf, ...change.leaf }, trust: { ...goodTrust, ...change.trust } }],
    servedIncomplete: null,
    http: change.http ?? web('max-age=31536000'),
    ...change.grounds,
  };
  return { versions, grounds, name: 'name' in change ? change.name : 'www.example.nl' };
}

export function ratingOf(change: Change = {}, settings?: RatingSettings): Rating {
  const rating = rate(server(change), at, settings);
  if (rating === undefined) throw new Error('nothing to rate');
  return rating;
}

/** `A`, or `A- to T` where it is open. */
export function letterOf(change: Change = {}, settings?: RatingSettings): string {
  const { best, worst } = ratingOf(change, settings).letter;
  return best === worst ? best : `${best} to ${worst}`;
}
