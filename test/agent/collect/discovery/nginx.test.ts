import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nginxReader, placesOfDump } from '../../../../agent/collect/discovery/nginx.ts';
import { parseNginx } from '../../../../agent/collect/discovery/nginx-syntax.ts';
import type { Host } from '../../../../agent/host/host.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import { makeCertificate } from '../../../support/certificates.ts';
import { collecting } from '../../../support/collecting.ts';
import { effortOf } from '../../../support/effort.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { describePlace } from './describe.ts';

/** A dump as `nginx -T` prints it. */
function dump(main: string, others: Readonly<Record<string, string>> = {}): string {
  const files = Object.entries({ '/etc/nginx/nginx.conf': main, ...others });
  return files.map(([path, text]) => `# configuration file ${path}:\n${text}\n`).join('');
}

function places(main: string, others: Readonly<Record<string, string>> = {}): string[] {
  return placesOfDump(dump(main, others), 'host.example').map(describePlace);
}

const http = (text: string): string => `http { ${text} }`;

describe('a server block', () => {
  test.each([
    ['listen 80;', ['*:80 none default']],
    ['', ['*:80 none default']],
    ['listen *:443 ssl;', ['*:443 direct default']],
    ['listen [::]:443 ssl ipv6only=off;', ['*:443 direct default']],
    ['listen 192.0.2.1;', ['192.0.2.1:80 none default']],
    ['listen 192.0.2.1:8443 ssl http2 proxy_protocol;', ['192.0.2.1:8443 direct default']],
    ['listen [2001:db8:0:0::1]:443 ssl;', ['2001:db8::1:443 direct default']],
    ['listen localhost:8080;', ['127.0.0.1:8080 none default']],
    ['listen 8000-8002;', ['*:8000 none default', '*:8001 none default', '*:8002 none default']],
    ['listen unix:/run/nginx.sock; listen 443 quic;', []],
    ['listen 443; ssl on;', ['*:443 direct default']],
    ['server_name A.Example.NL b.example.nl. "";', ['*:80 none default a.example.nl b.example.nl']],
    ['server_name .example.nl;', ['*:80 none default example.nl *.example.nl']],
    ['server_name bücher.example;', ['*:80 none default xn--bcher-kva.example']],
    ['server_name _ 192.0.2.1;', ['*:80 none default']],
    [
      'server_name ~^(?<who>.+)\\.example\\.nl$ www.example.*;',
      ['*:80 none default www.example.* ~^(?<who>.+)\\.example\\.nl$'],
    ],
    ['server_name $hostname;', ['*:80 none default host.example']],
    [
      'listen 443 ssl; ssl_certificate a.pem; ssl_certificate /b.pem;',
      ['*:443 direct default /etc/nginx/a.pem /b.pem'],
    ],
    ['listen 443 ssl; ssl_certificate /certs/$ssl_server_name.pem;', ['*:443 direct default']],
    ['listen 80; ssl_certificate a.pem;', ['*:80 none default']],
    ['listen 443 ssl; ssl_reject_handshake on;', []],
  ])('%s', (text, expected) => {
    expect(places(http(`server { ${text} }`))).toEqual(expected);
  });

  test('is the default where it is marked so, else where it stands first', () => {
    const servers = 'server { server_name a.nl; } server { listen 80 default_server; server_name b.nl; }';
    expect(places(http(servers))).toEqual(['*:80 none a.nl', '*:80 none default b.nl']);
    expect(places(http('server { server_name a.nl; } server { server_name b.nl; }'))[0]).toContain('default');
  });

  test('speaks TLS where any server of the same address does, as nginx has it', () => {
    const servers = 'server { listen 443 ssl; server_name a.nl; } server { listen 443; server_name b.nl; }';
    expect(places(http(servers))[1]).toBe('*:443 direct b.nl');
  });

  test('takes the certificate of the block around it unless it names its own', () => {
    const servers =
      'ssl_certificate all.pem; server { listen 443 ssl; } server { listen 444 ssl; ssl_certificate own.pem; }';
    expect(places(http(servers))).toEqual([
      '*:443 direct default /etc/nginx/all.pem',
      '*:444 direct default /etc/nginx/own.pem',
    ]);
  });

  test('of mail and stream has no names to ask for', () => {
    const text =
      'mail { server { listen 143; starttls on; server_name m.nl; ssl_certificate m.pem; } } stream { server { listen 8883 ssl; } }';
    expect(places(text)).toEqual(['*:143 starttls default /etc/nginx/m.pem', '*:8883 direct default']);
  });
});

describe('the files of a dump', () => {
  test('are put where they are included: by path, by pattern, in a block, in each other', () => {
    const found = places('include conf.d/*.conf; http { include /etc/nginx/sites/*; }', {
      '/etc/nginx/conf.d/stream.conf': 'stream { server { listen 993 ssl; } }',
      '/etc/nginx/conf.d/stream.conf.old': 'stream { server { listen 994 ssl; } }',
      '/etc/nginx/sites/b': 'server { listen 443; include snippets/tls.conf; server_name b.nl; }',
      '/etc/nginx/sites/a': 'server { listen 443 ssl; include snippets/tls.conf; server_name a.nl; }',
      '/etc/nginx/snippets/tls.conf': 'ssl_certificate tls.pem;',
    });
    expect(found).toEqual([
      '*:993 direct default',
      '*:443 direct default a.nl /etc/nginx/tls.pem',
      '*:443 direct b.nl /etc/nginx/tls.pem',
    ]);
  });

  test('that include each other are refused', () => {
    const others = { '/etc/nginx/a': 'include a;' };
    expect(() => places('include a;', others)).toThrow(SyntaxError);
  });
});

describe('the syntax', () => {
  test('quotes, escapes, comments, variables in braces', () => {
    const text = `a "x;{}#" 'it\\'s' b\\;c \${d}e; # not { this\nf{g h#i;}`;
    expect(parseNginx(text)).toEqual([
      { name: 'a', args: ['x;{}#', "it's", 'b\\;c', '${d}e'] },
      { name: 'f', args: [], block: [{ name: 'g', args: ['h#i'] }] },
    ]);
  });

  test('a block of Lua is passed over, whatever is in it', () => {
    const text = `content_by_lua_block { local a = "}" -- }\n if x then y = { '{' } end --[[ } ]] } listen 80;`;
    expect(parseNginx(text)).toEqual([{ name: 'listen', args: ['80'] }]);
  });

  test.each(['a', 'a {', '}', 'a { b }', '{ }', 'a "b', 'x_by_lua_block { "', 'a {'.repeat(100)])(
    '%s is refused',
    (text) => {
      expect(() => parseNginx(text)).toThrow(SyntaxError);
    },
  );
});

describe('on a host', () => {
  test('without nginx there is nothing to read', async () => {
    expect(await nginxReader.read(collecting(new RecordedHost({})))).toBeUndefined();
  });

  test('an nginx that refuses its configuration is an obstacle with its own words', async () => {
    const stderr =
      'nginx: [alert] could not open\nnginx: [emerg] open() "/run/nginx.pid" failed (13: Permission denied)\n';
    const host = new RecordedHost({ commands: { 'nginx -T -q': { exitCode: 1, stderr } } });
    expect(await nginxReader.read(collecting(host))).toMatchObject({
      state: 'unreadable',
      obstacle: { code: 'refused', detail: expect.stringContaining('/run/nginx.pid') as unknown },
    });
  });

  test('a dump that is none is an obstacle, not an empty list', async () => {
    for (const stdout of ['', dump('http {')]) {
      const host = new RecordedHost({ commands: { 'nginx -T -q': { stdout } } });
      expect(await nginxReader.read(collecting(host))).toMatchObject({ obstacle: { code: 'unparsable' } });
    }
  });
});

/** This machine, whose nginx has its configuration in a folder. */
function withNginxIn(folder: string): Host {
  const host = new LocalHost();
  const run = host.run.bind(host);
  return Object.assign(host, {
    run: ((command, signal) =>
      command.file === 'nginx'
        ? run({ ...command, args: ['-p', folder, '-c', 'nginx.conf', '-e', 'error.log', ...command.args] }, signal)
        : run(command, signal)) satisfies Host['run'],
  });
}

describe.skipIf(tool('nginx') === undefined || tool('openssl') === undefined)('with the real nginx', () => {
  test('2,000 virtual hosts, a file each, are read within a second', async () => {
    using folder = temporaryFolder();
    const count = 2000;
    mkdirSync(join(folder.path, 'sites'));
    const { certificate, key } = makeCertificate(folder.path, {
      name: 'all',
      key: 'ec:prime256v1',
      validSeconds: 86_400,
    });
    writeFileSync(join(folder.path, 'tls.conf'), `ssl_certificate ${certificate};\nssl_certificate_key ${key};\n`);
    for (let index = 0; index < count; index++) {
      const names = `site${index}.example www.site${index}.example`;
      writeFileSync(
        join(folder.path, 'sites', `site${index}.conf`),
        `server {\n  listen 127.0.0.1:18443 ssl;\n  server_name ${names};\n  root /srv/${index};\n  location / { try_files $uri =404; }\n}\n`,
      );
    }
    writeFileSync(
      join(folder.path, 'nginx.conf'),
      `error_log error.log; pid nginx.pid; events {}\nhttp { access_log off; include tls.conf; server_names_hash_max_size 16384;\n server { listen 127.0.0.1:18443 ssl default_server; server_name _; }\n include sites/*.conf; }\n`,
    );
    const host = withNginxIn(folder.path);
    const dumped = await host.run({ file: 'nginx', args: ['-T', '-q'], maximumOutput: 64 * 2 ** 20 });
    if (dumped.state === 'unreadable') throw new Error(JSON.stringify(dumped.obstacle));

    const { stdout } = dumped.value;
    expect(effortOf(() => placesOfDump(stdout, 'host.example'))).toBeLessThan(1000);
    const found = placesOfDump(stdout, 'host.example');

    expect(found).toHaveLength(count + 1);
    expect(new Set(found.flatMap(({ names }) => names)).size).toBe(2 * count);
    expect(found.every(({ certificateFiles }) => certificateFiles[0] === certificate)).toBe(true);
    expect(found.filter(({ isDefault }) => isDefault)).toMatchObject([
      { names: [], address: '127.0.0.1', port: 18_443 },
    ]);
    expect(await nginxReader.read(collecting(host))).toEqual({ state: 'read', value: found });
  });
});
