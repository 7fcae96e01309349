import type { Settings } from './facts.ts';

export type AlgorithmKind = 'cipher' | 'mac' | 'key exchange' | 'host key signature';

/**
 * Names of algorithms that should not be used any more: RFC 8758 (RC4), RFC 9142 (key exchange with SHA-1 or 1024-bit
 * groups), RFC 8332 (SHA-1 signatures), OpenSSH's release notes of 6.7 and 7.0 (CBC, MD5 and 96-bit MACs, DSA).
 */
const weak: Readonly<Record<AlgorithmKind, RegExp>> = {
  cipher: /^(none|arcfour.*|.*-cbc(@.*)?|des.*|3des.*|blowfish.*|cast128.*)$/,
  mac: /^(none|.*md5.*|.*ripemd.*|.*-96(-etm)?(@.*)?)$/,
  'key exchange':
    /^(none|diffie-hellman-group1-sha1|diffie-hellman-group-exchange-sha1|rsa1024-sha1|gss-(gex|group1)-sha1-.*)$/,
  'host key signature': /^(ssh-dss.*|ssh-rsa|ssh-rsa-cert-v0[01]@openssh\.com)$/,
};

export function weakAlgorithms(settings: Settings): { kind: AlgorithmKind; name: string }[] {
  const offered: Readonly<Record<AlgorithmKind, readonly string[]>> = {
    cipher: settings.ciphers,
    mac: settings.macs,
    'key exchange': settings.keyExchange,
    'host key signature': settings.hostKeyAlgorithms,
  };
  return (Object.keys(offered) as AlgorithmKind[]).flatMap((kind) =>
    offered[kind].filter((name) => weak[kind].test(name)).map((name) => ({ kind, name })),
  );
}

/** Bits that a host key of a type has to have; those of other types are long enough by their kind. */
export const minimumKeyBits: Readonly<Record<string, number>> = { 'ssh-rsa': 2048, 'ssh-dss': 2048 };
