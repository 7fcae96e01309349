import { Router, type Request } from 'express';
import { decodeEntry, type ReportReceived } from '../../evidence/entry.ts';
import { Statement } from '../../evidence/report.ts';
import { unpack } from '../../evidence/exchange.ts';
import { unverifiedPayload } from '../../evidence/envelope.ts';
import { sightOfRequest, type Access } from '../access/guard.ts';
import { note } from '../access/note.ts';
import { isSeen, type Sight } from '../access/sight.ts';
import type { IngestDependencies } from '../ingest/report.ts';
import { Problem } from '../problem.ts';
import { seenFleet, type FleetView } from '../state/seen-fleet.ts';
import type { StoredReport } from '../store/store.ts';
import { wholeNumber } from './query.ts';
import { controlsOverview, hostDetail, hostsOverview } from './views.ts';

/**
 * For programs: the same that the pages show, as JSON with a version field, of the hosts that whoever asks may see. What
 * he may not see is answered as what there is not. Documented in docs/api.md.
 */
export function apiRoutes(dependencies: IngestDependencies, access: Access): Router {
  const { fleet: whole, shelf, store, log } = dependencies;
  const { now } = access;
  const router = Router();
  const fleetOf = (request: Request): FleetView => seenFleet(whole, sightOfRequest(request, access));
  router.get('/hosts', (request, response) => {
    response.json({ v: 1, hosts: hostsOverview(fleetOf(request), now()) });
  });
  router.get('/hosts/:host', (request, response) => {
    const fleet = fleetOf(request);
    const host = fleet.get(request.params.host);
    if (host === undefined) throw new Problem(404, 'host.unknown', `no host ${request.params.host} has reported`);
    response.json({ v: 1, ...hostDetail(host, fleet, shelf, now()) });
  });
  router.get('/controls', (request, response) => {
    response.json({ v: 1, controls: controlsOverview(fleetOf(request), shelf, now()) });
  });
  router.get('/reports', (request, response) => {
    const host = typeof request.query.host === 'string' ? request.query.host : undefined;
    const before = wholeNumber(request, 'before');
    const limit = Math.min(wholeNumber(request, 'limit') ?? 100, 1000);
    const reports = reportsOf(sightOfRequest(request, access), host, {
      limit,
      ...(before === undefined ? {} : { before }),
    });
    const last = reports.at(-1);
    // To be given as `before` for the next page.
    const next = reports.length === limit && last !== undefined ? last.index : null;
    response.json({ v: 1, reports, next });
  });
  router.get('/reports/:index', async (request, response) => {
    const index = Number(request.params.index);
    const found = reportAt(index, sightOfRequest(request, access));
    if (found === undefined) throw new Problem(404, 'report.unknown', `entry ${request.params.index} is no report`);
    const { receivedAt, envelope, statement } = found;
    note(request, access, 'read-report', `${statement.agent} ${index}`);
    response.json({
      v: 1,
      index,
      receivedAt,
      envelope,
      statement,
      parts: await readParts(statement),
      proof: log.prove(index),
    });
  });
  return router;

  function reportAt(index: number, sight: Sight): (ReportReceived & { readonly statement: Statement }) | undefined {
    const bytes = Number.isSafeInteger(index) && index >= 0 ? log.entry(index) : undefined;
    const entry = bytes && decodeEntry(bytes);
    if (entry?.kind !== 'report') return undefined;
    // Verified when it came in.
    const statement = Statement.parse(JSON.parse(unverifiedPayload(entry.envelope).toString()));
    const { receivedAt } = entry;
    return isSeen(sight, { agent: statement.agent, receivedAt }) ? { ...entry, statement } : undefined;
  }

  function reportsOf(
    sight: Sight,
    agent: string | undefined,
    page: { readonly limit: number; readonly before?: number },
  ): StoredReport[] {
    if (sight.of === 'all') return store.reports({ ...page, ...(agent === undefined ? {} : { agent }) });
    const asked = [...sight.since].filter(([host]) => agent === undefined || agent === host);
    return store.reportsSince(new Map(asked), page);
  }

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
