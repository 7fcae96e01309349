import { obstacleReason } from '../reading.ts';
import type { Reason } from '../reasons.ts';
import { judgeDetection } from './brute-force/detection.ts';
import { BruteForceFacts, type Guard, type Service } from './brute-force/facts.ts';
import { coverOf } from './brute-force/guards.ts';
import { BruteForceParameters } from './brute-force/parameters.ts';
import { because, bruteForceReasons } from './brute-force/reasons.ts';
import { defineCheckKind } from './kind.ts';

export { BruteForceFacts, BruteForceParameters };

/** Whether whoever guesses passwords is kept out, and whether something watches for intruders. */
export const bruteForce = defineCheckKind({
  name: 'brute-force',
  parameters: BruteForceParameters,
  facts: BruteForceFacts,
  reasons: bruteForceReasons,
  judge(facts, parameters, at) {
    return [
      ...(parameters.protects ?? []).flatMap((service) => judgeService(service, facts, parameters, at)),
      ...(parameters.intrusionDetection === true ? judgeDetection(facts.detectors, parameters, at) : []),
    ];
  },
});

function judgeService(
  service: Service,
  { listening, guards, jailServices }: BruteForceFacts,
  parameters: BruteForceParameters,
  at: Date,
): Reason[] {
  if (listening.state === 'unreadable') return [obstacleReason(listening.obstacle, service)];
  const { services, nameless } = listening.value;
  const ports = services.filter((one) => one.service === service).map(({ port }) => port);
  if (ports.length === 0) {
    return nameless.length > 0
      ? [because('brute-force.listening-unclear', { service, ports: listPorts(nameless) }, service)]
      : [because('brute-force.not-listening', { service }, service)];
  }
  if (guards.state === 'unreadable') return [obstacleReason(guards.obstacle, service)];
  if (guards.value.length === 0) return [because('brute-force.no-guard', {}, service)];
  return judgeGuards(guards.value, { service, ports, parameters, jailServices, at });
}

function judgeGuards(guards: readonly Guard[], asked: Parameters<typeof coverOf>[1]): Reason[] {
  const { service, ports } = asked;
  const covers = guards.map((guard) => ({ program: guard.program, ...coverOf(guard, asked) }));
  const open = ports.filter((port) => !covers.some(({ covered }) => covered.has(port)));
  const active = covers.filter(({ covered }) => covered.size > 0);
  const works = active.flatMap(({ reasons }) => reasons.filter(({ verdict }) => verdict === 'pass'));
  if (open.length === 0) {
    const names = active.map(({ program }) => program).join(', ');
    return [because('brute-force.protected', { service, ports: listPorts(ports), guards: names }, service), ...works];
  }
  const bare = open.filter((port) => !covers.some(({ unclear }) => unclear.has(port)));
  return [
    ...(bare.length > 0 ? [because('brute-force.unprotected', { service, ports: listPorts(bare) }, service)] : []),
    ...covers.flatMap(({ reasons }) => reasons),
  ];
}

function listPorts(ports: readonly number[]): string {
  const shown = ports.slice(0, 20).join(', ');
  return ports.length > 20 ? `${shown}, …` : shown;
}
