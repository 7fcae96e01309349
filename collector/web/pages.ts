import { Router, type Request, type Response } from 'express';
import { sightOfRequest, type Access } from '../access/guard.ts';
import { note } from '../access/note.ts';
import type { IngestDependencies } from '../ingest/report.ts';
import type { Notices } from '../notices/notices.ts';
import {
  casesOfHost,
  nothingOfOrganisation,
  type OrganisationWindow,
  type ShownOrganisation,
} from '../people/shown.ts';
import { seenFleet } from '../state/seen-fleet.ts';
import { Door, sendForm, sendPage } from './door.ts';
import { accessPage } from './page/access.ts';
import { controlPage } from './page/control.ts';
import { fleetPage } from './page/fleet.ts';
import { hostPage } from './page/host.ts';
import { icon, style, type PageContext } from './page/layout.ts';
import { noticesPage } from './page/notices.ts';
import { organisationPage } from './page/organisation.ts';
import { neverSeenPage, notFoundPage } from './page/message.ts';
import { reportsPage } from './page/reports.ts';
import { wholeNumber } from './query.ts';
import { mayRead, readersOf, type PagePath } from './readers.ts';
import { fleetDetail, hostDetail, type FleetDetail } from './views.ts';

export interface PageDependencies extends Pick<IngestDependencies, 'fleet' | 'shelf' | 'log'> {
  readonly people: OrganisationWindow;
  readonly notices: Pick<Notices, 'receivers' | 'messages'>;
}

/** For people: the fleet, one host, one control over all hosts, the organisation. Whoever may not is sent to log in. */
export function pageRoutes(access: Access, pages: PageDependencies): Router {
  const { fleet: whole, shelf, log, people, notices } = pages;
  const door = new Door(access, log);
  const router = Router();
  router.get('/style.css', (_request, response) => sendForEver(response, 'text/css', style));
  router.get('/icon.svg', (_request, response) => sendForEver(response, 'image/svg+xml', icon));
  for (const path of Object.keys(readersOf) as PagePath[]) router.get(path, door.loggedIn(path));
  router.get('/', async (request, response) => {
    const context = door.contextOf(request);
    await sendPage(response, fleetPage(seenBy(request), organisationFor(context), context));
  });
  router.get('/reports', (request, response) => {
    const context = door.contextOf(request);
    const page = reportsPage(seenBy(request), organisationFor(context), context);
    sendForm(response, page);
  });
  router.get('/organisation', async (request, response) => {
    const context = door.contextOf(request);
    const { at } = context;
    await sendPage(
      response,
      organisationPage(
        people.at(at),
        {
          ...{ waivers: people.waivers(at), awaiting: people.awaiting(at) },
          ...{ samples: people.samples(), lines: people.lines(at) },
        },
        context,
      ),
    );
  });
  router.get('/notices', async (request, response) => {
    await sendPage(response, noticesPage(notices, door.contextOf(request)));
  });
  router.get('/access', (request, response) => {
    const before = wholeNumber(request, 'before');
    note(request, access, 'read-access', null);
    sendForm(response, accessPage(access.log, before, door.contextOf(request)));
  });
  router.get('/hosts/:host', async (request, response) => {
    const context = door.contextOf(request);
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
    const context = door.contextOf(request);
    const { policy, control } = request.params;
    const found = seenBy(request).controls.find((detail) => detail.policy === policy && detail.control === control);
    if (found === undefined) await sendPage(response.status(404), notFoundPage({ control }, context));
    else await sendPage(response, controlPage(found, context));
  });
  return router;

  /** Of the fleet, what whoever asks may see. */
  function seenBy(request: Request): FleetDetail {
    return fleetDetail(seenFleet(whole, sightOfRequest(request, access)), shelf, access.now());
  }

  function organisationFor({ reader: { role }, at }: PageContext): ShownOrganisation {
    return mayRead(role, '/organisation') ? people.at(at) : nothingOfOrganisation;
  }
}

function sendForEver(response: Response, type: string, content: string): void {
  response.set('cache-control', 'public, max-age=31536000, immutable').type(type).send(content);
}
