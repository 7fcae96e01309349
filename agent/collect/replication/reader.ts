import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import type { Behind, Expected, State } from '../../../policies/checks/replication/facts.ts';
import { lagSteps } from '../../../policies/checks/replication/facts.ts';
import { stepOf } from '../../../policies/ladder.ts';
import { clockToleranceSeconds } from '../../../policies/quantities.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';

/** What agent.yaml says of one set beside where it is. */
export interface SetRequest<Source> {
  readonly set: string;
  readonly role: Expected['role'];
  /** The server that this one follows, where the agent may ask it for its position. */
  readonly primary: Source | undefined;
  /** The table into which pt-heartbeat writes, `schema.table`. */
  readonly heartbeat: string | undefined;
}

/** Reads one kind of server. A new kind is a file with one of these, and its line in `readers.ts`. */
export interface ReaderDefinition<Source extends z.ZodType> {
  /** Its key under `source` in agent.yaml. */
  readonly kind: string;
  readonly source: Source;
  /** Never writes, and asks nothing but what is fixed here. Obstacles name the set, no account and no path. */
  read(
    context: CollectContext,
    source: z.output<Source>,
    request: SetRequest<z.output<Source>>,
  ): Promise<Reading<State>>;
}

/** A reader as the collector handles it. */
export interface Reader {
  readonly kind: string;
  readonly source: z.ZodType;
  read(context: CollectContext, source: unknown, request: SetRequest<unknown>): Promise<Reading<State>>;
}

export function defineReader<Source extends z.ZodType>(definition: ReaderDefinition<Source>): Reader {
  const { kind, source: schema } = definition;
  return {
    kind,
    source: schema,
    read: (context, source, { primary, ...rest }) =>
      definition.read(context, schema.parse(source), {
        ...rest,
        primary: primary === undefined ? undefined : schema.parse(primary),
      }),
  };
}

export const nothingFound: State = {
  follows: null,
  links: [],
  connected: 0,
  copies: [],
  slots: [],
  acknowledging: null,
  cluster: null,
};

/** Milliseconds before each question. */
const waits = [0, 400, 1000, 2000];
/** What a copy is behind at most that came along while it was asked: the sum of those, and the asking itself. */
export const cameAlong: Behind['within'] = 10;

/** Whether a copy soon has what its primary had before the first question. */
export async function comesAlong(ask: () => Promise<Reading<boolean>>, signal: AbortSignal): Promise<Reading<boolean>> {
  for (const wait of waits) {
    if (wait > 0) await sleep(wait, undefined, { signal });
    const answer = await ask();
    if (answer.state === 'unreadable' || answer.value) return answer;
  }
  return read(false);
}

/** @param seconds behind, as far as known */
export function behindBy(measured: Behind['measured'], seconds: number): Reading<Behind> {
  return read({ measured, within: stepOf(Math.max(0, seconds), lagSteps) });
}

/** @param heartbeat the newest moment that the primary wrote and the copy has */
export function behindHeartbeat(heartbeat: Date, now: Date, what: string): Reading<Behind> {
  const seconds = (now.getTime() - heartbeat.getTime()) / 1000;
  if (Number.isNaN(seconds)) return unreadable('unparsable', `the heartbeat of ${what}`);
  // One that lies ahead would hide any lag.
  if (seconds < -clockToleranceSeconds) {
    return unreadable('unparsable', `the heartbeat of ${what}`, 'it lies in the future; is it written in UTC?');
  }
  return behindBy('heartbeat', seconds);
}
