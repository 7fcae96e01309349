import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { apacheReader } from '../../../../agent/collect/discovery/apache.ts';
import { caddyReader } from '../../../../agent/collect/discovery/caddy.ts';
import { nginxReader } from '../../../../agent/collect/discovery/nginx.ts';
import type { ConfigurationReader } from '../../../../agent/collect/discovery/place.ts';
import type { Host } from '../../../../agent/host/host.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import { collecting } from '../../../support/collecting.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { withFolderMoved } from './moved.ts';

/** What is served, a line a folder: the folder and the names; the obstacle's code where it cannot be read. */
async function folders(reader: ConfigurationReader, host: Host): Promise<string[] | string | undefined> {
  const found = await reader.readFolders?.(collecting(host));
  if (found === undefined) return undefined;
  if (found.state === 'unreadable') return found.obstacle.code;
  return found.value.map(({ path, names }) => [path ?? '?', ...names].join(' '));
}

/** This machine, whose server is started with other arguments. */
function withArguments(file: string, ...args: readonly string[]): Host {
  const host = new LocalHost();
  const run = host.run.bind(host);
  const real = file === 'apache2ctl' ? 'apache2' : file;
  return Object.assign(host, {
    run: ((command, signal) =>
      run(
        command.file === file ? { ...command, file: real, args: [...args, ...command.args] } : command,
        signal,
      )) satisfies Host['run'],
  });
}

describe.skipIf(tool('nginx') === undefined)('nginx', () => {
  test('serves the folders of servers and locations, its own root before the one around', async () => {
    using folder = temporaryFolder();
    writeFileSync(join(folder.path, 'inner.conf'), 'location /i { root /srv/included; }\n');
    writeFileSync(
      join(folder.path, 'nginx.conf'),
      `error_log error.log; pid nginx.pid; events {}
http {
  access_log off;
  root /srv/all;
  server { listen 127.0.0.1:18080; server_name a.example; }
  server { listen 127.0.0.1:18080; server_name b.example www.b.example; root /srv/b/;
    include inner.conf;
    location /files { alias /srv/files; }
    location / { location ~ \\.php$ { root "/srv/deep"; } } }
  server { listen unix:${folder.path}/socket; server_name c.example; root /srv/$host/public; }
  server { listen 127.0.0.1:18080; server_name d.example; root html; }
}
`,
    );
    const host = withArguments('nginx', '-p', folder.path, '-c', 'nginx.conf', '-e', 'error.log');
    expect(await folders(nginxReader, host)).toEqual([
      '/srv/all a.example',
      '/srv/b b.example www.b.example',
      '/srv/included b.example www.b.example',
      '/srv/files b.example www.b.example',
      '/srv/deep b.example www.b.example',
      '/srv/*/public c.example',
      'html d.example',
    ]);
  });
});

describe.skipIf(tool('apache2') === undefined)('Apache', () => {
  test('serves the folders of virtual hosts, and that of the main server where one has none', async () => {
    using folder = temporaryFolder();
    for (const name of ['main', 'a', 'b', 'defined']) mkdirSync(join(folder.path, name));
    const modules = ['mpm_event', 'authz_core', 'alias', 'vhost_alias', 'macro'].map(
      (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`,
    );
    writeFileSync(
      join(folder.path, 'apache2.conf'),
      `ServerRoot ${folder.path}
PidFile pid
ErrorLog err
ServerName main.example
${modules.join('\n')}
Define SITES ${folder.path}/defined
DocumentRoot main
Listen 127.0.0.1:18080
<VirtualHost *:18080>
  ServerName a.example
  ServerAlias www.a.example
  DocumentRoot "a"
  Alias /b ${folder.path}/b
</VirtualHost>
<VirtualHost *:18080>
  ServerName none.example
</VirtualHost>
<VirtualHost *:18080>
  ServerName mass.example
  VirtualDocumentRoot /srv/%-2.0.%1/%0/web/
</VirtualHost>
<VirtualHost *:18080>
  ServerName defined.example
  DocumentRoot \${SITES}
</VirtualHost>
<Macro VH $n>
<VirtualHost *:18080>
  ServerName $n
  DocumentRoot b
</VirtualHost>
</Macro>
Use VH macro.example
`,
    );
    expect(await folders(apacheReader, withArguments('apache2ctl', '-f', join(folder.path, 'apache2.conf')))).toEqual([
      `${folder.path}/a a.example www.a.example`,
      `${folder.path}/b a.example www.a.example`,
      `${folder.path}/main none.example`,
      '/srv/*.*/*/web mass.example',
      `${folder.path}/defined defined.example`,
      '? macro.example',
      `${folder.path}/main`,
    ]);
  });
});

describe.skipIf(tool('caddy') === undefined)('Caddy', () => {
  test('serves the roots of its sites', async () => {
    using folder = temporaryFolder();
    writeFileSync(
      join(folder.path, 'Caddyfile'),
      `a.example, www.a.example {
	root * /srv/a
	file_server
}
*.w.example {
	root * /srv/{host}/public/
	file_server
}
b.example {
	handle_path /files/* {
		file_server {
			root /srv/files
		}
	}
	respond "no files"
}
c.example {
	respond "no files"
}
`,
    );
    expect(await folders(caddyReader, withFolderMoved('/etc/caddy', folder.path))).toEqual([
      '/srv/a a.example www.a.example',
      '/srv/files b.example',
      '/srv/*/public',
    ]);
  });
});

test('what cannot be read is an obstacle, and what is not there is not', async () => {
  const broken = new RecordedHost({
    commands: { 'nginx -T -q': { exitCode: 1, stderr: 'no\n' }, 'httpd -S': { stdout: '' } },
  });
  expect(await folders(nginxReader, broken)).toBe('command-failed');
  expect(await folders(apacheReader, broken)).toBe('unparsable');
  expect(await folders(caddyReader, broken)).toBeUndefined();
});
