import { resolve } from 'node:path';
import { read, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { listenAddress, namelessPlace, type ConfigurationReader, type Place } from './place.ts';

/** Where Debian keeps each cluster's configuration (pg_createcluster(1)): VERSION/CLUSTER/postgresql.conf. */
const clusters = '/etc/postgresql';

/** Where PostgreSQL listens and with which certificate, from each cluster's postgresql.conf, conf.d and postgresql.auto.conf. */
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

/**
 * The main file with those of conf.d behind it, and behind these what ALTER SYSTEM wrote into the data folder: of several
 * settings alike the last counts.
 */
async function configurationText(host: Host, folder: string): Promise<Reading<string> | undefined> {
  const main = await host.readText(`${folder}/postgresql.conf`);
  if (main.state === 'unreadable') return main.obstacle.code === 'missing' ? undefined : main;
  const more = await host.list(`${folder}/conf.d`);
  const paths = more.state === 'read' ? more.value.filter((file) => file.endsWith('.conf')) : [];
  const parts = [main.value];
  for (const name of paths) {
    const part = await host.readText(`${folder}/conf.d/${name}`);
    if (part.state === 'unreadable') return part;
    parts.push(part.value);
  }
  const data = parseSettings(parts.join('\n')).get('data_directory');
  if (data === undefined) return read(parts.join('\n'));
  const altered = await host.readText(`${data}/postgresql.auto.conf`);
  if (altered.state === 'unreadable' && altered.obstacle.code !== 'missing') return altered;
  return read([...parts, altered.state === 'read' ? altered.value : ''].join('\n'));
}

/** Lines such as `port = 5433` or `ssl_cert_file 'it''s.pem'`, by name. */
function parseSettings(text: string): Map<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const match = /^\s*(\w+)\s*=?\s*(?:'((?:[^']|'')*)'|([^\s#]+))/.exec(line);
      if (match === null) return [];
      return [[(match[1] ?? '').toLowerCase(), match[2]?.replaceAll("''", "'") ?? match[3] ?? ''] as const];
    }),
  );
}

export function placesOfCluster(text: string): Place[] {
  const settings = parseSettings(text);
  const isOn = /^(on|true|yes|1)$/i.test(settings.get('ssl') ?? 'off');
  const data = settings.get('data_directory');
  const certificate = settings.get('ssl_cert_file') ?? 'server.crt';
  const path = certificate.startsWith('/') ? certificate : data === undefined ? undefined : resolve(data, certificate);
  const addresses = (settings.get('listen_addresses') ?? 'localhost').split(',').map((address) => address.trim());
  return addresses
    .filter((address) => address !== '')
    .flatMap((address) => (address === 'localhost' ? ['127.0.0.1', '::1'] : [address]))
    .map((address) =>
      namelessPlace({
        address: listenAddress(address),
        port: Number(settings.get('port') ?? 5432),
        tls: isOn ? 'starttls' : 'none',
        certificateFiles: isOn && path !== undefined ? [path] : [],
      }),
    );
}
