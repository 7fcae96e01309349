import { createHash } from 'node:crypto';

/** What an SSH certificate says of its validity. Times in seconds since 1970, the end not counted in. */
export interface SshCertificate {
  readonly serial: bigint;
  /** What the authority calls it, often the name of whom it was made for. */
  readonly keyId: string;
  readonly validAfter: bigint;
  readonly validBefore: bigint;
  /** Tells it from every other certificate. */
  readonly digest: string;
}

/** Fields of the key itself, before the serial number, by the type without its `-cert-v01@openssh.com`. */
const keyFields: Readonly<Record<string, number>> = {
  'ssh-rsa': 2,
  'ssh-dss': 4,
  'ssh-ed25519': 1,
  'ecdsa-sha2-nistp256': 2,
  'ecdsa-sha2-nistp384': 2,
  'ecdsa-sha2-nistp521': 2,
  'sk-ssh-ed25519': 2,
  'sk-ecdsa-sha2-nistp256': 3,
};
const ofUser = 1;

/**
 * Reads the line of a `-cert.pub` file (OpenSSH, PROTOCOL.certkeys). Its signature is not verified: whoever could put a
 * false one there gains nothing, as sshd would not take it.
 * @returns undefined for what is no certificate of a user
 */
export function parseCertificate(line: string): SshCertificate | undefined {
  const [, type = '', encoded = ''] =
    /^(\S+)-cert-v01@openssh\.com\s+([A-Za-z0-9+/]+={0,2})(?:\s|$)/.exec(line.trim()) ?? [];
  const fields = keyFields[type];
  if (fields === undefined) return undefined;
  const blob = Buffer.from(encoded, 'base64');
  try {
    const reader = new WireReader(blob);
    if (reader.string().toString() !== `${type}-cert-v01@openssh.com`) return undefined;
    // The nonce stands before the key's own fields.
    for (let field = 0; field < fields + 1; field++) reader.string();
    const serial = reader.uint64();
    if (reader.uint32() !== ofUser) return undefined;
    const keyId = reader.string().toString();
    reader.string();
    const digest = createHash('sha256').update(blob).digest('base64url');
    return { serial, keyId, validAfter: reader.uint64(), validBefore: reader.uint64(), digest };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Reads the types of RFC 4251 5 one after the other. Each throws RangeError where the bytes end before. */
class WireReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  uint32(): number {
    const value = this.#bytes.readUInt32BE(this.#at);
    this.#at += 4;
    return value;
  }

  uint64(): bigint {
    const value = this.#bytes.readBigUInt64BE(this.#at);
    this.#at += 8;
    return value;
  }

  string(): Buffer {
    const length = this.uint32();
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError('a string goes past the end');
    const value = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return value;
  }
}
