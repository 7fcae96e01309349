import { Router, type Request } from 'express';
import { decodeEntry } from '../../evidence/entry.ts';
import { Statement } from '../../evidence/report.ts';
import { unpack } from '../../evidence/exchange.ts';
import { unverifiedPayload } from '../../evidence/envelope.ts';
import type { IngestDependencies } from '../ingest/report.ts';
import { Problem } from '../problem.ts';
import { controlsOverview, hostDetail, hostsOverview } from './views.ts';

/** For programs: the same that the pages show, as JSON with a version field. Documented in docs/api.md. */
export function apiRoutes(dependencies: IngestDependencies, now: () => Date): Router {
  const { fleet, shelf, store, log } = dependencies;
  const router = Router();
  router.get('/hosts', (_request, response) => {
    response.json({ v: 1, hosts: hostsOverview(fleet, now()) });
  });
  router.get('/hosts/:host', (request, response) => {
    const host = fleet.get(request.params.host);
    if (host === undefined) throw new Problem(404, 'host.unknown', `no host ${request.params.host} has reported`);
    response.json({ v: 1, ...hostDetail(host, fleet, shelf, now()) });
  });
  router.get('/controls', (_request, response) => {
    response.json({ v: 1, controls: controlsOverview(fleet, shelf, now()) });
  });
  router.get('/reports', (request, response) => {
    const host = typeof request.query.host === 'string' ? request.query.host : undefined;
    const before = wholeNumber(request, 'before');
    const limit = Math.min(wholeNumber(request, 'limit') ?? 100, 1000);
    const reports = store.reports({
      limit,
      ...(host === undefined ? {} : { agent: host }),
      ...(before === undefined ? {} : { before }),
    });
    const last = reports.at(-1);
    // To be given as `before` for the next page.
    const next = reports.length === limit && last !== undefined ? last.index : null;
    response.json({ v: 1, reports, next });
  });
  router.get('/reports/:index', async (request, response) => {
    const index = Number(request.params.index);
    const bytes = Number.isSafeInteger(index) && index >= 0 ? log.entry(index) : undefined;
    const entry = bytes && decodeEntry(bytes);
    if (entry?.kind !== 'report')
      throw new Problem(404, 'report.unknown', `entry ${request.params.index} is no report`);
    // Verified when it came in.
    const statement = Statement.parse(JSON.parse(unverifiedPayload(entry.envelope).toString()));
    response.json({
      v: 1,
      index,
      receivedAt: entry.receivedAt,
      envelope: entry.envelope,
      statement,
      parts: await readParts(statement),
      proof: log.prove(index),
    });
  });
  return router;

  async function readParts({ body }: Statement): Promise<Record<string, unknown>> {
    const parts: Record<string, unknown> = {};
    for (const { name, commitment } of body) {
      const stored = store.part(commitment);
      parts[name] =
        stored === undefined
          ? null
          : JSON.parse((await unpack(Buffer.from(stored.zstd).toString('base64'))).toString());
    }
    return parts;
  }
}

function wholeNumber(request: Request, name: string): number | undefined {
  const text = request.query[name];
  if (text === undefined) return undefined;
  const number = Number(text);
  if (typeof text === 'string' && Number.isSafeInteger(number) && number >= 0) return number;
  throw new Problem(400, 'http.query', `${name}: expected a whole number of 0 or more`);
}
