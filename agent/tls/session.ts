import { constants } from 'node:crypto';
import type { ConnectionOptions, SecureVersion } from 'node:tls';
import { lateTls } from '../host/late.ts';
import { withConnection, type Line } from './dial.ts';
import { everyCipher, replyOf } from './handshake.ts';
import { doubt, type Reply } from './reply.ts';

export interface SessionWish {
  readonly minVersion: SecureVersion;
  readonly maxVersion: SecureVersion;
  /** Protocols for ALPN; left out: the extension is not sent. */
  readonly alpn?: readonly string[];
  /** To be taken up again. */
  readonly session?: Buffer;
  /** Tickets are not asked for, so that only session ids are left to resume by. */
  readonly withoutTickets?: boolean;
  /** Sent once the handshake is done; without one the connection is ended politely. */
  readonly request?: string;
}

/** What a whole handshake and what came after it gave. */
export interface Session {
  /** Why the handshake was not finished; undefined where it was. */
  readonly failure: Reply | undefined;
  readonly isReused: boolean;
  /** As OpenSSL writes them, in the order in which the server handed them out. */
  readonly sessions: readonly Buffer[];
  /** The first bytes of the answer to the request. */
  readonly received: Buffer;
  /** How it ended after the handshake: the alert's name, or whether the server ended it or time did. */
  readonly ended: 'by-server' | 'enough' | 'silent' | { readonly alert: string };
}

const maximumReceived = 64 * 1024;
const endOfHead = '\r\n\r\n';

/**
 * A finished handshake with OpenSSL, for what a server says only after one: session tickets, whether it takes a
 * session up again, whether it goes on without a client certificate, and the head of its answer to a request.
 * Nothing is verified.
 */
export async function holdSession(line: Line, wish: SessionWish): Promise<Session> {
  const state = { isDone: false, isReused: false, received: Buffer.alloc(0) };
  const sessions: Buffer[] = [];
  let ended: Session['ended'] = 'silent';
  const reply = await withConnection(line, (socket, settle) => {
    const secure = lateTls().connect({ socket, ...optionsFor(line, wish) });
    const finish = (how: Session['ended'], otherwise: Reply): void => {
      if (state.isDone && ended === 'silent') ended = how;
      settle(otherwise);
    };
    const fail = (error: Error): void => {
      const reply = replyOf(error);
      finish(reply.kind === 'alert' ? { alert: reply.name } : 'by-server', reply);
    };
    secure.on('session', (session: Buffer) => sessions.push(session));
    secure.on('secureConnect', () => {
      state.isDone = true;
      state.isReused = secure.isSessionReused();
      if (wish.request === undefined) secure.end();
      else secure.write(wish.request);
    });
    secure.on('data', (chunk: Buffer) => {
      state.received = Buffer.concat([state.received, chunk]);
      if (state.received.includes(endOfHead) || state.received.length > maximumReceived) {
        finish('enough', doubt('cut-off'));
      }
    });
    secure.on('error', fail);
    socket.on('error', fail);
    for (const event of ['end', 'close']) secure.on(event, () => finish('by-server', doubt('cut-off')));
    return secure;
  });
  const { isDone, isReused, received } = state;
  return { failure: isDone ? undefined : reply, isReused, sessions, received, ended };
}

function optionsFor({ name }: Line, wish: SessionWish): ConnectionOptions {
  const { minVersion, maxVersion, alpn, session, withoutTickets = false } = wish;
  return {
    rejectUnauthorized: false,
    minVersion,
    maxVersion,
    ciphers: everyCipher,
    // Servers without RFC 5746 are looked at too.
    secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT | (withoutTickets ? constants.SSL_OP_NO_TICKET : 0),
    ...(name === undefined ? {} : { servername: name }),
    ...(alpn === undefined ? {} : { ALPNProtocols: [...alpn] }),
    ...(session === undefined ? {} : { session }),
  };
}
