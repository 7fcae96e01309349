import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beginHandshake } from '../../../agent/availability/handshake.ts';
import type { Outcome } from '../../../agent/availability/outcome.ts';
import { canMakeNamespaces } from '../../support/namespaces.ts';
import { root } from '../../support/sources.ts';
import { temporaryFolder, tool } from '../../support/tools.ts';

const isMissing =
  ['wireguard-go', 'wg', 'ip'].some((name) => tool(name) === undefined) ||
  !existsSync('/dev/net/tun') ||
  !canMakeNamespaces();

/** A WireGuard of wireguard-go in a network namespace of its own, with one peer. */
describe.skipIf(isMissing)('a handshake with WireGuard', () => {
  const namespace = `waarborg-${process.pid}-wg`;
  const device = `wb${process.pid}`;
  const folder = temporaryFolder();
  const made = new AsyncDisposableStack();
  const keys = { server: '', serverPublic: '', otherPublic: '' };
  const file = (name: string): string => join(folder.path, name);

  function makeKey(name: string): { readonly secret: string; readonly open: string } {
    const secret = execFileSync('wg', ['genkey'], { encoding: 'utf8' });
    writeFileSync(file(name), secret, { mode: 0o600 });
    return { secret, open: execFileSync('wg', ['pubkey'], { input: secret, encoding: 'utf8' }).trim() };
  }

  function within(...command: readonly string[]): string {
    return execFileSync('ip', ['netns', 'exec', namespace, ...command], { encoding: 'utf8', stdio: 'pipe' });
  }

  beforeAll(async () => {
    execFileSync('ip', ['netns', 'add', namespace]);
    made.defer(() => void execFileSync('ip', ['netns', 'delete', namespace]));
    within('ip', 'link', 'set', 'lo', 'up');
    const server = makeKey('server');
    const client = makeKey('client');
    keys.serverPublic = server.open;
    keys.otherPublic = makeKey('other').open;
    writeFileSync(file('shared'), execFileSync('wg', ['genpsk']), { mode: 0o600 });
    const running = spawn('ip', ['netns', 'exec', namespace, 'wireguard-go', '-f', device], { stdio: 'ignore' });
    const ended = once(running, 'exit');
    made.defer(async () => {
      running.kill('SIGTERM');
      await ended;
      rmSync(`/var/run/wireguard/${device}.sock`, { force: true });
    });
    while (!existsSync(`/var/run/wireguard/${device}.sock`)) await wait(20);
    const peer = ['peer', client.open, 'preshared-key', file('shared'), 'allowed-ips', '10.99.0.2/32'];
    within('wg', 'set', device, 'listen-port', '51820', 'private-key', file('server'), ...peer);
    within('ip', 'link', 'set', device, 'up');
  });
  afterAll(async () => {
    await made.disposeAsync();
    folder[Symbol.dispose]();
  });

  function ask(settings: object): Outcome {
    const target = {
      name: 'vpn',
      service: 'wireguard',
      host: '127.0.0.1',
      publicKey: keys.serverPublic,
      privateKeyFile: file('client'),
      presharedKeyFile: file('shared'),
      ...settings,
    };
    const script = join(root, 'test/support/namespaces/probe.ts');
    return JSON.parse(within(process.execPath, script, JSON.stringify(target))) as Outcome;
  }

  it('is answered, and again', () => {
    expect(ask({})).toEqual({ state: 'up' });
    expect(ask({})).toEqual({ state: 'up' });
  });

  it.each([
    ['with the key of nobody whom it knows', { privateKeyFile: 'other' }],
    ['for another side than it is', { publicKey: 'other' }],
    ['without the key that both share', { presharedKeyFile: undefined }],
    ['at a port where it is not', { port: 51_821 }],
  ])('%s is not', (_, settings) => {
    const changed = Object.fromEntries(
      Object.entries(settings).map(([key, value]) => {
        if (value !== 'other') return [key, value];
        return [key, key === 'publicKey' ? keys.otherPublic : file('other')];
      }),
    );
    expect(ask(changed)).toMatchObject({ state: 'down' });
  });

  it('without a key of our own says nothing', () => {
    expect(ask({ privateKeyFile: '/nonexistent' })).toMatchObject({ state: 'failed' });
  });
});

describe('what comes back from a handshake', () => {
  const keys = { privateKey: Buffer.alloc(32, 1), peerKey: Buffer.alloc(32, 9), presharedKey: Buffer.alloc(32) };
  const { initiation, judge } = beginHandshake({ ...keys, index: 0x0102_0304, at: new Date() });

  function datagram(type: number, length: number, receiverAt: number, index = 0x0102_0304): Buffer {
    const bytes = Buffer.alloc(length, 7);
    bytes.writeUInt32LE(type, 0);
    bytes.writeUInt32LE(index, receiverAt);
    return bytes;
  }

  it.each([
    ['the initiation itself', initiation],
    ['nothing', Buffer.alloc(0)],
    ['a response that seals nothing', datagram(2, 92, 8)],
    ['a response that is too long', datagram(2, 93, 8)],
    ["another's cookie", datagram(3, 64, 4, 5)],
  ])('is no answer: %s', (_, bytes) => {
    expect(judge(bytes)).toBe('unrelated');
  });

  it('is a cookie where the other side is under load', () => {
    expect(judge(datagram(3, 64, 4))).toBe('busy');
  });
});
