import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { httpRestrictionCollector } from '../../../../agent/collect/http-restriction/index.ts';
import { fetchOver } from '../../../../agent/http/fetch.ts';
import { httpRestriction } from '../../../../policies/checks/http-restriction.ts';
import type { HttpRestrictionFacts } from '../../../../policies/checks/http-restriction/facts.ts';
import { read } from '../../../../policies/reading.ts';
import { collecting } from '../../../support/collecting.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { startApacheWith, startNginxWith, type WebServer } from '../web-config/servers.ts';

const fpm = tool('php-fpm8.2');
const noExecution = { noExecution: true };

/** Its path has no capitals: Apache's AddHandler would make small letters of them. */
const socket = join(tmpdir(), `waarborg-fpm-${process.pid}.sock`);

/** PHP-FPM on a socket of its own; as the tests' user, which it wants to be told of where that is root. */
async function startFpm(folder: string): Promise<AsyncDisposable> {
  const pool = `[www]\nlisten = ${socket}\npm = static\npm.max_children = 1\nuser = root\ngroup = root\n`;
  writeFileSync(join(folder, 'fpm.conf'), `[global]\nerror_log = ${folder}/fpm.log\ndaemonize = no\n${pool}`);
  const server = spawn(fpm ?? '', ['-R', '-F', '-y', join(folder, 'fpm.conf')], { stdio: 'ignore' });
  const ended = once(server, 'exit');
  while (!existsSync(socket)) {
    if (server.exitCode !== null) throw new Error('php-fpm ended');
    await sleep(20);
  }
  return {
    async [Symbol.asyncDispose]() {
      server.kill('SIGTERM');
      await ended;
      rmSync(socket, { force: true });
    },
  };
}

/** A site with an upload folder in which somebody laid scripts of every kind. */
function makeSite(folder: string): string {
  const uploads = join(folder, 'www/fileadmin');
  mkdirSync(uploads, { recursive: true });
  for (const name of ['x.php', 'x.phtml', 'x.phar', 'x.php.jpg', 'x.jpg']) {
    writeFileSync(join(uploads, name), '<?php echo 40 + 2;');
  }
  writeFileSync(join(folder, 'www/index.php'), '<?php echo "front";');
  return uploads;
}

async function uploadsOf(server: WebServer, settings: object = {}): Promise<HttpRestrictionFacts> {
  const context = collecting(server.host);
  return (await httpRestrictionCollector.collect(context, { httpRestriction: settings }, [
    noExecution,
  ])) as HttpRestrictionFacts;
}

/** What came of asking the server itself for each file: `executes` where the script's sum is in the answer. */
async function really(server: WebServer, site: string, file: string): Promise<'executes' | 'refuses' | 'static'> {
  const url = new URL(`http://${site}:${server.port}/fileadmin/${file}`);
  const host = Object.assign(Object.create(null) as object, {
    connect: () => server.host.connect('127.0.0.1', server.port),
  }) as unknown as WebServer['host'];
  const reply = await fetchOver(
    host,
    { method: 'GET', url, headers: {}, maximumBody: 65_536 },
    AbortSignal.timeout(5000),
  );
  if (reply.state === 'unreadable') throw new Error(reply.obstacle.what);
  const { status, body } = reply.value;
  if (body.toString() === '42') return 'executes';
  return status === 403 || status === 404 ? 'refuses' : 'static';
}

/** Holds what the configuration is read to do against what the server does, for every file on every site. */
async function compare(server: WebServer, facts: HttpRestrictionFacts): Promise<Record<string, string>> {
  if (facts.uploads.state === 'unreadable') throw new Error(facts.uploads.obstacle.what);
  const first: Record<string, string> = {};
  for (const { site, outcomes } of facts.uploads.value.folders.flatMap(({ served }) => served)) {
    first[site] = outcomes[0]?.does ?? '-';
    for (const { file, does } of outcomes) {
      const truth = await really(server, site, file);
      // Files that nobody runs may be refused by PHP itself (security.limit_extensions), or given out: both are safe.
      if (does === 'unclear') continue;
      const isSame =
        does === truth ||
        (truth !== 'executes' && does !== 'executes') ||
        (truth === 'refuses' && /phtml|jpg/.test(file));
      expect(isSame, `${site} ${file}: read as ${does}, and it ${truth}`).toBe(true);
    }
  }
  return first;
}

const gateway = `include /etc/nginx/fastcgi_params; fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name; fastcgi_pass unix:${socket};`;
const php = `location ~ \\.php$ { ${gateway} }`;

describe.skipIf(fpm === undefined || !tool('nginx') || !existsSync('/etc/nginx/fastcgi_params'))(
  'uploads on nginx',
  () => {
    it('are read to do what nginx and PHP-FPM do with them', async () => {
      using folder = temporaryFolder();
      const uploads = makeSite(folder.path);
      await using _ = await startFpm(folder.path);
      const sites: Record<string, string> = {
        'open.example': php,
        'denied.example': `location ~ ^/fileadmin/.*\\.ph(?:p\\d?|ar|tml) { deny all; } ${php}`,
        'late.example': `${php} location ~ ^/fileadmin/.*\\.php$ { deny all; }`,
        'prefix.example': `location /fileadmin/ { } ${php}`,
        'final.example': `location ^~ /fileadmin/ { } ${php}`,
        'nested.example': `location ^~ /fileadmin/ { location ~ \\.php$ { return 403; } } ${php}`,
        'nested-open.example': `location ^~ /fileadmin/ { ${php} }`,
        'allowed.example': `location ^~ /fileadmin/ { allow all; deny all; ${php} }`,
        'fixed.example': `location ~ \\.php$ { ${gateway.replace('$document_root$fastcgi_script_name', '$document_root/index.php')} }`,
        'any.example': `location ~ [^/]\\.ph(?:p|ar)(?:/|$) { ${gateway} }`,
        'away.example': `${php} return 301 https://example.org/;`,
        'static.example': '',
      };
      const servers = Object.entries(sites).map(
        ([name, text]) => `server { listen 127.0.0.1:{port}; server_name ${name}; root {folder}/www; ${text} }`,
      );
      await using server = await startNginxWith(folder.path, servers.join('\n'));
      const facts = await uploadsOf(server);
      expect(await uploadsOf(server)).toEqual(facts);
      expect(facts.uploads).toMatchObject({ value: { folders: [{ folder: uploads, origin: 'found' }] } });
      expect(await compare(server, facts)).toEqual({
        'open.example': 'executes',
        'denied.example': 'refuses',
        'late.example': 'executes',
        'prefix.example': 'executes',
        'final.example': 'static',
        'nested.example': 'refuses',
        'nested-open.example': 'executes',
        'allowed.example': 'executes',
        'fixed.example': 'static',
        'any.example': 'executes',
        'away.example': 'refuses',
        'static.example': 'static',
      });
    });

    it('show by a request for what is not there that PHP is behind them', async () => {
      using folder = temporaryFolder();
      const uploads = makeSite(folder.path);
      await using _ = await startFpm(folder.path);
      const probed = async (text: string): Promise<string[]> => {
        await using server = await startNginxWith(
          folder.path,
          `server { listen 127.0.0.1:{port}; server_name a.example; root {folder}/www; ${text} }`,
        );
        const url = `http://127.0.0.1:${server.port}/fileadmin`;
        const facts = await uploadsOf(server, { uploadFolders: [{ folder: uploads, url }] });
        return httpRestriction
          .judge(read(facts), noExecution, new Date())
          .map(({ code }) => code.replace('http-restriction.', ''));
      };
      expect(await probed(php)).toEqual(['upload-reaches-php']);
      expect(await probed(`location ~ \\.php$ { try_files $uri =404; ${gateway} }`)).toEqual(['upload-executes']);
      expect(await probed(`location ~ ^/fileadmin/.*\\.ph { deny all; } ${php}`)).toEqual([
        'upload-safe',
        'upload-refused',
      ]);
      expect(await probed('location ^~ /fileadmin/ { }')).toEqual(['upload-safe']);
    });
  },
);

describe.skipIf(fpm === undefined || !tool('apache2'))('uploads on Apache', () => {
  it('are read to do what Apache and PHP-FPM do with them', async () => {
    using folder = temporaryFolder();
    const uploads = makeSite(folder.path);
    writeFileSync(
      join(uploads, '.htaccess'),
      '<FilesMatch "\\.(?i:php|phtml|phar)">\n  Require all denied\n</FilesMatch>\n',
    );
    await using _ = await startFpm(folder.path);
    const handler = `"proxy:unix:${socket}|fcgi://localhost"`;
    const files = `<FilesMatch ".+\\.ph(?:ar|p|tml)$">\n SetHandler ${handler}\n</FilesMatch>`;
    const denied = '<FilesMatch "\\.ph(?:ar|p|tml)">\n Require all denied\n</FilesMatch>';
    const at = (text: string): string => `<Directory {folder}/www/fileadmin>\n${text}\n</Directory>`;
    const sites: Record<string, string> = {
      'open.example': files,
      'denied.example': `${files}\n${at(denied)}`,
      'location.example': `${files}\n<LocationMatch "^/fileadmin/.*\\.ph">\n Require all denied\n</LocationMatch>`,
      // What a folder says of its handler comes before what files say.
      'none.example': `${files}\n${at('SetHandler None')}`,
      'files-none.example': `${files}\n${at('<FilesMatch "\\.ph">\n SetHandler default-handler\n</FilesMatch>')}`,
      // A switch of mod_php that PHP-FPM never hears of.
      'flag.example': `${files}\n${at('<IfModule mod_php.c>\n php_admin_flag engine off\n</IfModule>')}`,
      'reopened.example': `${files}\n${at(denied)}\n<Location /fileadmin>\n Require all granted\n</Location>`,
      'ending.example': `AddHandler ${handler} .php\n${at('')}`,
      'removed.example': `AddHandler ${handler} .php\n${at('RemoveHandler .php')}`,
      'passed.example': `ProxyPassMatch "^/(.*\\.php)$" "unix:${socket}|fcgi://localhost{folder}/www/"\n${at(denied)}`,
      'left-out.example': `ProxyPass /fileadmin !\nProxyPassMatch "^/(.*\\.php)$" "unix:${socket}|fcgi://localhost{folder}/www/"`,
      'heard.example': `${files}\n${at('AllowOverride All')}`,
      'unheard.example': `${files}\n${at('AllowOverride None')}`,
    };
    const hosts = Object.entries(sites).map(
      ([name, text]) =>
        `<VirtualHost 127.0.0.1:{port}>\nServerName ${name}\nDocumentRoot {folder}/www\n${text}\n</VirtualHost>`,
    );
    await using server = await startApacheWith(
      folder.path,
      `TypesConfig /dev/null\n<Directory />\nAllowOverride None\n</Directory>\n${hosts.join('\n')}`,
      ['proxy', 'proxy_fcgi', 'alias', 'mime', 'dir'],
    );
    const facts = await uploadsOf(server);
    expect(await compare(server, facts)).toEqual({
      'open.example': 'executes',
      'denied.example': 'refuses',
      'location.example': 'refuses',
      'none.example': 'executes',
      'files-none.example': 'static',
      'flag.example': 'executes',
      'reopened.example': 'executes',
      'ending.example': 'executes',
      'removed.example': 'static',
      'passed.example': 'executes',
      'left-out.example': 'static',
      'heard.example': 'refuses',
      'unheard.example': 'executes',
    });
    const codes = httpRestriction
      .judge(read(facts), noExecution, new Date())
      .map(({ code }) => code.replace('http-restriction.', ''));
    expect(codes.filter((code) => code === 'upload-htaccess')).toHaveLength(1);
  });
});
