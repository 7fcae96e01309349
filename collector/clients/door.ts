import type { X509Certificate } from 'node:crypto';
import { TLSSocket } from 'node:tls';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { certificateHeader } from '../../evidence/exchange.ts';
import { assertCounting } from '../administration/revoke.ts';
import { Problem } from '../problem.ts';
import type { Store } from '../store/store.ts';
import { examine, type Enrolment } from './agents.ts';
import type { ClientAuthority } from './authority.ts';

/** Which agent's connection a request came over, by its client certificate; undefined where nothing says so. */
export type Connection = Enrolment | undefined;

/** What a collector asks of the connections of its agents. */
export interface AgentDoor {
  /** Lets a request pass or throws, before anything of its body is read. */
  readonly admit: RequestHandler;
  /** @throws Problem where the certificate is of an enrolment that ended */
  connectionOf(request: Request): Connection;
  /** As `connectionOf`, but only for who must come with a certificate where all must. @throws Problem */
  admitted(request: Request): Connection;
  /** Tells an agent that has just been enrolled to ask for its certificate. */
  invite(response: Response): void;
}

/** Where agents have no client certificates. */
export const plainDoor: AgentDoor = {
  admit: (_request, _response, next) => next(),
  connectionOf: () => undefined,
  admitted: () => undefined,
  invite: () => undefined,
};

export interface CertificateDoorInput {
  readonly mode: 'optional' | 'required';
  readonly authority: ClientAuthority;
  readonly store: Pick<Store, 'agent'>;
  readonly now: () => Date;
}

/** Where agents have client certificates of this collector's authority, and may or must come with them. */
export class CertificateDoor implements AgentDoor {
  readonly #input: CertificateDoorInput;

  constructor(input: CertificateDoorInput) {
    this.#input = input;
  }

  readonly admit = (request: Request, response: Response, next: NextFunction): void => {
    const shown = this.#examine(request);
    if (shown.state !== 'counts' || shown.isToBeRenewed) this.invite(response);
    this.admitted(request);
    next();
  };

  connectionOf(request: Request): Connection {
    const shown = this.#examine(request);
    if (shown.state !== 'counts') return undefined;
    const { agent, epoch } = shown.enrolment;
    const stored = this.#input.store.agent(agent, epoch);
    if (stored === undefined) throw unknownAgent(agent, epoch);
    assertCounting(agent, stored);
    return shown.enrolment;
  }

  admitted(request: Request): Connection {
    const connection = this.connectionOf(request);
    if (connection === undefined && this.#input.mode === 'required') throw this.#refusal(request);
    return connection;
  }

  invite(response: Response): void {
    response.set(certificateHeader, 'wanted');
  }

  #examine(request: Request): ReturnType<typeof examine> {
    return examine(certificateOf(request), this.#input.authority, this.#input.now());
  }

  #refusal(request: Request): Problem {
    const shown = this.#examine(request);
    const [code, why] =
      shown.state === 'worthless' ? [shown.code, `its client certificate does not count: ${shown.why}`] : missing;
    const remedy = 'enrol this host anew with a new token (waarborg enrol)';
    return new Problem(
      403,
      code,
      `this collector takes nothing from an agent without its client certificate, and ${why}; ${remedy}`,
    );
  }
}

const missing = ['certificate.missing', 'none came'] as const;

/**
 * An agent's words are taken over a connection of its own, or over one of nobody in particular.
 * @throws Problem `certificate.other-agent`
 */
export function assertOwnConnection(connection: Connection, agent: string): void {
  if (connection === undefined || connection.agent === agent) return;
  throw new Problem(
    403,
    'certificate.other-agent',
    `this came over a connection with the client certificate of ${connection.agent}, and is of ${agent}: was a data folder copied?`,
  );
}

function unknownAgent(agent: string, epoch: number): Problem {
  return new Problem(403, 'agent.unknown', `no agent ${agent} of epoch ${epoch} is enrolled here`);
}

function certificateOf({ socket }: Request): X509Certificate | undefined {
  return socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
}
