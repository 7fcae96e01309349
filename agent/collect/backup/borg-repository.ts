import type { Location } from '../../../policies/checks/backup/facts.ts';
import type { Host } from '../../host/host.ts';
import { locatePath } from './place.ts';

/** Forms of a repository's name: borg(1), "Repository URLs"; sftp and rclone since borg 2. */
const forms = {
  path: /^(?:file:\/\/)?(?<path>\/[^:]*)$/,
  address: /^(?:ssh|sftp):\/\/(?:[^@/]+@)?(?:\[(?<v6>[0-9a-fA-F:.%]+)\]|(?<host>[^:/[\]]+))(?::[0-9]+)?\/[^:]+$/,
  scp: /^(?:[^@/:]+@)?(?:\[(?<v6>[0-9a-fA-F:.%]+)\]|(?<host>[^:/@[\]]+)):(?!\/\/)[^:]+$/,
  rclone: /^rclone:.+$/,
} as const;

/** Whether borg knows this form of a repository's name, and the agent can tell where that lies. */
export function isBorgRepository(name: string): boolean {
  return Object.values(forms).some((form) => form.test(name));
}

/** The folder of a repository on this host's own file systems. */
export function pathOfRepository(name: string): string | undefined {
  return forms.path.exec(name)?.groups?.path?.replace(/(?<=.)\/+$/, '');
}

/** Where a repository lies, from its name. Names that ~/.ssh/config or DNS turn into this very host are not seen. */
export async function locateBorgRepository(host: Host, name: string): Promise<Location> {
  const path = pathOfRepository(name);
  if (path !== undefined) return locatePath(host, path);
  // rclone puts it where it likes.
  if (forms.rclone.test(name)) return { kind: 'unseen', through: 'rclone' };
  const match = forms.address.exec(name) ?? forms.scp.exec(name);
  const server = match?.groups?.v6 ?? match?.groups?.host;
  return server === undefined ? { kind: 'unseen', through: 'borg' } : { kind: 'remote', server: server.slice(0, 255) };
}
