import type { Reason } from '../../reasons.ts';
import { parsePorts, type AllowedService, type Ports } from '../network/services.ts';
import { unknownsOf, type Found } from './default.ts';
import type { Opening } from './openings.ts';
import { anySender, toSpan, type Family } from './packet.ts';
import { because } from './reasons.ts';
import { subtract, toSpans, type Spans } from './spans.ts';
import { familyName, interfaceNames, portSubject, senderNames } from './words.ts';

/** Whether nothing is open but what may be. */
export function judgePorts(found: Found, wanted: 'declared' | readonly AllowedService[]): Reason[] {
  const { facts, family, openings } = found;
  const allowed = wanted === 'declared' ? facts.declared.services : wanted;
  if (allowed === null) return [because('firewall.services-not-set', {}, familyName(family))];
  if (openings.length === 0) return [because('firewall.nothing-open', {}, familyName(family))];
  const edges = allowed.flatMap(({ ports }) => {
    const { first, last } = parsePorts(ports);
    return [first, last + 1];
  });
  return openings
    .flatMap((opening) => splitAt(opening, edges))
    .map((opening) => judgeOpening(found, opening, allowedSenders(allowed, opening, family)));
}

function judgeOpening({ facts, family }: Found, opening: Opening, allowed: Spans): Reason {
  const subject = portSubject(opening);
  const on = { interface: interfaceNames(opening.interfaces) };
  const open = subtract(opening.sure, allowed);
  if (open.length > 0) return because('firewall.port-open', { ...on, senders: senderNames(open, family) }, subject);
  const unclear = subtract(opening.maybe, allowed);
  if (unclear.length > 0) {
    const values = { ...on, senders: senderNames(unclear, family), what: unknownsOf(facts) };
    return because('firewall.port-unclear', values, subject);
  }
  return because('firewall.port-allowed', { ...on, senders: senderNames(opening.maybe, family) }, subject);
}

/** @param opening of which all ports are in the same services */
function allowedSenders(allowed: readonly AllowedService[], { protocol, ports }: Opening, family: Family): Spans {
  const spans = allowed
    .filter((service) => service.protocol === protocol && includes(parsePorts(service.ports), ports.first))
    .flatMap(({ from }): Spans => from?.flatMap((text) => spanIn(text, family)) ?? anySender[family]);
  return toSpans(spans);
}

export function spanIn(text: string, family: Family): Spans {
  const span = toSpan(text);
  return span?.family === family ? [span] : [];
}

function includes({ first, last }: Ports, port: number): boolean {
  return first <= port && port <= last;
}

/** The same opening in parts that begin at these ports. */
export function splitAt(opening: Opening, edges: readonly number[]): Opening[] {
  const { first, last } = opening.ports;
  const starts = [...new Set([first, ...edges.filter((edge) => first < edge && edge <= last)])].sort((a, b) => a - b);
  return starts.map((start, index) => ({
    ...opening,
    ports: { first: start, last: (starts[index + 1] ?? last + 1) - 1 },
  }));
}
