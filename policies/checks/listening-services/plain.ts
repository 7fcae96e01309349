import type { ListeningSocket } from './facts.ts';

interface PlainService {
  readonly name: string;
  readonly protocol: 'tcp' | 'udp';
  readonly first: number;
  readonly last?: number;
  readonly program?: RegExp;
  /**
   * `never`: the protocol has no encryption of its own. `handshake`: set up so, it answers a handshake of TLS from the
   * first byte. `unseen`: it can be set up so, and a socket does not show it.
   */
  readonly encrypts: 'never' | 'handshake' | 'unseen';
}

/**
 * Services that say all in plain text, passwords as well, by the port they are known for (IANA) or their program. Those
 * that begin in plain and may go on with TLS (FTP, POP3, IMAP, SMTP, LDAP, databases) the check kind `tls` asks itself.
 */
const services: readonly PlainService[] = [
  { name: 'telnet', protocol: 'tcp', first: 23, program: /telnetd$/, encrypts: 'never' },
  { name: 'TFTP', protocol: 'udp', first: 69, program: /tftpd/, encrypts: 'never' },
  { name: 'finger', protocol: 'tcp', first: 79, program: /fingerd$/, encrypts: 'never' },
  {
    name: 'rexec, rlogin or rsh',
    protocol: 'tcp',
    first: 512,
    last: 514,
    program: /^(?:in\.)?r(?:execd|logind|shd)$/,
    encrypts: 'never',
  },
  { name: 'rsync', protocol: 'tcp', first: 873, program: /^rsync$/, encrypts: 'never' },
  { name: 'X11', protocol: 'tcp', first: 6000, last: 6009, program: /^X(?:org|vfb)?$/, encrypts: 'never' },
  { name: 'VNC', protocol: 'tcp', first: 5900, last: 5909, program: /vnc/i, encrypts: 'never' },
  { name: 'memcached', protocol: 'udp', first: 11_211, encrypts: 'never' },
  { name: 'memcached', protocol: 'tcp', first: 11_211, program: /^memcached$/, encrypts: 'handshake' },
  { name: 'Redis', protocol: 'tcp', first: 6379, program: /^(?:redis|valkey)-server$/, encrypts: 'handshake' },
  { name: 'MongoDB', protocol: 'tcp', first: 27_017, last: 27_019, program: /^mongo[ds]$/, encrypts: 'handshake' },
  { name: 'SNMP', protocol: 'udp', first: 161, program: /^snmpd$/, encrypts: 'unseen' },
];

export function plainServiceOf({ protocol, port, programs }: Pick<ListeningSocket, 'protocol' | 'port' | 'programs'>) {
  const isSame = (service: PlainService): boolean => service.protocol === protocol;
  const byProgram = services.find(
    (service) => isSame(service) && programs.some((program) => service.program?.test(program)),
  );
  const byPort = services.find(
    (service) => isSame(service) && service.first <= port && port <= (service.last ?? service.first),
  );
  return byProgram ?? byPort;
}
