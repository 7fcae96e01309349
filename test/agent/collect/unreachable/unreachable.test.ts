import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unreachableCollector } from '../../../../agent/collect/unreachable.ts';
import { attempt } from '../../../../agent/collect/unreachable/attempt.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import type { UnreachableFacts } from '../../../../policies/checks/unreachable/facts.ts';
import { unreadable } from '../../../../policies/reading.ts';
import { unreachable } from '../../../../policies/checks/unreachable.ts';
import { read } from '../../../../policies/reading.ts';
import { canMakeNamespaces, makeNetwork } from '../../../support/namespaces.ts';
import { tool } from '../../../support/tools.ts';

const vantage = join(import.meta.dirname, '../../../support/namespaces/vantage.ts');
const host = '203.0.113.1';

describe.skipIf(!tool('nft') || !tool('ip') || !canMakeNamespaces())('from another host', () => {
  it('tells what is refused, silent, turned away on the way, and open', async () => {
    await using network = await makeNetwork({
      hostAddresses: [`${host}/24`],
      clientAddresses: ['203.0.113.2/24'],
      ports: [22, 25, 80, 443],
    });
    network.run(
      ['nft', '-f', '-'],
      `table inet filter {
         chain input {
           type filter hook input priority 0; policy accept;
           tcp dport 22 drop
           tcp dport 25 reject
           tcp dport 80 reject with icmp type host-unreachable
         }
       }`,
    );
    const targets = [22, 25, 80, 443, 8080].map((port) => ({ host, port }));
    const settings = { unreachable: { targets, controls: [{ host, port: 443 }] } };
    const facts = JSON.parse(
      network.runAsClient([process.execPath, vantage, JSON.stringify(settings)]),
    ) as UnreachableFacts;
    expect(
      facts.targets.map(({ target, attempts }) => [target, attempts.state === 'read' && attempts.value[0]?.outcome]),
    ).toEqual([
      [`${host}:22`, 'silent'],
      [`${host}:25`, 'refused'],
      [`${host}:80`, 'unreachable'],
      [`${host}:443`, 'connected'],
      [`${host}:8080`, 'refused'],
    ]);
    const verdicts = unreachable.judge(read(facts), {}, new Date()).map(({ verdict }) => verdict);
    expect(verdicts).toEqual(['pass', 'pass', 'pass', 'fail', 'pass']);
  });

  it('shows nothing where there is no network', () => {
    const settings = { unreachable: { targets: [{ host, port: 22 }], controls: [{ host, port: 443 }] } };
    const printed = execFileSync('unshare', ['-n', process.execPath, vantage, JSON.stringify(settings)], {
      encoding: 'utf8',
    });
    const facts = JSON.parse(printed) as UnreachableFacts;
    expect(facts.targets[0]?.attempts).toMatchObject({ value: [{ outcome: 'failed', detail: 'ENETUNREACH' }] });
    expect(unreachable.judge(read(facts), {}, new Date()).map(({ verdict }) => verdict)).toEqual(['unknown']);
  });
});

describe('an attempt', () => {
  const signal = AbortSignal.timeout(20_000);

  it('tells the status of a page', async () => {
    const server = createServer((request, response) => {
      response.statusCode = request.url === '/admin?x=1' ? 403 : 200;
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const url = new URL(`http://127.0.0.1:${port}/admin?x=1`);
    const found = await attempt(new LocalHost(), { kind: 'url', url }, signal);
    server.close();
    expect(found).toMatchObject({ value: [{ address: '127.0.0.1', outcome: 'connected', status: 403 }] });
  });

  it('tries every address of a name', async () => {
    const stdout = '203.0.113.7 STREAM www.example.nl\n203.0.113.7 DGRAM\n2001:DB8::7 STREAM\n';
    const recorded = new RecordedHost({ commands: { 'getent ahosts www.example.nl': { stdout } } });
    const found = await attempt(recorded, { kind: 'port', host: 'www.example.nl', port: 22 }, signal);
    expect(found).toMatchObject({
      value: [{ address: '2001:db8::7', outcome: 'refused' }, { address: '203.0.113.7' }],
    });
  });

  it.each([
    ['a name without an address', { exitCode: 2 }],
    ['an answer without an address', { stdout: '\n' }],
  ])('%s is an obstacle', async (_, result) => {
    const recorded = new RecordedHost({ commands: { 'getent ahosts www.example.nl': result } });
    const found = await attempt(recorded, { kind: 'port', host: 'www.example.nl', port: 22 }, signal);
    expect(found.state).toBe('unreadable');
  });

  it.each([
    ['EACCES', 'failed'],
    ['EPERM', 'failed'],
    ['ENETUNREACH', 'failed'],
    ['EADDRNOTAVAIL', 'failed'],
    ['ECONNRESET', 'failed'],
    ['EHOSTUNREACH', 'unreachable'],
    ['ETIMEDOUT', 'silent'],
  ])('%s is said as %s', async (detail, outcome) => {
    const recorded = new RecordedHost({ connect: () => unreadable('unreachable', 'x', detail) });
    const found = await attempt(recorded, { kind: 'port', host: '203.0.113.7', port: 22 }, signal);
    expect(found).toMatchObject({ value: [{ outcome }] });
  });
});

it.each([
  ['loopback', { targets: [{ host: '127.0.0.1', port: 22 }] }],
  ['every address', { targets: [{ host: '0.0.0.0', port: 22 }] }],
  ['a control on this host', { controls: [{ host: '::1', port: 22 }] }],
  ['a password', { targets: [{ url: 'https://user:secret@www.example.nl/' }] }],
  ['another scheme', { targets: [{ url: 'ftp://www.example.nl/' }] }],
])('%s is no target', (_, settings) => {
  expect(unreachableCollector.settings.safeParse({ unreachable: settings }).success).toBe(false);
});
