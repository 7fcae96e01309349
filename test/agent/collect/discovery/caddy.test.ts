import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { caddyReader } from '../../../../agent/collect/discovery/caddy.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import { makeCertificate } from '../../../support/certificates.ts';
import { collecting } from '../../../support/collecting.ts';
import { freePort } from '../../../support/process.ts';
import { startServer } from '../../../support/servers/server.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { describePlace, readPlaces } from './describe.ts';
import { withFolderMoved } from './moved.ts';
import { servedFor } from './served.ts';

describe.skipIf(tool('caddy') === undefined || tool('openssl') === undefined)('with the real Caddy', () => {
  test('each site speaks as was found, with the file that was found', { timeout: 30_000 }, async () => {
    using folder = temporaryFolder();
    const own = makeCertificate(folder.path, {
      name: 'own',
      key: 'ec:prime256v1',
      validSeconds: 86_400,
      names: ['own.nl', '*.w.nl'],
    });
    const ports = await Promise.all(Array.from({ length: 7 }, () => freePort()));
    const [http = 0, https = 0, other = 0, plain = 0, portOnly = 0, file = 0, local = 0] = ports;
    const tls = `tls ${own.certificate} ${own.key}`;
    writeFileSync(
      join(folder.path, 'Caddyfile'),
      `{
	auto_https disable_redirects
	local_certs
	skip_install_trust
	admin off
	http_port ${http}
	https_port ${https}
	storage file_system ${folder.path}/store
}
example.nl, www.example.nl:${other} {
	respond "site"
}
:${http} {
	respond "any"
}
http://plain.nl, http://plain.nl:${plain} {
	respond "plain"
}
*.w.nl {
	${tls}
	@inner host a.w.nl
	handle @inner {
		respond "inner"
	}
}
:${portOnly} {
	tls internal
	respond "no name, so no TLS"
}
:${file} {
	${tls}
}
https://own.nl:${local} {
	bind localhost
	${tls}
}
`,
    );
    const found = await caddyReader.read(collecting(withFolderMoved('/etc/caddy', folder.path)));
    if (found?.state !== 'read') throw new Error(JSON.stringify(found));
    const places = found.value;
    expect(places.map(describePlace).sort()).toEqual(
      [
        `*:${http} none default`,
        `*:${http} none plain.nl`,
        `*:${plain} none plain.nl`,
        `*:${https} direct example.nl`,
        `*:${https} direct a.w.nl *.w.nl ${own.certificate}`,
        `*:${other} direct www.example.nl`,
        `*:${portOnly} none default`,
        `*:${file} direct default ${own.certificate}`,
        `127.0.0.1:${local} direct own.nl ${own.certificate}`,
      ].sort(),
    );

    await using _caddy = await startServer({
      ports,
      prepare: () => ({
        file: '/usr/bin/caddy',
        args: ['run', '--config', join(folder.path, 'Caddyfile'), '--adapter', 'caddyfile'],
      }),
    });
    for (const { port, tls: speaks, names, isDefault, certificateFiles } of places) {
      for (const name of isDefault ? ['some.nl'] : names) {
        const served = (): Promise<X509Certificate | undefined> => servedFor(port, name);
        if (speaks === 'none') expect(await served(), name).toBeUndefined();
        // It is still making its certificates.
        else await expect.poll(served, { timeout: 10_000 }).toBeDefined();
        const [path] = certificateFiles;
        const expected = path === undefined ? undefined : new X509Certificate(readFileSync(path)).fingerprint256;
        if (expected !== undefined) expect((await served())?.fingerprint256, name).toBe(expected);
        else if (speaks === 'direct') expect((await served())?.checkHost(name), name).toBe(name);
      }
    }
  });
});

const adapt = 'caddy adapt --config /etc/caddy/Caddyfile';
const host = (answer: object): RecordedHost =>
  new RecordedHost({ files: { '/etc/caddy/Caddyfile': '' }, commands: { [adapt]: answer } });

test('a Caddyfile that Caddy refuses, or an answer of another form, is an obstacle', async () => {
  expect(await readPlaces(caddyReader, host({ exitCode: 1, stderr: 'Error: unrecognized directive' }))).toBe(
    'command-failed',
  );
  expect(await readPlaces(caddyReader, host({ stdout: '[]' }))).toBe('unparsable');
});

test('a place that cannot be told is an obstacle; sockets that are files and QUIC are passed over', async () => {
  const listening = (...listen: string[]): object => ({
    stdout: JSON.stringify({ apps: { http: { servers: { srv0: { listen } } } } }),
  });
  expect(await readPlaces(caddyReader, host(listening('www.example.nl:443')))).toBe('unparsable');
  expect(await readPlaces(caddyReader, host(listening('unix//run/caddy', 'udp/:443', 'tcp/:8000-8001')))).toEqual([
    '*:8000 none default',
    '*:8001 none default',
  ]);
});

test.skipIf(!existsSync('/etc/caddy/Caddyfile'))('asking Caddy leaves nothing in the home folder', async () => {
  using folder = temporaryFolder();
  vi.stubEnv('HOME', folder.path);
  try {
    expect(await readPlaces(caddyReader, new LocalHost())).toBeInstanceOf(Array);
  } finally {
    vi.unstubAllEnvs();
  }
  expect(readdirSync(folder.path)).toEqual([]);
});
