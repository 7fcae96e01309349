import { z } from 'zod';
import { Doubt } from '../endpoints.ts';

/**
 * What an endpoint that speaks TLS can be made to do, beyond the versions it accepts. Raw: numbers are those of the
 * IANA registries "TLS Parameters", and nothing here says whether it is good.
 */

/** From worst to best. */
export const tlsVersions = ['SSLv2', 'SSLv3', 'TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;
export type TlsVersion = (typeof tlsVersions)[number];

/** `no` is an answer of the server, never a silence. */
export const Answer = z.discriminatedUnion('answer', [
  z.strictObject({ answer: z.literal('yes') }),
  z.strictObject({ answer: z.literal('no') }),
  z.strictObject({ answer: z.literal('unknown'), why: Doubt }),
]);
export type Answer = z.output<typeof Answer>;

export const Versions = z.record(z.enum(tlsVersions), Answer);
export type Versions = z.output<typeof Versions>;

const Codepoint = z.int().min(0).max(0xff_ff_ff);

/** The suites that a version accepts. */
export const SuiteScan = z.strictObject({
  version: z.enum(tlsVersions),
  /** In the order in which the server chooses where it has an order of its own; else sorted by number. */
  suites: z.array(Codepoint).max(1000),
  /** Whose order counts; `unknown` with one suite, or where it could not be told. */
  order: z.enum(['server', 'client', 'unknown']),
  /** Why there may be more; null where every suite was asked for. */
  incomplete: Doubt.nullable(),
});
export type SuiteScan = z.output<typeof SuiteScan>;

/** A finite-field Diffie-Hellman group that the server chose by itself (not an RFC 7919 group by its number). */
export const FiniteField = z.strictObject({
  bits: z.int().positive(),
  /** A well-known prime by its name (`RFC 2409 group 2`, `Apache 2.2 1024`), or SHA-256 of the prime in hex. */
  prime: z.string().max(100),
  known: z.boolean(),
});

/** What the server chose for the offer of a client of today or of a while ago. */
export const BrowserOutcome = z.strictObject({
  client: z.enum(['chrome', 'firefox', 'safari', 'java8']),
  outcome: z.discriminatedUnion('state', [
    z.strictObject({
      state: z.literal('agreed'),
      version: z.enum(tlsVersions),
      suite: Codepoint,
      /** The named group of the key exchange; null where it has none (RSA, finite field of the server's own). */
      group: Codepoint.nullable(),
    }),
    z.strictObject({ state: z.literal('refused') }),
    z.strictObject({ state: z.literal('unknown'), why: Doubt }),
  ]),
});
export type BrowserOutcome = z.output<typeof BrowserOutcome>;

export const Features = z.strictObject({
  /** DEFLATE is accepted (RFC 3749): the ground of CRIME. */
  compression: Answer,
  /** RFC 5746. */
  secureRenegotiation: Answer,
  /** RFC 7627. */
  extendedMasterSecret: Answer,
  /** RFC 7366. */
  encryptThenMac: Answer,
  /** RFC 7507: an inappropriate fallback is refused. */
  fallbackScsv: Answer,
  /** RFC 5077, or a TLS 1.3 session ticket. */
  sessionTickets: Answer,
  /** A session id of TLS 1.2 or older is taken up again. */
  sessionIds: Answer,
  /** A TLS 1.3 ticket allows 0-RTT data. */
  earlyData: Answer,
  /** An OCSP response is stapled. */
  ocspStapling: Answer,
  /** Signed certificate timestamps come by extension or stapled response (those in certificates are the certificates' own). */
  certificateTimestamps: Answer,
  /** It asks for a client certificate: `required` where it then refuses a client without one. */
  clientCertificate: z.enum(['not-asked', 'asked', 'required', 'unknown']),
  /** RFC 7301: of `h2` and `http/1.1` those it takes. */
  alpn: z.array(z.string().max(32)).max(8),
});
export type Features = z.output<typeof Features>;

/** By name, as the literature has them; `yes` is a proof, `no` an answer that a server with the weakness would not give. */
export const weaknessNames = [
  'heartbleed',
  'ccs-injection',
  'ticketbleed',
  'robot',
  'insecure-renegotiation',
  'client-renegotiation',
  'poodle-tls',
  'zombie-poodle',
  'goldendoodle',
  'sleeping-poodle',
  'zero-length-padding-oracle',
  'cve-2016-2107',
] as const;
export type WeaknessName = (typeof weaknessNames)[number];

/** Only what has to be probed; what follows from versions and suites (DROWN, FREAK, Logjam, SWEET32, RC4, POODLE) is judged. */
export const Weaknesses = z.record(z.enum(weaknessNames), Answer);
export type Weaknesses = z.output<typeof Weaknesses>;

export const Profile = z.strictObject({
  /** One for each version that is accepted. */
  suites: z.array(SuiteScan).max(6),
  groups: z.strictObject({
    /** Named groups it takes, sorted by number. */
    named: z.array(Codepoint).max(64),
    incomplete: Doubt.nullable(),
  }),
  finiteFields: z.array(FiniteField).max(16),
  /** Signature schemes it signs with (TLS 1.2 and 1.3), sorted by number. */
  signatureSchemes: z.array(Codepoint).max(64),
  browsers: z.array(BrowserOutcome).max(4),
  features: Features,
  weaknesses: Weaknesses,
});
export type Profile = z.output<typeof Profile>;
