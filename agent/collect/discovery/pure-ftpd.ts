import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import { listenAddress, namelessPlace, type ConfigurationReader, type Place } from './place.ts';

const folder = '/etc/pure-ftpd/conf';
/** Debian's wrapper has no option for another one. */
const certificate = '/etc/ssl/private/pure-ftpd.pem';

/** Where Pure-FTPd listens and with which certificate, from Debian's folder with a file an option (pure-ftpd-wrapper(8)). */
export const pureFtpdReader: ConfigurationReader = {
  software: 'Pure-FTPd',
  programs: ['pure-ftpd', 'pure-ftpd-mysql', 'pure-ftpd-postgresql', 'pure-ftpd-ldap'],
  async read({ host }): Promise<Reading<readonly Place[]> | undefined> {
    const names = await host.list(folder);
    if (names.state === 'unreadable') return names.obstacle.code === 'missing' ? undefined : names;
    const options = new Map<string, string>();
    for (const name of ['Bind', 'TLS'].filter((one) => names.value.includes(one))) {
      const text = await host.readText(`${folder}/${name}`, { maximumSize: 65_536 });
      if (text.state === 'unreadable') return text;
      options.set(name, firstLine(text.value));
    }
    const [address = '', port = '21'] = (options.get('Bind') ?? '').split(',');
    const number = port === 'ftp' || port === '' ? 21 : Number(port);
    if (!Number.isInteger(number)) return unreadable('unparsable', `${folder}/Bind`, `port ${port}`);
    const isOn = (options.get('TLS') ?? '0') !== '0';
    const tls = isOn ? 'starttls' : 'none';
    const certificateFiles = isOn ? [certificate] : [];
    return read([namelessPlace({ address: listenAddress(address), port: number, tls, certificateFiles })]);
  },
};

/** The first line that is neither empty nor a comment, as the wrapper takes it. */
function firstLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.find((line) => line !== '' && !line.startsWith('#')) ?? '';
}
