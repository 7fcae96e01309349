import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { SshAddress } from './address.ts';

/** What says which key a server must show: a fingerprint as `ssh-keygen -l` prints it, or the text of a known_hosts file. */
export type HostTrust =
  | { readonly by: 'fingerprint'; readonly fingerprint: string }
  | { readonly by: 'known-hosts'; readonly file: string; readonly text: string };

/** A line of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT) that speaks of one host. */
interface KnownKey {
  readonly marker: 'none' | 'revoked' | 'cert-authority';
  readonly type: string;
  readonly key: Buffer;
}

/** `SHA256:` and the digest in base64 without padding. */
export const fingerprintForm = /^SHA256:[A-Za-z0-9+/]{43}$/;

export function fingerprintOf(key: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/**
 * Why a host key is not to be trusted, or undefined where it is.
 * @param key as it goes over the wire (RFC 4253 6.6)
 */
export function distrustOf(key: Uint8Array, address: SshAddress, trust: HostTrust): string | undefined {
  const shown = fingerprintOf(key);
  if (trust.by === 'fingerprint') {
    return shown === trust.fingerprint ? undefined : `it shows the host key ${shown}, expected ${trust.fingerprint}`;
  }
  const known = knownKeys(trust.text, address);
  const same = known.filter((line) => line.key.length === key.length && timingSafeEqual(line.key, key));
  if (same.some(({ marker }) => marker === 'revoked')) return `its host key ${shown} is revoked in ${trust.file}`;
  if (same.some(({ marker }) => marker === 'none')) return undefined;
  if (known.some(({ marker }) => marker === 'none')) {
    return `it shows the host key ${shown}, and ${trust.file} has another for it: somebody may be in between`;
  }
  if (known.some(({ marker }) => marker === 'cert-authority')) {
    return `${trust.file} has only a certificate authority for it, and host certificates are not read: pin its key ${shown}`;
  }
  return `it shows the host key ${shown}, and ${trust.file} has none for it`;
}

/** The types of key that a server is known by, so that it is asked to show one of these. */
export function knownTypes(address: SshAddress, trust: HostTrust): string[] {
  if (trust.by === 'fingerprint') return [];
  return [...new Set(knownKeys(trust.text, address).flatMap(({ marker, type }) => (marker === 'none' ? [type] : [])))];
}

function knownKeys(text: string, { host, port }: SshAddress): KnownKey[] {
  const name = port === 22 ? host : `[${host}]:${port}`;
  return text.split('\n').flatMap((line) => {
    const words = line.trim().split(/\s+/);
    const isMarked = words[0]?.startsWith('@') === true;
    const [names = '', type, key] = isMarked ? words.slice(1) : words;
    if (line.trim().startsWith('#') || type === undefined || key === undefined || !isNamed(name, names)) return [];
    const marker = !isMarked ? 'none' : words[0] === '@revoked' ? 'revoked' : 'cert-authority';
    return [{ marker, type, key: Buffer.from(key, 'base64') }];
  });
}

function isNamed(name: string, names: string): boolean {
  if (names.startsWith('|')) return isHashOf(name, names);
  const patterns = names.toLowerCase().split(',');
  if (patterns.some((pattern) => pattern.startsWith('!') && matches(name, pattern.slice(1)))) return false;
  return patterns.some((pattern) => matches(name, pattern));
}

/** `|1|salt|hash`: HMAC-SHA1 of the name under the salt, both in base64. */
function isHashOf(name: string, hashed: string): boolean {
  const [, scheme, salt = '', hash = ''] = hashed.split('|');
  if (scheme !== '1') return false;
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}

function matches(name: string, pattern: string): boolean {
  const parts = pattern.split(/([*?])/).map((part) => (part === '*' ? '.*' : part === '?' ? '.' : RegExp.escape(part)));
  return new RegExp(`^${parts.join('')}$`).test(name);
}
