import { randomBytes } from 'node:crypto';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { Problem } from '../problem.ts';
import type { Role, Token, Tokens } from './tokens.ts';

const cookieName = 'waarborg';
const sessionHours = 12;

/** Browsers that have logged in. In memory: after a restart one logs in again. */
export class Sessions {
  readonly #sessions = new Map<string, { readonly token: string; readonly until: number }>();

  /** @param token the public id of the token that was traded for it: the session holds no longer than that */
  open(token: string, at: Date): string {
    for (const [id, { until }] of this.#sessions) if (until <= at.getTime()) this.#sessions.delete(id);
    const id = randomBytes(24).toString('base64url');
    this.#sessions.set(id, { token, until: at.getTime() + sessionHours * 3_600_000 });
    return id;
  }

  close(id: string): void {
    this.#sessions.delete(id);
  }

  /** The public id of the token that the session was opened with; undefined where it has ended. */
  tokenOf(id: string, at: Date): string | undefined {
    const session = this.#sessions.get(id);
    return session !== undefined && session.until > at.getTime() ? session.token : undefined;
  }
}

export interface Access {
  readonly tokens: Tokens;
  readonly sessions: Sessions;
  readonly now: () => Date;
}

/** Lets a request pass that carries a bearer token, or a browser's session, of one of these roles. */
export function allow(access: Access, ...allowed: readonly Role[]): RequestHandler {
  return (request: Request, _response: Response, next: NextFunction): void => {
    const role = roleOfRequest(request, access);
    if (role === undefined) {
      throw new Problem(
        401,
        'token.missing',
        'give a token: "Authorization: Bearer ...", made by waarborg token create',
      );
    }
    if (!allowed.includes(role)) throw new Problem(403, 'token.role', `this needs a token for ${allowed.join(' or ')}`);
    next();
  };
}

/** What the request's token or session allows; undefined where it has none that is valid. */
export function roleOfRequest(request: Request, access: Access): Role | undefined {
  return tokenOfRequest(request, access)?.role;
}

/** The valid token that a request carries, or that its session was opened with. */
export function tokenOfRequest(request: Request, { tokens, sessions, now }: Access): Token | undefined {
  const bearer = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return tokens.find(bearer, now());
  const session = sessionCookie(request);
  const token = session === undefined ? undefined : sessions.tokenOf(session, now());
  return token === undefined ? undefined : tokens.findById(token, now());
}

export function sessionCookie(request: Request): string | undefined {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${cookieName}=`))?.slice(cookieName.length + 1);
}

export function setSessionCookie(request: Request, response: Response, session: string): void {
  response.cookie(cookieName, session, {
    httpOnly: true,
    sameSite: 'strict',
    secure: request.secure,
    path: '/',
    maxAge: sessionHours * 3_600_000,
  });
}

export function clearSessionCookie(response: Response): void {
  response.clearCookie(cookieName, { path: '/' });
}
