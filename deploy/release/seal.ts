import { createPrivateKey, createPublicKey, hash, sign } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a release is, beside its files; `release.json`, in the order of these members. */
export interface ReleaseDescription {
  readonly version: string;
  /** The moment of the sources, in UTC. */
  readonly at: Date;
  /** The commit that it was made of; undefined where the sources are not exactly those of one. */
  readonly commit: string | undefined;
  readonly node: string;
}

export const sumsName = 'SHA256SUMS';
export const signatureName = 'SHA256SUMS.sig';
export const publicKeyName = 'release.pub';
const manifestName = 'release.json';
const ownNames = [sumsName, signatureName, publicKeyName, manifestName];

/** Writes `release.json` over the files of a folder, and `SHA256SUMS`, as sha256sum(1) reads it, over these and itself. */
export function describeRelease(folder: string, { version, at, commit, node }: ReleaseDescription): void {
  const names = readdirSync(folder)
    .filter((name) => !ownNames.includes(name) && statSync(join(folder, name)).isFile())
    .sort();
  const files = names.map((name) => ({ name, bytes: statSync(join(folder, name)).size, sha256: digest(folder, name) }));
  const manifest = { v: 1, program: 'waarborg', version, at: at.toISOString(), commit, node, files };
  writeFileSync(join(folder, manifestName), `${JSON.stringify(manifest, undefined, 2)}\n`);
  const sums = [...names, manifestName].sort().map((name) => `${digest(folder, name)}  ${name}\n`);
  writeFileSync(join(folder, sumsName), sums.join(''));
}

/**
 * Signs `SHA256SUMS` as it is, by Ed25519 (RFC 8032), in a form that `openssl pkeyutl -verify -rawin` checks.
 * @param key a private key, PEM
 * @throws Error for a key of another kind
 */
export function signRelease(folder: string, key: string): void {
  const privateKey = createPrivateKey(key);
  if (privateKey.asymmetricKeyType !== 'ed25519') {
    throw new Error(`the release key is of the kind ${privateKey.asymmetricKeyType ?? 'unknown'}; expected ed25519`);
  }
  writeFileSync(join(folder, signatureName), sign(null, readFileSync(join(folder, sumsName)), privateKey));
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' });
  writeFileSync(join(folder, publicKeyName), publicKey);
}

function digest(folder: string, name: string): string {
  return hash('sha256', readFileSync(join(folder, name)));
}
