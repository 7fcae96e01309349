import { createHash } from 'node:crypto';
import type { Repository } from '../../../policies/checks/updates/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';

const folder = '/etc/apk/repositories.d';

/** The lines of /etc/apk/repositories and of the lists beside it (apk-repositories(5)). */
export async function readApkRepositories(host: Host): Promise<Reading<Repository[]>> {
  const names = await host.list(folder);
  if (names.state === 'unreadable' && names.obstacle.code !== 'missing') return names;
  const more =
    names.state === 'read'
      ? names.value.filter((name) => name.endsWith('.list')).map((name) => `${folder}/${name}`)
      : [];
  const addresses: string[] = [];
  for (const path of ['/etc/apk/repositories', ...more]) {
    const text = await host.readText(path);
    if (text.state === 'unreadable') {
      if (text.obstacle.code === 'missing') continue;
      return text;
    }
    addresses.push(...addressesOf(text.value));
  }
  const repositories: Repository[] = [];
  for (const address of new Set(addresses)) repositories.push(await describe(host, address));
  return read(repositories.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)));
}

/** A line may begin with a tag (`@edge`), behind which packages must be asked for by name. */
function addressesOf(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [, address] = /^(?:@\S+\s+)?(\S+)$/.exec(line.replace(/#.*/, '').trim()) ?? [];
    return address === undefined ? [] : [address];
  });
}

async function describe(host: Host, address: string): Promise<Repository> {
  const [id = 'a repository'] = /[^/]+\/[^/]+(?=\/*$)/.exec(address) ?? [];
  const name = id.slice(0, 256);
  // What stands before may hold a password; of an address without two folders nothing is told.
  return { id: name, name, index: await readIndex(host, address, name) };
}

/** apk names an index it fetched after a hash of the address: SHA-1 of version 2, SHA-256 of version 3. */
async function readIndex(host: Host, address: string, id: string): Promise<Repository['index']> {
  for (const cache of ['/etc/apk/cache', '/var/cache/apk']) {
    for (const hash of ['sha1', 'sha256']) {
      const digest = createHash(hash).update(address).digest('hex').slice(0, 8);
      const status = await host.status(`${cache}/APKINDEX.${digest}.tar.gz`);
      if (status.state === 'unreadable' && status.obstacle.code === 'missing') continue;
      if (status.state === 'unreadable') return unreadable(status.obstacle.code, `the index of ${id}`);
      // An empty file is what a failed fetch may leave.
      if (status.value.size === 0) return unreadable('unparsable', `the index of ${id}`, 'it is empty');
      return read({ made: null, checked: status.value.modifiedAt.toISOString(), advisories: false });
    }
  }
  return unreadable('missing', `the index of ${id}`);
}
