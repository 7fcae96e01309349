import { tlsVersions, type Answer, type TlsVersion, type Versions } from '../../../../policies/checks/tls/profile.ts';

/** These are taken, all others are refused. */
export function versionsWith(...taken: readonly TlsVersion[]): Versions {
  return Object.fromEntries(
    tlsVersions.map((version): [TlsVersion, Answer] => [version, { answer: taken.includes(version) ? 'yes' : 'no' }]),
  ) as Versions;
}
