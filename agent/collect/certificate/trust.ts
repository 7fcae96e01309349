import type { X509Certificate } from 'node:crypto';
import type { AllCertificates } from '../../../policies/checks/certificate/facts.ts';
import { read } from '../../../policies/reading.ts';
import { withIntermediates, type RootStores } from '../../tls/trust/roots.ts';
import { trustOf } from '../../tls/trust/trust.ts';

type Facts = AllCertificates['endpoints'][number];

/** An endpoint's facts, and the certificates behind them: leaf first, by the leaf's fingerprint. */
export interface Probed {
  readonly facts: Facts;
  readonly chains: ReadonlyMap<string, readonly X509Certificate[]>;
}

/**
 * Adds to each served leaf its ways to a root. What one server sends along helps to tell what another leaves out, so
 * this waits for all of them.
 */
export function withTrust(probed: readonly Probed[], stores: RootStores): Facts[] {
  const sent = probed.flatMap(({ chains }) => [...chains.values()].flatMap((chain) => chain.slice(1)));
  const helped = withIntermediates(stores, new Map(sent.map((one) => [one.fingerprint256, one])).values());
  return probed.map(({ facts, chains }) => {
    if (facts.speaks !== 'tls') return facts;
    const served = facts.served.map((one) => {
      const [leaf, ...chain] = chains.get(one.leaf.fingerprint) ?? [];
      return leaf === undefined ? one : { ...one, trust: trustOf(leaf, chain, helped) };
    });
    return { ...facts, served };
  });
}

/** How many roots there were to lead to. */
export function countRoots({ system, configured }: RootStores): NonNullable<AllCertificates['roots']> {
  const count = (store: RootStores['system']): NonNullable<AllCertificates['roots']>['system'] =>
    store.state === 'unreadable' ? store : read(store.value.size);
  return { system: count(system), configured: count(configured) };
}
