import type { DatabaseSync } from 'node:sqlite';
import type { Logger } from 'pino';
import type { CollectorConfig } from '../config.ts';
import type { EvidenceLog } from '../log/log.ts';
import type { Sequencer } from '../log/sequencer.ts';
import { Problem } from '../problem.ts';
import { Anchors } from './anchors.ts';
import { AnchorBook } from './book.ts';
import { timestampSources } from './timestamps.ts';
import { witnessSource } from './witness.ts';

export interface OpenAnchorsInput {
  readonly config: Pick<CollectorConfig, 'witnesses' | 'timestamps'>;
  readonly database: DatabaseSync;
  readonly evidence: EvidenceLog;
  readonly sequencer: Sequencer;
  readonly log: Logger;
  readonly now: () => Date;
}

/** Those of the settings who are asked to vouch for the log, and what came of it. */
export interface OpenAnchors {
  readonly anchors: Anchors;
  /** The newest head that as many witnesses signed as the settings ask for, as a note. */
  readonly cosignedCheckpoint: () => string | undefined;
}

/** @throws CollectorConfigError where an authority's certificates cannot be read */
export function openAnchors({ config, database, evidence, sequencer, log, now }: OpenAnchorsInput): OpenAnchors {
  const { list, every, quorum } = config.witnesses ?? { list: [], every: 0, quorum: 1 };
  const book = new AnchorBook(database);
  const anchors = new Anchors({
    sources: [
      ...list.map((witness) => witnessSource(witness, every, now)),
      ...timestampSources(config.timestamps, { log, now }),
    ],
    ...{ book, evidence, sequencer, log },
    onContradiction({ code, message }) {
      sequencer.halt(new Problem(503, code, `the collector takes nothing: ${message}`));
    },
  });
  return { anchors, cosignedCheckpoint: () => book.cosignedCheckpoint(quorum) };
}
