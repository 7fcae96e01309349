import type { Labels } from '../../policies/schema.ts';
import type { z } from 'zod';
import type { RestoreTest } from '../../policies/checks/backup/facts.ts';
import type { Reading, Unreadable } from '../../policies/reading.ts';
import type { AvailabilityRecord } from '../availability/record.ts';
import type { Host } from '../host/host.ts';

/** Something without which a kind has no facts at all could not be read: it is unknown, and the obstacle says why. */
export class UnreadableError extends Error {
  readonly obstacle: Unreadable;

  constructor(obstacle: Unreadable) {
    super(obstacle.obstacle.what);
    this.name = 'UnreadableError';
    this.obstacle = obstacle;
  }
}

/** When a thing was first seen, and the last moment at which it was certainly not there (null: nobody looked before). */
export interface FirstSeen {
  readonly notBefore: string | null;
  readonly firstSeen: string;
}

/**
 * The agent's memory of what it saw in earlier runs, for facts that no tool on the host can tell (since when an
 * update waits, when a password's hash changed).
 */
export interface Ledger {
  /** Whether later runs will remember this one; else what is first seen now means nothing. */
  readonly isKept: boolean;
  /** Says for each key when it was first seen, remembers `keys` as what is there now, and forgets the others. */
  observe(topic: string, keys: readonly string[]): ReadonlyMap<string, FirstSeen>;
  /**
   * As `observe`, and tells which keys went. One that comes back is the one it was.
   * @param isRemembered which of those that went are remembered until the next look
   */
  watch(topic: string, keys: readonly string[], isRemembered: (gone: Gone) => boolean): Watched;
}

/** A key that was there once. */
export interface Gone extends FirstSeen {
  readonly key: string;
  /** The last look at which it was there, and the first at which it was not. */
  readonly lastSeen: string;
  readonly goneBy: string;
}

/** What is remembered of a topic, this look included. */
export interface Watched {
  /** The first look. */
  readonly since: string;
  readonly seen: ReadonlyMap<string, FirstSeen>;
  /** Those that went since the last look, and those remembered from earlier. */
  readonly gone: readonly Gone[];
}

/** What a collector may use. Nothing else of the outside is within its reach. */
export interface CollectContext {
  readonly host: Host;
  readonly at: Date;
  /** What agent.yaml, or who runs the check, says that this host is. */
  readonly labels: Labels;
  /** Aborted when the check's or the run's time is over. */
  readonly signal: AbortSignal;
  readonly ledger: Ledger;
  /**
   * Does something once a run, however many kinds ask for it under this key: two kinds that scan the same endpoint
   * scan it once. What is made must not depend on who asks first.
   */
  once<T>(key: string, make: () => Promise<T>): Promise<T>;
  /** A stable name for an account that only this host can turn back; the account's own name where nothing leaves the host. */
  pseudonym(account: string): string;
  /**
   * What a secret (a hash, a key) is remembered by in the ledger: the same for the same secret, and of no use without a
   * key that stays on this host. Not for facts: they leave the host.
   */
  mark(secret: string): string;
  /** The agent's record of restore tests of a backup set; left out where there is no record to look into. */
  restoreTests?(set: string, source: unknown): Reading<RestoreTest[]>;
  /** What the agent recorded of the services it watches, undefined where nothing; left out where nobody stays to watch. */
  availability?(): Reading<AvailabilityRecord | undefined>;
}

/** Reads the facts of one check kind. */
export interface CollectorDefinition<Settings extends z.ZodObject, Parameters extends z.ZodType, Facts> {
  /** The check kind's name. */
  readonly kind: string;
  /** The part of agent.yaml that it reads; keys may be shared with other kinds. */
  readonly settings: Settings;
  /** The check kind's parameters: `wanted` comes in this form. */
  readonly parameters: Parameters;
  /**
   * @param wanted what the run's controls ask of this kind, one entry a control
   * May throw: the run turns that into `unknown` with the reason.
   */
  collect(
    context: CollectContext,
    settings: z.output<Settings>,
    wanted: readonly z.output<Parameters>[],
  ): Promise<Facts>;
}

/** A collector as a run handles it. */
export interface Collector {
  readonly kind: string;
  readonly settings: z.ZodObject;
  collect(context: CollectContext, settings: unknown, wanted: readonly unknown[]): Promise<unknown>;
}

export function defineCollector<Settings extends z.ZodObject, Parameters extends z.ZodType, Facts>(
  definition: CollectorDefinition<Settings, Parameters, Facts>,
): Collector {
  return {
    kind: definition.kind,
    settings: definition.settings,
    collect: (context, settings, wanted) =>
      definition.collect(
        context,
        definition.settings.parse(settings),
        wanted.map((parameters) => definition.parameters.parse(parameters)),
      ),
  };
}
