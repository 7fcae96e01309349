import {
  tlsVersions,
  weaknessNames,
  type Answer,
  type TlsVersion,
  type Versions,
  type Weaknesses,
} from '../../../../policies/checks/tls/profile.ts';

/** These are taken, all others are refused. */
export function versionsWith(...taken: readonly TlsVersion[]): Versions {
  return Object.fromEntries(
    tlsVersions.map((version): [TlsVersion, Answer] => [version, { answer: taken.includes(version) ? 'yes' : 'no' }]),
  ) as Versions;
}

/** `robot`, `ticketbleed unknown {"what":"silent"}`; what is `no` is left out. */
export function found(weaknesses: Weaknesses): string[] {
  return weaknessNames.flatMap((name) => {
    const answer = weaknesses[name];
    if (answer.answer === 'no') return [];
    return [answer.answer === 'yes' ? name : `${name} unknown ${JSON.stringify(answer.why)}`];
  });
}
