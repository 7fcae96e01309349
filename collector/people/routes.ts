import express, { Router, type Request } from 'express';
import { ActId, type Act, type ActingRole } from '../../evidence/act.ts';
import { allow, tokenOfRequest, type Access } from '../access/guard.ts';
import { note } from '../access/note.ts';
import { parseBody } from '../ingest/routes.ts';
import type { EvidenceLog } from '../log/log.ts';
import { Problem } from '../problem.ts';
import { ActRequest, type HistoryAnswer } from './exchange.ts';
import { historyOf } from './history.ts';
import { takeAct, type Actor, type TakeDependencies } from './take.ts';
import { describeOrganisation } from './view.ts';

/** Files of some megabytes, packed, in base64. */
const maximumRequest = '24mb';

/** What people do. Approving takes another person's token; everything else is for operators. */
export function peopleRoutes(
  access: Access,
  dependencies: TakeDependencies & { readonly log: Pick<EvidenceLog, 'prove'> },
): Router {
  const router = Router();
  const acting = allow(access, 'operator', 'approver');
  router.post('/acts', acting, express.json({ limit: maximumRequest }), async (request, response) => {
    const asked = parseBody(ActRequest, request.body);
    const actor = actorOf(request, access);
    if (actor.role === 'approver' && asked.act.act !== 'approve' && asked.act.act !== 'revoke') {
      throw new Problem(403, 'token.role', 'an approver approves and revokes; this needs a token for operator');
    }
    note(request, access, 'act', describeAct(asked.act));
    response.json(await takeAct(asked, actor, dependencies));
  });
  const reading = allow(access, 'auditor', 'operator', 'approver');
  router.get('/organisation', reading, (_request, response) => {
    response.json(describeOrganisation(dependencies, access.now()));
  });
  router.get('/acts/:id', reading, async (request, response) => {
    const id = ActId.safeParse(request.params.id);
    if (!id.success) throw new Problem(404, 'act.unknown', 'expected an id such as attestation-3f9c2a71');
    note(request, access, 'read-act', id.data);
    const acts = await historyOf(id.data, dependencies);
    response.json({ v: 1, id: id.data, acts } satisfies HistoryAnswer);
  });
  return router;
}

/** What the access log says of an act. */
export function describeAct(act: Act): string {
  const about = 'id' in act ? act.id : 'of' in act ? act.of : '';
  return `${act.act} ${about}`.trim();
}

export function actorOf(request: Request, access: Access): Actor {
  const token = tokenOfRequest(request, access);
  if (token === undefined) throw new Problem(401, 'token.missing', 'give a token');
  const role: ActingRole = token.role === 'approver' ? 'approver' : 'operator';
  return { by: token.person, role };
}
