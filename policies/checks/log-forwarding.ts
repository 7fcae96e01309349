import { z } from 'zod';
import { isOlder } from '../moments.ts';
import { Duration, isFuture } from '../quantities.ts';
import { obstacleReason, obstacleReasons } from '../reading.ts';
import type { Reason } from '../reasons.ts';
import { defineCheckKind } from './kind.ts';
import { Facts, type Destination, type Forwarder } from './log-forwarding/facts.ts';
import { because, reasons } from './log-forwarding/reasons.ts';

/** Programs that can send logs elsewhere, as the agent knows them. */
export const knownForwarders = [
  'alloy',
  'filebeat',
  'fluent-bit',
  'promtail',
  'rsyslogd',
  'syslog-ng',
  'systemd-journal-upload',
  'vector',
] as const;

export const LogForwardingParameters = z.strictObject({
  /** How long records may wait on disk. */
  maximumDelay: Duration.default(3600),
  /** What sending by UDP comes out as: nobody can see whether it arrives. */
  datagrams: z.enum(['unknown', 'accept']).default('unknown'),
});
export type LogForwardingParameters = z.output<typeof LogForwardingParameters>;

export const logForwarding = defineCheckKind({
  name: 'log-forwarding',
  parameters: LogForwardingParameters,
  facts: Facts,
  reasons: { ...obstacleReasons, ...reasons },
  judge({ forwarders }, parameters, at) {
    if (forwarders.state === 'unreadable') return [obstacleReason(forwarders.obstacle)];
    const all = forwarders.value;
    if (all.length === 0) return [because('log-forwarding.none', { programs: knownForwarders.join(', ') })];
    const found = all.flatMap((forwarder) => judgeForwarder(forwarder, all, parameters, at));
    // Once all goes to one place, it is no matter that a part goes to a second, or that another program keeps its own.
    const isServed = found.some(({ verdict }) => verdict === 'pass');
    return isServed ? found.filter(({ code }) => !besideThePoint.includes(code)) : found;
  },
});

const besideThePoint = [
  'log-forwarding.no-destination',
  'log-forwarding.local',
  'log-forwarding.datagrams',
  'log-forwarding.part',
  'log-forwarding.targets-not-set',
];

function judgeForwarder(
  forwarder: Forwarder,
  all: readonly Forwarder[],
  parameters: LogForwardingParameters,
  at: Date,
): Reason[] {
  const { program, destinations } = forwarder;
  if (destinations === null) return [because('log-forwarding.targets-not-set', { program }, program)];
  if (destinations.state === 'unreadable') return [obstacleReason(destinations.obstacle, program)];
  if (destinations.value.length === 0) return [because('log-forwarding.no-destination', { program }, program)];
  return [
    ...judgeWaiting(forwarder, parameters.maximumDelay, at),
    ...destinations.value.map((destination) => judgeDestination(forwarder, destination, all, parameters)),
  ];
}

function judgeWaiting({ program, waitingSince }: Forwarder, maximum: number, at: Date): Reason[] {
  if (waitingSince.state === 'unreadable') return [obstacleReason(waitingSince.obstacle, program)];
  const since = waitingSince.value;
  if (since === null) return [];
  if (isFuture(since, at)) return [because('log-forwarding.waiting-future', { program, since }, program)];
  return isOlder(since, maximum, at) ? [because('log-forwarding.stuck', { program, since, maximum }, program)] : [];
}

function judgeDestination(
  forwarder: Forwarder,
  destination: Destination,
  all: readonly Forwarder[],
  { datagrams }: LogForwardingParameters,
): Reason {
  const { program } = forwarder;
  const target = labelOf(destination);
  const { addresses, scope, transport } = destination;
  if (addresses.state === 'unreadable') return obstacleReason(addresses.obstacle, program);
  // A name that leads to this host as well may lead nowhere else.
  if (addresses.value.some(({ isOwn }) => isOwn)) return judgeLocal(forwarder, destination, all);
  if (scope === 'part') return because('log-forwarding.part', { program, target }, program);
  if (transport === 'datagram') {
    const code = datagrams === 'accept' ? 'log-forwarding.datagrams-accepted' : 'log-forwarding.datagrams';
    return because(code, { program, target }, program);
  }
  if (forwarder.peers.state === 'unreadable') return obstacleReason(forwarder.peers.obstacle, program);
  if (isConnected(forwarder, destination)) return because('log-forwarding.connected', { program, target }, program);
  const code = transport === 'http' ? 'log-forwarding.not-connected-now' : 'log-forwarding.not-connected';
  return because(code, { program, target }, program);
}

/** A relay on this host does where it is itself connected with another one, to which it sends everything. */
function judgeLocal({ program }: Forwarder, destination: Destination, all: readonly Forwarder[]): Reason {
  const target = labelOf(destination);
  for (const relay of all) {
    if (relay.program === program || !destination.servedBy.includes(relay.program)) continue;
    if (relay.destinations?.state !== 'read' || destination.scope === 'part') continue;
    const onwards = relay.destinations.value.find((one) => one.scope === 'all' && isConnected(relay, one));
    if (onwards !== undefined) {
      return because('log-forwarding.relayed', { program, relay: relay.program, target: labelOf(onwards) }, program);
    }
  }
  return because('log-forwarding.local', { program, target }, program);
}

function isConnected({ peers }: Forwarder, { addresses, port }: Destination): boolean {
  if (peers.state === 'unreadable' || addresses.state === 'unreadable') return false;
  const places = addresses.value.filter(({ isOwn }) => !isOwn).map(({ address }) => address);
  return peers.value.some((peer) => peer.port === port && places.includes(peer.address));
}

function labelOf({ host, port }: Destination): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
