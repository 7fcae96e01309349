import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';
import { makeCertificate } from '../support/certificates.ts';
import { startNginx, type Nginx } from '../support/nginx.ts';
import { runWaarborg, type Ended } from '../support/process.ts';
import { temporaryFolder, tool } from '../support/tools.ts';

describe.skipIf(!tool('nginx') || !tool('openssl'))('waarborg tls', () => {
  const folder = temporaryFolder();
  let nginx: Nginx;
  let plain: Server;
  let root: string;

  beforeAll(async () => {
    const order = { key: 'ec:prime256v1', validSeconds: 90 * 86_400, names: ['www.example.nl'] };
    const pair = makeCertificate(folder.path, { ...order, name: 'leaf' });
    root = pair.certificate;
    const hsts = 'add_header Strict-Transport-Security "max-age=31536000" always;';
    nginx = await startNginx({
      servers: [
        { at: 'good', certificates: [pair], ciphers: 'ECDHE+AESGCM', directives: [hsts] },
        { at: 'older', certificates: [pair], ciphers: 'ECDHE+AESGCM', protocols: 'TLSv1.2', directives: [hsts] },
      ],
    });
    plain = createServer((socket) => socket.end('220 hello\r\n')).listen(0, '127.0.0.1');
    await once(plain, 'listening');
  });

  afterAll(async () => {
    plain.close();
    await nginx[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  function scan(ports: readonly number[], ...options: string[]): Promise<Ended> {
    const targets = ports.map((port) => `127.0.0.1:${port}`);
    return runWaarborg(['tls', ...targets, '--name', 'www.example.nl', ...options]);
  }

  test('shows the letter, what it rests on, and what to change with the setting', async () => {
    const { code, stdout, stderr } = await scan([nginx.port('older')], '--ca', root, '--at-least', 'A');
    expect([code, stderr]).toEqual([1, '']);
    for (const text of ['grade A-', 'A- → A+', 'no-tls13, 2009r', 'nginx  ssl_protocols TLSv1.2 TLSv1.3;']) {
      expect(stdout).toContain(text);
    }
    expect(stdout).toContain('TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384');
    expect(stdout).toContain('by a given root only');
  });

  test('shows the letter large where colours are shown', async () => {
    const target = `127.0.0.1:${nginx.port('good')}`;
    const args = ['tls', target, '--name', 'www.example.nl', '--ca', root];
    const { stdout } = await runWaarborg(args, { env: { FORCE_COLOR: '1' } });
    expect(stdout).toContain('█   █  █ ');
  });

  test('several targets end in a summary, and the worst decides the exit code', async () => {
    const { code, stdout } = await scan([nginx.port('good'), nginx.port('older')], '--ca', root, '--at-least', 'A-');
    expect(code).toBe(0);
    expect(stdout).toMatch(/Summary\n.*A\+ .*\n.*A- .*no-tls13 → A\+/);
    const ports = [nginx.port('good'), (plain.address() as AddressInfo).port];
    expect((await scan(ports, '--ca', root, '--at-least', 'A')).code).toBe(1);
  });

  test('without the root it is not trusted, and says which letter it would be', async () => {
    const { code, stdout } = await scan([nginx.port('good')], '--at-least', 'E');
    expect(code).toBe(1);
    expect(stdout).toContain('grade T, A+ if trusted');
  });

  test('prints the rating as JSON', async () => {
    const { code, stdout } = await scan([nginx.port('good')], '--ca', root, '--format', 'json');
    const document = JSON.parse(stdout) as { v: number; targets: { rating: unknown; speaks: string }[] };
    expect(code).toBe(0);
    expect(document.v).toBe(2);
    expect(document.targets).toMatchObject([
      { speaks: 'tls', name: 'www.example.nl', rating: { letter: { best: 'A+', worst: 'A+' }, notes: ['private-ca'] } },
    ]);
  });

  test('a file of roots that cannot be read is an error of usage', async () => {
    const { code, stderr } = await scan([nginx.port('good')], '--ca', '/nonexistent.pem');
    expect(code).toBe(3);
    expect(stderr).toContain('--ca /nonexistent.pem');
  });
});
