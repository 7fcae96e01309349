import { Router } from 'express';
import { wholeNumber } from '../web/query.ts';
import type { AccessAnswer } from './exchange.ts';
import { allow, type Access } from './guard.ts';
import { note } from './note.ts';

/** Who did and saw what. */
export function accessRoutes(access: Access): Router {
  const router = Router();
  router.get('/access', allow(access, 'auditor', 'operator'), (request, response) => {
    const limit = Math.min(wholeNumber(request, 'limit') ?? 100, 1000);
    const before = wholeNumber(request, 'before');
    note(request, access, 'read-access', null);
    const records = access.log.list({ before, limit });
    const last = records.at(-1);
    const next = records.length === limit && last !== undefined ? last.number : null;
    response.json({ v: 1, ...access.log.chain(), records, next } satisfies AccessAnswer);
  });
  return router;
}
