import { z } from 'zod';
import { bruteForce, BruteForceParameters } from '../../../policies/checks/brute-force.ts';
import { Service, type BruteForceFacts, type Guard } from '../../../policies/checks/brute-force/facts.ts';
import { serviceOfSocket } from '../../../policies/checks/brute-force/services.ts';
import { reachOf } from '../../../policies/checks/network/reach.ts';
import { read } from '../../../policies/reading.ts';
import { defineCollector, type CollectContext } from '../collector.ts';
import { readProcesses } from '../processes.ts';
import { readListeningPrograms, readListeningSockets } from '../sockets.ts';
import { readCrowdsec } from './crowdsec.ts';
import { readDetectors } from './detectors.ts';
import { readFail2ban } from './fail2ban.ts';
import { readCphulk, readDirectadmin } from './panels.ts';
import { readSshguard } from './sshguard.ts';

/** Reads what bans who guesses passwords, for which services, and what watches for intruders. */
export const bruteForceCollector = defineCollector({
  kind: bruteForce.name,
  settings: z.object({
    bruteForce: z
      .strictObject({
        /** Which service a jail of fail2ban protects, by its name, where it is none that fail2ban ships. */
        jails: z.record(z.string().min(1).max(256), Service).default({}),
      })
      .prefault({}),
  }),
  parameters: BruteForceParameters,
  async collect(context, { bruteForce: settings }): Promise<BruteForceFacts> {
    const processes = await readProcesses(context);
    return {
      listening: await readServices(context),
      guards: processes.state === 'unreadable' ? processes : read(await readGuards(context, processes.value)),
      detectors: processes.state === 'unreadable' ? processes : read(await readDetectors(context, processes.value)),
      jailServices: settings.jails,
    };
  },
});

async function readGuards(context: CollectContext, processes: Parameters<typeof readSshguard>[1]): Promise<Guard[]> {
  const found = await Promise.all([
    readCrowdsec(context, processes),
    readDirectadmin(context, processes),
    readCphulk(context, processes),
    readFail2ban(context),
    readSshguard(context, processes),
  ]);
  return found.flatMap((guard) => guard ?? []);
}

/** systemd takes connections for others; who has which socket is not to be seen for who is not root. */
const strangers: ReadonlySet<string> = new Set(['systemd', 'init']);

async function readServices({ host, signal }: CollectContext): Promise<BruteForceFacts['listening']> {
  const [sockets, programs] = await Promise.all([readListeningSockets(host), readListeningPrograms(host, signal)]);
  if (sockets.state === 'unreadable') return sockets;
  const services = new Map<string, { service: Service; port: number }>();
  const nameless = new Set<number>();
  for (const { address, port, isEverywhere } of sockets.value) {
    if (!isEverywhere && reachOf(address) === 'loopback') continue;
    const names = programs.get(`${address} ${port}`) ?? [];
    const service = serviceOfSocket(port, names);
    if (service !== undefined) services.set(`${service} ${port}`, { service, port });
    else if (names.every((name) => strangers.has(name))) nameless.add(port);
  }
  return read({
    services: [...services.values()]
      .sort((a, b) => (a.service === b.service ? a.port - b.port : a.service < b.service ? -1 : 1))
      .slice(0, 1000),
    nameless: [...nameless].sort((a, b) => a - b).slice(0, 1000),
  });
}
