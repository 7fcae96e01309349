import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import { lookAtAll, type LookInput } from './look.ts';
import { openRecord, saveRecord, withLook, type AvailabilityRecord } from './record.ts';

export interface WatchInput extends LookInput {
  /** The agent's data folder, which nobody else writes to. */
  readonly data: string;
  readonly now: () => Date;
  readonly log: Pick<Logger, 'error' | 'info'>;
}

/** Looks at all targets again and again, and keeps what it saw on disk, until the signal. Does nothing without targets. */
export async function watchAvailability(input: WatchInput, signal: AbortSignal): Promise<void> {
  if (input.settings.targets.length === 0) return;
  let record = recordBefore(input);
  while (!signal.aborted) {
    // Measured by the clock that nobody sets.
    const due = wait(input.pace.interval * 1000, undefined, { signal }).catch(() => undefined);
    record = (await lookOnce(input, record, signal)) ?? record;
    await due;
  }
}

/** @returns undefined where nothing came of it */
async function lookOnce(
  input: WatchInput,
  record: AvailabilityRecord | undefined,
  signal: AbortSignal,
): Promise<AvailabilityRecord | undefined> {
  try {
    const at = input.now();
    const next = withLook(record, at, await lookAtAll(input, signal));
    saveRecord(input.data, next);
    return next;
  } catch (error) {
    // A full disk must not end the watch: what was not kept is missing in the record, and so unknown.
    if (!signal.aborted) input.log.error({ err: error }, 'what was seen of the availability of services is not kept');
    return undefined;
  }
}

/** A record that cannot be read is begun anew: what it held is unknown then. */
function recordBefore({ data, log }: WatchInput): AvailabilityRecord | undefined {
  const record = openRecord(data);
  if (record.state === 'read') return record.value;
  log.error(record.obstacle, 'the record of availability cannot be read, and is begun anew');
  return undefined;
}
