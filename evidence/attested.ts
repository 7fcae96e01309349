import { AttestedPer, type AskedPlace, type Attestation, type Denial } from '../policies/checks/attestation.ts';
import type { Act } from './act.ts';
import { knownHosts, type HeardHost } from './heard.ts';
import { linesOf, type Records } from './registers.ts';

/** An attestation as it stands, and of what. */
export interface AttestationState extends Omit<Attestation, 'places'> {
  readonly policy: string;
  readonly control: string;
  readonly scope: Extract<Act, { act: 'attest' }>['scope'];
}

/** A tool's word that a control is not kept, as it stands. */
export interface DenialState extends Denial {
  readonly policy: string;
  readonly control: string;
  /** When the same tool attested the control anew, or somebody took it back. */
  readonly revoked: string | null;
}

/** What an attestation of a control speaks for. */
export function perOf(parameters: unknown): 'organisation' | 'host' | 'customer' {
  return AttestedPer.safeParse(parameters).data?.per ?? 'organisation';
}

/** The hosts, or the one customer, that an attestation speaks for; none where that is the organisation. */
export function placesIn(scope: AttestationState['scope']): string[] {
  switch (scope.of) {
    case 'organisation':
      return [];
    case 'hosts':
      return [...scope.hosts];
    case 'customer':
      return [scope.customer];
  }
}

/** What each needs an attestation of its own; null where one speaks for the organisation. */
export function placesAsked(parameters: unknown, records: Records, heard: Iterable<HeardHost>): AskedPlace[] | null {
  switch (perOf(parameters)) {
    case 'host':
      return knownHosts(heard, records).map(({ host, expected, enrolled }) => {
        return { place: host, spans: [...expected, ...(enrolled === null ? [] : [{ from: enrolled, until: null }])] };
      });
    case 'customer':
      return linesOf(records, 'customer')
        .map(({ id, record: { from, until } }) => ({ place: id, spans: [{ from, until }] }))
        .sort((a, b) => (a.place < b.place ? -1 : 1));
    case 'organisation':
      return null;
  }
}
