import { read, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { commandOutput } from './command.ts';
import { listenAddress, namelessPlace, type ConfigurationReader, type Place } from './place.ts';

/** Names of services that master.cf may have in the place of a port (services(5)). */
const servicePorts: Readonly<Record<string, number>> = { smtp: 25, submission: 587, smtps: 465, submissions: 465 };

/**
 * What Postfix serves, from postconf(1): main.cf (`-n`) and master.cf (`-M`, one line a service), with
 * names of other settings written out (`-x`).
 */
export const postfixReader: ConfigurationReader = {
  software: 'Postfix',
  programs: ['master', 'smtpd'],
  async read(context: CollectContext): Promise<Reading<readonly Place[]> | undefined> {
    const main = await commandOutput(context, { file: 'postconf', args: ['-nx'] });
    if (main === undefined || main.state === 'unreadable') return main;
    const master = await commandOutput(context, { file: 'postconf', args: ['-Mx'] });
    if (master === undefined || master.state === 'unreadable') return master;
    return read(placesOfPostfix(main.value, master.value));
  },
};

export function placesOfPostfix(main: string, master: string): Place[] {
  const settings = new Map(
    main.split('\n').flatMap((line) => {
      const match = /^(\w+) = ?(.*)$/.exec(line);
      return match === null ? [] : [[match[1] ?? '', match[2] ?? ''] as const];
    }),
  );
  return master.split('\n').flatMap((line): Place[] => {
    const [service = '', kind, , , , , , command, ...rest] = line.trim().split(/\s+/);
    if (kind !== 'inet' || (command !== 'smtpd' && command !== 'postscreen')) return [];
    const overridden = new Map(rest.flatMap((word) => optionOf(word)));
    const setting = (name: string): string => overridden.get(name) ?? settings.get(name) ?? '';
    const [host, portName] = splitService(service);
    const port = servicePorts[portName] ?? Number(portName);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) return [];
    const isWrapped = setting('smtpd_tls_wrappermode') === 'yes';
    const level = setting('smtpd_tls_security_level');
    const offers = level === 'may' || level === 'encrypt' || setting('smtpd_use_tls') === 'yes';
    // Where chain files are named, the older settings are not looked at (postconf(5)).
    const older = ['smtpd_tls_cert_file', 'smtpd_tls_eccert_file', 'smtpd_tls_dcert_file'];
    const files = (setting('smtpd_tls_chain_files') === '' ? older : ['smtpd_tls_chain_files']).flatMap((name) =>
      setting(name).split(/[\s,]+/),
    );
    const tls = isWrapped ? 'direct' : offers ? 'starttls' : 'none';
    const certificateFiles = tls === 'none' ? [] : files.filter((path) => path.startsWith('/'));
    return [namelessPlace({ address: listenAddress(host), port, tls, certificateFiles })];
  });
}

/** `-o name=value` of a service; the `-o` is a word of its own. */
function optionOf(word: string): [string, string][] {
  const match = /^(\w+)=(.*)$/.exec(word);
  return match === null ? [] : [[match[1] ?? '', match[2] ?? '']];
}

function splitService(service: string): [host: string, port: string] {
  const match = /^(?:(.*):)?([^:]+)$/.exec(service);
  return [match?.[1] ?? '*', match?.[2] ?? ''];
}
