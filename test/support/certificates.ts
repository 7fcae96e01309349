import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface CertificateOrder {
  /** File name without extension. */
  readonly name: string;
  /** `rsa:2048`, `rsa-pss:2048`, `ec:prime256v1`, `ed25519`. */
  readonly key: string;
  /** From `begins` through the last valid second, both counted (RFC 5280). */
  readonly validSeconds: number;
  /** The first valid second; an hour ago unless said. */
  readonly begins?: Date;
  /** DNS names; the first is the subject. */
  readonly names?: readonly string[];
  readonly isCa?: boolean;
  /** `sha256` unless said. */
  readonly digest?: string;
}

/** Makes a self-signed certificate and its key with OpenSSL; the paths of both. */
export function makeCertificate(folder: string, order: CertificateOrder): { certificate: string; key: string } {
  const [algorithm = '', size = ''] = order.key.split(':');
  const key = join(folder, `${order.name}.key`);
  const certificate = join(folder, `${order.name}.pem`);
  const request = join(folder, `${order.name}.csr`);
  const option = algorithm.startsWith('rsa')
    ? ['-pkeyopt', `rsa_keygen_bits:${size}`]
    : algorithm === 'ec'
      ? ['-pkeyopt', `ec_paramgen_curve:${size}`]
      : [];
  const names = order.names ?? ['localhost'];
  const begins = order.begins ?? new Date(Date.now() - 3_600_000);
  const ends = new Date(begins.getTime() + (order.validSeconds - 1) * 1000);
  const openssl = (...args: string[]): void => void execFileSync('/usr/bin/openssl', args, { stdio: 'pipe' });
  openssl('genpkey', '-algorithm', algorithm, ...option, '-out', key);
  openssl('req', '-new', '-key', key, '-subj', `/CN=${names[0] ?? ''}`, '-out', request);
  // Only `ca` takes both moments to the second.
  const work = join(folder, `${order.name}.ca`);
  mkdirSync(work);
  writeFileSync(join(work, 'index.txt'), '');
  writeFileSync(
    join(work, 'ca.conf'),
    `[ca]
default_ca = own
[own]
database = ${work}/index.txt
new_certs_dir = ${work}
rand_serial = yes
default_md = ${order.digest ?? 'sha256'}
policy = any
x509_extensions = leaf
[any]
commonName = supplied
[leaf]
basicConstraints = critical,CA:${order.isCa === true ? 'TRUE' : 'FALSE'}
subjectAltName = ${names.map((name) => `DNS:${name}`).join(',')}
`,
  );
  const asn1 = (moment: Date): string => `${moment.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
  const edwards = algorithm === 'ed25519' ? ['-md', 'null'] : [];
  openssl(
    'ca',
    '-batch',
    '-notext',
    '-config',
    join(work, 'ca.conf'),
    '-selfsign',
    '-keyfile',
    key,
    '-in',
    request,
    '-out',
    certificate,
    '-startdate',
    asn1(begins),
    '-enddate',
    asn1(ends),
    ...edwards,
  );
  return { certificate, key };
}
