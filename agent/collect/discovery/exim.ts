import { isIP } from 'node:net';
import { read, type Reading } from '../../../policies/reading.ts';
import { commandOutput } from './command.ts';
import { listenAddress, namelessPlace, type ConfigurationReader, type Place } from './place.ts';

const options = [
  'daemon_smtp_ports',
  'tls_on_connect_ports',
  'tls_advertise_hosts',
  'tls_certificate',
  'local_interfaces',
];
const servicePorts: Readonly<Record<string, number>> = { smtp: 25, submission: 587, smtps: 465, submissions: 465 };

/** Where Exim listens and with which certificate, from `exim -bP` (exim(8)); Debian calls it exim4. */
export const eximReader: ConfigurationReader = {
  software: 'Exim',
  programs: ['exim4', 'exim'],
  async read(context): Promise<Reading<readonly Place[]> | undefined> {
    for (const file of ['exim4', 'exim']) {
      const printed = await commandOutput(context, { file, args: ['-bP', ...options] });
      if (printed === undefined) continue;
      return printed.state === 'unreadable' ? printed : read(placesOfExim(printed.value));
    }
    return undefined;
  },
};

/** @param text lines such as `tls_certificate = /etc/exim4/exim.crt`; an expansion (`${...}`) names no file */
export function placesOfExim(text: string): Place[] {
  const settings = new Map(
    text.split('\n').flatMap((line) => {
      const match = /^(\w+) = ?(.*)$/.exec(line);
      return match === null ? [] : [[match[1] ?? '', (match[2] ?? '').trim()] as const];
    }),
  );
  const ports = (name: string): number[] => listOf(settings.get(name) ?? '').flatMap(portOf);
  const wrapped = new Set(ports('tls_on_connect_ports'));
  const usual = ports('daemon_smtp_ports');
  // A port of TLS alone may be listened on by an option of the command (-oX).
  const everywhere = [...(usual.length > 0 ? usual : [25]), ...wrapped];
  const certificates = listOf(settings.get('tls_certificate') ?? '').filter((path) => /^\/[^$]*$/.test(path));
  // Since 4.94 the default advertises to all, with a certificate of its own making.
  const advertises = settings.get('tls_advertise_hosts') !== '';
  const interfaces = listOf(settings.get('local_interfaces') ?? '').map(interfaceOf);
  const listens = (interfaces.length > 0 ? interfaces : [{ address: '*' }]).flatMap(
    ({ address, port }: { address: string; port?: number }) =>
      (port === undefined ? everywhere : [port]).map((one) => ({ address, port: one })),
  );
  const byPlace = new Map(listens.map((listen) => [`${listen.address} ${listen.port}`, listen]));
  return [...byPlace.values()].map(({ address, port }) => {
    const tls = wrapped.has(port) ? 'direct' : advertises ? 'starttls' : 'none';
    return namelessPlace({ address, port, tls, certificateFiles: tls === 'none' ? [] : certificates });
  });
}

/** Items of a list of Exim's (specification, 6.21): between colons, which are doubled within an item, or after `<;` between those. */
function listOf(text: string): string[] {
  const own = /^<(.)(.*)$/.exec(text);
  const items = own === null ? text.replace(/::/g, '\0').split(':') : (own[2] ?? '').split(own[1] ?? '');
  return items.map((item) => item.replaceAll('\0', ':').trim()).filter((item) => item !== '');
}

function portOf(word: string): number[] {
  const port = servicePorts[word] ?? Number(word);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? [port] : [];
}

/** `192.0.2.1`, `192.0.2.1.2525`, `[192.0.2.1]:2525`; `::0` is every address. */
function interfaceOf(word: string): { address: string; port?: number } {
  const [, bracketed, dotted, port] = /^(?:\[(.+)\]:|(.+\..+\..+\..+|.*:.*)\.)(\d+)$/.exec(word) ?? [];
  const address = bracketed ?? dotted ?? word;
  if (port === undefined || isIP(word) !== 0 || isIP(address) === 0) return { address: listenAddress(word) };
  return { address: listenAddress(address), port: Number(port) };
}
