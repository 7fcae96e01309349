import { createPrivateKey, createPublicKey, generateKeyPairSync, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../../agent/durable.ts';
import { clockToleranceSeconds } from '../../policies/quantities.ts';
import { authorityCertificate } from './certificate.ts';

/**
 * Who signs the client certificates of this collector's agents. Key and certificates are one file: killed at any moment,
 * a change of the authority leaves the old state or the new.
 */
export interface ClientAuthority {
  /** P-256. */
  readonly key: KeyObject;
  readonly certificate: X509Certificate;
  /** The one before it, whose certificates still count; undefined where none does. */
  readonly previous: X509Certificate | undefined;
}

const Stored = z.strictObject({
  v: z.literal(1),
  /** PKCS#8 in PEM. */
  key: z.string(),
  /** PEM. */
  certificate: z.string(),
  /** PEM. Its key is gone: nothing more is to be signed with it. */
  previous: z.string().optional(),
});

/** An authority's certificate holds that many years. */
const years = 10;

/** The authority is missing, is not what it should be, or cannot be changed as it stands. */
export class AuthorityError extends Error {
  readonly code = 'collector.authority';
}

export function authorityFile(data: string): string {
  return join(data, 'client-authority.json');
}

/**
 * The authority in a collector's data folder; undefined where none was made.
 * @throws AuthorityError where others may read its key, or it is damaged
 */
export function readAuthority(data: string): ClientAuthority | undefined {
  const file = authorityFile(data);
  const status = statSync(file, { throwIfNoEntry: false });
  if (status === undefined) return undefined;
  if ((status.mode & 0o077) !== 0) {
    const mode = (status.mode & 0o777).toString(8).padStart(4, '0');
    throw new AuthorityError(
      `${file} has mode ${mode}, expected 0600: others may have its key; change the mode, and the authority (waarborg rotate authority)`,
    );
  }
  const stored = parseStored(readFileSync(file, 'utf8'));
  if (stored !== undefined) return stored;
  throw new AuthorityError(
    `${file} is damaged; restore it, or move it away and make another (waarborg authority create)`,
  );
}

function parseStored(text: string): ClientAuthority | undefined {
  try {
    const { key: pem, certificate: own, previous: before } = Stored.parse(JSON.parse(text));
    const key = createPrivateKey(pem);
    const certificate = new X509Certificate(own);
    const previous = before === undefined ? undefined : new X509Certificate(before);
    return certificate.ca && certificate.checkPrivateKey(key) ? { key, certificate, previous } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Makes the authority of a collector.
 * @param origin the log's name, which stands in the certificate for people
 * @throws AuthorityError where there is one
 */
export function createAuthority(data: string, origin: string, at: Date): ClientAuthority {
  if (readAuthority(data) !== undefined) {
    throw new AuthorityError(`${authorityFile(data)} is there already; to change it, waarborg rotate authority`);
  }
  return keep(data, newAuthority(origin, at, undefined));
}

/**
 * Has another authority sign from now on. What the one before it signed still counts, until `finishRotation`.
 * @throws AuthorityError where there is none, or a change of it is under way
 */
export function rotateAuthority(data: string, origin: string, at: Date): ClientAuthority {
  const { certificate, previous } = requireAuthority(data);
  if (previous !== undefined) {
    throw new AuthorityError('two authorities count already: end that with --finish before you change it again');
  }
  return keep(data, newAuthority(origin, at, certificate));
}

/**
 * Has the newest authority count alone.
 * @throws AuthorityError where it does already, or there is none
 */
export function finishRotation(data: string): ClientAuthority {
  const authority = requireAuthority(data);
  if (authority.previous === undefined) {
    throw new AuthorityError('one authority counts alone already: there is nothing to finish');
  }
  return keep(data, { ...authority, previous: undefined });
}

/** @throws AuthorityError where there is none */
export function requireAuthority(data: string): ClientAuthority {
  const authority = readAuthority(data);
  if (authority !== undefined) return authority;
  throw new AuthorityError(`${authorityFile(data)} is not there; waarborg authority create makes it`);
}

function newAuthority(origin: string, at: Date, previous: X509Certificate | undefined): ClientAuthority {
  const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const notAfter = new Date(at);
  notAfter.setUTCFullYear(at.getUTCFullYear() + years);
  const notBefore = new Date(at.getTime() - clockToleranceSeconds * 1000);
  const pem = authorityCertificate(key, createPublicKey(key), origin, { notBefore, notAfter });
  return { key, certificate: new X509Certificate(pem), previous };
}

function keep(data: string, authority: ClientAuthority): ClientAuthority {
  const { key, certificate, previous } = authority;
  const stored: z.output<typeof Stored> = {
    v: 1,
    key: key.export({ type: 'pkcs8', format: 'pem' }),
    certificate: certificate.toString(),
    ...(previous === undefined ? {} : { previous: previous.toString() }),
  };
  writeDurably(authorityFile(data), JSON.stringify(stored));
  return authority;
}
