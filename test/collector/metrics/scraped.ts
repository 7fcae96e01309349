import { plainSlices } from '../../../collector/metrics/chunk.ts';
import type { Exposition } from '../../../collector/metrics/exposition.ts';
import type { Format } from '../../../collector/metrics/format.ts';
import type { Shard } from '../../../collector/metrics/shard.ts';

/** What a scrape gives, as text. */
export function scraped(exposition: Exposition, at: Date, format: Format = 'text', shard?: Shard): string {
  return Buffer.concat([...plainSlices(exposition.chunks(at, format, shard))]).toString();
}

/** Its samples, without the lines that say what they are. */
export function samplesIn(text: string): string[] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}
