import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { authorityFile, createAuthority } from '../../../collector/clients/authority.ts';
import { CollectorConfig, loadCollectorConfig } from '../../../collector/config.ts';
import { collectorOn, origin } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';

/** No collector comes to read them here. */
const tls = { certificate: 'none.pem', key: 'none.key' };

describe('a collector whose agents are to have certificates is not started', () => {
  test.each(['optional', 'required'])('without an authority: %s', async (clientCertificates) => {
    using folder = temporaryFolder();
    const started = collectorOn(folder.path, { config: { tls: { ...tls, clientCertificates } } });
    await expect(started).rejects.toMatchObject({
      code: 'collector.authority',
      message: expect.stringContaining('waarborg authority create') as string,
    });
  });

  test('with an authority whose key others may read', async () => {
    using folder = temporaryFolder();
    createAuthority(folder.path, origin, new Date());
    chmodSync(authorityFile(folder.path), 0o644);
    const started = collectorOn(folder.path, { config: { tls: { ...tls, clientCertificates: 'optional' } } });
    await expect(started).rejects.toMatchObject({ code: 'collector.authority' });
  });

  test('behind a proxy, which says in its own words what it saw', async () => {
    using folder = temporaryFolder();
    createAuthority(folder.path, origin, new Date());
    const config = { proxies: 1, tls: { ...tls, clientCertificates: 'required' } };
    await expect(collectorOn(folder.path, { config })).rejects.toMatchObject({
      code: 'collector.config',
      message: expect.stringMatching(/proxy that ends TLS.*proxies to 0/) as string,
    });
  });
});

test('without the setting no certificates are asked for, and settings of before mean the same', () => {
  expect(CollectorConfig.parse({ origin, tls }).tls).toEqual({ ...tls, clientCertificates: 'off' });
  expect(() => CollectorConfig.parse({ origin, tls: { ...tls, clientCertificates: 'maybe' } })).toThrow();
});

test('the setting is read from a file as YAML has it, where off is a word', () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'etc', 'collector.yaml');
  mkdirSync(join(folder.path, 'etc'));
  for (const mode of ['off', 'optional', 'required']) {
    writeFileSync(file, `origin: ${origin}\ntls: { certificate: a.pem, key: a.key, clientCertificates: ${mode} }\n`);
    const certificate = join(folder.path, 'etc', 'a.pem');
    expect(loadCollectorConfig(file).tls).toMatchObject({ certificate, clientCertificates: mode });
  }
});
