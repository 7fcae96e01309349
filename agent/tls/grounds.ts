import type { Grounds } from '../../policies/checks/tls/grounds.ts';
import type { Versions } from '../../policies/checks/tls/profile.ts';
import type { CertificateHarvest } from './certificates.ts';
import type { Line } from './dial.ts';
import type { Earlier } from './earlier.ts';
import { scanProfile } from './profile/index.ts';
import type { RootStores } from './trust/roots.ts';
import { trustOf } from './trust/trust.ts';

/** Does under a key once what many ask for. */
export type Once = <T>(key: string, make: () => Promise<T>) => Promise<T>;

/** What the stages before told. */
interface Known {
  readonly versions: Versions;
  readonly harvest: CertificateHarvest;
  readonly earlier: Earlier;
}

/**
 * What a letter is given for, of an endpoint whose versions and certificates are known.
 * @param once names on one address that behave alike share what is scanned under it
 */
export async function groundsOf(
  line: Line,
  { versions, harvest, earlier }: Known,
  roots: RootStores,
  once: Once,
): Promise<Grounds> {
  const { profile, http } = await scanProfile(line, versions, once, earlier);
  const [firstOpen] = harvest.unanswered;
  return { profile, served: servedWithTrust(harvest, roots), servedIncomplete: firstOpen?.why ?? null, http };
}

function servedWithTrust({ served, chains }: CertificateHarvest, roots: RootStores): Grounds['served'] {
  return served.flatMap(({ leaf }) => {
    const [first, ...rest] = chains.get(leaf.fingerprint) ?? [];
    return first === undefined ? [] : [{ leaf, trust: trustOf(first, rest, roots) }];
  });
}
