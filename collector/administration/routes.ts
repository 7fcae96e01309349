import express, { Router } from 'express';
import { AgentName } from '../../evidence/report.ts';
import { allow, type Access } from '../access/guard.ts';
import { note } from '../access/note.ts';
import { parseBody } from '../ingest/routes.ts';
import { Problem } from '../problem.ts';
import type { Eraser } from './erase.ts';
import { EnrolmentTokenRequest, ErasureRequest, RevocationRequest, type EnrolmentTokenAnswer } from './exchange.ts';
import { revokeHost, type RevokeDependencies } from './revoke.ts';

/** What only an operator may do: each act is an entry of the log. */
export function administrationRoutes(
  access: Access,
  { eraser, ...dependencies }: RevokeDependencies & { readonly eraser: Eraser },
): Router {
  const router = Router();
  const asked = [allow(access, 'operator'), express.json({ limit: '16kb' })];
  router.post('/hosts/:host/revoke', ...asked, async (request, response) => {
    const agent = AgentName.safeParse(request.params.host);
    if (!agent.success) throw new Problem(404, 'host.unknown', 'expected the name of a host, in lower case');
    note(request, access, 'revoke-host', agent.data);
    response.json(await revokeHost(agent.data, parseBody(RevocationRequest, request.body), dependencies));
  });
  router.post('/enrolment-tokens', ...asked, (request, response) => {
    const { agent, validity } = parseBody(EnrolmentTokenRequest, request.body);
    note(request, access, 'create-token', agent);
    const made = access.tokens.create({ role: 'enrol', label: 'made over the API', validity, agent }, access.now());
    const answer: EnrolmentTokenAnswer = { v: 1, ...made };
    response.set('cache-control', 'no-store').json(answer);
  });
  router.post('/erasures', ...asked, async (request, response) => {
    const { host = null, before, ground, reference, dryRun } = parseBody(ErasureRequest, request.body);
    note(
      request,
      access,
      'erase',
      `${host ?? 'all hosts'} before ${before ?? 'any time'}${dryRun ? ', counted only' : ''}`,
    );
    const selection = { host, before: before === undefined ? null : new Date(before) };
    const answer = dryRun ? await eraser.count(selection) : await eraser.erase(selection, { ground, reference });
    if (answer.state === 'erased' && !answer.isLeft) eraser.sweep();
    response.json(answer);
  });
  return router;
}
