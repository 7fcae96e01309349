import type { Labels } from '../../policies/schema.ts';
import { randomOf, wholeNumber, type Random } from './random.ts';
import { day, isIn, type Span } from './span.ts';

/** What goes wrong on a host for a while. */
export const troubles = [
  /** Certificates are not renewed. */
  'certificate',
  /** No copies are made. */
  'backup',
  /** The repository of copies cannot be reached: nobody knows. */
  'repository',
  /** Updates are not installed. */
  'updates',
  'reboot',
  /** Old versions of TLS are accepted. */
  'tls',
  'disk',
  /** The clock follows nothing. */
  'clock',
  /** Passwords are not changed. */
  'password',
] as const;
export type Trouble = (typeof troubles)[number];

export interface Spell extends Span {
  readonly what: Trouble;
}

export const roles = ['web', 'mail', 'db', 'hosting', 'backup', 'monitor'] as const;
export type Role = (typeof roles)[number];

/** A host that is not there, and all that will befall it. */
export interface SimulatedHost {
  /** Its name tells everybody that it is simulated. */
  readonly name: string;
  /** From 0, over the whole fleet. */
  readonly number: number;
  readonly role: Role;
  readonly labels: Labels;
  readonly os: { readonly release: '12' | '13'; readonly codename: 'bookworm' | 'trixie' };
  /** The documents that it is held to. */
  readonly policies: readonly string[];
  readonly spells: readonly Spell[];
  /** Its agent reports in this span. */
  readonly reports: Span;
  /** When it was taken out of service, as the log has it. */
  readonly retired: number | undefined;
  /** When its first certificate was issued; others follow every sixty days. */
  readonly certificates: number;
  /** A row of numbers of its own, for a purpose: the same each time it is asked for. */
  random(purpose: string): Random;
}

export interface FleetChoices {
  readonly hosts: number;
  readonly seed: number;
  /** The days that are simulated. */
  readonly span: Span;
}

export const domain = 'simulated.example';

/** The name of a host that is expected and never reports. */
export const neverSeen = `spare1.${domain}`;

/** Roles in the order in which hosts get them: of the first eight no sort is left out. */
const order: readonly Role[] = ['web', 'web', 'db', 'hosting', 'mail', 'web', 'backup', 'monitor'];
const later: readonly Role[] = ['web', 'web', 'db', 'hosting', 'web', 'mail', 'web', 'hosting', 'web', 'db'];

const policiesOf: Readonly<Record<Role, readonly string[]>> = {
  web: ['demo-cloud-provider'],
  mail: ['demo-cloud-provider'],
  db: ['demo-cloud-provider', 'demo-psohub'],
  hosting: ['demo-cloud-provider', 'demo-antum'],
  backup: ['demo-cloud-provider'],
  monitor: ['demo-cloud-provider', 'demo-psohub'],
};

/** What certainly stands at the end, by the host's number, so that each sort of trouble can be seen. Days before the end. */
const stories: Readonly<Record<number, { readonly what: Trouble; readonly since: number }>> = {
  0: { what: 'certificate', since: 40 },
  1: { what: 'certificate', since: 30 },
  2: { what: 'backup', since: 3 },
  3: { what: 'updates', since: 24 },
  5: { what: 'tls', since: 12 },
  9: { what: 'disk', since: 4 },
  10: { what: 'repository', since: 2 },
  11: { what: 'reboot', since: 6 },
  12: { what: 'clock', since: 1 },
  13: { what: 'password', since: 120 },
};

/** They leave their turn to another that shares it. */
const silent = 4;
const retired = 6;

/** How many of a fleet's last hosts share a turn with one of its first, and may come later than all others. */
export function lateHosts(hosts: number): number {
  return Math.min(10, Math.floor(hosts / 2));
}

/** The fleet of a seed: the same hosts with the same fate, moved along with the end of the span. */
export function simulatedFleet({ hosts, seed, span }: FleetChoices): SimulatedHost[] {
  const counts = new Map<Role, number>();
  return Array.from({ length: hosts }, (_, number) => {
    const role = order[number] ?? later[(number - order.length) % later.length] ?? 'web';
    const count = (counts.get(role) ?? 0) + 1;
    counts.set(role, count);
    const joinsLater = number >= order.length && number >= hosts - lateHosts(hosts);
    return simulatedHost(`${role}${count}.${domain}`, { number, role, seed, span, joinsLater });
  });
}

function simulatedHost(
  name: string,
  {
    number,
    role,
    seed,
    span,
    joinsLater,
  }: Pick<SimulatedHost, 'number' | 'role'> & {
    readonly seed: number;
    readonly span: Span;
    readonly joinsLater: boolean;
  },
): SimulatedHost {
  const random = (purpose: string): Random => randomOf(seed, number, purpose);
  const length = span.until - span.from;
  const story = stories[number];
  return {
    ...{ name, number, role, random },
    labels: labelsOf(role, number),
    os: number % 3 === 0 ? { release: '12', codename: 'bookworm' } : { release: '13', codename: 'trixie' },
    policies: policiesOf[role],
    spells: [...chanceSpells(random('spells'), span), ...storySpell(story, span)],
    reports: {
      // Some of a large fleet join while it is watched, before any host leaves.
      from: joinsLater ? span.from + Math.floor(random('joins')() * length * 0.55) : span.from,
      until: number === silent ? span.until - 2 * day : number === retired ? retirement(span) : Infinity,
    },
    retired: number === retired ? retirement(span) : undefined,
    certificates: firstCertificate(number, random('certificates'), span),
  };
}

function retirement({ from, until }: Span): number {
  return from + (until - from) * 0.6;
}

function labelsOf(role: Role, number: number): Labels {
  return {
    simulated: 'yes',
    role,
    environment: number % 5 === 4 ? 'acceptance' : 'production',
    ...(role === 'monitor' ? { vantage: 'outside' } : {}),
  };
}

/** Troubles that come and go. */
function chanceSpells(random: Random, { from, until }: Span): Spell[] {
  const weeks = (until - from) / (7 * day);
  const count = Math.floor(random() * (0.6 + weeks / 5));
  return Array.from({ length: count }, () => {
    const what = troubles[wholeNumber(random, 0, troubles.length - 1)] ?? 'backup';
    const begins = from + random() * (until - from) * 0.95;
    return { what, from: begins, until: begins + (1 + random() * 8) * day };
  });
}

function storySpell(story: { what: Trouble; since: number } | undefined, { until }: Span): Spell[] {
  return story === undefined ? [] : [{ what: story.what, from: until - story.since * day, until: Infinity }];
}

/** Those of the stories end two days before the end, and five days after it. */
function firstCertificate(number: number, random: Random, { until }: Span): number {
  const issued = number === 0 ? 92 : number === 1 ? 85 : 61 + Math.floor(random() * 59);
  return until - (issued + 180) * day;
}

export function isTroubled({ spells }: SimulatedHost, what: Trouble, moment: number): boolean {
  return spells.some((spell) => spell.what === what && isIn(spell, moment));
}

/** The moment at which something that was planned is done: when the trouble that keeps it from being done is over. */
export function doneAt({ spells }: SimulatedHost, what: Trouble, planned: number): number {
  const inWay = spells.find((spell) => spell.what === what && isIn(spell, planned));
  return inWay?.until ?? planned;
}
