import { z } from 'zod';
import type { Site } from '../../../policies/checks/accounts/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { AbsolutePath } from '../endpoint-settings.ts';
import { readTypo3Settings } from '../password-age/typo3-settings.ts';
import { readWordpressSettings } from '../password-age/wordpress-settings.ts';
import type { Names } from './names.ts';

/** Sites whose logins are compared with each other. */
export const SiteSettings = z
  .array(
    z.strictObject({
      /** As it is called in reports. */
      site: z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, 'expected a host name in lower case'),
      /** Where its settings lie: what belongs to whoever owns this folder is the site's. */
      folder: AbsolutePath,
      /** Its database user (`user` or `user@host`), where its settings are not those of TYPO3 or WordPress. */
      database: z.string().min(1).max(255).optional(),
    }),
  )
  .max(10_000);
type SiteSettings = z.output<typeof SiteSettings>;

/** Whose each site is, and as whom it logs in to its database. */
export async function readSites(
  context: CollectContext,
  sites: SiteSettings | undefined,
  names: Names,
): Promise<Site[] | null> {
  if (sites === undefined) return null;
  const found: Site[] = [];
  for (const { site, folder, database } of sites) {
    const status = await context.host.status(folder);
    found.push({
      site,
      owner:
        status.state === 'read' ? read(status.value.uid) : unreadable(status.obstacle.code, `the folder of ${site}`),
      database:
        database === undefined ? await readUser(context, folder, site, names) : read(loginName(names, database)),
    });
  }
  return found.sort((a, b) => (a.site < b.site ? -1 : 1));
}

/** Of two servers the same name is another login. */
function loginName(names: Names, login: string): string {
  return names.account(`database ${login.includes('@') ? login : `${login}@localhost`}`);
}

async function readUser(
  context: CollectContext,
  folder: string,
  site: string,
  names: Names,
): Promise<Reading<string | null>> {
  for (const readSettings of [readWordpressSettings, readTypo3Settings]) {
    const settings = await readSettings(context, folder, `the settings of ${site}`);
    if (settings.state === 'read') {
      const { user, host } = settings.value.database;
      return read(loginName(names, `${user}@${host}`));
    }
    if (settings.obstacle.code !== 'missing') return settings;
  }
  return read(null);
}
