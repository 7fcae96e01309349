import { z } from 'zod';
import { obstacleReason } from '../reading.ts';
import type { Reason } from '../reasons.ts';
import { defineCheckKind } from './kind.ts';
import { ListeningFacts, type ListeningSocket } from './listening-services/facts.ts';
import { plainServiceOf } from './listening-services/plain.ts';
import { because, listeningReasons } from './listening-services/reasons.ts';
import { isManagementProgram, managementServiceOn } from './network/management.ts';
import { reachOf } from './network/reach.ts';
import { AllowedServices, parsePorts, type AllowedService } from './network/services.ts';

export const ListeningParameters = z
  .strictObject({
    /** Nothing else listens beyond loopback; `declared`: those that agent.yaml lists. */
    onlyServices: z.union([z.literal('declared'), AllowedServices]).optional(),
    /** No service that speaks plain text listens beyond loopback. */
    noPlainText: z.boolean().default(false),
    /** Management services do not listen on public addresses. */
    managementNotPublic: z.boolean().default(false),
  })
  .refine((asked) => asked.onlyServices !== undefined || asked.noPlainText || asked.managementNotPublic, {
    error: 'expected at least one requirement: onlyServices, noPlainText or managementNotPublic',
  });
export type ListeningParameters = z.output<typeof ListeningParameters>;

/** What takes connections on this host, and where. */
export const listeningServices = defineCheckKind({
  name: 'listening-services',
  parameters: ListeningParameters,
  facts: ListeningFacts,
  reasons: listeningReasons,
  judge(facts, { onlyServices, noPlainText, managementNotPublic }) {
    if (facts.sockets.state === 'unreadable') return [obstacleReason(facts.sockets.obstacle)];
    const sockets = facts.sockets.value.filter(({ address }) => reachOf(address) !== 'loopback');
    return [
      ...(onlyServices === undefined ? [] : judgeAllowed(facts, sockets, onlyServices)),
      ...(noPlainText ? judgePlain(sockets) : []),
      ...(managementNotPublic ? judgeManagement(facts, sockets) : []),
      ...(noPlainText || managementNotPublic ? judgeSight(facts, sockets) : []),
    ];
  },
});

function subjectOf({ protocol, address, port }: ListeningSocket): string {
  return `${protocol} ${address.includes(':') ? `[${address}]` : address}:${port}`;
}

function programsOf({ programs }: ListeningSocket, sees: ListeningFacts['programs']): string {
  if (programs.length > 0) return programs.join(', ');
  return sees === 'all' ? 'kernel' : '?';
}

function judgeAllowed(
  facts: ListeningFacts,
  sockets: readonly ListeningSocket[],
  wanted: 'declared' | readonly AllowedService[],
): Reason[] {
  const allowed = wanted === 'declared' ? facts.declared.services : wanted;
  if (allowed === null) return [because('listening.services-not-set', {})];
  if (sockets.length === 0) return [because('listening.nothing', {})];
  return sockets.map((socket) => judgeSocket(socket, facts, allowed));
}

function judgeSocket(socket: ListeningSocket, facts: ListeningFacts, allowed: readonly AllowedService[]): Reason {
  const subject = subjectOf(socket);
  const programs = programsOf(socket, facts.programs);
  const fitting = allowed.filter(({ protocol, ports }) => {
    const { first, last } = parsePorts(ports);
    return protocol === socket.protocol && first <= socket.port && socket.port <= last;
  });
  if (fitting.length === 0) return because('listening.not-allowed', { programs }, subject);
  const isAllowed = fitting.some(
    ({ processes }) =>
      processes === undefined ||
      (socket.programs.length > 0 && socket.programs.every((program) => processes.includes(program))),
  );
  if (isAllowed) return because('listening.allowed', { programs }, subject);
  const expected = [...new Set(fitting.flatMap(({ processes }) => processes ?? []))].sort().join(', ');
  if (socket.programs.length === 0 && facts.programs === 'own') {
    return because('listening.program-unknown', { expected }, subject);
  }
  return because('listening.other-program', { programs, expected }, subject);
}

function judgePlain(sockets: readonly ListeningSocket[]): Reason[] {
  const reasons = sockets.flatMap((socket) => {
    const service = plainServiceOf(socket);
    if (service === undefined) return [];
    const values = { service: service.name };
    const subject = subjectOf(socket);
    if (service.encrypts === 'unseen') return [because('listening.plain-unclear', values, subject)];
    if (service.encrypts === 'handshake' && socket.tls === true) {
      return [because('listening.encrypted', values, subject)];
    }
    return [because('listening.plain-text', values, subject)];
  });
  return reasons.length > 0 ? reasons : [because('listening.no-plain-text', {})];
}

function judgeManagement(facts: ListeningFacts, sockets: readonly ListeningSocket[]): Reason[] {
  const { managementPorts } = facts.declared;
  const reasons = sockets.flatMap((socket) => {
    if (socket.protocol !== 'tcp') return [];
    const { port, programs } = socket;
    const known = managementPorts === null ? managementServiceOn(port) : managementPorts.includes(port) && String(port);
    const service = programs.find(isManagementProgram) ?? known;
    return service === undefined || service === false ? [] : [judgeManagementSocket(facts, socket, service)];
  });
  return reasons.length > 0 ? reasons : [because('listening.no-management', {})];
}

function judgeManagementSocket(facts: ListeningFacts, socket: ListeningSocket, service: string): Reason {
  const subject = subjectOf(socket);
  const reach = reachOf(socket.address);
  if (reach === 'public') return because('listening.management-public', { service }, subject);
  if (reach !== 'everywhere') return because('listening.management-private', { service }, subject);
  const { publicAddresses, declared } = facts;
  if (publicAddresses.state === 'unreadable') return obstacleReason(publicAddresses.obstacle, subject);
  // A socket on :: takes IPv4 as well, unless it says that it does not, which the kernel's list does not show.
  const { ipv4, ipv6 } = publicAddresses.value;
  const isPublic = socket.address.includes(':') ? ipv4 || ipv6 : ipv4;
  if (isPublic) return because('listening.management-everywhere', { service }, subject);
  return declared.exposure === 'private'
    ? because('listening.management-private', { service }, subject)
    : because('listening.management-unclear', { service }, subject);
}

/** Whether a service could hide behind a port that is not its own. */
function judgeSight({ programs }: ListeningFacts, sockets: readonly ListeningSocket[]): Reason[] {
  const isHidden = programs === 'own' && sockets.some((socket) => socket.programs.length === 0);
  return isHidden ? [because('listening.programs-unseen', {})] : [];
}
