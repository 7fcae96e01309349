import { read, type Reading } from '../../../policies/reading.ts';
import { listenAddress, type ConfigurationReader, type Place } from './place.ts';
import { parseApache } from './apache.ts';

const proftpdFiles = ['/etc/proftpd/proftpd.conf', '/etc/proftpd/tls.conf'];

/** Where ProFTPD listens and with which certificate, from the files that Debian has it read (its form is Apache's). */
export const proftpdReader: ConfigurationReader = {
  software: 'ProFTPD',
  programs: ['proftpd'],
  async read({ host }): Promise<Reading<readonly Place[]> | undefined> {
    const texts: string[] = [];
    for (const path of proftpdFiles) {
      const text = await host.readText(path);
      if (text.state === 'read') texts.push(text.value);
      else if (text.obstacle.code !== 'missing') return text;
    }
    return texts.length === 0 ? undefined : read(placesOfProftpd(texts.join('\n')));
  },
};

export function placesOfProftpd(text: string): Place[] {
  const lines = parseApache(text);
  const values = (wanted: string): string[] => lines.filter(([name]) => name === wanted).flatMap(([, ...args]) => args);
  const isOn = values('tlsengine').at(-1)?.toLowerCase() === 'on';
  const files = ['tlsrsacertificatefile', 'tlseccertificatefile'].flatMap(values);
  const port = Number(values('port').at(-1) ?? 21);
  return [ftpPlace({ address: '*', port, isOn, isWrapped: values('tlsoptions').includes('UseImplicitSSL'), files })];
}

const pureFtpd = '/etc/pure-ftpd/conf';
const pureFtpdCertificate = '/etc/ssl/private/pure-ftpd.pem';

/** The same of Pure-FTPd, from Debian's folder with one file an option (pure-ftpd-wrapper(8)). */
export const pureFtpdReader: ConfigurationReader = {
  software: 'Pure-FTPd',
  programs: ['pure-ftpd', 'pure-ftpd-mysql', 'pure-ftpd-postg', 'pure-ftpd-ldap'],
  async read({ host }): Promise<Reading<readonly Place[]> | undefined> {
    const names = await host.list(pureFtpd);
    if (names.state === 'unreadable') return names.obstacle.code === 'missing' ? undefined : names;
    const options = new Map<string, string>();
    for (const name of names.value) {
      const text = await host.readText(`${pureFtpd}/${name}`, { maximumSize: 65_536 });
      if (text.state === 'unreadable') return text;
      options.set(name, text.value.trim());
    }
    const [address = '', port = ''] = (options.get('Bind') ?? '').split(',');
    const level = options.get('TLS') ?? '0';
    const files = [options.get('CertFile') ?? pureFtpdCertificate];
    return read([ftpPlace({ address, port: Number(port || 21), isOn: level !== '0', isWrapped: false, files })]);
  },
};

interface FtpServer {
  readonly address: string;
  readonly port: number;
  readonly isOn: boolean;
  readonly isWrapped: boolean;
  readonly files: readonly string[];
}

function ftpPlace({ address, port, isOn, isWrapped, files }: FtpServer): Place {
  return {
    address: listenAddress(address),
    port,
    tls: isOn ? (isWrapped ? 'direct' : 'starttls') : 'none',
    web: false,
    names: [],
    patterns: [],
    isDefault: true,
    certificateFiles: isOn ? files.filter((path) => path.startsWith('/')) : [],
  };
}
