import { z } from 'zod';
import { Moment } from '../../quantities.ts';
import { readingOf } from '../../reading.ts';
import { Doubt, endpointIdentity, Listening, OtherProtocol, Unclear } from '../endpoints.ts';
import { Trust } from '../tls/trust.ts';
import { CaaOfDomain } from './caa.ts';
import { NamedCertificate } from './loaded.ts';
import { RootCounts } from './trust.ts';

/** A public key; `bits` is the RSA or DSA modulus, or the order of the curve's field. `other` is a kind not known here. */
const CertificateKey = z.strictObject({
  kind: z.enum(['RSA', 'EC', 'Ed25519', 'Ed448', 'DSA', 'other']),
  bits: z.int().nonnegative(),
  curve: z.string().max(100).optional(),
  /** Of RSA: the public exponent in decimal, left out where it is the usual 65537; `large` beyond 64 bits. */
  exponent: z
    .string()
    .regex(/^(\d{1,20}|large)$/)
    .optional(),
  /** Of RSA: the smallest prime below a thousand that divides the modulus. */
  divisor: z.int().min(2).max(999).optional(),
});

/** What an X.509 certificate says of itself (RFC 5280), read from its DER. */
export const CertificateFacts = z.strictObject({
  subject: z.string().max(1024),
  issuer: z.string().max(1024),
  /** Hexadecimal, as OpenSSL writes it. */
  serial: z.string().max(100),
  notBefore: Moment,
  notAfter: Moment,
  /** Subject alternative names, as `DNS:example.nl` or `IP Address:192.0.2.1`. */
  names: z.array(z.string().max(1024)).max(4096),
  key: CertificateKey,
  signatureAlgorithm: z.string().max(100),
  /** What the issuer's signature was made over; `unknown` where the algorithm does not tell. */
  signatureHash: z.enum(['MD2', 'MD4', 'MD5', 'SHA-1', 'SHA-2', 'SHA-3', 'intrinsic', 'unknown']),
  /** SHA-256 of the DER, hexadecimal. */
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  /** Basic constraints say that it may issue certificates. */
  isCa: z.boolean(),
  /** The server must staple an OCSP response (RFC 7633). */
  mustStaple: z.literal(true).optional(),
  /** Signed certificate timestamps within it (RFC 6962). */
  timestamps: z.int().nonnegative().optional(),
});
export type CertificateFacts = z.output<typeof CertificateFacts>;

/** A leaf that a server showed, to which questions (`TLSv1.2 RSA`), and the certificates it sent along. */
const Served = z.strictObject({
  asked: z.array(z.string().max(40)).max(40),
  leaf: CertificateFacts,
  chain: z.array(CertificateFacts).max(16),
  /** Its ways to a root, where a control asks for them. */
  trust: Trust.optional(),
});
export type Served = z.output<typeof Served>;

const Unanswered = z.strictObject({ asked: z.string().max(40), why: Doubt });
export type Unanswered = z.output<typeof Unanswered>;

export const ServingEndpoint = z.strictObject({
  ...endpointIdentity,
  speaks: z.literal('tls'),
  served: z.array(Served).max(40),
  /** Questions that a certificate may still hide behind. */
  unanswered: z.array(Unanswered).max(40),
});

export const CertificateFile = z.strictObject({
  path: z.string().max(1000),
  /** In the order of the file. */
  certificates: readingOf(z.array(CertificateFacts).min(1).max(1000)),
});

export const AllCertificates = z.strictObject({
  listening: Listening,
  endpoints: z.array(z.discriminatedUnion('speaks', [ServingEndpoint, OtherProtocol, Unclear])).max(20_000),
  files: z.array(CertificateFile).max(1000),
  /** Where a control asks for trust. */
  roots: RootCounts.optional(),
  /** Where a control asks whether what is on disk is what is served. */
  named: z.array(NamedCertificate).max(20_000).optional(),
  /** Where a control asks for CAA. Sorted by domain. */
  caa: z.array(CaaOfDomain).max(100_000).optional(),
});
export type AllCertificates = z.output<typeof AllCertificates>;
