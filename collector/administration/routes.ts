import express, { Router } from 'express';
import { AgentName } from '../../evidence/report.ts';
import { allow, type Access } from '../access/guard.ts';
import { parseBody } from '../ingest/routes.ts';
import { Problem } from '../problem.ts';
import { RevocationRequest } from './exchange.ts';
import { revokeHost, type RevokeDependencies } from './revoke.ts';

/** What only an operator may do: each act is an entry of the log. */
export function administrationRoutes(access: Access, dependencies: RevokeDependencies): Router {
  const router = Router();
  const asked = [allow(access, 'operator'), express.json({ limit: '16kb' })];
  router.post('/hosts/:host/revoke', ...asked, async (request, response) => {
    const agent = AgentName.safeParse(request.params.host);
    if (!agent.success) throw new Problem(404, 'host.unknown', 'expected the name of a host, in lower case');
    response.json(await revokeHost(agent.data, parseBody(RevocationRequest, request.body), dependencies));
  });
  return router;
}
