import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Issuing {
  /** The certificate's own name, for its file; and its subject where none is given. */
  readonly name: string;
  /** `/CN=…`; certificates of one subject and key are one issuer in two certificates. */
  readonly subject?: string;
  /** Whose key it has; a key of its own unless said. */
  readonly keyOf?: string;
  /** The name of the issuing certificate; itself unless said. */
  readonly by?: string;
  /** OpenSSL's extension lines; none unless said, which makes a certificate of version 1. */
  readonly extensions?: readonly string[];
  /** An hour ago, and in thirty days, unless said. */
  readonly begins?: Date;
  readonly ends?: Date;
  readonly digest?: string;
  /** `rsa:2048`, `ed25519`; `ec:prime256v1` unless said. */
  readonly key?: string;
}

export interface Issued {
  readonly pem: string;
  readonly key: string;
  readonly certificate: X509Certificate;
}

/** A folder of certification authorities, made with OpenSSL. */
export class Authority {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  issue(order: Issuing): Issued {
    const { name, subject = `/CN=${order.name}`, by = order.name } = order;
    const { begins = new Date(Date.now() - 3_600_000), ends = new Date(Date.now() + 30 * 86_400_000) } = order;
    const key = this.#keyOf(order.keyOf ?? name, order.key ?? 'ec:prime256v1');
    const work = join(this.#folder, `${name}.work`);
    mkdirSync(work);
    writeFileSync(join(work, 'index.txt'), '');
    const config = join(work, 'ca.conf');
    writeFileSync(config, caConfiguration(work, order));
    const request = join(work, 'request.pem');
    openssl('req', '-new', '-config', config, '-key', key, '-subj', subject, '-out', request);
    const pem = this.#path(name, 'pem');
    const issuer = by === name ? ['-selfsign', '-keyfile', key] : ['-cert', this.#path(by, 'pem')];
    const issuerKey = by === name ? [] : ['-keyfile', this.#path(by, 'key')];
    const dates = ['-startdate', asn1(begins), '-enddate', asn1(ends)];
    openssl(
      'ca',
      '-batch',
      '-notext',
      '-config',
      config,
      ...issuer,
      ...issuerKey,
      '-in',
      request,
      '-out',
      pem,
      ...dates,
    );
    // Who issues by this certificate signs with its key, wherever that came from.
    if (order.keyOf !== undefined) writeFileSync(this.#path(name, 'key'), readFileSync(key));
    return { pem, key, certificate: new X509Certificate(readFileSync(pem)) };
  }

  #path(name: string, kind: string): string {
    return join(this.#folder, `${name}.${kind}`);
  }

  #keyOf(name: string, order: string): string {
    const path = this.#path(name, 'key');
    if (existsSync(path)) return path;
    const [algorithm = '', size = ''] = order.split(':');
    const setting = algorithm === 'ec' ? 'ec_paramgen_curve' : 'rsa_keygen_bits';
    const option = size === '' ? [] : ['-pkeyopt', `${setting}:${size}`];
    openssl('genpkey', '-algorithm', algorithm, ...option, '-out', path);
    return path;
  }
}

function caConfiguration(work: string, { extensions, digest = 'sha256' }: Issuing): string {
  return `[req]
distinguished_name = none
[none]
[ca]
default_ca = own
[own]
database = ${work}/index.txt
new_certs_dir = ${work}
rand_serial = yes
default_md = ${digest}
policy = any
${extensions === undefined ? '' : 'x509_extensions = own_extensions'}
[any]
commonName = supplied
[own_extensions]
${(extensions ?? []).join('\n')}
`;
}

function asn1(moment: Date): string {
  return `${moment.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
}

function openssl(...args: string[]): void {
  execFileSync('/usr/bin/openssl', args, { stdio: 'pipe' });
}
