import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeElement, encodeOid } from '../../evidence/der/encode.ts';
import { Authority, type Issuing } from './authority.ts';

/** What the certificate of a time-stamp signer has to say (RFC 3161 2.3). */
export const timestampExtensions = [
  'basicConstraints=critical,CA:FALSE',
  'keyUsage=critical,digitalSignature',
  'extendedKeyUsage=critical,timeStamping',
];

export interface TokenOrder {
  readonly text: string;
  readonly at: Date;
  /** The name of the signer's certificate; `tsa` unless said. */
  readonly signer?: string;
  readonly digest?: 'sha1' | 'sha256' | 'sha384' | 'sha512';
  /** Leaves out which certificate signed it. */
  readonly isUnbound?: boolean;
  /** Names its signer's certificate by the key, rather than by issuer and number. */
  readonly isByKey?: boolean;
  /** Names of the certificates between signer and root; `issuing` unless said. */
  readonly chain?: readonly string[];
}

/** A timestamp authority made with OpenSSL: a root, an authority below it, and a signer `tsa`. */
export class TimestampAuthority {
  readonly #folder: string;
  readonly #authority: Authority;

  /** @param key of the signer: `rsa:2048`, `ec:secp384r1` */
  constructor(folder: string, { name = 'Test TSA', key = 'ec:prime256v1' }: { name?: string; key?: string } = {}) {
    mkdirSync(folder, { recursive: true });
    this.#folder = folder;
    this.#authority = new Authority(folder);
    const isAuthority = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];
    const validity = { begins: new Date('2026-01-01T00:00:00Z'), ends: new Date('2036-01-01T00:00:00Z') };
    this.#authority.issue({ name: 'root', subject: `/CN=${name} Root`, extensions: isAuthority, ...validity });
    this.#authority.issue({ name: 'issuing', by: 'root', subject: `/CN=${name} CA`, extensions: isAuthority, ...validity }); // prettier-ignore
    this.issue({ name: 'tsa', key });
  }

  /** The root's certificate: what an auditor trusts. */
  get root(): string {
    return this.certificate('root');
  }

  get rootFile(): string {
    return join(this.#folder, 'root.pem');
  }

  certificate(name: string): string {
    return readFileSync(join(this.#folder, `${name}.pem`), 'utf8');
  }

  /** A certificate below the authority; a true signer's for the whole of 2026 and later unless said otherwise. */
  issue(order: Issuing): void {
    this.#authority.issue({
      by: 'issuing',
      subject: `/CN=${order.name}`,
      extensions: timestampExtensions,
      begins: new Date('2026-01-01T00:00:00Z'),
      ends: new Date('2036-01-01T00:00:00Z'),
      ...order,
    });
  }

  /** A TimeStampToken of any moment: `openssl ts` only knows the present one. */
  token(order: TokenOrder): Buffer {
    return this.sign(timestampInfo(order), order);
  }

  /** Signs any TSTInfo, as CMS with the attributes that a token has. */
  sign(
    info: Buffer,
    { signer = 'tsa', digest = 'sha256', chain = ['issuing'], isUnbound = false, isByKey = false }: Partial<TokenOrder>,
  ): Buffer {
    const file = (name: string): string => join(this.#folder, name);
    writeFileSync(file('chain.pem'), chain.map((name) => this.certificate(name)).join(''));
    const form = ['cms', '-sign', '-binary', '-nodetach', '-nosmimecap', '-outform', 'DER', '-md', digest];
    const type = ['-econtent_type', '1.2.840.113549.1.9.16.1.4'];
    const bound = [...(isUnbound ? [] : ['-cades']), ...(isByKey ? ['-keyid'] : [])];
    const keys = ['-signer', file(`${signer}.pem`), '-inkey', file(`${signer}.key`), '-certfile', file('chain.pem')];
    return openssl([...form, ...type, ...bound, ...keys], info);
  }

  /** A TimeStampResp to a request, by `openssl ts`. */
  reply(request: Uint8Array, { signer = 'tsa', digest = 'sha256', policy = '1.2.3.4.1' } = {}): Buffer {
    const file = (name: string): string => join(this.#folder, name);
    writeFileSync(file('request.tsq'), request);
    writeFileSync(
      file('tsa.conf'),
      `[tsa]
default_tsa = own
[own]
serial = ${file('serial')}
crypto_device = builtin
signer_cert = ${file(`${signer}.pem`)}
signer_key = ${file(`${signer}.key`)}
certs = ${file('issuing.pem')}
signer_digest = ${digest}
default_policy = ${policy}
digests = sha256
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`,
    );
    return openssl(['ts', '-reply', '-config', file('tsa.conf'), '-queryfile', file('request.tsq')]);
  }
}

/** A TSTInfo over the SHA-256 of a text. */
export function timestampInfo({ text, at }: Pick<TokenOrder, 'text' | 'at'>): Buffer {
  const algorithm = encodeElement(0x30, encodeOid('2.16.840.1.101.3.4.2.1'), encodeElement(0x05));
  const imprint = encodeElement(0x30, algorithm, encodeElement(0x04, hash('sha256', text, 'buffer')));
  const moment = at
    .toISOString()
    .replace(/[-:T]/g, '')
    .replace(/\.?0*Z$/, 'Z');
  return encodeElement(
    0x30,
    encodeElement(0x02, Buffer.of(1)),
    encodeOid('1.2.3.4.1'),
    imprint,
    encodeElement(0x02, Buffer.of(7)),
    encodeElement(0x18, Buffer.from(moment)),
  );
}

/** The token in a TimeStampResp, by `openssl ts`. */
export function tokenIn(response: Uint8Array, folder: string): Buffer {
  writeFileSync(join(folder, 'response.tsr'), response);
  return openssl(['ts', '-reply', '-in', join(folder, 'response.tsr'), '-token_out']);
}

function openssl(words: readonly string[], input?: Buffer): Buffer {
  return execFileSync('/usr/bin/openssl', words, { input, stdio: ['pipe', 'pipe', 'pipe'] });
}
