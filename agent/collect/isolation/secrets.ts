import type { Site } from '../../../policies/checks/isolation/facts.ts';
import type { Host } from '../../host/host.ts';
import { wish, type AccessReader } from './access.ts';

/** Files in which content management systems and frameworks keep passwords, from the folder that is served. */
const usualFiles = [
  'wp-config.php',
  '../wp-config.php',
  'configuration.php',
  'sites/default/settings.php',
  'typo3conf/LocalConfiguration.php',
  'typo3conf/system/settings.php',
  '../config/system/settings.php',
  '.env',
  '../.env',
  'app/etc/env.php',
  '../app/etc/env.php',
  'app/config/parameters.php',
  'config/settings.inc.php',
] as const;

/** Whom the permissions of a site's files with passwords let in; nothing of their content is read. */
export async function readSecrets(host: Host, folder: string, access: AccessReader): Promise<Site['secrets']> {
  const found = await Promise.all(
    usualFiles.map(async (file) => {
      const path = `${folder}/${file}`;
      const status = await host.status(path);
      if (status.state === 'unreadable') {
        const obstacle = { ...status.obstacle, what: file };
        return status.obstacle.code === 'missing' ? [] : [{ file, openTo: { ...status, obstacle } }];
      }
      if (status.value.kind !== 'file') return [];
      const openTo = await access.openTo(path, [wish.read, wish.write]);
      const told = openTo.state === 'read' ? openTo : { ...openTo, obstacle: { ...openTo.obstacle, what: file } };
      return [{ file, openTo: told }];
    }),
  );
  return found.flat();
}
