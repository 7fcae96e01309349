import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { Problem } from '../problem.ts';
import type { AccessLog } from './access-log.ts';
import { sightOf, type HostsOfCustomer, type Sight } from './sight.ts';
import type { Role, Token, Tokens } from './tokens.ts';

const cookieName = 'waarborg';
const sessionHours = 12;

/** Browsers that have logged in. In memory: after a restart one logs in again. */
export class Sessions {
  readonly #sessions = new Map<string, Session>();

  /** @param token the public id of the token that was traded for it: the session holds no longer than that */
  open(token: string, at: Date): string {
    for (const [id, { until }] of this.#sessions) if (until <= at.getTime()) this.#sessions.delete(id);
    const id = randomBytes(24).toString('base64url');
    const form = randomBytes(24).toString('base64url');
    this.#sessions.set(id, { token, form, until: at.getTime() + sessionHours * 3_600_000 });
    return id;
  }

  close(id: string): void {
    this.#sessions.delete(id);
  }

  /** The public id of the token that the session was opened with; undefined where it has ended. */
  tokenOf(id: string, at: Date): string | undefined {
    return this.#valid(id, at)?.token;
  }

  /** What the session's forms carry, and nobody else knows: undefined where it has ended. */
  formOf(id: string, at: Date): string | undefined {
    return this.#valid(id, at)?.form;
  }

  #valid(id: string, at: Date): Session | undefined {
    const session = this.#sessions.get(id);
    return session !== undefined && session.until > at.getTime() ? session : undefined;
  }
}

interface Session {
  /** The public id of the token that opened it. */
  readonly token: string;
  readonly form: string;
  readonly until: number;
}

export interface Access {
  readonly tokens: Tokens;
  readonly sessions: Sessions;
  readonly now: () => Date;
  readonly hostsOfCustomer: HostsOfCustomer;
  readonly log: Pick<AccessLog, 'add' | 'list' | 'chain'>;
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

/** What of the fleet whoever asks may see: nothing without a valid token. */
export function sightOfRequest(request: Request, access: Access): Sight {
  const token = tokenOfRequest(request, access);
  return token === undefined ? { of: 'hosts', since: new Map() } : sightOf(token, access.hostsOfCustomer, access.now());
}

/** What the forms of a browser's session carry; undefined for a request that comes with no session. */
export function formOfRequest(request: Request, { sessions, now }: Access): string | undefined {
  const session = sessionCookie(request);
  return session === undefined ? undefined : sessions.formOf(session, now());
}

/**
 * Holds a form to the session from which it is sent: another site could have it sent, and cannot know this.
 * @throws Problem `token.form`
 */
export function assertOwnForm(request: Request, access: Access, carried: unknown): void {
  const own = formOfRequest(request, access);
  const isOwn = own !== undefined && typeof carried === 'string' && isSame(own, carried);
  if (!isOwn) throw new Problem(403, 'token.form', 'this form is not of your session: load the page again');
}

function isSame(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
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
