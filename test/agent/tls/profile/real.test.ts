import { execFile, execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scanProfile, type ProfileScan } from '../../../../agent/tls/profile/index.ts';
import { scanVersions } from '../../../../agent/tls/versions.ts';
import { Profile } from '../../../../policies/checks/tls/profile.ts';
import { suiteName } from '../../../../policies/checks/tls/suites.ts';
import { makeCertificate } from '../../../support/certificates.ts';
import { startNginx, type Nginx } from '../../../support/nginx.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { gnutlsServer, lineTo, opensslServer, type KeyFiles } from '../peers.ts';

const day = 86_400;
const run = promisify(execFile);

async function scan(port: number): Promise<ProfileScan> {
  const line = { ...lineTo(port, { stepSeconds: 5 }), name: 'localhost' };
  const found = await scanVersions(line);
  if (found.speaks !== 'tls') throw new Error(`does not speak TLS: ${JSON.stringify(found)}`);
  const scanned = await scanProfile(line, found.versions, (_, make) => make());
  return { ...scanned, profile: Profile.parse(scanned.profile) };
}

function suitesByVersion({ profile }: ProfileScan): Record<string, number[]> {
  return Object.fromEntries(profile.suites.map(({ version, suites }) => [version, suites.toSorted((a, b) => a - b)]));
}

/** By version the numbers of the suites that sslscan saw. */
async function sslscanOf(port: number): Promise<Record<string, number[]>> {
  const { stdout } = await run('/usr/bin/sslscan', ['--xml=-', '--no-colour', `127.0.0.1:${port}`]);
  const found: Record<string, number[]> = {};
  for (const [, version = '', id = ''] of stdout.matchAll(
    /<cipher [^>]*sslversion="(TLSv1\.[0-3])"[^>]* id="(0x[0-9A-F]+)"/g,
  )) {
    (found[version] ??= []).push(Number(id));
  }
  return Object.fromEntries(Object.entries(found).map(([version, ids]) => [version, ids.toSorted((a, b) => a - b)]));
}

/** By version the names of the suites that nmap saw, sorted. */
async function nmapOf(port: number): Promise<Record<string, string[]>> {
  const script = ['-Pn', '-p', String(port), '--script', 'ssl-enum-ciphers', '-oX', '-', '127.0.0.1'];
  const { stdout } = await run('/usr/bin/nmap', script);
  const found: Record<string, string[]> = {};
  let version = '';
  for (const [, opened, name = ''] of stdout.matchAll(
    /<table key="(TLSv1\.[0-3])">|<elem key="name">(TLS_\w+)<\/elem>/g,
  )) {
    if (opened !== undefined) version = opened;
    // TLS 1.3 suites have names of nmap's own.
    else (found[version] ??= []).push(name.replace('TLS_AKE_WITH_', 'TLS_'));
  }
  return Object.fromEntries(Object.entries(found).map(([key, names]) => [key, names.sort()]));
}

describe.skipIf(!tool('nginx') || !tool('openssl'))('nginx', () => {
  const folder = temporaryFolder();
  let rsa: KeyFiles;
  let nginx: Nginx;
  beforeAll(async () => {
    rsa = makeCertificate(folder.path, { name: 'rsa', key: 'rsa:2048', validSeconds: 90 * day });
    const ec = makeCertificate(folder.path, { name: 'ec', key: 'ec:prime256v1', validSeconds: 90 * day });
    const dh = (group: string): string => {
      const path = join(folder.path, `${group}.pem`);
      const options = ['-genparam', '-algorithm', 'DH', '-pkeyopt', `group:${group}`, '-out', path];
      execFileSync('/usr/bin/openssl', ['genpkey', ...options], { stdio: 'pipe' });
      return path;
    };
    const intermediate = 'ECDHE-RSA-CHACHA20-POLY1305:ECDHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:AES256-SHA';
    const server = 'ssl_prefer_server_ciphers on;';
    nginx = await startNginx({
      servers: [
        { at: 'default', certificates: [rsa] },
        {
          at: 'ordered',
          certificates: [rsa],
          protocols: 'TLSv1.2',
          ciphers: intermediate,
          directives: [
            server,
            `ssl_dhparam ${dh('ffdhe2048')};`,
            'ssl_session_tickets off;',
            'ssl_session_cache shared:x:1m;',
          ],
        },
        {
          at: 'old',
          certificates: [rsa, ec],
          protocols: 'TLSv1 TLSv1.1 TLSv1.2 TLSv1.3',
          ciphers: 'ALL:@SECLEVEL=0',
          directives: [`ssl_dhparam ${dh('modp_1536')};`],
        },
        {
          at: 'modern',
          certificates: [ec],
          protocols: 'TLSv1.3',
          directives: [
            'ssl_ecdh_curve secp384r1:X25519;',
            'ssl_early_data on;',
            'add_header Strict-Transport-Security "max-age=63072000; includeSubDomains" always;',
            'return 301 https://www.example.nl/;',
          ],
        },
        {
          at: 'asking',
          certificates: [ec],
          directives: [`ssl_client_certificate ${ec.certificate};`, 'ssl_verify_client optional;'],
        },
      ],
    });
  });
  afterAll(async () => {
    await nginx[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  test.skipIf(!tool('sslscan')).each(['default', 'ordered', 'old'])('%s: the suites of sslscan', async (at) => {
    const seen = suitesByVersion(await scan(nginx.port(at)));
    expect(seen).toEqual(await sslscanOf(nginx.port(at)));
  });

  test.skipIf(!tool('nmap')).each(['default', 'ordered', 'old', 'modern'])('%s: the suites of nmap', async (at) => {
    const seen = suitesByVersion(await scan(nginx.port(at)));
    const names = Object.entries(seen).map(([version, suites]) => [version, suites.map(suiteName).sort()]);
    expect(Object.fromEntries(names)).toEqual(await nmapOf(nginx.port(at)));
  });

  test('an order of its own, as configured', async () => {
    const { profile } = await scan(nginx.port('ordered'));
    expect(profile.suites).toEqual([
      { version: 'TLSv1.2', suites: [0xcca8, 0xc02f, 0x009f, 0x0035], order: 'server', incomplete: null },
    ]);
    expect(profile.finiteFields).toEqual([{ bits: 2048, prime: 'RFC 7919 ffdhe2048', known: true }]);
    expect(profile.features).toMatchObject({ sessionTickets: { answer: 'no' }, sessionIds: { answer: 'yes' } });
  });

  test('groups, schemes and features of a server as Debian ships it', async () => {
    const { profile, http } = await scan(nginx.port('default'));
    const finite = [0x100, 0x101, 0x102, 0x103, 0x104];
    expect(profile.groups).toEqual({ named: [0x17, 0x18, 0x19, 0x1d, 0x1e, ...finite], incomplete: null });
    expect(profile.signatureSchemes).toEqual([0x301, 0x401, 0x501, 0x601, 0x804, 0x805, 0x806]);
    expect(profile.features).toEqual({
      compression: { answer: 'no' },
      secureRenegotiation: { answer: 'yes' },
      extendedMasterSecret: { answer: 'yes' },
      encryptThenMac: { answer: 'yes' },
      fallbackScsv: { answer: 'yes' },
      sessionTickets: { answer: 'yes' },
      sessionIds: { answer: 'no' },
      earlyData: { answer: 'no' },
      ocspStapling: { answer: 'no' },
      certificateTimestamps: { answer: 'no' },
      clientCertificate: 'not-asked',
      alpn: ['http/1.1'],
    });
    expect(http).toEqual({ state: 'http', status: 200, location: null, strictTransportSecurity: [] });
  });

  test('TLS 1.3 alone, with a favourite group, early data and a redirect', async () => {
    const { profile, http } = await scan(nginx.port('modern'));
    expect(profile.groups.named).toEqual([0x18, 0x1d]);
    expect(profile.features).toMatchObject({
      secureRenegotiation: { answer: 'yes' },
      fallbackScsv: { answer: 'unknown' },
      sessionTickets: { answer: 'yes' },
      earlyData: { answer: 'yes' },
    });
    expect(http).toEqual({
      state: 'http',
      status: 301,
      location: 'https://www.example.nl/',
      strictTransportSecurity: ['max-age=63072000; includeSubDomains'],
    });
  });

  test('what browsers get', async () => {
    const { profile } = await scan(nginx.port('modern'));
    const modern = { state: 'agreed', version: 'TLSv1.3', suite: 0x1301, group: 0x1d };
    expect(profile.browsers.slice(0, 3).map(({ outcome }) => outcome)).toEqual([modern, modern, modern]);
    expect(profile.browsers[3]).toEqual({ client: 'java8', outcome: { state: 'refused' } });
  });

  test('both keys, and a finite field that many share', async () => {
    const { profile } = await scan(nginx.port('old'));
    expect(profile.suites.map(({ version }) => version)).toEqual(['TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']);
    expect(profile.finiteFields).toEqual([{ bits: 1536, prime: 'RFC 3526 group 5', known: true }]);
    expect(profile.signatureSchemes).toEqual(expect.arrayContaining([0x0403, 0x0804]));
  });

  test('a client certificate that is asked for and not needed', async () => {
    expect((await scan(nginx.port('asking'))).profile.features.clientCertificate).toBe('asked');
  });

  test('an unchanged server gives the same facts, byte for byte', async () => {
    const twice = [await scan(nginx.port('old')), await scan(nginx.port('old'))];
    expect(JSON.stringify(twice[0])).toBe(JSON.stringify(twice[1]));
  });

  describe('other programs', () => {
    test.each(['-tls1_2', '-tls1_3'])('openssl s_server %s that insists on a client certificate', async (version) => {
      await using server = await opensslServer(rsa, version, '-Verify', '1', '-verify_return_error');
      expect((await scan(server.port)).profile.features.clientCertificate).toBe('required');
    });

    test('openssl s_server with protocols, without tickets', async () => {
      await using server = await opensslServer(rsa, '-alpn', 'h2,http/1.1', '-no_ticket', '-groups', 'P-521', '-www');
      const { profile } = await scan(server.port);
      expect(profile.features.alpn).toEqual(['h2', 'http/1.1']);
      expect(profile.groups).toEqual({ named: [0x19], incomplete: null });
    });

    test('openssl s_server with a staple', async () => {
      const staple = join(folder.path, 'staple.der');
      writeFileSync(staple, Buffer.from([0x30, 3, 0x0a, 1, 6])); // OCSPResponse: unauthorized
      await using server = await opensslServer(rsa, '-status_file', staple);
      expect((await scan(server.port)).profile.features.ocspStapling).toEqual({ answer: 'yes' });
    });

    test.skipIf(!tool('gnutls-serv')).each([
      [
        'NONE:+VERS-TLS1.2:+AES-128-GCM:+AEAD:+ECDHE-RSA:+SIGN-ALL:+GROUP-SECP384R1:+CTYPE-ALL',
        { 'TLSv1.2': [0xc02f] },
        [0x18],
      ],
      [
        'NORMAL:-VERS-ALL:+VERS-TLS1.3:-GROUP-ALL:+GROUP-X25519:-CIPHER-ALL:+AES-256-GCM',
        { 'TLSv1.3': [0x1302] },
        [0x1d],
      ],
    ])('gnutls-serv %s', async (priority, suites, groups) => {
      await using server = await gnutlsServer(rsa, `--priority=${priority}`, '--http');
      const scanned = await scan(server.port);
      expect(suitesByVersion(scanned)).toEqual(suites);
      expect(scanned.profile.groups.named).toEqual(groups);
    });
  });
});
