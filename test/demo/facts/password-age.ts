import type { PasswordAgeFacts } from '../../../policies/checks/password-age/facts.ts';
import { read } from '../../../policies/reading.ts';
import { isTroubled, type SimulatedHost } from '../fleet.ts';
import { day, dayOf, hour, isoOf, startOfDay } from '../span.ts';

/** Days after which a password is changed; half a year is promised. */
const changed = 150;

/** The passwords of two accounts of the system, which are changed every five months. */
export function passwordAgeFacts(host: SimulatedHost, at: number): PasswordAgeFacts {
  const watchedSince = startOfDay(host.certificates) - 400 * day;
  const accounts = [0, 1].map((index) => {
    const moment = changedAt(host, watchedSince + Math.floor(host.random(`password${index}`)() * changed) * day, at);
    return {
      account: `account-${host.number.toString(16).padStart(6, '0')}0000a${index}`,
      uid: index === 0 ? 0 : 1000,
      shell: 'login' as const,
      password: {
        state: 'set' as const,
        changed: dayOf(moment),
        seen: { notBefore: isoOf(moment - 6 * hour), firstSeen: isoOf(moment + 6 * hour) },
      },
      expires: null,
    };
  });
  return {
    system: read({ accounts, malformed: [], directories: read([]), watchedSince: isoOf(watchedSince) }),
    departures: [],
    sshKeys: read({ keys: [], unread: [], elsewhere: read([]) }),
    stores: [],
    undeclared: [],
  };
}

function changedAt(host: SimulatedHost, first: number, at: number): number {
  let newest = first;
  for (let moment = first + changed * day; moment <= at; moment += changed * day) {
    if (!isTroubled(host, 'password', moment)) newest = moment;
  }
  return newest;
}
