import type { Answer, Features } from '../../../policies/checks/tls/profile.ts';
import { ByteReader, Malformed } from '../../../evidence/der/bytes.ts';
import { element, elementsOf, tags } from '../../../evidence/der/elements.ts';
import type { Line } from '../dial.ts';
import { doubtOf, type Reply } from '../reply.ts';
import { holdSession, type Session } from '../session.ts';

const yes: Answer = { answer: 'yes' };
const no: Answer = { answer: 'no' };

/** `max_early_data` in what OpenSSL writes of a session (ssl/ssl_asn1.c): `[15] EXPLICIT INTEGER`, left out where 0. */
const earlyDataTag = 0xa0 + 15;

/** Newer versions of Node.js write before it for which name the session is, with the name's length in two bytes. */
const namedSession = Buffer.from('\0nodejs:tls:session:1\0', 'latin1');

/** Whether the server handed out tickets of TLS 1.3, and whether they allow data before the handshake (RFC 8446 4.2.10). */
export function modernTickets({ failure, sessions, ended }: Session): Pick<Features, 'sessionTickets' | 'earlyData'> {
  const open: Answer | undefined =
    failure !== undefined
      ? { answer: 'unknown', why: doubtOf(failure) }
      : sessions.length === 0 && ended === 'silent'
        ? { answer: 'unknown', why: { what: 'silent' } }
        : undefined;
  if (open !== undefined) return { sessionTickets: open, earlyData: open };
  const allowed = sessions.map(allowsEarlyData);
  const unreadable: Answer = { answer: 'unknown', why: { what: 'malformed', detail: 'a session' } };
  return {
    sessionTickets: sessions.length > 0 ? yes : no,
    earlyData: allowed.includes(true) ? yes : allowed.includes(undefined) ? unreadable : no,
  };
}

/**
 * Whether a session's ticket may carry data before the handshake.
 * @param session as Node.js hands it out
 * @returns undefined where it has another form
 */
export function allowsEarlyData(session: Buffer): boolean | undefined {
  try {
    const reader = new ByteReader(session);
    if (session.subarray(0, namedSession.length).equals(namedSession)) {
      reader.take(namedSession.length);
      reader.vector(2);
    }
    const fields = elementsOf(element(reader, tags.sequence));
    const found = fields.find(({ tag }) => tag === earlyDataTag);
    return found !== undefined && element(new ByteReader(found.content), tags.integer).some((byte) => byte !== 0);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

/**
 * Whether a session of TLS 1.2 or older is taken up again by its id: two handshakes without tickets.
 * @param givesSessionIds a server that hands out none has nothing to take up
 */
export async function resumesByIds(line: Line, givesSessionIds: boolean): Promise<Answer> {
  if (!givesSessionIds) return no;
  const wish = { minVersion: 'TLSv1', maxVersion: 'TLSv1.2', withoutTickets: true } as const;
  const first = await holdSession(line, wish);
  if (first.failure !== undefined) return { answer: 'unknown', why: doubtOf(first.failure) };
  const session = first.sessions.at(-1);
  if (session === undefined) return no;
  const second = await holdSession(line, { ...wish, session });
  if (second.failure !== undefined) return { answer: 'unknown', why: doubtOf(second.failure) };
  return second.isReused ? yes : no;
}

/** Refusals by which a server ends a handshake without a client certificate, or soon after it (RFC 8446 4.4.2.4). */
const wants = ['handshake_failure', 'certificate_required', 'bad_certificate', 'certificate_unknown', 'no_certificate'];

/** @param asks whether its first flight asked for one; undefined where that could not be seen */
export function clientCertificate(
  asks: boolean | undefined,
  { failure, ended }: Session,
): Features['clientCertificate'] {
  if (asks === undefined) return 'unknown';
  if (!asks) return 'not-asked';
  const refused: Reply | undefined = typeof ended === 'object' ? { kind: 'alert', name: ended.alert } : failure;
  if (refused === undefined) return 'asked';
  return refused.kind === 'alert' && wants.includes(refused.name) ? 'required' : 'unknown';
}
