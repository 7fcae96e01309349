import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { distrustOf, fingerprintOf, knownTypes } from '../../../../agent/host/ssh/known-hosts.ts';
import { makeKey } from '../../../support/ssh-server.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';

const address = { user: 'root', host: 'web1.example.nl', port: 22 };
const line = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGVuY29kZWQtYXMtYW4tZXhhbXBsZS1rZXktMDEh';
const key = Buffer.from(line.split(' ')[1] ?? '', 'base64');
const otherKey = Buffer.concat([key.subarray(0, -1), Buffer.of(7)]);

function distrust(text: string, where = address, shown: Uint8Array = key) {
  return distrustOf(shown, where, { by: 'known-hosts', file: 'known_hosts', text });
}

describe('a host key is trusted', () => {
  test.each([
    ['under its name', `web1.example.nl ${line}`],
    ['under one of several names, with a comment behind', `192.0.2.1,web1.example.nl ${line} web`],
    ['under a pattern', `*.example.nl ${line}`],
    ['under a pattern of single letters', `web?.example.nl ${line}`],
    ['where another key of the host stands before it', `web1.example.nl ssh-rsa AAAA\nweb1.example.nl ${line}`],
  ])('%s', (_, text) => {
    expect(distrust(text)).toBeUndefined();
  });

  test('under name and port where the port is not the usual one', () => {
    const elsewhere = { ...address, port: 2222 };
    expect(distrust(`[web1.example.nl]:2222 ${line}`, elsewhere)).toBeUndefined();
    expect(distrust(`web1.example.nl ${line}`, elsewhere)).toMatch(/has none for it/);
  });

  test.skipIf(tool('ssh-keygen') === undefined)('under a name that ssh-keygen hashed', () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'known_hosts');
    writeFileSync(file, `web1.example.nl ${line}\nweb2.example.nl ${line}\n`);
    spawnSync('ssh-keygen', ['-q', '-H', '-f', file]);
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^\|1\|/);
    expect(distrust(text)).toBeUndefined();
    expect(distrust(text, { ...address, host: 'web3.example.nl' })).toMatch(/has none for it/);
  });
});

describe('a host key is refused', () => {
  test.each([
    ['where nothing is known', '', /has none for it/],
    ['where another host has it', `web2.example.nl ${line}`, /has none for it/],
    ['that is in a comment', `# web1.example.nl ${line}`, /has none for it/],
    ['that a pattern takes out', `*.example.nl,!web1.example.nl ${line}`, /has none for it/],
    ['that is revoked, wherever it is trusted', `web1.example.nl ${line}\n@revoked * ${line}`, /is revoked/],
    ['that only a certificate authority could vouch for', `@cert-authority *.example.nl ${line}`, /authority/],
  ])('%s', (_, text, why) => {
    expect(distrust(text)).toMatch(why);
  });

  test('where the host is known by another one', () => {
    expect(distrust(`web1.example.nl ${line}`, address, otherKey)).toMatch(/has another for it/);
  });

  test('that has not the pinned fingerprint', () => {
    const trust = { by: 'fingerprint', fingerprint: fingerprintOf(key) } as const;
    expect(distrustOf(key, address, trust)).toBeUndefined();
    expect(distrustOf(otherKey, address, trust)).toContain(`expected ${trust.fingerprint}`);
  });
});

test.skipIf(tool('ssh-keygen') === undefined)('a fingerprint is the one that ssh-keygen prints', () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'key');
  makeKey(file);
  const printed = spawnSync('ssh-keygen', ['-l', '-f', file], { encoding: 'utf8' }).stdout.split(' ')[1];
  const blob = Buffer.from(readFileSync(`${file}.pub`, 'utf8').split(' ')[1] ?? '', 'base64');
  expect(fingerprintOf(blob)).toBe(printed);
});

test('a server is asked for the types of key that it is known by, and not for revoked ones', () => {
  const text = `web1.example.nl ssh-rsa AAAA\n@revoked web1.example.nl ${line}`;
  expect(knownTypes(address, { by: 'known-hosts', file: 'known_hosts', text })).toEqual(['ssh-rsa']);
});
