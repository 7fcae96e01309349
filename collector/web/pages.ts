import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Router, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { parseCheckpoint } from '../../evidence/checkpoint.ts';
import { formOfRequest, roleOfRequest, sightOfRequest, tokenOfRequest, type Access } from '../access/guard.ts';
import type { Token } from '../access/tokens.ts';
import type { IngestDependencies } from '../ingest/report.ts';
import type { EvidenceLog } from '../log/log.ts';
import {
  casesOfHost,
  nothingOfOrganisation,
  type OrganisationWindow,
  type ShownOrganisation,
} from '../people/shown.ts';
import { seenFleet } from '../state/seen-fleet.ts';
import { languageOf } from './language.ts';
import { controlPage } from './page/control.ts';
import { fleetPage } from './page/fleet.ts';
import { hostPage } from './page/host.ts';
import { icon, style, type LogView, type PageContext } from './page/layout.ts';
import { organisationPage } from './page/organisation.ts';
import { neverSeenPage, notFoundPage } from './page/message.ts';
import { reportsPage } from './page/reports.ts';
import { mayRead, readersOf, type PagePath } from './readers.ts';
import { fleetDetail, hostDetail, type FleetDetail } from './views.ts';

export interface PageDependencies extends Pick<IngestDependencies, 'fleet' | 'shelf' | 'log'> {
  readonly people: OrganisationWindow;
}

const refreshSeconds = 60;
/** Whose token ended between two looks at it: he may have nothing. */
const nobody: Pick<Token, 'role' | 'person'> = { role: 'enrol', person: '' };
const compress = promisify(gzip);

/** For people: the fleet, one host, one control over all hosts, the organisation. Whoever may not is sent to log in. */
export function pageRoutes(access: Access, pages: PageDependencies): Router {
  const { fleet: whole, shelf, log, people } = pages;
  const router = Router();
  router.get('/style.css', (_request, response) => sendForEver(response, 'text/css', style));
  router.get('/icon.svg', (_request, response) => sendForEver(response, 'image/svg+xml', icon));
  for (const path of Object.keys(readersOf) as PagePath[]) router.get(path, loggedIn(path));
  router.get('/', async (request, response) => {
    const context = contextOf(request);
    await sendPage(response, fleetPage(seenBy(request), organisationFor(context), context));
  });
  router.get('/reports', (request, response) => {
    const context = contextOf(request);
    const page = reportsPage(seenBy(request), organisationFor(context), context);
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
    const fleet = seenFleet(whole, sightOfRequest(request, access));
    const host = fleet.get(name);
    if (host !== undefined) {
      const cases = casesOfHost(name, organisationFor(context));
      await sendPage(response, hostPage(hostDetail(host, fleet, shelf, context.at), cases, context));
    } else if (fleet.neverSeen().some(({ agent }) => agent === name)) {
      await sendPage(response, neverSeenPage(name, context));
    } else {
      await sendPage(response.status(404), notFoundPage({ host: name }, context));
    }
  });
  router.get('/policies/:policy/controls/:control', async (request, response) => {
    const context = contextOf(request);
    const { policy, control } = request.params;
    const found = seenBy(request).controls.find((detail) => detail.policy === policy && detail.control === control);
    if (found === undefined) await sendPage(response.status(404), notFoundPage({ control }, context));
    else await sendPage(response, controlPage(found, context));
  });
  return router;

  function loggedIn(path: PagePath): RequestHandler {
    return (request: Request, response: Response, next: NextFunction): void => {
      const role = roleOfRequest(request, access);
      if (role !== undefined && mayRead(role, path)) next();
      else response.redirect(303, '/login');
    };
  }

  /** Of the fleet, what whoever asks may see. */
  function seenBy(request: Request): FleetDetail {
    return fleetDetail(seenFleet(whole, sightOfRequest(request, access)), shelf, access.now());
  }

  function organisationFor({ reader: { role }, at }: PageContext): ShownOrganisation {
    return mayRead(role, '/organisation') ? people.at(at) : nothingOfOrganisation;
  }

  function contextOf(request: Request): PageContext {
    const { role, person } = tokenOfRequest(request, access) ?? nobody;
    return {
      reader: { role, person, form: formOfRequest(request, access) ?? null },
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
