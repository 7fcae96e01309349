import { resolve } from 'node:path';
import { read, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { listenAddress, type ConfigurationReader, type Place } from './place.ts';

/** Where Debian keeps each cluster's configuration (pg_createcluster(1)): VERSION/CLUSTER/postgresql.conf. */
const clusters = '/etc/postgresql';

/** Where PostgreSQL listens and with which certificate, from each cluster's postgresql.conf and its conf.d. */
export const postgresqlReader: ConfigurationReader = {
  software: 'PostgreSQL',
  programs: ['postgres', 'postmaster'],
  async read({ host }): Promise<Reading<readonly Place[]> | undefined> {
    const versions = await host.list(clusters);
    if (versions.state === 'unreadable') return versions.obstacle.code === 'missing' ? undefined : versions;
    const places: Place[] = [];
    for (const version of versions.value) {
      const names = await host.list(`${clusters}/${version}`);
      if (names.state === 'unreadable') continue;
      for (const name of names.value) {
        const text = await configurationText(host, `${clusters}/${version}/${name}`);
        if (text === undefined) continue;
        if (text.state === 'unreadable') return text;
        places.push(...placesOfCluster(text.value));
      }
    }
    return read(places);
  },
};

/** The main file with those of conf.d behind it: of several settings alike the last counts. */
async function configurationText(host: Host, folder: string): Promise<Reading<string> | undefined> {
  const main = await host.readText(`${folder}/postgresql.conf`);
  if (main.state === 'unreadable') return main.obstacle.code === 'missing' ? undefined : main;
  const more = await host.list(`${folder}/conf.d`);
  const parts = [main.value];
  for (const name of more.state === 'read' ? more.value.filter((file) => file.endsWith('.conf')) : []) {
    const part = await host.readText(`${folder}/conf.d/${name}`);
    if (part.state === 'unreadable') return part;
    parts.push(part.value);
  }
  return read(parts.join('\n'));
}

export function placesOfCluster(text: string): Place[] {
  const settings = new Map(
    text.split('\n').flatMap((line) => {
      const match = /^\s*(\w+)\s*=?\s*(?:'((?:[^']|'')*)'|([^\s#]+))/.exec(line);
      if (match === null) return [];
      return [[(match[1] ?? '').toLowerCase(), match[2]?.replaceAll("''", "'") ?? match[3] ?? ''] as const];
    }),
  );
  const isOn = /^(on|true|yes|1)$/i.test(settings.get('ssl') ?? 'off');
  const data = settings.get('data_directory');
  const certificate = settings.get('ssl_cert_file') ?? 'server.crt';
  const path = certificate.startsWith('/') ? certificate : data === undefined ? undefined : resolve(data, certificate);
  const addresses = (settings.get('listen_addresses') ?? 'localhost').split(',').map((address) => address.trim());
  return addresses
    .filter((address) => address !== '')
    .flatMap((address) => (address === 'localhost' ? ['127.0.0.1', '::1'] : [address]))
    .map((address) => ({
      address: listenAddress(address),
      port: Number(settings.get('port') ?? 5432),
      tls: isOn ? 'starttls' : 'none',
      web: false,
      names: [],
      patterns: [],
      isDefault: true,
      certificateFiles: isOn && path !== undefined ? [path] : [],
    }));
}
