import { z } from 'zod';
import { timeSync, TimeSyncParameters } from '../../../policies/checks/time-sync.ts';
import type { Daemon, TimeSyncFacts } from '../../../policies/checks/time-sync/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import { defineCollector, type CollectContext } from '../collector.ts';
import { readArguments, readContainer, readProcesses, type Process } from '../processes.ts';
import { readChrony } from './chrony.ts';
import type { ClockReader } from './clock.ts';
import { readNtp } from './ntp.ts';
import { readTimesyncd } from './timesyncd.ts';

interface Known {
  readonly program: Daemon['program'];
  readonly readClock: ClockReader;
}

/** By the name that the kernel has of it, cut to 15 characters. */
const known: Readonly<Record<string, Known>> = {
  chronyd: { program: 'chronyd', readClock: readChrony },
  ntpd: { program: 'ntpd', readClock: readNtp },
  'systemd-timesyn': { program: 'systemd-timesyncd', readClock: readTimesyncd },
  phc2sys: {
    program: 'phc2sys',
    readClock: () => Promise.resolve(unreadable('unsupported', 'phc2sys', 'it tells nobody how it does')),
  },
};

/** Bit 25 of the effective capabilities: CAP_SYS_TIME (capabilities(7)). */
const maySetClock = 1n << 25n;

/** Which programs keep this host's clock, and what they say of it now. */
export const timeSyncCollector = defineCollector({
  kind: timeSync.name,
  settings: z.object({
    /** Names as the daemon's configuration has them, addresses or networks that time may come from. */
    timeSources: z.array(z.string().min(1).max(256)).min(1).max(256).optional(),
  }),
  parameters: TimeSyncParameters,
  async collect(context, { timeSources }): Promise<TimeSyncFacts> {
    return {
      daemons: await readDaemons(context),
      container: await readContainer(context.host),
      listed: timeSources === undefined ? null : [...timeSources].sort(),
    };
  },
});

async function readDaemons(context: CollectContext): Promise<Reading<Daemon[]>> {
  const processes = await readProcesses(context);
  if (processes.state === 'unreadable') return processes;
  const daemons: Daemon[] = [];
  for (const process of leaders(processes.value)) {
    const { program, readClock } = known[process.name] ?? {};
    if (program === undefined || readClock === undefined) continue;
    const steers = await maySteer(context, process);
    if (steers.state === 'unreadable') return steers;
    // What a daemon says that leaves the clock alone is no evidence about the clock.
    const clock = steers.value
      ? await readClock(context.host, context.at, context.signal)
      : unreadable('unsupported', program, 'it leaves the clock alone');
    daemons.push({ program, steers: steers.value, clock });
  }
  return read(daemons.sort((a, b) => (a.program < b.program ? -1 : a.program > b.program ? 1 : 0)));
}

/** Daemons give part of their work to a child of the same name. */
function leaders(processes: readonly Process[]): Process[] {
  const names = new Map(processes.map(({ pid, name }) => [pid, name]));
  return processes.filter(({ name, parent }) => name in known && names.get(parent) !== name);
}

async function maySteer({ host }: CollectContext, { pid, name, capabilities }: Process): Promise<Reading<boolean>> {
  const line = await readArguments(host, pid);
  if (line.state === 'unreadable') return line;
  // Behind any of chronyd's options without a value; to ntpd -x means something else.
  const isToldNotTo = name === 'chronyd' && line.value.slice(1).some((word) => /^-[46dnpqQrRsSU]*x/.test(word));
  return read((capabilities & maySetClock) !== 0n && !isToldNotTo);
}
