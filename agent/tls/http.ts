import type { HttpAnswer } from '../../policies/checks/tls/http.ts';
import { doubtOf } from './reply.ts';
import type { Session } from './session.ts';

/** Ports on which a server without ALPN still is taken for a web server. */
const webPorts = [443, 4443, 8443, 9443, 10_443];

/**
 * Whether it is worth asking for a page: servers of other protocols would only log noise.
 * @param alpn what of `h2` and `http/1.1` it takes
 */
export function looksLikeHttp(port: number, alpn: readonly string[]): boolean {
  return alpn.length > 0 || webPorts.includes(port);
}

/** RFC 9112 3; the name is the one of SNI, as a browser sends it. */
export function getRequest(name: string): string {
  return `GET / HTTP/1.1\r\nHost: ${name}\r\nUser-Agent: waarborg\r\nAccept: */*\r\nConnection: close\r\n\r\n`;
}

/** What came of the request, from the head of the answer (RFC 9112 4 and 5). */
export function readHttpAnswer({ failure, received, ended }: Session): HttpAnswer {
  if (failure !== undefined) return { state: 'unknown', why: doubtOf(failure) };
  const text = received.toString('latin1');
  const status = Number(/^HTTP\/1\.[01] ([1-5][0-9]{2})(?: |\r)/.exec(text)?.[1] ?? NaN);
  if (Number.isNaN(status)) {
    if (ended === 'silent') return { state: 'unknown', why: { what: 'silent' } };
    if (typeof ended === 'object') return { state: 'unknown', why: { what: 'alert', detail: ended.alert } };
    return { state: 'other' };
  }
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return { state: 'unknown', why: { what: ended === 'enough' ? 'malformed' : 'cut-off' } };
  const headers = text.slice(0, end).split('\r\n').slice(1);
  return {
    state: 'http',
    status,
    location: valuesOf(headers, 'location')[0]?.slice(0, 2048) ?? null,
    strictTransportSecurity: valuesOf(headers, 'strict-transport-security')
      .slice(0, 8)
      .map((value) => value.slice(0, 1024)),
  };
}

function valuesOf(headers: readonly string[], wanted: string): string[] {
  return headers.flatMap((header) => {
    const colon = header.indexOf(':');
    return header.slice(0, colon).toLowerCase() === wanted ? [header.slice(colon + 1).trim()] : [];
  });
}
