import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { parseCheckpoint } from '../../evidence/checkpoint.ts';
import { formOfRequest, roleOfRequest, tokenOfRequest, type Access } from '../access/guard.ts';
import type { Token } from '../access/tokens.ts';
import type { EvidenceLog } from '../log/log.ts';
import { languageOf } from './language.ts';
import type { LogView, PageContext } from './page/layout.ts';
import { mayRead, type PagePath } from './readers.ts';

const refreshSeconds = 60;
/** Whose token ended between two looks at it: he may have nothing. */
const nobody: Pick<Token, 'role' | 'person'> = { role: 'enrol', person: '' };
const compress = promisify(gzip);

/** How people come to pages. */
export class Door {
  readonly #access: Access;
  readonly #log: Pick<EvidenceLog, 'head'>;

  constructor(access: Access, log: Pick<EvidenceLog, 'head'>) {
    this.#access = access;
    this.#log = log;
  }

  /** Sends whoever may not have the page to the login. */
  loggedIn(path: PagePath): RequestHandler {
    return (request: Request, response: Response, next: NextFunction): void => {
      const role = roleOfRequest(request, this.#access);
      if (role !== undefined && mayRead(role, path)) next();
      else response.redirect(303, '/login');
    };
  }

  contextOf(request: Request): PageContext {
    const { role, person } = tokenOfRequest(request, this.#access) ?? nobody;
    return {
      reader: { role, person, form: formOfRequest(request, this.#access) ?? null },
      language: languageOf(request),
      at: this.#access.now(),
      log: logView(this.#log),
      url: `${request.protocol}://${request.get('host') ?? ''}`,
    };
  }
}

function logView(log: Pick<EvidenceLog, 'head'>): LogView {
  const { checkpoint } = log.head;
  // The log signed this note itself; an empty line parts its text from the signatures.
  const { origin, size, root } = parseCheckpoint(checkpoint.slice(0, checkpoint.indexOf('\n\n') + 1));
  return { origin, size, root: root.toString('base64') };
}

/** A page that renews itself. */
export async function sendPage(response: Response, page: string): Promise<void> {
  // Not to be seen again by the back button of whoever logged out, nor in a cache on the way.
  response.set({ 'cache-control': 'no-store', refresh: String(refreshSeconds) }).type('html');
  // Thousands of cells are much alike: 1.5 MB become 65 KB. Nothing secret is in a page that compression could give away.
  if (response.req.acceptsEncodings('gzip') === false) response.send(page);
  else response.set('content-encoding', 'gzip').send(await compress(page));
}

/**
 * A page with a form, which stays as it is while somebody fills it in. It holds what only this session knows, so it is not
 * compressed: lengths would give that away (BREACH).
 */
export function sendForm(response: Response, page: string): void {
  response.set('cache-control', 'no-store').type('html').send(page);
}
