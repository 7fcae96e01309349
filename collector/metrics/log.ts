import type { AnchorWord } from '../anchors/anchors.ts';
import type { EvidenceLog } from '../log/log.ts';
import { maximumQueue, type Sequencer } from '../log/sequencer.ts';
import { reservedBytes } from '../log/room.ts';
import type { Scrubber } from '../log/scrubber.ts';
import { entryKinds } from '../../evidence/entry.ts';
import { timestampSeconds } from './families.ts';
import { LineBook, type Lines } from './line-book.ts';

/** What the collector knows of its log and its disk. */
export interface LogFigures {
  readonly evidence: Pick<EvidenceLog, 'head' | 'appended'>;
  readonly sequencer: Pick<Sequencer, 'isHalted' | 'waiting'>;
  readonly scrubber: Pick<Scrubber, 'mismatches' | 'completedAt'>;
  readonly anchors: readonly AnchorWord[];
  /** When agents last held more of the log than there is, by agent. */
  readonly contradicted: ReadonlyMap<string, Date>;
  /** In bytes; undefined for a database in memory. */
  readonly store: { readonly size: number | undefined; readonly free: number | undefined };
}

/** The log, what guards it, and how near the collector is to its limits. */
export function renderLog({ evidence, sequencer, scrubber, anchors, contradicted, store }: LogFigures): Lines {
  const lines = new LineBook();
  const { head, appended } = evidence;
  lines.add('waarborg_log_size_entries', {}, head.size);
  // Every kind has its series, so that the first of a kind is seen as an increase.
  for (const kind of entryKinds) {
    lines.add('waarborg_log_appended_entries_total', { kind }, appended.get(kind) ?? 0);
  }
  for (const { anchor, size, receivedAt } of anchors) {
    lines.add('waarborg_log_anchored_entries', { anchor }, size);
    const moment = receivedAt === undefined ? 0 : timestampSeconds(receivedAt);
    lines.add('waarborg_log_anchored_timestamp_seconds', { anchor }, moment);
  }
  lines.add('waarborg_log_checkpoint_timestamp_seconds', {}, timestampSeconds(head.receivedAt));
  lines.add('waarborg_log_scrub_mismatches', {}, scrubber.mismatches);
  const completed = (scrubber.completedAt?.getTime() ?? 0) / 1000;
  lines.add('waarborg_log_scrub_completed_timestamp_seconds', {}, completed);
  lines.add('waarborg_log_behind', {}, Number(sequencer.isHalted));
  for (const [host, moment] of contradicted) {
    lines.add('waarborg_log_contradicted_timestamp_seconds', { host }, moment.getTime() / 1000);
  }
  lines.add('waarborg_ingest_queue_reports', {}, sequencer.waiting);
  lines.add('waarborg_ingest_queue_limit_reports', {}, maximumQueue);
  if (store.size !== undefined) lines.add('waarborg_store_size_bytes', {}, store.size);
  if (store.free !== undefined) lines.add('waarborg_store_free_bytes', {}, store.free);
  lines.add('waarborg_store_reserve_bytes', {}, reservedBytes);
  return lines.texts();
}

/** How long a control may fail, by severity, in seconds. */
export function renderGrace(grace: Readonly<Record<'critical' | 'warning' | 'info', number>>): Lines {
  const lines = new LineBook();
  for (const [severity, seconds] of Object.entries(grace)) {
    lines.add('waarborg_control_grace_seconds', { severity }, seconds);
  }
  return lines.texts();
}
