import type { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Authority, type Issuing } from '../../../support/authority.ts';
import type { KeyFiles } from '../peers.ts';

const day = 86_400_000;
const leafUsage = ['basicConstraints = critical,CA:FALSE', 'extendedKeyUsage = serverAuth'];
const issuerUsage = ['basicConstraints = critical,CA:TRUE', 'keyUsage = critical,keyCertSign'];

/** The name that is asked for where a row does not say otherwise. */
export const ownName = 'matrix.example';

/** Each differs from an ordinary certificate (P-256, 30 days, `matrix.example`, by the root) in what stands here. */
const orders = {
  'P-256': {},
  'P-384': { key: 'ec:secp384r1' },
  Ed25519: { key: 'ed25519' },
  'RSA 512': { key: 'rsa:512' },
  'RSA 1024': { key: 'rsa:1024' },
  'RSA 2048': { key: 'rsa:2048' },
  'RSA 3072': { key: 'rsa:3072' },
  'RSA 4096': { key: 'rsa:4096' },
  'over SHA-1': { digest: 'sha1' },
  'over MD5': { digest: 'md5' },
  'self-signed': { by: 'self-signed' },
  'of 398 days': { ends: new Date(Date.now() + 398 * day - 3_600_000) },
  expired: { begins: new Date(Date.now() - 30 * day), ends: new Date(Date.now() - day) },
  'expired, RSA': { key: 'rsa:2048', begins: new Date(Date.now() - 30 * day), ends: new Date(Date.now() - day) },
  'not yet valid': { begins: new Date(Date.now() + day) },
  'for another name': { name: 'other.example' },
  'by an intermediate': { by: 'intermediate' },
  'by a stranger': { by: 'stranger' },
} as const satisfies Record<string, Partial<Issuing>>;

export type CertificateName = keyof typeof orders;

export interface Certificates {
  /** PEM of the only root that is trusted beside the system's. */
  readonly root: string;
  /** Known to the scanner, whether or not a server sends it. */
  readonly intermediate: X509Certificate;
  readonly of: (name: CertificateName) => KeyFiles;
  /** The leaf followed by the intermediate, as it should be served. */
  readonly chained: KeyFiles;
}

/** Issues every certificate of the matrix in this folder. */
export function issueCertificates(folder: string): Certificates {
  const authority = new Authority(folder);
  // RSA, because no ECDSA signature over MD5 has a number.
  const root = authority.issue({ name: 'root', key: 'rsa:2048', extensions: issuerUsage });
  const intermediate = authority.issue({ name: 'intermediate', by: 'root', extensions: issuerUsage });
  authority.issue({ name: 'stranger', extensions: issuerUsage });
  const issue = (file: string, order: Partial<Issuing>): KeyFiles => {
    const { name = ownName, by = 'root', ...rest } = order;
    const extensions = [...leafUsage, `subjectAltName = DNS:${name}`];
    const self = by === file;
    const { pem, key } = authority.issue({
      ...rest,
      name: file,
      subject: `/CN=${name}`,
      ...(self ? {} : { by }),
      extensions,
    });
    return { certificate: pem, key };
  };
  const issued = new Map(
    Object.entries(orders).map(([name, order]) => [name, issue(name.replaceAll(/[^\w-]+/g, '-'), order)]),
  );
  const of = (name: CertificateName): KeyFiles => issued.get(name) ?? { certificate: '', key: '' };
  const leaf = of('by an intermediate');
  const chain = join(folder, 'chain.pem');
  writeFileSync(chain, readFileSync(leaf.certificate, 'utf8') + readFileSync(intermediate.pem, 'utf8'));
  return {
    root: root.pem,
    intermediate: intermediate.certificate,
    of,
    chained: { certificate: chain, key: leaf.key },
  };
}
