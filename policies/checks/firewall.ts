import { z } from 'zod';
import { obstacleReason, type Obstacle } from '../reading.ts';
import type { Reason } from '../reasons.ts';
import { judgeDefault } from './firewall/default.ts';
import { FirewallFacts, type Rules } from './firewall/facts.ts';
import { judgeManagement } from './firewall/management.ts';
import { openingsOf, type Opening } from './firewall/openings.ts';
import { judgePorts } from './firewall/ports.ts';
import { because, firewallReasons } from './firewall/reasons.ts';
import { TooComplexError } from './firewall/walk.ts';
import { familyName } from './firewall/words.ts';
import { defineCheckKind } from './kind.ts';
import { AllowedServices } from './network/services.ts';
import { NetworkText } from './ssh-access/parameters.ts';

export const FirewallParameters = z
  .strictObject({
    /** What no rule lets in is denied. */
    defaultDeny: z.boolean().default(false),
    /** Only these ports are open; `declared`: those that agent.yaml lists. */
    openPorts: z.union([z.literal('declared'), AllowedServices]).optional(),
    /** Management ports are open to these networks only; `declared`: those that agent.yaml names. */
    managementFrom: z.union([z.literal('declared'), z.array(NetworkText).min(1).max(128)]).optional(),
  })
  .refine(
    ({ defaultDeny, openPorts, managementFrom }) =>
      defaultDeny || openPorts !== undefined || managementFrom !== undefined,
    { error: 'expected at least one requirement: defaultDeny, openPorts or managementFrom' },
  );
export type FirewallParameters = z.output<typeof FirewallParameters>;

/** What the rules that are in force let in, for IPv4 and IPv6. */
export const firewall = defineCheckKind({
  name: 'firewall',
  parameters: FirewallParameters,
  facts: FirewallFacts,
  reasons: firewallReasons,
  judge(facts, parameters) {
    const { nftables, legacy, interfaces, declared } = facts;
    // Rules that nobody saw may let in, or send elsewhere, what the others deny.
    const obstacles = [nftables, legacy, interfaces].flatMap((reading) =>
      reading.state === 'unreadable' ? [describeObstacle(reading.obstacle)] : [],
    );
    if (nftables.state === 'unreadable' || legacy.state === 'unreadable' || interfaces.state === 'unreadable') {
      return obstacles;
    }
    const rules = [nftables.value, legacy.value];
    const outside = interfaces.value.filter(({ name }) => !declared.trustedInterfaces.includes(name));
    if (outside.length === 0) return [because('firewall.no-interface', {})];
    const names = { 4: outside, 6: outside.filter(({ ipv6 }) => ipv6) };
    return ([4, 6] as const).flatMap((family) =>
      judgeFamily({ facts, family, rules, interfaces: names[family].map(({ name }) => name) }, parameters),
    );
  },
});

function describeObstacle(obstacle: Obstacle): Reason {
  return obstacle.code === 'denied'
    ? because('firewall.needs-net-admin', { what: obstacle.what })
    : obstacleReason(obstacle);
}

/** What is judged of one family. */
interface Scope {
  readonly facts: FirewallFacts;
  readonly family: 4 | 6;
  readonly rules: readonly Rules[];
  /** Those that lead outside. */
  readonly interfaces: readonly string[];
}

function judgeFamily(scope: Scope, { defaultDeny, openPorts, managementFrom }: FirewallParameters): Reason[] {
  const { facts, family } = scope;
  const subject = familyName(family);
  if (scope.interfaces.length === 0) return [because('firewall.no-ipv6', {}, subject)];
  const openings = openingsIn(scope);
  if (openings === 'too-complex') return [because('firewall.too-complex', {}, subject)];
  const found = { facts, family, openings };
  return [
    ...(defaultDeny ? judgeDefault(found) : []),
    ...(openPorts === undefined ? [] : judgePorts(found, openPorts)),
    ...(managementFrom === undefined ? [] : judgeManagement(found, managementFrom)),
  ];
}

type Openings = Opening[] | 'too-complex';
const worked = new WeakMap<FirewallFacts, Map<4 | 6, Openings>>();

/** Worked out once for the same facts, whatever controls ask of them. */
function openingsIn(scope: Scope): Openings {
  const { facts, family } = scope;
  const known = worked.get(facts) ?? new Map<4 | 6, Openings>();
  worked.set(facts, known);
  const openings = known.get(family) ?? workOut(scope);
  known.set(family, openings);
  return openings;
}

function workOut({ rules, family, interfaces }: Scope): Openings {
  try {
    return openingsOf(rules, family, interfaces);
  } catch (error) {
    if (error instanceof TooComplexError) return 'too-complex';
    throw error;
  }
}
