import { z } from 'zod';
import { listeningServices, ListeningParameters } from '../../policies/checks/listening-services.ts';
import type { ListeningFacts, ListeningSocket } from '../../policies/checks/listening-services/facts.ts';
import { plainServiceOf } from '../../policies/checks/listening-services/plain.ts';
import { reachOf } from '../../policies/checks/network/reach.ts';
import { read, type Reading } from '../../policies/reading.ts';
import { defineCollector, type CollectContext } from './collector.ts';
import { readPublicAddresses } from './listening/addresses.ts';
import { answersTls } from './listening/handshake.ts';
import { readPrograms } from './listening/programs.ts';
import { readKernelSockets, type KernelSocket } from './listening/sockets.ts';
import { networkSettings } from './network-settings.ts';

const { services, managementPorts, exposure } = networkSettings;

/** Lists what listens on this host, with TCP and UDP. */
export const listeningServicesCollector = defineCollector({
  kind: listeningServices.name,
  settings: z.object({ services, managementPorts, exposure }),
  parameters: ListeningParameters,
  async collect(context, settings): Promise<ListeningFacts> {
    const [sockets, programs, publicAddresses] = await Promise.all([
      readKernelSockets(context),
      readPrograms(context),
      readPublicAddresses(context.host),
    ]);
    return {
      sockets: await described(context, sockets, programs.byInode),
      programs: programs.sight,
      publicAddresses,
      declared: {
        services: settings.services ?? null,
        managementPorts: settings.managementPorts ?? null,
        exposure: settings.exposure,
      },
    };
  },
});

/** Several sockets on one place, as servers with many workers have, are one. */
async function described(
  context: CollectContext,
  sockets: Reading<KernelSocket[]>,
  programs: ReadonlyMap<string, string[]>,
): Promise<ListeningFacts['sockets']> {
  if (sockets.state === 'unreadable') return sockets;
  const places = Map.groupBy(sockets.value, ({ protocol, address, port }) => `${protocol} ${address} ${port}`);
  const found: ListeningSocket[] = [];
  for (const group of places.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const names = [...new Set(group.flatMap(({ inode }) => programs.get(inode) ?? []))].sort().slice(0, 16);
    const { protocol, address, port } = first;
    const uid = Math.max(...group.map((socket) => socket.uid));
    const socket: ListeningSocket = { protocol, address, port, programs: names, owner: ownerOf(uid) };
    found.push({ ...socket, ...(await shownTls(context, socket)) });
  }
  return read(found.sort((a, b) => (rankOf(a) < rankOf(b) ? -1 : 1)));
}

function rankOf({ protocol, address, port }: ListeningSocket): string {
  return `${protocol} ${String(port).padStart(5, '0')} ${address}`;
}

/** Debian's policy 9.2.2: accounts of the system are below 1000; 65534 is nobody. */
function ownerOf(uid: number): ListeningSocket['owner'] {
  if (uid === 0) return 'root';
  return uid < 1000 || uid === 65_534 ? 'system' : 'user';
}

/** Asked only of services that can be set up either way, and only beyond loopback. */
async function shownTls({ host, signal }: CollectContext, socket: ListeningSocket): Promise<{ tls?: boolean }> {
  const reach = reachOf(socket.address);
  if (reach === 'loopback' || plainServiceOf(socket)?.encrypts !== 'handshake') return {};
  const address = reach === 'everywhere' ? (socket.address === '::' ? '::1' : '127.0.0.1') : socket.address;
  return { tls: await answersTls(host, address, socket.port, signal) };
}
