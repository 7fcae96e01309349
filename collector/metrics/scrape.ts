import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { RequestHandler } from 'express';
import { Chunk, gzipSlices, plainSlices } from './chunk.ts';
import type { Exposition } from './exposition.ts';
import { asOpenMetrics, contentTypes, endOf, type Format } from './format.ts';
import { paced } from './pace.ts';
import type { ProcessMetrics } from './process.ts';
import { parseShard } from './shard.ts';

/**
 * Answers `GET /metrics?shard=K/N` in the format and encoding that are asked for. Sent in slices, so that the collector
 * takes reports meanwhile.
 * @throws Problem `http.query`
 */
export function scrape(exposition: Exposition, own: ProcessMetrics, now: () => Date): RequestHandler {
  return async (request, response) => {
    const shard = parseShard(request.query.shard);
    // What is asked for first, where both are as welcome.
    const type = request.accepts([contentTypes.text, contentTypes.openmetrics]);
    const format: Format = type === contentTypes.openmetrics ? 'openmetrics' : 'text';
    const isZipped = request.acceptsEncodings('gzip', 'identity') === 'gzip';
    const ofProcess = shard.number === 0 ? await renderProcess(own, format) : '';
    const chunks = [...exposition.chunks(now(), format, shard), new Chunk([ofProcess, endOf[format]])];
    response.set('content-type', contentTypes[format]).vary('accept').vary('accept-encoding');
    if (isZipped) response.set('content-encoding', 'gzip');
    const slices = isZipped ? gzipSlices(chunks) : plainSlices(chunks);
    await pipeline(Readable.from(paced(slices)), response).catch(ignoreLeaving);
  };
}

async function renderProcess(own: ProcessMetrics, format: Format): Promise<string> {
  const text = await own.render();
  return format === 'openmetrics' ? asOpenMetrics(text) : text;
}

/** A scrape that was given up before its end is nobody's fault here. */
function ignoreLeaving(error: unknown): void {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE') return;
  throw error;
}
