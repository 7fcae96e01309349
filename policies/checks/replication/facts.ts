import { z } from 'zod';
import { Moment } from '../../quantities.ts';
import { readingOf } from '../../reading.ts';

/** Seconds; what a copy is behind is told as the first of these that it does not pass. */
export const lagSteps: readonly number[] = [10, 30, 60, 300, 600, 1800, 3600, 21_600, 86_400];
/** Percent of the time that a cluster held up its writes. */
export const pausedSteps: readonly number[] = [1, 5, 10, 25, 50, 100];

const Name = z.string().max(256);

/**
 * How far a copy is behind: a step of `lagSteps`, null above the last. `position`: it held within seconds what the primary
 * had when asked. `heartbeat`: by a moment that the primary writes, or a call that it makes, all the time. `received`: only of
 * what has been received, by the copy itself.
 */
const Behind = z.strictObject({
  measured: z.enum(['position', 'heartbeat', 'received']),
  within: z.number().nullable(),
});
export type Behind = z.output<typeof Behind>;

/** One stream that a server takes from another. */
const Link = z.strictObject({
  /** As the server names it; empty where it has but one. */
  link: Name,
  /** As it is now. */
  receiving: z.enum(['running', 'connecting', 'stopped']),
  applying: z.enum(['running', 'paused', 'stopped']),
  /** Numbers or words of the server's own for what went wrong; texts of errors hold data. */
  error: z.string().max(64).nullable(),
  behind: readingOf(Behind),
  /** Seconds after which the server notices that a connection is dead; null where never. */
  noticesAfter: z.number().nullable(),
});
export type Link = z.output<typeof Link>;

/** A copy, as the server that it follows sees it. */
const Copy = z.strictObject({
  replica: Name,
  /** `following`, or the server's own word for another state. */
  state: z.string().max(64),
  behind: readingOf(Behind),
  /** The first look that found it where it is still: it has not moved since, though there is more. Null where it moves. */
  stuckSince: Moment.nullable(),
});
export type Copy = z.output<typeof Copy>;

/** What a primary keeps for a copy that is to come back (PostgreSQL, replication slots). */
const Slot = z.strictObject({ slot: Name, isActive: z.boolean(), isLost: z.boolean() });

/** A node of a Galera cluster, in the words of its own status variables. */
const Cluster = z.strictObject({
  /** `Primary`: it is of the part that has the majority. */
  status: z.string().max(64),
  state: z.string().max(64),
  isReady: z.boolean(),
  size: z.int().min(0),
  /** A step of `pausedSteps`: of the time since the figures were reset. */
  paused: z.number().nullable(),
});
export type Cluster = z.output<typeof Cluster>;

const State = z.strictObject({
  /** Whether the server itself says that it only follows. Null where it may do both. */
  follows: z.boolean().nullable(),
  links: z.array(Link).max(64),
  /** How many copies are connected now. */
  connected: z.int().min(0),
  /** Those of which it tells more, sorted by name. */
  copies: z.array(Copy).max(64),
  slots: z.array(Slot).max(64),
  /** Copies without whose word a write is not done; null where it waits for none. */
  acknowledging: z.int().min(0).nullable(),
  cluster: Cluster.nullable(),
});
export type State = z.output<typeof State>;

/** What agent.yaml says that the server is. */
const Expected = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('primary'), replicas: z.int().min(1).max(64) }),
  z.strictObject({ role: z.literal('replica') }),
  z.strictObject({ role: z.literal('member'), size: z.int().min(2).max(64) }),
  z.strictObject({ role: z.literal('none'), because: z.string().max(256) }),
]);
export type Expected = z.output<typeof Expected>;

const Replicated = z.strictObject({ set: Name, kind: z.string().max(32), expected: Expected, state: readingOf(State) });
export type Replicated = z.output<typeof Replicated>;

export const Facts = z.strictObject({
  /** Sorted by name; null where agent.yaml does not say. */
  sets: z.array(Replicated).max(64).nullable(),
  /** Databases whose usual socket is there, and that agent.yaml does not name. */
  undeclared: z.array(z.enum(['mariadb', 'postgresql'])),
});
export type ReplicationFacts = z.output<typeof Facts>;
