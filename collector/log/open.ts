import type { KeyObject } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Logger } from 'pino';
import { guardFile, type CollectorConfig } from '../config.ts';
import { Problem } from '../problem.ts';
import { LogClock } from './clock.ts';
import { assertContinuesFile, Guard } from './guard.ts';
import { Heartbeat } from './heartbeat.ts';
import { EvidenceLog, type CommitError } from './log.ts';
import { Sequencer } from './sequencer.ts';

export interface OpenLogInput {
  readonly database: DatabaseSync;
  readonly key: KeyObject;
  /** Signs along. */
  readonly former?: KeyObject | undefined;
  readonly config: Pick<CollectorConfig, 'origin' | 'data' | 'guard' | 'checkpoints'>;
  readonly now: () => Date;
  /** Seconds from any moment on, by a clock that nobody sets. */
  readonly elapsed: () => number;
  readonly log: Logger;
  readonly onCommit: () => void;
  readonly onUndone: () => void;
  readonly onFatal: (error: CommitError) => void;
}

/**
 * The log with its one writer and what keeps watch over both. Disposed of, it writes what waits and takes no more.
 * Nothing is written by itself before `begin`: others may still have to be asked whether this is the true log.
 */
export interface OpenLog extends Disposable {
  readonly evidence: EvidenceLog;
  readonly sequencer: Sequencer;
  readonly guard: Guard;
  /** What was silent until now says so before anything else. */
  readonly begin: () => void;
}

/**
 * Opens the log, unless a head that it signed before says that it was set back or forked.
 * @throws StoreError
 */
export function openLog(input: OpenLogInput): OpenLog {
  const { database, key, former, config, now, elapsed, log } = input;
  const evidence = new EvidenceLog(database, config.origin, key, now(), former);
  for (const checkpoint of config.checkpoints) assertContinuesFile(checkpoint, evidence);
  const guard = new Guard({
    file: guardFile(config),
    evidence,
    log,
    onBroken({ code, message }) {
      log.fatal({ code }, `${message}; nothing more is taken: docs/recovery.md`);
      sequencer.halt(new Problem(503, code, `the collector takes nothing: ${message}`));
    },
  });
  const clock = new LogClock(now, elapsed);
  const sequencer = new Sequencer(evidence, () => clock.read(), {
    onCommit() {
      clock.confirm();
      guard.note();
      input.onCommit();
    },
    onUndone: input.onUndone,
    onFatal: input.onFatal,
  });
  const heartbeat = new Heartbeat({ evidence, sequencer, now, log });
  return {
    evidence,
    sequencer,
    guard,
    begin: () => void heartbeat.beat(),
    [Symbol.dispose]() {
      heartbeat[Symbol.dispose]();
      sequencer.stop();
      guard[Symbol.dispose]();
    },
  };
}
