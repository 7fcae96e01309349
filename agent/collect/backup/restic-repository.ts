import type { Location } from '../../../policies/checks/backup/facts.ts';
import type { Host } from '../../host/host.ts';
import { locatePath } from './place.ts';

const backends = ['sftp', 'rest', 's3', 'swift', 'b2', 'azure', 'gs', 'rclone'] as const;

/** Whether restic knows this form of a repository's name: an absolute path, or a back end and its address. */
export function isRepository(name: string): boolean {
  return pathIn(name).startsWith('/') || backends.some((backend) => name.startsWith(`${backend}:`));
}

/** Whether the name itself holds a password (`rest:https://user:secret@host/`). */
export function holdsPassword(name: string): boolean {
  return /\/\/[^/@]*:[^/@]*@/.test(name);
}

/** Such passwords struck out; restic does so itself in most of its messages. */
export function withoutPasswords(text: string): string {
  return text.replace(/(\/\/[^/@\s:]*:)[^/@\s]*@/g, '$1***@');
}

/**
 * Where a repository lies, from its name. Names that ~/.ssh/config or DNS turn into this very host are not seen.
 * @param name as in restic's manual, "Preparing a new repository"
 */
export async function locateRepository(host: Host, name: string): Promise<Location> {
  const path = pathIn(name);
  if (path.startsWith('/')) return locatePath(host, path.replace(/(?<=.)\/+$/, ''));
  const backend = backends.find((candidate) => name.startsWith(`${candidate}:`));
  const address = name.slice(name.indexOf(':') + 1);
  // The storage of these three is named by their owner: it is never this host.
  if (backend === 'b2' || backend === 'azure' || backend === 'gs') return { kind: 'remote', server: backend };
  const server = backend === 'rclone' || backend === 'swift' ? undefined : serverOf(address);
  // rclone's remote may be a local folder; swift's server is named by its environment.
  return server === undefined ? { kind: 'unseen', through: backend ?? 'restic' } : { kind: 'remote', server };
}

function pathIn(name: string): string {
  return name.startsWith('local:') ? name.slice('local:'.length) : name;
}

/** The host in `user@host:/path`, `//user@host:22//path`, `https://user@host:8000/` or `host/bucket`. */
function serverOf(address: string): string | undefined {
  const authority = /^(?:https?:)?(?:\/\/)?([^/]+)/.exec(address)?.[1];
  const place = authority?.slice(authority.lastIndexOf('@') + 1);
  const match = /^(?:\[(?<v6>[0-9a-fA-F:.%]+)\]|(?<host>[^:[\]]+))/.exec(place ?? '');
  return (match?.groups?.v6 ?? match?.groups?.host)?.slice(0, 255);
}
