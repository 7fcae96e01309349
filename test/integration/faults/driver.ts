/**
 * A collector that is sent some reports by its own process, to be run under injected faults. Arguments: its data folder,
 * and a file with the submissions as JSON. Each receipt is a line `seq index` on standard output. Ends with 1 where the
 * log could not be written and only a new start can tell what is on disk, as `waarborg collector` does.
 */
import { readFileSync, writeSync } from 'node:fs';
import type { Submission } from '../../../evidence/exchange.ts';
import { collectorOn } from '../../support/road.ts';
import { send } from '../../collector/ingest/submissions.ts';
import { indexOf } from './receipts.ts';

const [data = '', file = ''] = process.argv.slice(2);
const submissions = JSON.parse(readFileSync(file, 'utf8')) as Submission[];

await using collector = await collectorOn(data, { onFatal: () => process.exit(1) });
for (const [at, submission] of submissions.entries()) {
  const index = indexOf(await send(collector, { submission }));
  // At once: what is still in a buffer when the process is killed was never said.
  if (index !== undefined) writeSync(1, `${at} ${index}\n`);
}
