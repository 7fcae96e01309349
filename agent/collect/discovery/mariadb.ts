import { read, type Reading } from '../../../policies/reading.ts';
import { commandOutput } from './command.ts';
import { listenAddress, type ConfigurationReader, type Place } from './place.ts';

/** The groups of options that the server reads (mariadbd(8)). */
const groups = ['mysqld', 'server', 'mysqld-11', 'mariadb', 'mariadbd'];

/** Where MariaDB or MySQL listens and with which certificate, from all its option files (my_print_defaults(1)). */
export const mariadbReader: ConfigurationReader = {
  software: 'MariaDB',
  programs: ['mariadbd', 'mysqld'],
  async read(context): Promise<Reading<readonly Place[]> | undefined> {
    const options = await commandOutput(context, { file: 'my_print_defaults', args: groups });
    if (options === undefined || options.state === 'unreadable') return options;
    return read(placesOfOptions(options.value));
  },
};

/** @param text one option a line, such as `--ssl-cert=/etc/mysql/cert.pem`; of several alike the last counts */
export function placesOfOptions(text: string): Place[] {
  const options = new Map(
    text.split('\n').flatMap((line) => {
      const match = /^--(?:loose[-_])?([\w-]+)(?:=(.*))?$/.exec(line.trim());
      return match === null ? [] : [[(match[1] ?? '').replaceAll('_', '-'), match[2] ?? ''] as const];
    }),
  );
  if (options.has('skip-networking')) return [];
  const certificate = options.get('ssl-cert');
  const port = Number(options.get('port') ?? 3306);
  const addresses = (options.get('bind-address') ?? '*').split(',').map((address) => address.trim());
  return addresses.map((address) => ({
    address: listenAddress(address === 'localhost' ? '127.0.0.1' : address),
    port,
    // Newer servers make a certificate of their own where none is named.
    tls: certificate === undefined ? 'unknown' : 'starttls',
    web: false,
    names: [],
    patterns: [],
    isDefault: true,
    certificateFiles: certificate?.startsWith('/') === true ? [certificate] : [],
  }));
}
