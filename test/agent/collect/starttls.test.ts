import { describe, expect, test } from 'vitest';
import { certificateCollector } from '../../../agent/collect/certificate.ts';
import { tlsCollector } from '../../../agent/collect/tls.ts';
import type { Host } from '../../../agent/host/host.ts';
import { LocalHost } from '../../../agent/host/local.ts';
import { RecordedHost } from '../../../agent/host/recorded.ts';
import { tls } from '../../../policies/checks/tls.ts';
import { read } from '../../../policies/reading.ts';
import { makeCertificate } from '../../support/certificates.ts';
import { collecting } from '../../support/collecting.ts';
import { freePort } from '../../support/process.ts';
import { startSlapd } from '../../support/servers/slapd.ts';
import { temporaryFolder, tool } from '../../support/tools.ts';
import { speakingServer, type Conversation } from '../tls/starttls/speaking.ts';
import { onLoopback, procNet } from './proc-net.ts';

const at = new Date('2026-06-01T12:00:00Z');
const willing: Conversation = { greets: true, lines: ['220 mx\r\n', '250 STARTTLS\r\n', '220 go\r\n'] };
const unwilling: Conversation = { greets: true, lines: ['220 mx\r\n', '250 HELP\r\n'] };
const turningAway: Conversation = { greets: true, lines: ['421 later\r\n'], then: 'end' };
const everywhere = (port: number): string => onLoopback(port).replace('0100007F', '00000000');

/** A host with these sockets, on which a connection to a well-known port reaches another port of this machine. */
function hostWith(sockets: readonly string[], reached: number): Host {
  const local = new LocalHost();
  return Object.assign(new RecordedHost({ files: { '/proc/net/tcp': procNet(...sockets) } }), {
    connect: (address: string, port: number, options: Parameters<Host['connect']>[2]) =>
      local.connect(address, port < 1024 ? reached : port, options),
  });
}

async function factsOf(host: Host, endpoints: readonly unknown[] = []): Promise<unknown> {
  return await tlsCollector.collect(collecting(host, { at }), { endpoints }, [{}]);
}

async function judged(
  conversation: Conversation,
  {
    sockets = [],
    endpoints = [],
    parameters = {},
  }: { sockets?: string[]; endpoints?: unknown[]; parameters?: unknown },
): Promise<string[]> {
  await using server = await speakingServer(conversation);
  const facts = await factsOf(hostWith(sockets, server.port), endpoints);
  return tls
    .judge(read(JSON.parse(JSON.stringify(facts))), parameters, at)
    .map(({ verdict, code, subject }) => `${verdict} ${code} ${subject ?? ''}`.trimEnd());
}

const declared = { host: '127.0.0.1', port: 25, starttls: 'smtp' };
const demanding = { requireEncryption: true };

describe('a mail server that was declared', () => {
  test('is judged by what it does after STARTTLS', async () => {
    expect(await judged(willing, { endpoints: [declared] })).toEqual(['pass tls.good 127.0.0.1:25 (smtp)']);
    expect(await judged(willing, { endpoints: [{ ...declared, names: ['mx.example.nl'] }] })).toEqual([
      'pass tls.good mx.example.nl (127.0.0.1:25, smtp)',
    ]);
  });

  test.each<[string, Conversation, string]>([
    ['that offers no STARTTLS fails', unwilling, 'fail endpoint.no-starttls 127.0.0.1:25 (smtp)'],
    [
      'that speaks something else fails',
      { greets: true, lines: ['+OK\r\n'] },
      'fail endpoint.other-protocol 127.0.0.1:25 (smtp)',
    ],
    [
      'that says something between the go-ahead and TLS is unknown',
      { ...willing, lines: ['220 mx\r\n', '250 STARTTLS\r\n', '220 go\r\n220 x\r\n'] },
      'unknown endpoint.starttls-unclear 127.0.0.1:25 (smtp)',
    ],
  ])('%s', async (_, conversation, expected) => {
    expect(await judged(conversation, { endpoints: [declared] })).toEqual([expected]);
  });

  test('that turns the agent away is unknown', { timeout: 20_000 }, async () => {
    expect(await judged(turningAway, { endpoints: [declared] })).toEqual([
      'unknown endpoint.starttls-unclear 127.0.0.1:25 (smtp)',
    ]);
  });

  test('without saying that it begins in plain text fails, and the reason tells how to say it', async () => {
    expect(await judged(willing, { endpoints: [{ host: '127.0.0.1', port: 25 }] })).toEqual([
      'fail endpoint.not-tls 127.0.0.1:25',
    ]);
  });
});

describe('a mail server that was found', () => {
  test('is asked by STARTTLS, and its facts say so', async () => {
    await using server = await speakingServer(willing);
    const host = hostWith([everywhere(25)], server.port);
    expect(await factsOf(host)).toMatchObject({
      endpoints: [{ endpoint: '127.0.0.1:25', starttls: 'smtp', reach: 'network', origin: 'listening', speaks: 'tls' }],
    });
    expect(JSON.stringify(await factsOf(host))).toBe(JSON.stringify(await factsOf(host)));
  });

  test.skipIf(tool('slapd') === undefined || tool('openssl') === undefined)(
    'shows its certificate, to whichever kind asks first',
    async () => {
      using folder = temporaryFolder();
      const order = { name: 'ldap', key: 'rsa:2048', validSeconds: 90 * 86_400, names: ['ldap.example.nl'] };
      const port = await freePort();
      await using _ = await startSlapd({ port, certificate: makeCertificate(folder.path, order) });
      const host = hostWith([everywhere(389)], port);
      const context = collecting(host, { at });
      const [certificates] = await Promise.all([
        certificateCollector.collect(context, {}, [{}]),
        tlsCollector.collect(context, {}, [{}]),
      ]);
      expect(certificates).toMatchObject({
        endpoints: [
          {
            endpoint: '127.0.0.1:389',
            starttls: 'ldap',
            reach: 'network',
            speaks: 'tls',
            served: [{ leaf: { subject: 'CN=ldap.example.nl' } }],
            unanswered: [],
          },
        ],
      });
    },
  );

  test('without STARTTLS is a fact, and fails only where encryption is demanded of the network', async () => {
    const sockets = [everywhere(25)];
    expect(await judged(unwilling, { sockets })).toEqual(['not-applicable endpoint.none']);
    expect(await judged(unwilling, { sockets, parameters: demanding })).toEqual([
      'fail endpoint.plain-text 127.0.0.1:25 (smtp)',
    ]);
    expect(await judged(unwilling, { sockets: [onLoopback(25)], parameters: demanding })).toEqual([
      'not-applicable endpoint.none',
    ]);
  });

  test('on its port alone is not taken for one: another protocol is another protocol', async () => {
    await using server = await speakingServer({ greets: true, lines: ['SSH-2.0-x\r\n'] });
    const facts = await factsOf(hostWith([everywhere(25)], server.port));
    expect(facts).toMatchObject({ endpoints: [{ speaks: 'other', answer: 'not-tls' }] });
    expect(JSON.stringify(facts)).not.toContain('starttls');
  });
});
