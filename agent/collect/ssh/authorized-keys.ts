import { createHash } from 'node:crypto';

/** A line of an authorized_keys file that lets somebody in (sshd(8), AUTHORIZED_KEYS FILE FORMAT). */
export interface AuthorizedKey {
  /** As `ssh-keygen -l` prints it: `SHA256:` and 43 characters. */
  readonly fingerprint: string;
  /** `ssh-ed25519`, `ecdsa-sha2-nistp256`, ... */
  readonly type: string;
  /** Whether it lets in whomever it signed a certificate for, and not itself (`cert-authority`). */
  readonly isAuthority: boolean;
  /** Names in lower case, values without their quotes; a name may stand there more than once. */
  readonly options: readonly { readonly name: string; readonly value: string | null }[];
  /** From when on it lets nobody in: the earliest `expiry-time`; null without one. */
  readonly expires: Date | null;
}

const keyTypes =
  /^(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp(?:256|384|521)|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com)$/;
const certificateTypes = /-cert-v0[01]@openssh\.com$/;

/** Seconds by which the westernmost clocks are behind UTC. */
const westernmost = 12 * 3600;

/**
 * Reads one line. `none` for a blank line, a comment, and a certificate, which sshd does not heed there; undefined for
 * what is of no form that sshd(8) gives, so that sshd skips it or nobody knows what it makes of it.
 */
export function parseAuthorizedKey(line: string): AuthorizedKey | 'none' | undefined {
  const text = line.trim();
  if (text === '' || text.startsWith('#')) return 'none';
  const bare = parseKey(text);
  if (bare !== undefined)
    return bare === 'certificate' ? 'none' : { ...bare, isAuthority: false, options: [], expires: null };
  const [, written = '', rest = ''] = /^((?:[^\s"]|"(?:[^"\\]|\\.)*")+)\s+(.*)$/.exec(text) ?? [];
  const key = parseKey(rest);
  const options = parseOptions(written);
  if (key === undefined || options === undefined) return undefined;
  if (key === 'certificate') return 'none';
  const expires = earliestExpiry(options);
  if (expires === undefined) return undefined;
  return { ...key, isAuthority: options.some(({ name }) => name === 'cert-authority'), options, expires };
}

/** `type base64 comment`; the type is written once more within the key (RFC 4253 6.6). */
function parseKey(text: string): Pick<AuthorizedKey, 'type' | 'fingerprint'> | 'certificate' | undefined {
  const [, type = '', encoded = ''] = /^(\S+)\s+([A-Za-z0-9+/]+={0,2})(?:\s|$)/.exec(text) ?? [];
  const isCertificate = certificateTypes.test(type);
  if (!isCertificate && !keyTypes.test(type)) return undefined;
  const blob = Buffer.from(encoded, 'base64');
  if (blob.length < 4 || blob.toString('latin1', 4, 4 + blob.readUInt32BE(0)) !== type) return undefined;
  if (isCertificate) return 'certificate';
  return { type, fingerprint: fingerprintOf(blob) };
}

export function fingerprintOf(blob: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

/** Options are parted by commas; commas and blanks may stand in double quotes, a quote in them behind a backslash. */
function parseOptions(text: string): AuthorizedKey['options'] | undefined {
  const found: { name: string; value: string | null }[] = [];
  const option = /([A-Za-z0-9-]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^",\s]*)))?(,|$)/y;
  while (option.lastIndex < text.length) {
    const match = option.exec(text);
    if (match === null) return undefined;
    const [, name = '', quoted, plain] = match;
    found.push({ name: name.toLowerCase(), value: quoted?.replace(/\\"/g, '"') ?? plain ?? null });
  }
  return found;
}

/** Undefined where one of them is no moment. */
function earliestExpiry(options: AuthorizedKey['options']): Date | null | undefined {
  let earliest: Date | null = null;
  for (const { name, value } of options) {
    if (name !== 'expiry-time') continue;
    const moment = parseExpiry(value ?? '');
    if (moment === undefined) return undefined;
    if (earliest === null || moment < earliest) earliest = moment;
  }
  return earliest;
}

/**
 * `YYYYMMDD[HHMM[SS]][Z]` (sshd(8)). Without Z it is in the host's zone, which is not asked for: the latest moment that
 * it can mean counts, so that no key is called ended too early.
 */
function parseExpiry(text: string): Date | undefined {
  const [, year, month, day, hour = '00', minute = '00', second = '00', zone] =
    /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?(Z)?$/i.exec(text) ?? [];
  if (year === undefined) return undefined;
  const written = `${year}-${month ?? ''}-${day ?? ''}T${hour}:${minute}:${second}.000Z`;
  const moment = new Date(written);
  if (Number.isNaN(moment.getTime()) || moment.toISOString() !== written) return undefined;
  return zone === undefined ? new Date(moment.getTime() + westernmost * 1000) : moment;
}
