import { chmodSync, chownSync, mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cmsCollector } from '../../../../agent/collect/cms.ts';
import type { CollectContext } from '../../../../agent/collect/collector.ts';
import type { Host } from '../../../../agent/host/host.ts';
import { openLedger, RunLedger } from '../../../../agent/ledger.ts';
import { cms } from '../../../../policies/checks/cms.ts';
import { CmsFacts, type Site } from '../../../../policies/checks/cms/facts.ts';
import { read } from '../../../../policies/reading.ts';
import { collecting } from '../../../support/collecting.ts';
import { temporaryFolder } from '../../../support/tools.ts';
import { drupal, drupal7, emconf, joomla, machineWith, plant, typo3Classic, typo3Project, wordpress } from './trees.ts';

const isRoot = process.getuid?.() === 0;

async function collect(host: Host, cmsSettings: object, values: Partial<CollectContext> = {}): Promise<CmsFacts> {
  const facts = await cmsCollector.collect(collecting(host, values), { cms: cmsSettings }, []);
  return CmsFacts.parse(JSON.parse(JSON.stringify(facts)));
}

/** What was found, a line a site: where, product, versions or the obstacle. */
function found({ sites }: CmsFacts): string[] {
  return sites.map(({ site, product, core }) => {
    const versions = core.state === 'read' ? core.value.versions.map(({ version }) => version) : [core.obstacle.code];
    return [site.split('/').at(-1), product, ...new Set(versions)].join(' ');
  });
}

function plugins(site: Site | undefined): unknown {
  if (site?.plugins.state !== 'read') return site?.plugins.obstacle;
  return site.plugins.value.map(({ name, own, marks }) =>
    [
      name,
      marks.state === 'read' ? `${marks.value.version} ${marks.value.state}` : marks.obstacle.code,
      own ? 'own' : '',
    ]
      .join(' ')
      .trim(),
  );
}

function folderWith(files: Readonly<Record<string, string>>) {
  const temporary = temporaryFolder();
  const path = realpathSync(temporary.path);
  plant(path, files);
  return { path, [Symbol.dispose]: () => temporary[Symbol.dispose]() };
}

/** The files of several sites, each below a folder. */
function sites(all: Readonly<Record<string, Readonly<Record<string, string>>>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(all).flatMap(([folder, files]) =>
      Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content]),
    ),
  );
}

describe('a site', () => {
  test.each([
    ['WordPress', wordpress('6.8.1'), 'wordpress 6.8.1'],
    ['TYPO3 without Composer', typo3Classic('11.5.30'), 'typo3 11.5.30'],
    ['Drupal', drupal('10.3.1'), 'drupal 10.3.1'],
    ['Drupal 7', drupal7('7.98'), 'drupal 7.98'],
    ['Joomla', joomla([5, 1, 0]), 'joomla 5.1.0'],
  ])('of %s is found and its version read', async (_, files, expected) => {
    using folder = folderWith(sites({ site: files }));
    const facts = await collect(machineWith({}), { folders: [`${folder.path}/*`] });
    expect(found(facts)).toEqual([`site ${expected}`]);
    expect(facts.search).toMatchObject({ unread: [], cut: false, declared: true });
  });

  test('of TYPO3 by Composer is found from its web folder, which holds none of it', async () => {
    using folder = folderWith(sites({ project: typo3Project('12.4.8') }));
    const facts = await collect(machineWith({}), { folders: [`${folder.path}/project/public`] });
    expect(found(facts)).toEqual(['public typo3 12.4.8']);
    expect(facts.sites[0]?.core).toMatchObject({
      value: {
        versions: [
          { file: 'vendor/composer/installed.json', version: '12.4.8' },
          { file: 'vendor/typo3/cms-core/Classes/Information/Typo3Version.php', version: '12.4.8' },
        ],
      },
    });
  });

  test('is called by the host names that lead to it, and what is below by its path', async () => {
    using folder = folderWith(sites({ www: drupal('10.3.1'), 'www/shop/new': wordpress('6.8.1') }));
    const nginx = `http { server { server_name www.example.nl example.nl; root ${folder.path}/www; }
      server { listen 443 ssl; server_name other.example; root ${folder.path}/www/; } }`;
    const facts = await collect(machineWith({ nginx }), {});
    expect(facts.sites.map(({ site }) => site)).toEqual(['example.nl', 'example.nl/shop/new']);
    expect(facts.sites[0]?.names).toEqual(['example.nl', 'other.example', 'www.example.nl']);
    expect(facts.search.folders).toBe(1);
  });

  test('is found once, by the folder nearest to it', async () => {
    using folder = folderWith(sites({ www: {}, 'www/a': wordpress('6.8.1') }));
    symlinkSync('a', join(folder.path, 'www/again'));
    const nginx = `http { server { server_name z.example; root ${folder.path}/www/a; }
      server { server_name a.example; root ${folder.path}/www; } }`;
    expect(found(await collect(machineWith({ nginx }), {}))).toEqual(['z.example wordpress 6.8.1']);
  });

  test('is looked for as deep as the settings say, and no deeper', async () => {
    using folder = folderWith(sites({ 'www/a/b/c': wordpress('6.8.1') }));
    const folders = [`${folder.path}/www`];
    expect(found(await collect(machineWith({}), { folders }))).toEqual([]);
    expect(found(await collect(machineWith({}), { folders, depth: 3 }))).toEqual(['c wordpress 6.8.1']);
  });

  test.skipIf(!isRoot)('belongs to the account that owns its folder', async () => {
    using folder = folderWith(sites({ site: wordpress('6.8.1') }));
    chownSync(join(folder.path, 'site'), 4242, 4242);
    const host = machineWith({ passwd: 'klaas:x:4242:4242::/home/klaas:/bin/sh\n' });
    expect((await collect(host, { folders: [`${folder.path}/site`] })).sites[0]?.account).toBe('@klaas');
    expect((await collect(machineWith({}), { folders: [`${folder.path}/site`] })).sites[0]?.account).toBeNull();
  });

  test('that a package of the system brought says so', async () => {
    const path = '/usr/share/wordpress';
    const list = `/.\n${path}\n${path}/wp-includes/version.php\n`;
    const host = machineWith({ packaged: { '/var/lib/dpkg/info/wordpress.list': list } });
    using folder = folderWith(wordpress('6.1.9'));
    // The package itself need not be installed here: its folder is led elsewhere.
    const led: Host = Object.assign(host, {
      realPath: ((asked) => Promise.resolve(read(asked))) satisfies Host['realPath'],
      list: redirect(host.list.bind(host), path, folder.path),
      readText: redirect(host.readText.bind(host), path, folder.path),
      readPart: redirectPart(host.readPart.bind(host), path, folder.path),
      status: redirect(host.status.bind(host), path, folder.path),
    });
    const { sites: all } = await collect(led, { folders: [path] });
    expect(all[0]?.core).toMatchObject({ value: { packaged: 'wordpress' } });
    const { sites: others } = await collect(machineWith({}), { folders: [folder.path] });
    expect(others[0]?.core).toMatchObject({ value: { packaged: null } });
  });
});

type Confined = { within?: readonly string[] };

function moved(path: string, from: string, to: string): string {
  return path.startsWith(from) ? to + path.slice(from.length) : path;
}

function redirect<O extends Confined, R>(call: (path: string, options?: O) => R, from: string, to: string) {
  return (path: string, options?: O): R =>
    call(
      moved(path, from, to),
      options?.within === undefined
        ? options
        : { ...options, within: options.within.map((folder) => moved(folder, from, to)) },
    );
}

function redirectPart(call: Host['readPart'], from: string, to: string): Host['readPart'] {
  return (path, part, options) => redirect((p: string, o?: Confined) => call(p, part, o), from, to)(path, options);
}

describe('plug-ins', () => {
  test('of TYPO3 have their state, by Composer and beside it', async () => {
    const extensions = [
      { key: 'news', version: '11.4.1', state: 'stable' },
      { key: 'beta_thing', version: '0.3.0', state: 'beta' },
      { key: 'bare', version: '2.0.0' },
      { key: 'next', version: 'dev-main', state: 'stable' },
      { key: 'sitepackage', version: 'dev-main', state: 'stable', local: true },
    ];
    using folder = folderWith({
      ...typo3Project('12.4.8', extensions),
      'public/typo3conf/ext/manual/ext_emconf.php': emconf('1.0.0', 'experimental'),
      'public/typo3conf/ext/odd/ext_emconf.php': emconf('1.0.0', 'finished, I swear'),
      'public/typo3conf/ext/empty/readme.txt': '',
      'public/typo3conf/ext/index.html': '',
    });
    const {
      sites: [site],
    } = await collect(machineWith({}), { folders: [`${folder.path}/public`], ownPlugins: ['man*'] });
    expect(plugins(site)).toEqual([
      'bare 2.0.0 null',
      'beta_thing 0.3.0 beta',
      'empty null null',
      'manual 1.0.0 experimental own',
      'news 11.4.1 stable',
      'next dev-main stable',
      'odd 1.0.0 other',
      'sitepackage dev-main stable own',
    ]);
  });

  test('of WordPress have their version, in a folder, in a file of their own, and those that always run', async () => {
    using folder = folderWith({
      ...wordpress('6.8.1', { akismet: '5.3', beta: '2.0-beta3' }),
      'wp-content/plugins/hello.php': '<?php\n/*\nPlugin Name: Hello Dolly\nVersion: 1.7.2 */\n',
      'wp-content/plugins/odd-folder/main.php': '<?php /* Plugin Name: Odd\r\n * Version: 3.1\r\n */',
      'wp-content/plugins/odd-folder/aaa.php': '<?php\n// no header\n',
      'wp-content/plugins/no-plugin/readme.txt': 'Version: 9',
      'wp-content/plugins/words/words.php': '<?php\n/* Plugin Name: W\n * Version: two, or so */',
      'wp-content/mu-plugins/always.php': '<?php\n',
    });
    const {
      sites: [site],
    } = await collect(machineWith({}), { folders: [folder.path] });
    expect(plugins(site)).toEqual([
      'akismet 5.3 null',
      'beta 2.0-beta3 null',
      'hello.php 1.7.2 null',
      'mu-plugins/always.php null null',
      'odd-folder 3.1 null',
      'words null null',
    ]);
  });

  test('of WordPress with its core in a folder of its own', async () => {
    using folder = folderWith({ ...sites({ wp: { 'wp-includes/version.php': "<?php $wp_version = '6.8.1';" } }) });
    plant(folder.path, { 'app/plugins/one/one.php': '<?php // Plugin Name: One\n// Version: 1.0\n' });
    const {
      sites: [site],
    } = await collect(machineWith({}), { folders: [folder.path] });
    expect(plugins(site)).toEqual(['one 1.0 null']);
  });

  test('of Drupal and Joomla have their version; Joomla’s own are left out', async () => {
    using folder = folderWith(
      sites({
        d: {
          ...drupal('10.3.1', { token: '8.x-1.13', pathauto: '8.x-1.x-dev' }),
          'modules/custom/ours/ours.info.yml': 'name: O\n',
        },
        e: drupal7('7.98'),
        j: joomla([5, 1, 0]),
      }),
    );
    const facts = await collect(machineWith({}), { folders: [`${folder.path}/*`] });
    const byName = new Map(facts.sites.map((site) => [site.site.split('/').at(-1), plugins(site)]));
    expect(byName.get('d')).toEqual(['ours null null own', 'pathauto 8.x-1.x-dev null', 'token 8.x-1.13 null']);
    expect(byName.get('e')).toEqual(['views 7.x-3.29 null']);
    expect(byName.get('j')).toEqual(['system/akeeba 1.2.3-beta1 null']);
  });
});

describe('what could look right and is not', () => {
  test.each([
    ['a version in a comment', "<?php // $wp_version = '9.9';\n", 'unparsable'],
    ['a version that is made', "<?php $wp_version = '9' . '.9';", 'unparsable'],
    ['a version under a condition', "<?php if (time() > 0) { $wp_version = '9.9'; }", 'unparsable'],
    ['a version that is set again', "<?php $wp_version = '9.9'; $wp_version = '1.0';", 'unparsable'],
    ['a sentence for a version', "<?php $wp_version = 'the newest, really';", 'unparsable'],
    ['a file of nonsense', '<?php ((((', 'unparsable'],
    ['no file', undefined, 'missing'],
    ['a huge file', `<?php $wp_version = '9.9'; /*${' '.repeat(2 ** 20)}*/`, 'too-large'],
  ])('%s', async (_, content, code) => {
    using folder = folderWith({ ...wordpress('6.8.1') });
    const file = join(folder.path, 'wp-includes/version.php');
    if (content === undefined) rmSync(file);
    else writeFileSync(file, content);
    const facts = await collect(machineWith({}), { folders: [folder.path] });
    expect(facts.sites[0]?.core).toMatchObject({ obstacle: { code, what: 'wp-includes/version.php' } });
  });

  test('a list of Composer that says something else than the code', async () => {
    using folder = folderWith(typo3Project('12.4.8'));
    plant(folder.path, {
      'vendor/composer/installed.json': JSON.stringify([
        { name: 'typo3/cms-core', version: 'v12.4.99', type: 'typo3-cms-framework' },
      ]),
    });
    const facts = await collect(machineWith({}), { folders: [`${folder.path}/public`] });
    expect(found(facts)).toEqual(['public typo3 12.4.99 12.4.8']);
    expect(cms.judge(read(facts), {}, new Date()).map(({ code }) => code)).toEqual(['cms.versions-differ']);
  });

  test('a link to the source that leads out of the site, until the settings name where', async () => {
    using folder = folderWith(sites({ 'typo3_src-11.5.30': typo3Classic('11.5.30'), www: { 'index.php': '<?php' } }));
    plant(folder.path, { 'www/typo3conf/ext/news/ext_emconf.php': emconf('9.0.0', 'stable') });
    symlinkSync('../typo3_src-11.5.30', join(folder.path, 'www/typo3_src'));
    symlinkSync('typo3_src/typo3', join(folder.path, 'www/typo3'));
    const folders = [`${folder.path}/www`];
    expect(found(await collect(machineWith({}), { folders }))).toEqual(['www typo3 outside']);
    const sources = [`${folder.path}/typo3_src-*`];
    expect(found(await collect(machineWith({}), { folders, sources }))).toEqual(['www typo3 11.5.30']);
  });

  test('links to what is secret are not followed, and neither is a loop', async () => {
    using folder = folderWith({ ...wordpress('6.8.1'), 'secret/shadow': 'root:$6$planted$hash:1::::::\n' });
    using outside = folderWith({ 'other/wp-includes/version.php': "<?php $wp_version = '1.0';" });
    plant(folder.path, { 'wp-content/plugins/bad/readme.txt': '' });
    symlinkSync('/etc/shadow', join(folder.path, 'wp-content/plugins/bad/bad.php'));
    symlinkSync(join(outside.path, 'other'), join(folder.path, 'elsewhere'));
    symlinkSync('.', join(folder.path, 'round'));
    const facts = await collect(machineWith({}), { folders: [folder.path], depth: 6 });
    expect(found(facts)).toHaveLength(1);
    expect(facts.search.unread).toMatchObject([{ obstacle: { code: 'outside', what: 'elsewhere' } }]);
    expect(plugins(facts.sites[0])).toEqual(['bad outside']);
    expect(JSON.stringify(facts)).not.toContain('$6$');
  });

  test.skipIf(!isRoot)('folders that may not be read make it unknown', async () => {
    using folder = folderWith(sites({ a: wordpress('6.8.1'), b: {} }));
    mkdirSync(join(folder.path, 'b'));
    chmodSync(join(folder.path, 'b'), 0);
    const host = machineWith({});
    const list = host.list.bind(host);
    // Root may read all: the system's answer to another account is put in its place.
    const denied: Host = Object.assign(host, {
      list: ((path, options) =>
        path.endsWith('/b')
          ? Promise.resolve({ state: 'unreadable', obstacle: { code: 'denied', what: path } })
          : list(path, options)) satisfies Host['list'],
    });
    const facts = await collect(denied, { folders: [folder.path] });
    expect(facts.search.unread).toMatchObject([{ obstacle: { code: 'denied', what: 'b' } }]);
    expect(cms.judge(read(facts), { plugins: 'stable' }, new Date())[0]).toMatchObject({ verdict: 'unknown' });
  });

  test('a folder with more below it than one owner may use', async () => {
    using folder = folderWith(sites({ b: wordpress('6.8.1') }));
    for (let index = 0; index < 2001; index++) mkdirSync(join(folder.path, `a/${index}`), { recursive: true });
    const facts = await collect(machineWith({}), { folders: [join(folder.path, 'a'), join(folder.path, 'b')] });
    expect(found(facts)).toEqual(['b wordpress 6.8.1']);
    expect(facts.search).toMatchObject({ cut: false, unread: [{ obstacle: { code: 'too-large' } }] });
  });

  test('more folders than the limit, or no time, and the search says so', async () => {
    using folder = folderWith(sites({ a: wordpress('6.8.1'), b: wordpress('6.8.1'), c: wordpress('6.8.1') }));
    const folders = [folder.path];
    expect((await collect(machineWith({}), { folders, maximumFolders: 2 })).search.cut).toBe(true);
    expect((await collect(machineWith({}), { folders, maximumFolders: 4 })).search.cut).toBe(false);
    const signal = AbortSignal.abort();
    expect((await collect(machineWith({}), { folders }, { signal })).search.cut).toBe(true);
  });

  test('a server whose configuration cannot be read, or does not say where its files lie', async () => {
    const broken = machineWith({ nginx: 'http { server {' });
    expect((await collect(broken, {})).search).toMatchObject({
      folders: 0,
      declared: false,
      unread: [{ where: 'nginx', obstacle: { code: 'unparsable' } }],
    });
    const relative = machineWith({ nginx: 'http { server { server_name a.example; root html; } }' });
    expect((await collect(relative, {})).search.unread).toMatchObject([
      { where: 'nginx', obstacle: { code: 'unsupported', what: 'folder of a.example' } },
    ]);
    expect(cms.judge(read(await collect(machineWith({}), {})), {}, new Date())).toMatchObject([
      { code: 'cms.nowhere' },
    ]);
    expect(cms.judge(read(await collect(machineWith({}), { folders: [] })), {}, new Date())).toMatchObject([
      { code: 'cms.none', verdict: 'not-applicable' },
    ]);
  });

  test('settings that go up, or are not known, are refused', async () => {
    await expect(collect(machineWith({}), { folders: ['/srv/../etc'] })).rejects.toThrow();
    await expect(collect(machineWith({}), { folder: ['/srv'] })).rejects.toThrow();
  });
});

describe('the memory of the agent', () => {
  const first = new Date('2026-11-20T00:30:00Z');
  const second = new Date('2026-11-20T00:45:00Z');
  const third = new Date('2026-11-20T01:00:00Z');

  /** One look of an agent that keeps its memory in a folder. */
  async function look(folder: string, settings: object, at: Date): Promise<Site | undefined> {
    const file = join(folder, 'ledger.json');
    const ledger = openLedger(file, at);
    const facts = await collect(machineWith({}), settings, { at, ledger });
    ledger.save(file);
    return facts.sites[0];
  }

  test('tells when a version came, between two looks', async () => {
    using folder = folderWith(sites({ www: wordpress('6.8.1') }));
    const settings = { folders: [`${folder.path}/www`] };
    const unseen = { notBefore: null, firstSeen: first.toISOString() };
    expect(await look(folder.path, settings, first)).toMatchObject({
      found: unseen,
      core: { value: { since: unseen } },
    });
    plant(join(folder.path, 'www'), wordpress('6.8.2'));
    expect(await look(folder.path, settings, second)).toMatchObject({
      found: unseen,
      core: { value: { since: { notBefore: first.toISOString(), firstSeen: second.toISOString() } } },
    });
  });

  test('does not take a version for new that could not be read for a while', async () => {
    using folder = folderWith(sites({ www: wordpress('6.8.1') }));
    const settings = { folders: [`${folder.path}/www`] };
    await look(folder.path, settings, first);
    plant(folder.path, { 'www/wp-includes/version.php': '<?php ((' });
    expect(await look(folder.path, settings, second)).toMatchObject({ core: { state: 'unreadable' } });
    plant(join(folder.path, 'www'), wordpress('6.8.1'));
    expect(await look(folder.path, settings, third)).toMatchObject({
      core: { value: { since: { notBefore: null, firstSeen: first.toISOString() } } },
    });
  });
});

describe('the facts', () => {
  test('are the same bytes each time', async () => {
    using folder = folderWith(
      sites({ a: wordpress('6.8.1', { x: '1.0' }), b: typo3Classic('11.5.30'), c: joomla([5, 1, 0]) }),
    );
    const ledger = new RunLedger(new Date());
    const once = () => collect(machineWith({}), { folders: [`${folder.path}/*`] }, { ledger });
    expect(JSON.stringify(await once())).toBe(JSON.stringify(await once()));
  });

  test.skipIf(!isRoot)('hold no account’s name, password or path', async () => {
    const home = 'home/jansen';
    using folder = folderWith(
      sites({
        [`${home}/web`]: {
          ...typo3Classic('11.5.30', { jansen_site: ['1.0.0', 'stable'], broken: ['1.0.0', 'stable'] }),
        },
        [`${home}/web/blog`]: {
          ...wordpress('6.8.1', { 'plugin-of-jansen': '1.0' }),
          'wp-config.php': "<?php define('DB_PASSWORD', 'planted-secret');",
        },
        [`${home}/web/jansen`]: wordpress('6.8.1'),
      }),
    );
    plant(folder.path, { [`${home}/web/typo3conf/ext/jansen/ext_emconf.php`]: '<?php ((' });
    symlinkSync('/etc/shadow', join(folder.path, home, 'web/blog/wp-content/plugins/jansen.php'));
    symlinkSync('/root', join(folder.path, home, 'web/link-of-pietersen'));
    symlinkSync('/root', join(folder.path, home, 'web/pietersen'));
    for (const path of ['web', 'web/blog', 'web/jansen']) chownSync(join(folder.path, home, path), 4242, 4242);
    const passwd =
      'jansen:x:4242:4242:Jan Jansen:/home/jansen:/bin/sh\npietersen:x:4243:4243::/home/pietersen:/bin/sh\n';
    // Pseudonyms that do not show what they stand for.
    const pseudonym = (name: string): string =>
      `account-${Buffer.from(name).reduce((sum, byte) => (sum * 31 + byte) % 1e9, 7)}`;
    const nginx = `http { server { server_name www.example.nl; root ${folder.path}/${home}/web; } }`;
    for (const settings of [{ nginx, passwd }, { passwd }]) {
      const facts = await collect(machineWith(settings), { folders: [`${folder.path}/home/*/web`] }, { pseudonym });
      expect(facts.sites.length).toBe(3);
      const reasons = [{}, { plugins: 'stable' }, { lookEvery: '7d' }].map((parameters) =>
        cms.judge(read(facts), parameters, new Date()),
      );
      const text = JSON.stringify([facts, reasons]);
      expect(text).not.toMatch(/jansen|pietersen|planted|\/home|\/tmp|\$6\$/i);
    }
  });
});

describe('the list of releases', () => {
  const list = {
    format: 'waarborg-cms-releases-1',
    dated: '2026-11-20T06:00:00Z',
    products: {
      wordpress: [
        { version: '6.8.2', released: '2026-07-15' },
        { version: '6.8.1', released: '2026-04-30' },
        { version: '6.7.1', released: '2025-11-21' },
      ],
      typo3: [{ version: '11.5.42', released: '2026-02-01', extended: true }],
    },
  };

  test('is taken for the branches that are there', async () => {
    using folder = folderWith({ ...wordpress('6.8.1'), 'releases.json': JSON.stringify(list) });
    const facts = await collect(machineWith({}), { folders: [folder.path], releases: `${folder.path}/releases.json` });
    expect(facts.releases).toEqual({
      state: 'read',
      value: {
        dated: '2026-11-20T06:00:00Z',
        branches: [
          {
            product: 'wordpress',
            branch: '6.8',
            releases: [
              { version: '6.8.1', released: '2026-04-30', extended: false },
              { version: '6.8.2', released: '2026-07-15', extended: false },
            ],
          },
        ],
      },
    });
    expect(facts.support).toMatchObject({
      value: { branches: [{ product: 'wordpress', branch: '6.8', table: 'shipped' }], bought: [] },
    });
  });

  test.each([
    ['no JSON', '{', 'unparsable'],
    ['another form', JSON.stringify({ ...list, format: 'x' }), 'unparsable'],
    ['no date', JSON.stringify({ ...list, dated: 'today' }), 'unparsable'],
    ['a key that is not known', JSON.stringify({ ...list, products: { ...list.products, magento: [] } }), 'unparsable'],
  ])('is an obstacle with %s', async (_, content, code) => {
    using folder = folderWith({ ...wordpress('6.8.1'), 'releases.json': content });
    const facts = await collect(machineWith({}), { folders: [folder.path], releases: `${folder.path}/releases.json` });
    expect(facts.releases).toMatchObject({ obstacle: { code } });
  });

  test('is an obstacle where it is not there', async () => {
    const facts = await collect(machineWith({}), { folders: [], releases: '/nowhere.json' });
    expect(facts.releases).toMatchObject({ obstacle: { code: 'missing' } });
  });
});
