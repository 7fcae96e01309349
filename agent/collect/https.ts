import { z } from 'zod';
import type { HttpsFacts } from '../../policies/checks/https.ts';
import { HttpsParameters } from '../../policies/checks/https.ts';
import type { PlainWay, SecureAnswer, WebAnswer } from '../../policies/checks/https/facts.ts';
import { visitPlain, visitSecure } from '../http/visit.ts';
import type { Host } from '../host/host.ts';
import { defineCollector } from './collector.ts';
import { endpointSettings } from './endpoint-settings.ts';
import { identityOf, inventory, probeEach, type Asked, type WebPlace } from './endpoints.ts';
import { followPlain, WebMap } from './web-map.ts';

/** Asks every web service of the host for its front page, in plain and over TLS, for each of its names. */
export const httpsCollector = defineCollector({
  kind: 'https',
  settings: z.object(endpointSettings),
  parameters: HttpsParameters,
  async collect(context, settings): Promise<HttpsFacts> {
    const { host } = context;
    const { web, listening, signal } = await inventory(context, settings);
    const map = new WebMap(web);
    const places = web.filter(({ scheme, port }) => scheme !== 'unknown' || !otherProtocols.has(port));
    const asked = places.flatMap((place): (Asked & { endpoint: WebPlace })[] =>
      (place.servesNameless ? [undefined, ...place.names] : place.names).map((name) => ({ endpoint: place, name })),
    );
    const answered = await probeEach(asked, signal, (one, deadline) => visit(host, map, one, deadline));
    return {
      listening,
      plain: answered.flatMap(({ plain }) => plain ?? []).slice(0, maximumFacts),
      secure: answered.flatMap(({ secure }) => secure ?? []).slice(0, maximumFacts),
    };
  },
});

const maximumFacts = 20_000;

/** Ports of protocols whose servers count or log a stranger's HTTP as an attack (IANA service names), unless a configuration says HTTP. */
const otherProtocols: ReadonlySet<number> = new Set([
  21, 22, 23, 25, 53, 110, 111, 119, 139, 143, 389, 445, 465, 587, 636, 853, 873, 990, 993, 995, 1433, 2003, 2049, 3306,
  4190, 5222, 5269, 5432, 6379, 11_211, 27_017,
]);

interface Visited {
  readonly plain?: PlainWay;
  readonly secure?: SecureAnswer;
}

async function visit(
  host: Host,
  map: WebMap,
  asked: Asked & { endpoint: WebPlace },
  signal: AbortSignal,
): Promise<Visited> {
  const { endpoint: place } = asked;
  const identity = { ...identityOf(asked), configured: place.scheme !== 'unknown' };
  const secureAnswer = (): Promise<WebAnswer> => visitSecure(host, map.visitOf(place, asked.name, 'https:'), signal);
  if (place.scheme === 'https') return { secure: { ...identity, answer: await secureAnswer() } };

  const answer = await visitPlain(host, map.visitOf(place, asked.name, 'http:'), signal);
  if (place.scheme === 'unknown' && mayBeTls(answer)) {
    const secure = await secureAnswer();
    if (secure.state === 'http') return { secure: { ...identity, answer: secure } };
  }
  const url = map.urlOf(place, asked.name, 'http:');
  return {
    plain: { ...identity, steps: await followPlain(host, map, { address: place.address, url, answer }, signal) },
  };
}

/** A server of TLS answers plain HTTP with 400, with an alert, or by closing. */
function mayBeTls(answer: WebAnswer): boolean {
  return answer.state === 'other' || answer.state === 'closed' || (answer.state === 'http' && answer.status === 400);
}
