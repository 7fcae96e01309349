import type { Reason } from '../../reasons.ts';
import { managementPorts } from '../network/management.ts';
import { unknownsOf, type Found } from './default.ts';
import { spanIn, splitAt } from './ports.ts';
import { because } from './reasons.ts';
import { subtract, toSpans } from './spans.ts';
import { familyName, interfaceNames, portSubject, senderNames } from './words.ts';

/** Whether management ports are open to the networks of management only. */
export function judgeManagement({ facts, family, openings }: Found, wanted: 'declared' | readonly string[]): Reason[] {
  const { declared } = facts;
  const networks = wanted === 'declared' ? declared.managementAddresses : wanted;
  if (networks === null) return [because('firewall.management-not-set', {}, familyName(family))];
  const allowed = toSpans(networks.flatMap((text) => spanIn(text, family)));
  const ports = declared.managementPorts ?? managementPorts;
  const isManagement = new Set(ports);
  const open = openings
    .filter(({ protocol }) => protocol === 'tcp')
    .flatMap((opening) =>
      splitAt(
        opening,
        ports.flatMap((port) => [port, port + 1]),
      ),
    )
    .filter((opening) => isManagement.has(opening.ports.first));
  if (open.length === 0) {
    const shown = [...ports].sort((a, b) => a - b).join(', ');
    return [because('firewall.management-closed', { ports: shown }, familyName(family))];
  }
  return open.map((opening) => {
    const subject = portSubject(opening);
    const on = { interface: interfaceNames(opening.interfaces) };
    const strangers = subtract(opening.sure, allowed);
    if (strangers.length > 0) {
      const values = { ...on, senders: senderNames(strangers, family), expected: networks.join(', ') };
      return because('firewall.management-open', values, subject);
    }
    const unclear = subtract(opening.maybe, allowed);
    if (unclear.length > 0) {
      const values = { ...on, senders: senderNames(unclear, family), what: unknownsOf(facts) };
      return because('firewall.port-unclear', values, subject);
    }
    return because('firewall.management-limited', { senders: senderNames(opening.maybe, family) }, subject);
  });
}
