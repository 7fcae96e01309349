import pLimit from 'p-limit';
import { isIP } from 'node:net';
import { z } from 'zod';
import { reachOf } from '../../policies/checks/network/reach.ts';
import { unreachable, UnreachableParameters } from '../../policies/checks/unreachable.ts';
import { purposes, type UnreachableFacts } from '../../policies/checks/unreachable/facts.ts';
import { defineCollector } from './collector.ts';
import { toHostName } from './discovery/place.ts';
import { canonicalAddress, placeLabel } from './sockets.ts';
import { attempt, type Goal } from './unreachable/attempt.ts';

const Place = {
  host: z
    .string()
    .max(253)
    .transform((host) => canonicalAddress(host.replace(/^\[(.*)\]$/, '$1')))
    .refine((host) => isIP(host) !== 0 || toHostName(host) === host, 'expected an address or a host name')
    .refine((host) => isIP(host) === 0 || isElsewhere(host), 'expected an address of another host'),
  port: z.int().min(1).max(65_535),
};

function isElsewhere(address: string): boolean {
  const reach = reachOf(address);
  return reach !== 'loopback' && reach !== 'everywhere';
}

const Url = z
  .url({ protocol: /^https?$/ })
  .max(1000)
  .refine((text) => {
    const url = URL.parse(text);
    return url?.username === '' && url.password === '';
  }, 'expected a URL without a name and a password');

const purpose = z.enum(purposes).default('management');
const Target = z.union([z.strictObject({ purpose, ...Place }), z.strictObject({ purpose, url: Url })]);
type Target = z.output<typeof Target>;
const ControlPlace = z.strictObject(Place);

/** How many connections are tried at the same time. */
const atOnce = 32;

/** Tries, from where this agent stands, to reach what nobody should reach from there. */
export const unreachableCollector = defineCollector({
  kind: unreachable.name,
  settings: z.object({
    unreachable: z
      .strictObject({
        targets: z.array(Target).max(128).default([]),
        /** What always answers, and so shows that there is a network. */
        controls: z.array(ControlPlace).max(16).default([]),
      })
      .prefault({}),
  }),
  parameters: UnreachableParameters,
  async collect({ host, signal }, settings): Promise<UnreachableFacts> {
    const limit = pLimit(atOnce);
    const tryAll = (goals: readonly Goal[]) =>
      Promise.all(goals.map((goal) => limit(() => attempt(host, goal, signal))));
    const { targets, controls } = settings.unreachable;
    const places = controls.map(portGoal);
    const before = await tryAll(places);
    const attempts = await tryAll(targets.map(goalOf));
    const after = await tryAll(places);
    return {
      targets: targets.map((target, index) => ({
        purpose: target.purpose,
        target: labelOf(target),
        attempts: present(attempts[index]),
      })),
      controls: controls.map(({ host, port }, index) => ({
        target: placeLabel(host, port),
        before: present(before[index]),
        after: present(after[index]),
      })),
    };
  },
});

function portGoal({ host, port }: { host: string; port: number }): Goal {
  return { kind: 'port', host, port };
}

function goalOf(target: Target): Goal {
  return 'url' in target ? { kind: 'url', url: new URL(target.url) } : portGoal(target);
}

function labelOf(target: Target): string {
  if (!('url' in target)) return placeLabel(target.host, target.port);
  // What stands behind the path may be a secret.
  const { origin, pathname } = new URL(target.url);
  return `${origin}${pathname}`;
}

/** Every goal has its attempts at the same place in the list. */
function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a goal was not tried');
  return value;
}
