import { read, type Reading, type Unreadable } from '../../../policies/reading.ts';
import { commandOutput } from './command.ts';
import { listenAddress, namelessPlace, type ConfigurationReader, type Place } from './place.ts';

/** MariaDB's my_print_defaults knows the groups that its server reads; MySQL's has to be told (mysqld(8)). */
const ways = [['--mysqld'], ['mysqld', 'server']];

/** Where MariaDB or MySQL listens and with which certificate, from all its option files (my_print_defaults(1)). */
export const mariadbReader: ConfigurationReader = {
  software: 'MariaDB',
  programs: ['mariadbd', 'mysqld'],
  async read(context): Promise<Reading<readonly Place[]> | undefined> {
    let failed: Unreadable | undefined;
    for (const args of ways) {
      const options = await commandOutput(context, { file: 'my_print_defaults', args });
      if (options?.state === 'read') return read(placesOfOptions(options.value));
      failed = options;
    }
    return failed;
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
  const isOff = options.has('skip-ssl') || /^(0|off|false)$/i.test(options.get('ssl') ?? '');
  // Newer servers make a certificate of their own where none is named.
  const tls = isOff ? 'none' : certificate === undefined ? 'unknown' : 'starttls';
  const certificateFiles = tls === 'starttls' && certificate?.startsWith('/') === true ? [certificate] : [];
  return addresses.map((address) =>
    namelessPlace({
      address: listenAddress(address === 'localhost' ? '127.0.0.1' : address),
      port,
      tls,
      certificateFiles,
    }),
  );
}
