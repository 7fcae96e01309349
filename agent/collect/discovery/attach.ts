import type { Configuration } from '../../../policies/checks/endpoints.ts';
import { unreadable } from '../../../policies/reading.ts';
import type { ListeningSocket } from '../sockets.ts';
import type { FoundConfiguration } from './index.ts';
import type { ConfigurationReader, Place } from './place.ts';

/** A listening socket with what its processes are called; empty where that could not be read. */
export interface OwnedSocket extends ListeningSocket {
  readonly programs: readonly string[];
}

/** A place of a configuration, where a connection reaches it. */
export interface AttachedPlace extends Place {
  readonly software: Configuration['software'];
}

/**
 * What configurations say of the sockets that do listen. A configuration whose server does not listen is passed over:
 * nothing is served by it.
 */
export function attachPlaces(sockets: readonly OwnedSocket[], found: readonly FoundConfiguration[]): AttachedPlace[] {
  return found.flatMap(({ reader, places }) => {
    if (places?.state !== 'read') return [];
    const own = sockets.filter((socket) => mayBelong(socket, reader));
    return places.value.flatMap((place) =>
      addressesOf(place, own).map((address) => ({ ...place, address, software: reader.software })),
    );
  });
}

/** Which of the configurations were looked at for a server that listens here, or may do so. */
export function configurationFacts(
  sockets: readonly OwnedSocket[],
  found: readonly FoundConfiguration[],
): Configuration[] {
  const facts = found.flatMap(({ reader, places }): Configuration[] => {
    const { software } = reader;
    const surely = sockets.some(({ programs }) => programs.some((program) => reader.programs.includes(program)));
    // A server that listens and whose configuration is not where it is looked for: a container's, or one built by hand.
    if (places === undefined) {
      if (!surely) return [];
      return [{ software, obstacle: unreadable('missing', `the configuration of ${software}`).obstacle }];
    }
    if (places.state === 'read') return [{ software, obstacle: null }];
    return sockets.some((socket) => mayBelong(socket, reader)) ? [{ software, obstacle: places.obstacle }] : [];
  });
  return facts.sort((a, b) => (a.software < b.software ? -1 : 1));
}

function mayBelong({ programs }: OwnedSocket, reader: ConfigurationReader): boolean {
  return programs.length === 0 || programs.some((program) => reader.programs.includes(program));
}

/** A server on one address may sit behind a socket on all of them: connecting to that address finds it. */
function addressesOf({ address, port }: Place, sockets: readonly OwnedSocket[]): string[] {
  const onPort = sockets.filter((socket) => socket.port === port);
  const everywhere = onPort.filter(({ isEverywhere }) => isEverywhere).map((socket) => socket.address);
  if (address === '*') return everywhere;
  return everywhere.length > 0 || onPort.some((socket) => socket.address === address) ? [address] : [];
}
