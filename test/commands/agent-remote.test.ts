import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Collector } from '../../collector/collector.ts';
import { runWaarborg } from '../support/process.ts';
import { collectorOn, writeQuickPolicy } from '../support/road.ts';
import { startSshServer, type SshServer } from '../support/ssh-server.ts';
import { temporaryFolder, tool } from '../support/tools.ts';

const isPossible = tool('sshd') !== undefined && process.getuid?.() === 0;

const Detail = z.looseObject({
  hostname: z.string(),
  readOver: z.looseObject({ address: z.string(), hostKey: z.string().optional(), sudo: z.boolean() }).optional(),
  controls: z.array(z.looseObject({ verdict: z.string(), reasons: z.array(z.looseObject({ code: z.string() })) })),
});

/** What the collector shows of a host. */
async function shown(collector: Collector, host: string): Promise<z.output<typeof Detail>> {
  const { secret } = collector.tokens.create({ role: 'auditor', label: '', validity: 600 }, new Date());
  const answer = await fetch(`${collector.url}/api/v1/hosts/${host}`, {
    headers: { authorization: `Bearer ${secret}` },
  });
  return Detail.parse(await answer.json());
}

function settingsOf(folder: string, name: string, lines: readonly string[]): string {
  const file = join(folder, name);
  const own = [`policies: [${join(folder, 'quick.yaml')}]`, `data: ${join(folder, 'data', name)}`];
  writeFileSync(file, [...own, ...lines, ''].join('\n'));
  return file;
}

function ssh(server: SshServer): string {
  return `ssh: { address: '${server.url}', identityFiles: [${server.keyFile}], knownHosts: ${server.knownHosts} }`;
}

async function enrolBy(collector: Collector, agent: string, config: string): Promise<void> {
  const token = { role: 'enrol', label: '', validity: 600, agent } as const;
  const { secret } = collector.tokens.create(token, new Date());
  const env = { WAARBORG_TOKEN: secret };
  const { code, stderr } = await runWaarborg(['enrol', '--collector', collector.url, '--config', config], { env });
  expect([code, stderr]).toEqual([0, '']);
}

describe.skipIf(!isPossible)('an agent that reads other hosts', () => {
  test('reports each under its own name and key; one that is down is unknown, and keeps no other back', async () => {
    using folder = temporaryFolder();
    using first = temporaryFolder();
    using second = temporaryFolder();
    await using collector = await collectorOn(join(folder.path, 'collector'));
    writeQuickPolicy(folder.path);
    mkdirSync(join(folder.path, 'remote'));
    await using up = await startSshServer(first.path);
    const down = await startSshServer(second.path);
    await down[Symbol.asyncDispose]();
    const config = settingsOf(folder.path, 'agent.yaml', ['agent: reader.example.nl', 'remote: [web*.yaml]']);
    const web1 = settingsOf(folder.path, 'web1.yaml', ['agent: web1.example.nl', ssh(up)]);
    const web2 = settingsOf(folder.path, 'web2.yaml', ['agent: web2.example.nl', ssh(down)]);
    settingsOf(folder.path, 'web3.yaml', ['agent: web3.example.nl', ssh(up)]);
    await enrolBy(collector, 'reader.example.nl', config);
    await enrolBy(collector, 'web1.example.nl', web1);
    await enrolBy(collector, 'web2.example.nl', web2);

    const ended = await runWaarborg(['agent', '--config', config, '--once']);
    // The third was never enrolled.
    expect(ended.code).toBe(1);
    expect(ended.stdout).toMatch(/"host":"web3.example.nl".*no enrolment in/);
    const own = await shown(collector, 'reader.example.nl');
    expect(own.readOver).toBeUndefined();
    const read = await shown(collector, 'web1.example.nl');
    expect(read.readOver).toMatchObject({ address: up.url, sudo: false });
    expect(read.readOver?.hostKey).toMatch(/^SHA256:/);
    expect(read.controls.map(({ verdict, reasons }) => [verdict, reasons])).toEqual(
      own.controls.map(({ verdict, reasons }) => [verdict, reasons]),
    );
    const lost = await shown(collector, 'web2.example.nl');
    expect(lost.readOver).toEqual({ by: own.hostname, address: down.url, sudo: false });
    expect(lost.controls.map(({ verdict, reasons: [reason] }) => [verdict, reason?.code])).toEqual([
      ['unknown', 'host.unreachable'],
    ]);
  });

  test('is told by check what one of them is like, by the same file or by the command line', async () => {
    using folder = temporaryFolder();
    using first = temporaryFolder();
    writeQuickPolicy(folder.path);
    await using server = await startSshServer(first.path);
    const config = settingsOf(folder.path, 'web1.yaml', ['agent: web1.example.nl', ssh(server)]);
    const policy = join(folder.path, 'quick.yaml');
    const here = await runWaarborg(['check', '--format', 'markdown', '--policy', policy]);
    const byFile = await runWaarborg(['check', '--format', 'markdown', '--config', config]);
    expect(byFile).toMatchObject({ code: here.code, stderr: '' });
    const reach = ['--host', server.url, '--identity', server.keyFile, '--known-hosts', server.knownHosts];
    const byLine = await runWaarborg(['check', '--format', 'markdown', '--policy', policy, ...reach]);
    expect(byLine).toMatchObject({ code: here.code, stderr: '' });
    const table = (text: string): string[] => text.split('\n').filter((line) => line.startsWith('|'));
    expect(table(byLine.stdout)).toEqual(table(here.stdout));
    expect(table(byFile.stdout)).toEqual(table(here.stdout));
    const pinned = ['--host', server.url, '--identity', server.keyFile, '--host-key', `SHA256:${'A'.repeat(43)}`];
    const wrong = await runWaarborg(['check', '--policy', policy, ...pinned]);
    expect(wrong.code).toBe(2);
    expect(wrong.stdout).toMatch(/cannot be reached: it shows the host key/);
  });

  test.each([
    ['--host web1', /--host web1: expected ssh:\/\/USER@HOST/],
    ['--host ssh://root@web1 --known-hosts /no/file', /--known-hosts \/no\/file: not there/],
    ['--host ssh://root@web1 --host-key abc', /--host-key abc: expected SHA256:/],
  ])('and says what is wrong with %s', async (words, why) => {
    const ended = await runWaarborg(['check', ...words.split(' ')]);
    expect(ended.code).toBe(3);
    expect(ended.stderr).toMatch(why);
  });
});
