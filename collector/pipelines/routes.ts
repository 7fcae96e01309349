import express, { Router, type Request } from 'express';
import { allow, tokenOfRequest, type Access } from '../access/guard.ts';
import { note } from '../access/note.ts';
import type { TakeDependencies } from '../people/take.ts';
import { Problem } from '../problem.ts';
import { postEvidence } from './post.ts';
import { readJson, readJunit, type PipelineResult } from './result.ts';
import { assertSigned } from './signature.ts';

interface Form {
  readonly name: string;
  readonly type: string;
  readonly read: (body: Buffer) => PipelineResult;
}

const junit: Form = { name: 'junit.xml', type: 'application/xml', read: readJunit };

/** The forms of evidence that are read, by media type. */
const forms = new Map<string, Form>([
  ['application/json', { name: 'result.json', type: 'application/json', read: readJson }],
  ['application/xml', junit],
  ['text/xml', junit],
]);

/** What tools found, each with a token that is bound to the controls that it may speak of. */
export function pipelineRoutes(access: Access, dependencies: TakeDependencies): Router {
  const router = Router();
  const posting = [allow(access, 'pipeline'), express.raw({ type: () => true, limit: '8mb' })];
  router.post('/evidence/:policy/:control', ...posting, async (request, response) => {
    const { policy = '', control = '' } = request.params as Record<string, string | undefined>;
    const token = tokenOfRequest(request, access);
    const isBound = token?.controls.some((bound) => bound.policy === policy && bound.control === control);
    if (token === undefined || isBound !== true) {
      throw new Problem(403, 'token.control', `this token posts no evidence for ${policy} ${control}`);
    }
    const body = bodyOf(request);
    const form = forms.get((request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '');
    if (form === undefined) {
      throw new Problem(415, 'evidence.type', `expected Content-Type ${[...forms.keys()].join(', ')}`);
    }
    const at = access.now();
    if (token.publicKey !== null) {
      const timestamp = request.get('waarborg-timestamp') ?? '';
      assertSigned(token.publicKey, { timestamp, policy, control, body }, request.get('waarborg-signature'), at);
    }
    note(request, access, 'post-evidence', `${policy} ${control}`, token);
    const file = { name: form.name, type: form.type, content: body };
    const posted = { policy, control, result: form.read(body), file, by: token.person };
    response.json(await postEvidence(posted, dependencies, at));
  });
  return router;
}

function bodyOf({ body }: Request): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}
