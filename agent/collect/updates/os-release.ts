import type { Release } from '../../../policies/checks/updates/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';

/** os-release(5): /etc/os-release, or the vendor's own copy where that is missing. */
export async function readRelease(host: Host): Promise<Reading<Release>> {
  const path = '/etc/os-release';
  const own = await host.readText(path);
  const isMissing = own.state === 'unreadable' && own.obstacle.code === 'missing';
  const text = isMissing ? await host.readText('/usr/lib/os-release') : own;
  if (text.state === 'unreadable') return text;
  const values = parseAssignments(text.value);
  const value = (name: string): string | null => values.get(name) ?? null;
  const id = value('ID');
  if (id === null) return unreadable('unparsable', path, 'it has no ID');
  return read({
    id,
    idLike: value('ID_LIKE')?.split(' ').filter(Boolean) ?? [],
    versionId: value('VERSION_ID'),
    codename: value('VERSION_CODENAME'),
    ubuntuCodename: value('UBUNTU_CODENAME'),
    debianCodename: value('DEBIAN_CODENAME'),
  });
}

/** Shell assignments with at most one pair of quotes; an empty value counts as none. */
function parseAssignments(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, name, quoted = ''] = /^([A-Z_0-9]+)=(.*)$/.exec(line.trim()) ?? [];
    const value = quoted.replace(/^(["'])(.*)\1$/, '$2');
    if (name !== undefined && value !== '') values.set(name, value);
  }
  return values;
}
