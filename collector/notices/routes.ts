import express, { Router } from 'express';
import { allow, type Access } from '../access/guard.ts';
import { note } from '../access/note.ts';
import { parseBody } from '../ingest/routes.ts';
import { TrialRequest, type NoticesAnswer, type TrialAnswer } from './exchange.ts';
import type { Notices } from './notices.ts';

/** What was told to whom. */
export function noticeRoutes(access: Access, notices: Notices): Router {
  const router = Router();
  router.get('/notices', allow(access, 'auditor', 'operator'), (_request, response) => {
    const receivers = notices.receivers().map((receiver) => ({ ...receiver, about: [...receiver.about] }));
    response.json({ v: 1, receivers, messages: notices.messages() } satisfies NoticesAnswer);
  });
  router.post(
    '/notices/trial',
    allow(access, 'operator'),
    express.json({ limit: '16kb' }),
    async (request, response) => {
      const { receiver } = parseBody(TrialRequest, request.body);
      note(request, access, 'try-notice', receiver);
      await notices.trial(receiver);
      response.json({ v: 1, receiver, taken: true } satisfies TrialAnswer);
    },
  );
  return router;
}
