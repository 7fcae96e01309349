import type { CollectorConfig } from '../config.ts';
import type { Store } from '../store/store.ts';
import { requireAuthority, type ClientAuthority } from './authority.ts';
import { CertificateDoor, plainDoor, type AgentDoor } from './door.ts';

/** How a collector knows the connections of its agents. */
export interface Clients {
  readonly mode: 'off' | 'optional' | 'required';
  readonly door: AgentDoor;
  /** Undefined where they have no certificates. */
  readonly authority: ClientAuthority | undefined;
  /** In PEM: whose certificates clients are asked for. */
  readonly authorities: readonly string[];
}

/** @throws AuthorityError where there should be an authority, and none that can be used is there */
export function openClients({ data, tls }: CollectorConfig, store: Store, now: () => Date): Clients {
  const mode = tls?.clientCertificates ?? 'off';
  if (mode === 'off') return { mode, door: plainDoor, authority: undefined, authorities: [] };
  const authority = requireAuthority(data);
  const { certificate, previous } = authority;
  const authorities = [certificate, ...(previous === undefined ? [] : [previous])].map(String);
  return { mode, door: new CertificateDoor({ mode, authority, store, now }), authority, authorities };
}
