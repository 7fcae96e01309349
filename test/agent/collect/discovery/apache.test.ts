import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { apacheReader, parseApache } from '../../../../agent/collect/discovery/apache.ts';
import type { Host } from '../../../../agent/host/host.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import { makeCertificate } from '../../../support/certificates.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { readPlaces } from './describe.ts';

const modules = '/usr/lib/apache2/modules';

/** This machine, whose Apache has its configuration in a folder. */
function withApacheIn(folder: string): Host {
  const host = new LocalHost();
  const run = host.run.bind(host);
  return Object.assign(host, {
    run: ((command, signal) =>
      command.file === 'apache2ctl'
        ? run({ ...command, file: 'apache2', args: ['-f', join(folder, 'apache2.conf'), ...command.args] }, signal)
        : run(command, signal)) satisfies Host['run'],
  });
}

describe.skipIf(tool('apache2') === undefined || tool('openssl') === undefined)('with the real Apache', () => {
  function write(folder: string, main: string, sites: Readonly<Record<string, string>>): void {
    const loaded = ['mpm_event', 'ssl', 'authz_core', 'macro', 'socache_shmcb'];
    const lines = loaded.map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`);
    const base = `ServerRoot ${folder}\nPidFile pid\nErrorLog err\nServerName main.example\n${lines.join('\n')}\n`;
    writeFileSync(join(folder, 'apache2.conf'), `${base}${main}\nIncludeOptional sites/*.conf\n`);
    mkdirSync(join(folder, 'sites'));
    for (const [name, text] of Object.entries(sites)) writeFileSync(join(folder, 'sites', name), text);
  }

  test('names, aliases, TLS and files of each virtual host, through includes and macros', async () => {
    using folder = temporaryFolder();
    const { certificate, key } = makeCertificate(folder.path, { name: 'c', key: 'rsa:2048', validSeconds: 86_400 });
    writeFileSync(join(folder.path, 'tls.inc'), `SSLCertificateFile c.pem\nSSLCertificateKeyFile \\\n  "${key}"\n`);
    write(folder.path, 'Listen 127.0.0.1:18080\nListen 127.0.0.1:18443\nListen [::1]:18443', {
      'a.conf': `<VirtualHost *:18080>
  ServerName a.example
  ServerAlias www.a.example *.b.example
</VirtualHost>
<VirtualHost *:18443 [::1]:18443>
  ServerName https://a.example:443
  <IfModule ssl_module>
    SSLEngine on
    Include ${folder.path}/tls.inc
  </IfModule>
</VirtualHost>
<VirtualHost 127.0.0.1:18443>
  # SSLEngine off
  ServerName single.example
  SSLEngine on
  Include tls.*nc
</VirtualHost>
`,
      'm.conf': `<Macro VH $n>
<VirtualHost *:18443>
  ServerName $n
  SSLEngine on
  SSLCertificateFile ${certificate}
  SSLCertificateKeyFile ${key}
</VirtualHost>
</Macro>
Use VH m.example
`,
    });
    const places = await readPlaces(apacheReader, withApacheIn(folder.path));
    expect([places].flat().sort()).toEqual([
      '*:18080 unknown default a.example www.a.example *.b.example',
      `*:18443 direct default a.example ${certificate}`,
      '*:18443 unknown m.example',
      `127.0.0.1:18443 direct default single.example ${certificate}`,
      `::1:18443 direct default a.example ${certificate}`,
    ]);
  });

  test('1,000 virtual hosts, a file each', async () => {
    using folder = temporaryFolder();
    const sites = Array.from({ length: 1000 }, (_, index) => [
      `site${index}.conf`,
      `<VirtualHost *:18080>\n  ServerName site${index}.example\n  ServerAlias www.site${index}.example\n</VirtualHost>\n`,
    ]);
    write(folder.path, 'Listen 127.0.0.1:18080', Object.fromEntries(sites) as Record<string, string>);
    const places = await readPlaces(apacheReader, withApacheIn(folder.path));
    expect(places).toHaveLength(1000);
    expect(places).toContain('*:18080 unknown site999.example www.site999.example');
  });

  test('a configuration that Apache refuses is an obstacle', async () => {
    using folder = temporaryFolder();
    write(folder.path, 'Listen nonsense here', {});
    expect(await readPlaces(apacheReader, withApacheIn(folder.path))).toBe('command-failed');
  });
});

test('names stand even where the file cannot be read; TLS is then not known', async () => {
  // Apache 2.4.37 of Red Hat, whose command is httpd.
  const stdout = `VirtualHost configuration:
*:443                  is a NameVirtualHost
         default server a.example (/etc/httpd/conf.d/a.conf:1)
         port 443 namevhost a.example (/etc/httpd/conf.d/a.conf:1)
                 alias www.a.example
         port 443 namevhost b.example (/etc/httpd/conf.d/b.conf:1)
ServerRoot: "/etc/httpd"
`;
  const host = new RecordedHost({ commands: { 'httpd -S': { stdout } } });
  expect(await readPlaces(apacheReader, host)).toEqual(['*:443 unknown default a.example', '*:443 unknown b.example']);
});

test('without Apache there is nothing to read, and an answer without a list is an obstacle', async () => {
  expect(await readPlaces(apacheReader, new RecordedHost({}))).toBeUndefined();
  expect(await readPlaces(apacheReader, new RecordedHost({ commands: { 'apache2ctl -S': {} } }))).toBe('unparsable');
});

test('lines that go on keep their numbers', () => {
  expect(parseApache('A b \\\n c\n# d \\\n e\nF "g h"')).toEqual([['a', 'b', 'c'], [''], [''], [''], ['f', 'g h']]);
});
