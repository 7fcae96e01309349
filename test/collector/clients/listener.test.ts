import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { LocalHost } from '../../../agent/host/local.ts';
import { scanGrounds } from '../../../agent/tls/scan.ts';
import { loadRoots } from '../../../agent/tls/trust/roots.ts';
import { createAuthority, rotateAuthority } from '../../../collector/clients/authority.ts';
import { secureOptions, serveRenewals } from '../../../collector/web/certificate.ts';
import { rate } from '../../../policies/checks/tls/rating/rate.ts';
import { Authority } from '../../support/authority.ts';
import { placeIn, startIn } from '../../support/client-certificates.ts';
import { origin } from '../../support/road.ts';
import { temporaryFolder, tool } from '../../support/tools.ts';

const run = promisify(execFile);

/** What OpenSSL's client tells of a handshake, without a certificate of its own. */
async function handshake(port: number | string, ...words: string[]): Promise<string> {
  const asked = run('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, ...words]);
  asked.child.stdin?.end('Q\n');
  // It ends with 1 where it does not trust who answers, which is of no interest here.
  return asked.then(
    ({ stdout }) => stdout,
    (error: unknown) => (error as { stdout: string }).stdout,
  );
}

/** The authorities whose certificates are asked for: a browser offers no other's. */
function askedFor(told: string): string[] {
  const [, names = ''] = /^Acceptable client certificate CA names\n([^]*?)^(?:Client|Requested)/m.exec(told) ?? [];
  return names.split('\n').filter((line) => line !== '');
}

describe.skipIf(!tool('openssl'))('the port of a collector', () => {
  test('asks for certificates of its own authorities alone, demands none, and with off does not ask', async () => {
    using folder = temporaryFolder();
    const place = placeIn(folder.path);
    for (const version of ['-tls1_2', '-tls1_3']) {
      await using collector = await startIn(place, 'off');
      expect(await handshake(new URL(collector.url).port, version)).toContain('No client certificate CA names sent');
    }
    rotateAuthority(place.data, origin, new Date());
    await using collector = await startIn(place, 'required');
    for (const version of ['-tls1_2', '-tls1_3']) {
      const told = await handshake(new URL(collector.url).port, version);
      expect(askedFor(told)).toEqual([
        expect.stringMatching(/^O = test\.example\/log, CN = Waarborg agents [0-9a-f]{16}$/),
        expect.stringMatching(/^O = test\.example\/log, CN = Waarborg agents [0-9a-f]{16}$/),
      ]);
      expect(told).toMatch(/Cipher is [A-Z]/);
    }
  });

  test('has the letter A+ all the same: what it asks for hides nothing from who looks at it', async () => {
    using folder = temporaryFolder();
    const place = placeIn(folder.path);
    await using collector = await startIn(place, 'required');
    const host = new LocalHost();
    const roots = await loadRoots(host, [place.ca]);
    const target = { address: '127.0.0.1', port: Number(new URL(collector.url).port), name: 'localhost' };
    const found = await scanGrounds(host, target, { roots: () => Promise.resolve(roots) });
    if (found.speaks !== 'tls') throw new Error(`it speaks ${found.speaks}`);
    expect(found.unanswered).toEqual([]);
    expect(rate({ ...found, name: 'localhost' }, new Date())?.letter).toEqual({ best: 'A+', worst: 'A+' });
  });

  test('goes on asking when its own certificate is renewed', async () => {
    using folder = temporaryFolder();
    const { certificate } = createAuthority(join(folder.path, 'data'), origin, new Date());
    const authority = new Authority(folder.path);
    const files = { certificate: join(folder.path, 'served.pem'), key: join(folder.path, 'served.key') };
    const put = (name: string): void => {
      const { pem, key } = authority.issue({ name });
      copyFileSync(pem, files.certificate);
      copyFileSync(key, files.key);
    };
    put('first');
    const clientAuthorities = [certificate.toString()];
    const options = { ...secureOptions(files, clientAuthorities), requestCert: true, rejectUnauthorized: false };
    const server = createServer(options).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const said: string[] = [];
    const log = { info: () => void said.push('renewed'), error: () => undefined };
    using _ = serveRenewals({ server, files, clientAuthorities, log, every: 10 });
    put('second');
    for (let left = 500; left > 0 && said.length === 0; left--) await wait(10);
    const told = await handshake((server.address() as AddressInfo).port);
    server.close();
    expect(told).toContain('CN = second');
    expect(askedFor(told).length).toBe(1);
  });
});
