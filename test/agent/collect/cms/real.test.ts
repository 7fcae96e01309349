import { execFileSync } from 'node:child_process';
import { cpSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { cmsCollector } from '../../../../agent/collect/cms.ts';
import { CmsFacts } from '../../../../policies/checks/cms/facts.ts';
import { collecting } from '../../../support/collecting.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { machineWith } from './trees.ts';

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

/** The version of Debian's WordPress, unpacked into the folder without being installed; undefined where it cannot be had. */
function unpackWordPress(): string | undefined {
  if (tool('apt-get') === undefined || tool('dpkg-deb') === undefined) return undefined;
  try {
    const options = { cwd: folder.path, encoding: 'utf8', stdio: 'pipe', timeout: 20_000 } as const;
    execFileSync('apt-get', ['download', '-qq', 'wordpress'], options);
    const file = execFileSync('ls', options).trim();
    execFileSync('dpkg-deb', ['-x', file, 'root'], options);
    return execFileSync('dpkg-deb', ['-f', file, 'Version'], options).trim();
  } catch {
    return undefined;
  }
}

const version = unpackWordPress();

describe.skipIf(version === undefined)('the WordPress of Debian', () => {
  test('is found and read as it was packaged', async () => {
    const site = join(realpathSync(folder.path), 'site');
    cpSync(join(folder.path, 'root/usr/share/wordpress'), site, { recursive: true, verbatimSymlinks: true });
    const facts = CmsFacts.parse(
      await cmsCollector.collect(collecting(machineWith({})), { cms: { folders: [site] } }, []),
    );
    expect(facts.search).toMatchObject({ unread: [], cut: false });
    expect(facts.sites).toMatchObject([
      {
        product: 'wordpress',
        core: {
          value: { versions: [{ file: 'wp-includes/version.php', version: version?.split('+')[0] }], packaged: null },
        },
        plugins: {
          value: [
            {
              name: 'akismet',
              marks: { state: 'read', value: { version: expect.stringMatching(/^\d+\.\d/) as string } },
            },
          ],
        },
      },
    ]);
  });
});
