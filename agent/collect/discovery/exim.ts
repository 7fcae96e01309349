import { read, type Reading } from '../../../policies/reading.ts';
import { commandOutput } from './command.ts';
import { type ConfigurationReader, type Place } from './place.ts';

const options = ['daemon_smtp_ports', 'tls_on_connect_ports', 'tls_advertise_hosts', 'tls_certificate'];
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
  const ports = (name: string): number[] =>
    (settings.get(name) ?? '')
      .replace(/^<./, '')
      .split(/[\s:;,]+/)
      .map((word) => servicePorts[word] ?? Number(word))
      .filter((port) => Number.isInteger(port) && port > 0 && port < 65_536);
  const wrapped = new Set(ports('tls_on_connect_ports'));
  const listening = ports('daemon_smtp_ports');
  const certificates = (settings.get('tls_certificate') ?? '')
    .split(/\s*:\s*/)
    .filter((path) => /^\/[^$]*$/.test(path));
  // Since 4.94 the default advertises to all, with a certificate of its own making.
  const advertises = settings.get('tls_advertise_hosts') !== '';
  return [...new Set([...(listening.length > 0 ? listening : [25]), ...wrapped])].map((port) => ({
    address: '*',
    port,
    tls: wrapped.has(port) ? 'direct' : advertises ? 'starttls' : 'none',
    web: false,
    names: [],
    patterns: [],
    isDefault: true,
    certificateFiles: advertises || wrapped.has(port) ? certificates : [],
  }));
}
