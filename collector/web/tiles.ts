import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Router, type Request, type Response } from 'express';
import { encodeEntryBundle, parseTilePath, tileWidth, widthOf, type TilePlace } from '../../evidence/tiles.ts';
import { hashLength } from '../../evidence/merkle.ts';
import { allow, type Access } from '../access/guard.ts';
import type { EvidenceLog } from '../log/log.ts';
import { Problem } from '../problem.ts';

/**
 * The log as anyone's program reads it (C2SP tlog-tiles 0.1.0): signed head and hashes for everyone, entries for those
 * who may read reports.
 */
export function tileRoutes(log: EvidenceLog, access: Access, cosigned: () => string | undefined): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.use((_request, response, next) => {
    // Until something is found: what is not there now may be there soon.
    response.set('cache-control', 'no-store');
    next();
  });
  router.get('/checkpoint', (_request, response) => {
    response.set('cache-control', 'no-cache').type('text/plain; charset=utf-8').send(log.head.checkpoint);
  });
  router.get('/checkpoint/cosigned', (_request, response) => {
    const checkpoint = cosigned();
    if (checkpoint === undefined)
      throw new Problem(404, 'log.not-cosigned', 'no head has enough signatures of witnesses');
    response.set('cache-control', 'no-cache').type('text/plain; charset=utf-8').send(checkpoint);
  });
  router.get('/tile/entries/*place', allow(access, 'auditor', 'operator'), async (request, response) => {
    await sendEntries(request, response, entryBundleOf(log, placeOf(request, log)));
  });
  router.get('/tile/*place', (request, response) => {
    const hashes = hashesOf(log, placeOf(request, log));
    keepForEver(response, 'public').send(hashes);
  });
  return router;
}

/**
 * Which tile a request asks for. A partial one stays what it was when the tile has grown since.
 * @throws Problem 404 where the path is not spelt as the log spells it, or the tree does not reach that far
 */
function placeOf(request: Request, log: EvidenceLog): TilePlace {
  // Not what express has decoded: a tile has one address.
  const place = parseTilePath(request.path.slice(1));
  if (place !== undefined) {
    const reached = widthOf(place.level === 'entries' ? 0 : place.level, place.index, log.head.size);
    if (place.width <= reached) return place;
  }
  throw new Problem(404, 'log.tile', `a log of ${log.head.size} entries has no tile at this path`);
}

function hashesOf(log: EvidenceLog, { level, index, width }: TilePlace): Buffer {
  const hashes = level === 'entries' ? undefined : log.tile(level, index);
  if (hashes === undefined || hashes.length < width * hashLength) {
    throw new Problem(500, 'log.damaged', `tile ${index} of level ${level} is not whole in the store`);
  }
  return hashes.subarray(0, width * hashLength);
}

function entryBundleOf(log: EvidenceLog, { index, width }: TilePlace): Buffer {
  const entries = Array.from({ length: width }, (_, offset) => {
    const entry = log.entry(index * tileWidth + offset);
    if (entry !== undefined) return entry;
    throw new Problem(500, 'log.damaged', `entry ${index * tileWidth + offset} is not in the store`);
  });
  return encodeEntryBundle(entries);
}

const compress = promisify(gzip);

async function sendEntries(request: Request, response: Response, bundle: Buffer): Promise<void> {
  response.vary('accept-encoding');
  if (request.acceptsEncodings('gzip', 'identity') !== 'gzip') {
    keepForEver(response, 'private').send(bundle);
    return;
  }
  const compressed = await compress(bundle);
  keepForEver(response, 'private').set('content-encoding', 'gzip').send(compressed);
}

/** A tile of some width never changes. */
function keepForEver(response: Response, whose: 'public' | 'private'): Response {
  return response.set('cache-control', `${whose}, max-age=31536000, immutable`).type('application/octet-stream');
}
