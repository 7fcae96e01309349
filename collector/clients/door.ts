import type { X509Certificate } from 'node:crypto';
import { TLSSocket } from 'node:tls';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { certificateHeader } from '../../evidence/exchange.ts';
import { assertCounting } from '../administration/revoke.ts';
import { Problem } from '../problem.ts';
import type { Store } from '../store/store.ts';
import { examine, type Enrolment, type Shown } from './agents.ts';
import type { ClientAuthority } from './authority.ts';

/** Which agent's connection a request came over, by its client certificate; undefined where nothing says so. */
export type Connection = Enrolment | undefined;

/** What a collector asks of the connections of its agents. */
export interface AgentDoor {
  /** Lets a request pass or throws, before anything of its body is read. */
  readonly admit: RequestHandler;
  /** Whose connection a request came over that `admit` let pass. */
  connectionOf(request: Request): Connection;
  /**
   * As `admit`, for who may have another way in.
   * @throws Problem
   */
  admitted(request: Request): Connection;
  /** Tells an agent to ask for a certificate. */
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
  readonly #admitted = new WeakMap<Request, Connection>();

  constructor(input: CertificateDoorInput) {
    this.#input = input;
  }

  readonly admit = (request: Request, response: Response, next: NextFunction): void => {
    const shown = this.#examine(request);
    if (shown.state !== 'counts' || shown.isToBeRenewed) this.invite(response);
    this.#admitted.set(request, this.#judge(shown));
    next();
  };

  connectionOf(request: Request): Connection {
    return this.#admitted.get(request);
  }

  admitted(request: Request): Connection {
    return this.#judge(this.#examine(request));
  }

  invite(response: Response): void {
    response.set(certificateHeader, 'wanted');
  }

  #examine(request: Request): Shown {
    return examine(certificateOf(request), this.#input.authority, this.#input.now());
  }

  /** @throws Problem where a certificate is needed and none counts, or that which counts is of an enrolment that ended */
  #judge(shown: Shown): Connection {
    if (shown.state !== 'counts') {
      if (this.#input.mode === 'required') throw refusalOf(shown);
      return undefined;
    }
    const { agent, epoch } = shown.enrolment;
    const stored = this.#input.store.agent(agent, epoch);
    if (stored === undefined) throw unknownAgent(agent, epoch);
    assertCounting(agent, stored);
    return shown.enrolment;
  }
}

function refusalOf(shown: Exclude<Shown, { state: 'counts' }>): Problem {
  const [code, why] =
    shown.state === 'worthless'
      ? [shown.code, `its client certificate does not count: ${shown.why}`]
      : ['certificate.missing', 'none came'];
  const remedy = 'enrol this host anew with a new token (waarborg enrol)';
  return new Problem(
    403,
    code,
    `this collector takes nothing from an agent without its client certificate, and ${why}; ${remedy}`,
  );
}

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
