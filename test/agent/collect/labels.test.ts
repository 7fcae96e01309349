import { expect, test } from 'vitest';
import { labelsCollector } from '../../../agent/collect/labels.ts';
import type { Command, CommandResult } from '../../../agent/host/host.ts';
import { LocalHost } from '../../../agent/host/local.ts';
import { RecordedHost } from '../../../agent/host/recorded.ts';
import { labels } from '../../../policies/checks/labels.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import { collecting } from '../../support/collecting.ts';
import { startNginx } from '../../support/nginx.ts';
import { tool } from '../../support/tools.ts';

const production = { environment: 'production', role: 'web' };

/** This machine with one nginx, whose folder is not the usual one. */
class WithNginx extends LocalHost {
  readonly #folder: string;

  constructor(folder: string) {
    super();
    this.#folder = folder;
  }

  override run(command: Command, signal?: AbortSignal): Promise<Reading<CommandResult>> {
    if (command.file !== 'nginx') return Promise.resolve(unreadable('command-missing', command.file));
    const args = ['-p', this.#folder, '-c', 'nginx.conf', '-e', 'error.log', ...command.args];
    return super.run({ ...command, args }, signal);
  }
}

test.skipIf(!tool('nginx'))('names are those that a real nginx serves', async () => {
  await using nginx = await startNginx({
    servers: [
      { at: 'web', names: ['www.example.nl'] },
      { at: 'web', names: ['shop.staging.example.nl', '*.test.example.nl'] },
    ],
  });
  const context = collecting(new WithNginx(nginx.folder), { labels: production });
  const facts = await labelsCollector.collect(context, {}, [{}]);
  expect(facts).toMatchObject({
    labels: [
      { name: 'environment', value: 'production' },
      { name: 'role', value: 'web' },
    ],
  });
  const found = labels.judge(read(facts), {}, new Date()).filter(({ verdict }) => verdict === 'fail');
  expect(found.map(({ subject, values }) => [subject, values.name])).toEqual([
    ['nginx', '*.test.example.nl'],
    ['nginx', 'shop.staging.example.nl'],
  ]);
});

test('the host’s own name counts, and what agent.yaml names', async () => {
  const host = new RecordedHost({ hostname: 'web3-acc' });
  const endpoints = [{ host: '127.0.0.1', port: 443, names: ['demo.example.nl'] }];
  const facts = await labelsCollector.collect(collecting(host, { labels: production }), { endpoints }, [{}]);
  const found = labels.judge(read(facts), {}, new Date()).filter(({ verdict }) => verdict === 'fail');
  expect(found.map(({ values }) => values.name)).toEqual(['demo.example.nl', 'web3-acc']);
});

test('a server that does not tell what it serves leaves it unknown', async () => {
  const host = new RecordedHost({
    commands: { 'nginx -T -q': { exitCode: 1, stderr: 'open() "/home/jan/x" failed' } },
  });
  const facts = await labelsCollector.collect(collecting(host, { labels: production }), {}, [{}]);
  const reasons = labels.judge(read(facts), {}, new Date()).filter(({ verdict }) => verdict !== 'pass');
  expect(reasons.map(({ code, subject }) => [code, subject])).toEqual([['host.command-failed', 'nginx']]);
  expect(JSON.stringify(facts)).not.toContain('jan');
});

test('what serves no sites is not asked', async () => {
  const host = new RecordedHost({ files: { '/etc/postgresql/15/main/postgresql.conf': unreadable('denied', 'x') } });
  const facts = await labelsCollector.collect(collecting(host, { labels: production }), {}, [{}]);
  expect(labels.judge(read(facts), {}, new Date()).map(({ verdict }) => verdict)).not.toContain('unknown');
});
