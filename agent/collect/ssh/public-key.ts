/** A public key as SSH spells it (RFC 4253 6.6, RFC 4251 5). */
export interface PublicKey {
  /** `ssh-ed25519`, `ssh-rsa`, ... */
  readonly type: string;
  /** Of an RSA or DSA key its length; 256 and more, by their curve, of others. */
  readonly bits: number;
}

const curveBits: Readonly<Record<string, number>> = {
  'ecdsa-sha2-nistp256': 256,
  'ecdsa-sha2-nistp384': 384,
  'ecdsa-sha2-nistp521': 521,
  'sk-ecdsa-sha2-nistp256@openssh.com': 256,
  'ssh-ed25519': 256,
  'sk-ssh-ed25519@openssh.com': 256,
};

/** Reads the base64 of a key; undefined where it is none, or of another type than it is said to be. */
export function parsePublicKey(type: string, base64: string): PublicKey | undefined {
  const blob = Buffer.from(base64, 'base64');
  const fields = fieldsOf(blob);
  if (fields?.[0]?.toString('latin1') !== type) return undefined;
  const bits = type === 'ssh-rsa' ? bitLength(fields[2]) : type === 'ssh-dss' ? bitLength(fields[1]) : curveBits[type];
  if (bits === undefined || bits === 0) return undefined;
  return { type, bits };
}

/** The strings of a blob, each behind its length; undefined where the lengths do not fit. */
function fieldsOf(blob: Buffer): Buffer[] | undefined {
  const fields: Buffer[] = [];
  for (let at = 0; at < blob.length;) {
    if (at + 4 > blob.length) return undefined;
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.length) return undefined;
    fields.push(blob.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

function bitLength(number: Buffer | undefined): number {
  const digits = number?.toString('hex').replace(/^0+/, '') ?? '';
  return digits === '' ? 0 : (digits.length - 1) * 4 + Number.parseInt(digits[0] ?? '0', 16).toString(2).length;
}
