import type { StarttlsName } from '../../../policies/checks/endpoints.ts';
import { ftp } from './ftp.ts';
import { imap } from './imap.ts';
import { ldap } from './ldap.ts';
import { mysql } from './mysql.ts';
import { pop3 } from './pop3.ts';
import { postgres } from './postgres.ts';
import type { Protocol } from './protocol.ts';
import { sieve } from './sieve.ts';
import { lmtp, smtp } from './smtp.ts';
import { xmpp, xmppServer } from './xmpp.ts';

/** Every protocol that can begin in plain text, one line each. */
export const starttlsProtocols: Readonly<Record<StarttlsName, Protocol>> = {
  ftp,
  imap,
  ldap,
  lmtp,
  mysql,
  pop3,
  postgres,
  sieve,
  smtp,
  xmpp,
  'xmpp-server': xmppServer,
};

/** The protocol that a server on this port is first taken for, where it was found and not declared. */
export function usualOn(port: number): StarttlsName | undefined {
  const names = Object.keys(starttlsProtocols) as StarttlsName[];
  return names.find((name) => starttlsProtocols[name].wellKnown.includes(port));
}
