import express, { Router, type Request, type Response } from 'express';
import { ActId } from '../../evidence/act.ts';
import { allow, assertOwnForm, type Access } from '../access/guard.ts';
import { note } from '../access/note.ts';
import type { EvidenceLog } from '../log/log.ts';
import { FilePart, type ActRequest, type PastAct } from '../people/exchange.ts';
import { historyOf } from '../people/history.ts';
import { actorOf } from '../people/routes.ts';
import { takeAct, type TakeDependencies } from '../people/take.ts';
import { Problem } from '../problem.ts';
import { Door, sendForm } from './door.ts';
import { actPage } from './page/act.ts';
import { actPath } from './page/links.ts';

export type ActPageDependencies = TakeDependencies & { readonly log: Pick<EvidenceLog, 'prove' | 'head'> };

/** The pages of what people did: one attestation, exception or case, its files, and the forms that decide about it. */
export function actPageRoutes(access: Access, dependencies: ActPageDependencies): Router {
  const door = new Door(access, dependencies.log);
  const router = Router();
  router.get('/organisation/acts/:id', door.loggedIn('/organisation/acts/:id'), async (request, response) => {
    note(request, access, 'read-act', idOf(request));
    await show(request, response);
  });
  router.get(
    '/organisation/acts/:id/files/:index/:number',
    door.loggedIn('/organisation/acts/:id'),
    async (request, response) => {
      const { index = '', number = '' } = request.params as Record<string, string | undefined>;
      const id = idOf(request);
      note(request, access, 'read-file', `${id} ${index} ${number}`);
      const acts = await historyOf(id, dependencies);
      const part = acts.find((act) => String(act.index) === index)?.parts[`file/${number}`];
      const file = FilePart.safeParse(part).data;
      if (file === undefined) throw new Problem(404, 'act.unknown', `entry ${index} has no file ${number} any more`);
      // To be kept and not opened here: what somebody handed in may be anything.
      response.attachment(file.name).set({ 'cache-control': 'no-store', 'content-type': 'application/octet-stream' });
      response.send(Buffer.from(file.content, 'base64'));
    },
  );
  const deciding = [allow(access, 'operator', 'approver'), express.urlencoded({ extended: false, limit: '4kb' })];
  router.post('/organisation/acts/:id', ...deciding, async (request, response) => {
    const { form, act } = (request.body ?? {}) as { form?: unknown; act?: unknown };
    assertOwnForm(request, access, form);
    if (act !== 'approve' && act !== 'revoke') throw new Problem(400, 'http.body', 'act: expected approve or revoke');
    const id = idOf(request);
    note(request, access, 'act', `${act} ${id}`);
    try {
      const asked: ActRequest = { v: 1, act: { act, of: id }, parts: [], policies: [] };
      await takeAct(asked, actorOf(request, access), dependencies);
    } catch (error) {
      if (!(error instanceof Problem) || error.status >= 500) throw error;
      await show(request, response.status(error.status), error);
      return;
    }
    // Elsewhere, so that loading the page again does not send the form again.
    response.redirect(303, actPath(id));
  });
  return router;

  async function show(request: Request, response: Response, refusal?: Problem): Promise<void> {
    const id = idOf(request);
    const acts = await actsOf(id);
    if (acts.length === 0) response.status(404);
    sendForm(response, actPage({ id, acts, ...(refusal && { refusal }) }, door.contextOf(request)));
  }

  async function actsOf(id: string): Promise<PastAct[]> {
    try {
      return await historyOf(id, dependencies);
    } catch (error) {
      if (error instanceof Problem && error.code === 'act.unknown') return [];
      throw error;
    }
  }
}

function idOf({ params }: Request): string {
  const id = ActId.safeParse(params.id);
  if (!id.success) throw new Problem(404, 'act.unknown', 'expected an id such as attestation-3f9c2a71');
  return id.data;
}
