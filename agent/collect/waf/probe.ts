import type { Answer, Probe } from '../../../policies/checks/waf/facts.ts';
import type { WebAnswer } from '../../../policies/checks/https/facts.ts';
import type { Host } from '../../host/host.ts';
import { visitPlain, visitSecure, type Visit } from '../../http/visit.ts';

/** A page to ask for: where, and over what. */
export interface ProbePlace {
  /** `unknown`: no configuration tells whether it begins with TLS. */
  readonly scheme: 'http:' | 'https:' | 'unknown';
  readonly visit: Visit;
  readonly origin: Probe['origin'];
}

/** What no visitor sends and every set of rules knows; whoever lets it through shows a page without having done anything. */
const attackQuery = 'waarborg-probe=%3Cscript%3Ealert(1)%3C/script%3E';

/** Asks for a page twice: plainly, and with an obvious attack in its query that no page has a use for. */
export async function probeSite(host: Host, place: ProbePlace, signal: AbortSignal): Promise<Probe | undefined> {
  const [scheme, first] = await greet(host, place, signal);
  const ask = scheme === 'https:' ? visitSecure : visitPlain;
  // What speaks something else was only found listening.
  if (place.scheme === 'unknown' && first.state !== 'http') return undefined;
  const onward = redirectWithin(scheme, place.visit, first);
  const visit = onward ?? place.visit;
  const plain = onward === undefined ? first : await ask(host, visit, signal);
  const mark = visit.path.includes('?') ? '&' : '?';
  const attack = await ask(host, { ...visit, path: `${visit.path}${mark}${attackQuery}` }, signal);
  return {
    url: `${scheme}//${visit.host}${visit.path.split('?')[0] ?? ''}`.slice(0, 1024),
    address: visit.address,
    origin: place.origin,
    leadsAway: isRedirect(plain) && redirectWithin(scheme, visit, plain) === undefined,
    plain: answerOf(plain),
    attack: answerOf(attack),
  };
}

/** A server of TLS answers plain HTTP with 400, with an alert, or by closing. */
async function greet(
  host: Host,
  { scheme, visit }: ProbePlace,
  signal: AbortSignal,
): Promise<[scheme: 'http:' | 'https:', answer: WebAnswer]> {
  if (scheme === 'https:') return [scheme, await visitSecure(host, visit, signal)];
  const plain = await visitPlain(host, visit, signal);
  const isPlain = plain.state === 'http' && plain.status !== 400;
  if (scheme === 'http:' || isPlain) return ['http:', plain];
  const secure = await visitSecure(host, visit, signal);
  return secure.state === 'http' ? ['https:', secure] : ['http:', plain];
}

type Redirect = WebAnswer & { state: 'http'; location: string };

function isRedirect(answer: WebAnswer): answer is Redirect {
  return answer.state === 'http' && answer.status >= 300 && answer.status < 400 && answer.location !== null;
}

/** The page of the same site that a redirect leads to: `/` often leads to `/nl/`. */
function redirectWithin(scheme: 'http:' | 'https:', visit: Visit, answer: WebAnswer): Visit | undefined {
  if (!isRedirect(answer)) return undefined;
  const from = `${scheme}//${visit.host}${visit.path}`;
  const to = URL.parse(answer.location, from);
  return to?.origin === new URL(from).origin ? { ...visit, path: to.pathname + to.search } : undefined;
}

function answerOf(answer: WebAnswer): Answer {
  if (answer.state === 'http') return { state: 'status', status: answer.status };
  if (answer.state === 'closed') return { state: 'closed' };
  if (answer.state === 'other') return { state: 'none', detail: 'no HTTP' };
  return { state: 'none', detail: [answer.why.what, answer.why.detail ?? ''].join(' ').trim().slice(0, 200) };
}
