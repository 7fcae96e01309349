import type { Location } from '../../../policies/checks/backup/facts.ts';
import { read, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { locatePath } from './place.ts';

/** Options by section, as they stand in the file: `global`, `main`, `main:info`. */
type Sections = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Which files of pgBackRest are meant, and what of them. */
export interface Wanted {
  readonly config: string;
  readonly includes?: string | undefined;
  readonly stanza: string;
  readonly repo: number;
}

/**
 * Where a repository lies, by pgBackRest's configuration (its reference, "Repository Options"). Of several sections the
 * most particular counts: the stanza's before the global one, each first with `:info`.
 */
export async function locate(host: Host, { config, includes, stanza, repo }: Wanted): Promise<Reading<Location>> {
  const sections = await readSections(host, config, includes);
  if (sections.state === 'unreadable') return sections;
  const order = [`${stanza}:info`, stanza, 'global:info', 'global'];
  const option = (name: string): string | undefined =>
    order
      .map((section) => sections.value.get(section)?.get(`repo${repo}-${name}`))
      .find((value) => value !== undefined);
  const server = serverOf(option);
  if (server !== undefined) return read({ kind: 'remote', server: server.slice(0, 255) });
  const type = option('type') ?? 'posix';
  if (type !== 'posix' && type !== 'cifs') return read({ kind: 'unseen', through: `pgbackrest ${type}`.slice(0, 64) });
  return read(await locatePath(host, (option('path') ?? '/var/lib/pgbackrest').replace(/(?<=.)\/+$/, '')));
}

function serverOf(option: (name: string) => string | undefined): string | undefined {
  const repositoryHost = option('host');
  if (repositoryHost !== undefined) return repositoryHost;
  switch (option('type')) {
    case 's3':
      return /^(?:https?:\/\/)?(?:\[([^\]]+)\]|([^:/]+))/
        .exec(option('s3-endpoint') ?? '')
        ?.slice(1)
        .find(Boolean);
    case 'sftp':
      return option('sftp-host');
    // The storage of these two is named by their owner: it is never this host.
    case 'azure':
    case 'gcs':
      return option('type');
    default:
      return undefined;
  }
}

/** The file, and those that end in `.conf` in the other folder: pgBackRest reads them as one. */
async function readSections(host: Host, config: string, includes: string | undefined): Promise<Reading<Sections>> {
  const names = includes === undefined ? read([]) : await host.list(includes);
  if (names.state === 'unreadable') return names;
  const paths = names.value.filter((name) => name.endsWith('.conf')).map((name) => `${includes ?? ''}/${name}`);
  const sections = new Map<string, Map<string, string>>();
  for (const path of [config, ...paths]) {
    const text = await host.readText(path, { maximumSize: 262_144 });
    if (text.state === 'unreadable') return text;
    addSections(sections, text.value);
  }
  return read(sections);
}

function addSections(sections: Map<string, Map<string, string>>, text: string): void {
  let section = new Map<string, string>();
  for (const line of text.split('\n')) {
    const name = /^\s*\[([^\]]+)\]\s*$/.exec(line)?.[1];
    if (name !== undefined) {
      section = sections.get(name) ?? new Map<string, string>();
      sections.set(name, section);
    }
    const [, key, value] = /^\s*([a-z0-9-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) section.set(key, value);
  }
}
