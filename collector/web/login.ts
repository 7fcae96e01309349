import express, { Router, type Request, type RequestHandler, type Response } from 'express';
import { clearSessionCookie, sessionCookie, setSessionCookie, type Access } from '../access/guard.ts';
import { note } from '../access/note.ts';
import { Problem } from '../problem.ts';
import { loginPage } from './page/login.ts';
import { languageOf } from './language.ts';
import { firstPageOf } from './readers.ts';

/** Browsers trade a token for a session: by the form, or by the link that `waarborg up` prints. */
export function loginRoutes(access: Access, limit: RequestHandler): Router {
  const router = Router();
  router.get('/login', limit, (request, response) => {
    const { token } = request.query;
    if (token === undefined) return void response.send(loginPage(languageOf(request), 'asked'));
    logIn(request, response, token);
  });
  router.post('/login', limit, express.urlencoded({ extended: false, limit: '4kb' }), (request, response) => {
    logIn(request, response, (request.body as { token?: unknown }).token);
  });
  router.post('/logout', (request, response) => {
    const session = sessionCookie(request);
    if (session === undefined) throw new Problem(401, 'token.missing', 'nobody is logged in');
    access.sessions.close(session);
    clearSessionCookie(response);
    response.redirect(303, '/login');
  });
  return router;

  function logIn(request: Request, response: Response, token: unknown): void {
    const found = typeof token === 'string' ? access.tokens.find(token.trim(), access.now()) : undefined;
    const page = found && firstPageOf(found.role);
    if (found === undefined || page === undefined) {
      response.status(401).send(loginPage(languageOf(request), 'refused'));
      return;
    }
    note(request, access, 'log-in', null, found);
    setSessionCookie(request, response, access.sessions.open(found.id, access.now()));
    // Elsewhere, so that the token does not stay in the address bar.
    response.redirect(303, page);
  }
}
