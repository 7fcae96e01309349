import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Router, type NextFunction, type Request, type Response } from 'express';
import { parseCheckpoint } from '../../evidence/checkpoint.ts';
import { roleOfRequest, type Access } from '../access/guard.ts';
import type { IngestDependencies } from '../ingest/report.ts';
import type { EvidenceLog } from '../log/log.ts';
import type { OrganisationWindow } from '../people/shown.ts';
import { languageOf } from './language.ts';
import { controlPage } from './page/control.ts';
import { fleetPage } from './page/fleet.ts';
import { hostPage } from './page/host.ts';
import { icon, style, type LogView, type PageContext } from './page/layout.ts';
import { organisationPage } from './page/organisation.ts';
import { neverSeenPage, notFoundPage } from './page/message.ts';
import { reportsPage } from './page/reports.ts';
import { fleetDetail, hostDetail } from './views.ts';

export interface PageDependencies extends Pick<IngestDependencies, 'fleet' | 'shelf' | 'log'> {
  readonly people: OrganisationWindow;
}

const refreshSeconds = 60;
const compress = promisify(gzip);

/** For people: the fleet, one host, one control over all hosts, the organisation. Whoever is not logged in is sent to do so. */
export function pageRoutes(access: Access, pages: PageDependencies): Router {
  const { fleet, shelf, log, people } = pages;
  const router = Router();
  router.get('/style.css', (_request, response) => sendForEver(response, 'text/css', style));
  router.get('/icon.svg', (_request, response) => sendForEver(response, 'image/svg+xml', icon));
  router.get(['/', '/reports', '/organisation', '/hosts/:host', '/policies/:policy/controls/:control'], loggedIn);
  router.get('/', async (request, response) => {
    const context = contextOf(request);
    await sendPage(response, fleetPage(fleetDetail(fleet, shelf, context.at), people.at(context.at), context));
  });
  router.get('/reports', (request, response) => {
    const context = contextOf(request);
    const page = reportsPage(fleetDetail(fleet, shelf, context.at), people.at(context.at), context);
    // Not renewed: what was filled in would be gone.
    response.set('cache-control', 'no-store').type('html').send(page);
  });
  router.get('/organisation', async (request, response) => {
    const context = contextOf(request);
    const { at } = context;
    await sendPage(response, organisationPage(people.at(at), people.waivers(at), context));
  });
  router.get('/hosts/:host', async (request, response) => {
    const context = contextOf(request);
    const name = request.params.host;
    const host = fleet.get(name);
    if (host !== undefined) {
      await sendPage(response, hostPage(hostDetail(host, fleet, shelf, context.at), context));
    } else if (fleet.neverSeen().some(({ agent }) => agent === name)) {
      await sendPage(response, neverSeenPage(name, context));
    } else {
      await sendPage(response.status(404), notFoundPage({ host: name }, context));
    }
  });
  router.get('/policies/:policy/controls/:control', async (request, response) => {
    const context = contextOf(request);
    const { policy, control } = request.params;
    const found = fleetDetail(fleet, shelf, context.at).controls.find(
      (detail) => detail.policy === policy && detail.control === control,
    );
    if (found === undefined) await sendPage(response.status(404), notFoundPage({ control }, context));
    else await sendPage(response, controlPage(found, context));
  });
  return router;

  function loggedIn(request: Request, response: Response, next: NextFunction): void {
    const role = roleOfRequest(request, access);
    if (role === 'auditor' || role === 'operator') next();
    else response.redirect(303, '/login');
  }

  function contextOf(request: Request): PageContext {
    return {
      language: languageOf(request),
      at: access.now(),
      log: logView(log),
      url: `${request.protocol}://${request.get('host') ?? ''}`,
    };
  }
}

function logView(log: EvidenceLog): LogView {
  const { checkpoint } = log.head;
  // The log signed this note itself; an empty line parts its text from the signatures.
  const { origin, size, root } = parseCheckpoint(checkpoint.slice(0, checkpoint.indexOf('\n\n') + 1));
  return { origin, size, root: root.toString('base64') };
}

async function sendPage(response: Response, page: string): Promise<void> {
  // Not to be seen again by the back button of whoever logged out, nor in a cache on the way.
  response.set({ 'cache-control': 'no-store', refresh: String(refreshSeconds) }).type('html');
  // Thousands of cells are much alike: 1.5 MB become 65 KB. Nothing secret is in a page that compression could give away.
  if (response.req.acceptsEncodings('gzip') === false) response.send(page);
  else response.set('content-encoding', 'gzip').send(await compress(page));
}

function sendForEver(response: Response, type: string, content: string): void {
  response.set('cache-control', 'public, max-age=31536000, immutable').type(type).send(content);
}
