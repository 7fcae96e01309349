import { chmodSync, chownSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { backendAddress } from '../../../../agent/collect/isolation/backend.ts';
import { readPoolSettings } from '../../../../agent/collect/isolation/fpm-config.ts';
import { isolationCollector } from '../../../../agent/collect/isolation/index.ts';
import { sitesOfDump } from '../../../../agent/collect/isolation/nginx-sites.ts';
import { isolation } from '../../../../policies/checks/isolation.ts';
import { Facts, type IsolationFacts } from '../../../../policies/checks/isolation/facts.ts';
import { read } from '../../../../policies/reading.ts';
import { collecting } from '../../../support/collecting.ts';
import { RootedHost } from '../../../support/rooted-host.ts';
import { temporaryFolder } from '../../../support/tools.ts';

const anna = 20_001;
const bram = 20_002;
const passwd = `root:x:0:0::/root:/bin/sh
www-data:x:33:33::/var/www:/bin/false
anna:x:${anna}:${anna}::/home/anna:/bin/sh
bram:x:${bram}:100::/home/bram:/bin/sh
carl:x:20003:100::/home/carl:/bin/sh
`;

/** As Apache 2.4.62 prints it for two virtual hosts. */
const listing = `VirtualHost configuration:
*:80                   is a NameVirtualHost
         default server www.anna.example (/etc/apache2/sites-enabled/a.conf:1)
         port 80 namevhost www.anna.example (/etc/apache2/sites-enabled/a.conf:1)
         port 80 namevhost www.bram.example (/etc/apache2/sites-enabled/b.conf:1)
ServerRoot: "/etc/apache2"
Main DocumentRoot: "/var/www/html"
`;
const vhost = (name: string, lines: string): string =>
  `<VirtualHost *:80>\nServerName www.${name}.example\nDocumentRoot /srv/${name}\n${lines}\n</VirtualHost>\n`;

interface Server {
  readonly anna: string;
  readonly bram: string;
  readonly modules?: string;
  readonly files?: Readonly<Record<string, string>>;
}

function machineIn(folder: string, { anna: first, bram: second, modules = '', files = {} }: Server): RootedHost {
  const host = new RootedHost(folder, {
    'apache2ctl -S': { stdout: listing },
    'apache2ctl -M': { stdout: `Loaded Modules:\n core_module (static)\n${modules}` },
  });
  const all = {
    '/etc/passwd': passwd,
    '/etc/group': `root:x:0:\nwww-data:x:33:\nanna:x:${anna}:\nusers:x:100:\n`,
    '/etc/apache2/sites-enabled/a.conf': vhost('anna', first),
    '/etc/apache2/sites-enabled/b.conf': vhost('bram', second),
    '/srv/anna/index.php': '',
    '/srv/bram/index.php': '',
    '/proc/1/status': 'Name:\tinit\nPPid:\t0\nNSpid:\t1\nCapEff:\t0\n',
    '/proc/1/cmdline': '/sbin/init\0',
    '/proc/1/mountinfo': '30 1 0:5 / /proc rw - proc proc rw,hidepid=invisible\n',
    ...files,
  };
  for (const [path, content] of Object.entries(all)) host.write(path, content);
  return host;
}

async function collect(server: Server, settings: object = {}): Promise<IsolationFacts> {
  using folder = temporaryFolder();
  return Facts.parse(await isolationCollector.collect(collecting(machineIn(folder.path, server)), settings, [{}]));
}

async function judge(server: Server, settings: object = {}): Promise<string[]> {
  const reasons = isolation.judge(read(await collect(server, settings)), { require: ['users'] }, new Date());
  return reasons.map(({ code, subject }) => `${code.replace('isolation.', '')} ${subject ?? ''}`.trim());
}

describe('Apache', () => {
  const php = ' php_module (shared)\n';

  test.each<[string, Server, string[]]>([
    ['mod_php for all', { anna: '', bram: '', modules: php }, ['module www.anna.example', 'module www.bram.example']],
    [
      'mpm-itk with a user each',
      { anna: 'AssignUserID anna anna', bram: 'AssignUserID bram users', modules: php },
      ['own-user www.anna.example', 'own-user www.bram.example'],
    ],
    [
      'mpm-itk with one user for both',
      { anna: 'AssignUserID anna anna', bram: 'AssignUserID anna anna', modules: php },
      ['shared-user www.anna.example', 'shared-user www.bram.example'],
    ],
    [
      'suEXEC with a user each',
      { anna: 'SuexecUserGroup anna anna', bram: 'SuexecUserGroup "#20002" "#100"' },
      ['own-user www.anna.example', 'own-user www.bram.example'],
    ],
    [
      'CGI without suEXEC',
      { anna: 'ScriptAlias /cgi-bin/ /srv/anna/cgi', bram: '<Directory /srv/bram>\nOptions +ExecCGI\n</Directory>' },
      ['module www.anna.example', 'module www.bram.example'],
    ],
    [
      'CGI with suEXEC, and Passenger',
      { anna: 'SuexecUserGroup anna anna\nScriptAlias /cgi-bin/ /srv/anna/cgi', bram: 'PassengerEnabled on' },
      ['own-user www.anna.example', 'proxied www.bram.example'],
    ],
    ['no programs', { anna: '', bram: '' }, ['static www.anna.example', 'static www.bram.example']],
    [
      'a pool for all in conf-enabled',
      {
        anna: '',
        bram: '',
        files: {
          '/etc/apache2/conf-enabled/php8.2-fpm.conf':
            '<FilesMatch ".+\\.ph(?:ar|p|tml)$">\nSetHandler "proxy:unix:/run/php/php8.2-fpm.sock|fcgi://localhost"\n</FilesMatch>\n',
        },
      },
      ['no-pool www.anna.example', 'no-pool www.bram.example'],
    ],
    [
      'a server behind',
      { anna: 'ProxyPass / http://127.0.0.1:3000/', bram: 'ProxyPass /static !' },
      ['proxied www.anna.example', 'static www.bram.example'],
    ],
  ])('%s', async (_what, server, expected) => {
    expect(await judge(server)).toEqual(expected);
  });

  test('a folder that is not told plainly leaves it unknown', async () => {
    for (const bram of ['VirtualDocumentRoot /srv/%0/htdocs', 'DocumentRoot ${NOWHERE}/x']) {
      expect(await judge({ anna: '', bram })).toContain('host.unsupported Apache');
    }
    expect(await judge({ anna: '', bram: '', files: { '/etc/apache2/sites-enabled/b.conf': '' } })).toContain(
      'host.unsupported Apache',
    );
  });

  test('what is one customer agent.yaml says', async () => {
    const shared = { anna: 'SuexecUserGroup anna anna', bram: 'SuexecUserGroup anna anna' };
    const sites = ['www.anna.example', 'www.bram.example'];
    expect(await judge(shared, { isolation: { customers: [{ customer: 'K-1', sites }] } })).toEqual(['one-customer']);
    // Both folders belong to root here, and to no customer.
    expect(await judge(shared, { isolation: { customers: 'accounts' } })).toContain('shared-user www.anna.example');
  });
});

describe('nginx', () => {
  const dump = (http: string): string => `# configuration file /etc/nginx/nginx.conf:\nevents {}\nhttp {\n${http}\n}\n`;

  test('is followed through upstreams, nested locations and includes', () => {
    const text = dump(`
      root /srv/default;
      upstream php { server unix:/run/a.sock; server 127.0.0.1:9000 backup; }
      server { server_name a.example; location / { location ~ \\.php$ { include fastcgi.conf; fastcgi_pass php; } } }
      server { server_name b.example; root /srv/b; location /api/ { proxy_pass http://127.0.0.1:3000/v1; } }
      server { server_name c.example; root /srv/$host; }
      server { server_name d.example; root /srv/d; fastcgi_pass $chosen; }
    `);
    expect(
      sitesOfDump(text, 'host').map(({ names, folder, isPlain, runners }) => [names[0], folder, isPlain, runners]),
    ).toEqual([
      [
        'a.example',
        '/srv/default',
        true,
        [
          { by: 'fastcgi', address: '/run/a.sock' },
          { by: 'fastcgi', address: '127.0.0.1:9000' },
        ],
      ],
      ['b.example', '/srv/b', true, [{ by: 'proxy', address: '127.0.0.1:3000' }]],
      ['c.example', undefined, false, []],
      ['d.example', '/srv/d', true, [{ by: 'fastcgi', address: '$chosen' }]],
    ]);
  });

  test('that only redirects is no site', () => {
    expect(sitesOfDump(dump('server { server_name a.example; return 301 https://b.example/; }'), 'host')).toEqual([]);
  });
});

test.each([
  ['unix:/run//php/a.sock', '/run/php/a.sock'],
  ['/run/php/a.sock', '/run/php/a.sock'],
  ['9000', '127.0.0.1:9000'],
  ['*:9000', '127.0.0.1:9000'],
  ['[::1]:9000', '127.0.0.1:9000'],
  ['LOCALHOST:9000', '127.0.0.1:9000'],
  ['10.0.0.5:9000', '10.0.0.5:9000'],
  ['$php', undefined],
])('a backend at %s is known as %s', (text, expected) => {
  expect(backendAddress(text)).toBe(expected);
});

test('pools are read through their includes, without comments and quotes', async () => {
  using folder = temporaryFolder();
  const host = new RootedHost(folder.path);
  host.write('/etc/fpm.conf', '[global]\npid = /run/x\ninclude=/etc/pool.d/*.conf\n');
  host.write(
    '/etc/pool.d/a.conf',
    '; [b]\n[a]\nuser = "anna" ; hers\nlisten = /run/$pool.sock\nphp_admin_value[open_basedir]=/srv/a\n',
  );
  host.write('/etc/pool.d/b.off', '[b]\nuser = bram\n');
  const pools = await readPoolSettings(host, '/etc/fpm.conf');
  expect(pools.state === 'read' ? pools.value.map(({ name, settings }) => [name, [...settings]]) : pools).toEqual([
    [
      'a',
      [
        ['user', 'anna'],
        ['listen', '/run/a.sock'],
        ['open_basedir', '/srv/a'],
      ],
    ],
  ]);
});

describe.skipIf(process.getuid?.() !== 0)('permissions', () => {
  async function openTo(prepare: (host: RootedHost) => void): Promise<unknown> {
    using folder = temporaryFolder();
    chmodSync(folder.path, 0o755);
    const host = machineIn(folder.path, { anna: '', bram: '', files: { '/srv/anna/.env': 'secret' } });
    for (const path of ['/srv/anna', '/srv/anna/.env']) chownSync(host.within(path), anna, anna);
    prepare(host);
    const facts = Facts.parse(await isolationCollector.collect(collecting(host), {}, [{}]));
    expect(JSON.stringify(facts)).not.toContain('secret"');
    const { openTo: found } = facts.sites[0]?.secrets[0] ?? {};
    return found?.state === 'read' ? found.value : found;
  }
  const modes = (host: RootedHost, folder: number, file: number): void => {
    chmodSync(host.within('/srv/anna'), folder);
    chmodSync(host.within('/srv/anna/.env'), file);
  };

  test('let in others only where every folder on the way does', async () => {
    expect(await openTo((host) => modes(host, 0o755, 0o644))).toBe('others');
    expect(await openTo((host) => modes(host, 0o711, 0o644))).toBe('others');
    expect(await openTo((host) => modes(host, 0o750, 0o644))).toBe('owner');
    expect(await openTo((host) => modes(host, 0o755, 0o600))).toBe('owner');
    expect(await openTo((host) => modes(host, 0o755, 0o602))).toBe('others');
  });

  test('let in a group that other people are in', async () => {
    const owned = (gid: number) => (host: RootedHost) => {
      modes(host, 0o755, 0o640);
      chownSync(host.within('/srv/anna/.env'), anna, gid);
      chmodSync(host.within('/srv/anna/.env'), 0o640);
    };
    expect(await openTo(owned(100))).toBe('group');
    // The web server's group has nobody else in it.
    expect(await openTo(owned(33))).toBe('owner');
  });
});

test('CageFS is believed only where its list is whole', async () => {
  using folder = temporaryFolder();
  const base = machineIn(folder.path, { anna: '', bram: '' });
  const caged = async (status: string, list: string): Promise<unknown> => {
    const host = new RootedHost(folder.path, {
      'cagefsctl --cagefs-status': { stdout: status },
      'cagefsctl --list-enabled': { stdout: list },
    });
    const facts = Facts.parse(await isolationCollector.collect(collecting(host), {}, [{}]));
    return facts.caged;
  };
  expect(base.asked).toEqual([]);
  expect(await caged('Enabled\n', '2 enabled user(s)\nanna\nbram\n')).toEqual(read(['@anna', '@bram']));
  expect(await caged('Disabled\n', '2 enabled user(s)\nanna\nbram\n')).toEqual(read([]));
  expect(await caged('Enabled\n', '3 enabled user(s)\nanna\nbram\n')).toMatchObject({ state: 'unreadable' });
});

test('without accounts everything is unknown', async () => {
  using folder = temporaryFolder();
  const host = new RootedHost(folder.path);
  const facts = await isolationCollector.collect(collecting(host), {}, [{}]);
  const verdicts = isolation.judge(read(facts), {}, new Date()).map(({ verdict }) => verdict);
  expect(new Set(verdicts)).toEqual(new Set(['unknown']));
});
