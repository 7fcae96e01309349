import { basename, dirname, resolve } from 'node:path';
import { read, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { parseApache } from './apache.ts';
import { globPattern } from './glob.ts';
import { listenAddress, namelessPlace, type ConfigurationReader, type Place } from './place.ts';

const main = '/etc/proftpd/proftpd.conf';
const maximumIncludes = 16;

/** Where ProFTPD listens and with which certificate, from its configuration file and what that includes. */
export const proftpdReader: ConfigurationReader = {
  software: 'ProFTPD',
  programs: ['proftpd'],
  async read({ host }): Promise<Reading<readonly Place[]> | undefined> {
    const text = await host.readText(main);
    if (text.state === 'unreadable') return text.obstacle.code === 'missing' ? undefined : text;
    const lines = await expand(host, text.value, 0);
    return lines.state === 'unreadable' ? lines : read(placesOfProftpd(lines.value));
  },
};

type Words = ReturnType<typeof parseApache>[number];

/** The lines of a configuration, whose form is Apache's, with those of included files in their place. */
async function expand(host: Host, text: string, depth: number): Promise<Reading<Words[]>> {
  const lines: Words[] = [];
  for (const words of parseApache(text)) {
    const [name, pattern] = words;
    if (name !== 'include' || pattern === undefined || depth === maximumIncludes) {
      lines.push(words);
      continue;
    }
    const paths = await included(host, pattern);
    if (paths.state === 'unreadable') return paths;
    for (const path of paths.value) {
      const file = await host.readText(path);
      const inner = file.state === 'read' ? await expand(host, file.value, depth + 1) : file;
      if (inner.state === 'unreadable') return inner;
      lines.push(...inner.value);
    }
  }
  return read(lines);
}

/** A file, all files of a folder, or those that a pattern fits. */
async function included(host: Host, pattern: string): Promise<Reading<string[]>> {
  const isPattern = /[*?[]/.test(basename(pattern));
  const folder = isPattern ? dirname(pattern) : pattern;
  const names = await host.list(folder);
  if (names.state === 'unreadable') return isPattern && names.obstacle.code === 'missing' ? read([]) : read([pattern]);
  const paths = names.value.map((name) => resolve(folder, name));
  return read(isPattern ? paths.filter((path) => globPattern(pattern).test(path)) : paths);
}

interface Server {
  readonly addresses: readonly string[];
  readonly directives: Words[];
}

/**
 * The main server and each `<VirtualHost>`: these take nothing over from it but what stands in `<Global>`. Of
 * `<IfModule>` both are taken for true that ask for a module, for what is configured is loaded where Debian ships it.
 */
export function placesOfProftpd(lines: readonly Words[]): Place[] {
  const top: Server = { addresses: [], directives: [] };
  const shared: Words[] = [];
  const servers = [top];
  const open: { readonly name: string; readonly directives: Words[] | undefined }[] = [];
  for (const words of lines) {
    const [name, ...args] = words;
    const current = open.length === 0 ? top.directives : open.at(-1)?.directives;
    if (name.startsWith('</')) {
      open.pop();
    } else if (name.startsWith('<virtualhost')) {
      const server: Server = { addresses: args.map((word) => word.replace(/>$/, '')).filter(Boolean), directives: [] };
      servers.push(server);
      open.push({ name, directives: server.directives });
    } else if (name.startsWith('<global')) {
      open.push({ name, directives: shared });
    } else if (name === '<ifmodule' && args[0]?.startsWith('!') !== true) {
      open.push({ name, directives: current });
    } else if (name.startsWith('<')) {
      open.push({ name, directives: undefined });
    } else {
      current?.push(words);
    }
  }
  return servers.flatMap((server) => placesOfServer(server, shared));
}

function placesOfServer({ addresses, directives }: Server, shared: readonly Words[]): Place[] {
  const values = (wanted: string): string[] =>
    [...shared, ...directives].filter(([name]) => name === wanted).flatMap(([, ...args]) => args);
  const port = Number(values('port').at(-1) ?? 21);
  // Port 0 switches a server off.
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return [];
  const isOn = values('tlsengine').at(-1)?.toLowerCase() === 'on';
  const tls = isOn ? (values('tlsoptions').includes('UseImplicitSSL') ? 'direct' : 'starttls') : 'none';
  const certificates = ['tlsrsacertificatefile', 'tlseccertificatefile', 'tlsdsacertificatefile'].flatMap(values);
  const certificateFiles = isOn ? certificates.filter((path) => path.startsWith('/')) : [];
  const own = addresses.length > 0 ? addresses : values('defaultaddress');
  const listens = own.length > 0 ? own : ['*'];
  return listens.map((address) => namelessPlace({ address: listenAddress(address), port, tls, certificateFiles }));
}
