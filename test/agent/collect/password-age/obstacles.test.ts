import { describe, expect, test } from 'vitest';
import type { Command, CommandResult } from '../../../../agent/host/host.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import { read, unreadable, type Reading } from '../../../../policies/reading.ts';
import { watching } from './looking.ts';

/** A host on which every client gives this answer. */
class AnsweringHost extends RecordedHost {
  readonly #answer: (line: string) => Reading<CommandResult>;

  constructor(answer: (line: string) => Reading<CommandResult>) {
    super({ files: { '/srv/jansen/wp-config.php': settings } });
    this.#answer = answer;
  }

  override run({ file, args }: Command): Promise<Reading<CommandResult>> {
    return Promise.resolve(this.#answer([file, ...args].join(' ')));
  }
}

const settings =
  "<?php define('DB_NAME', 'shop'); define('DB_USER', 'jansen'); define('DB_PASSWORD', 'word'); define('DB_HOST', 'localhost'); $table_prefix = 'wp_';";

const stores = [
  { store: 'main', source: { mariadb: { defaultsFile: '/home/jansen/my.cnf' } } },
  { store: 'old', source: { mysql: { defaultsFile: '/home/jansen/my.cnf' } } },
  { store: 'pg', source: { postgresql: { user: 'jansen', passwordFile: '/home/jansen/.pgpass' } } },
  { store: 'blog', source: { wordpress: { folder: '/srv/jansen' } } },
  { store: 'shop', source: { typo3: { through: 'main', schema: 'jansen' } } },
];

describe('a client', () => {
  test.each<[string, (line: string) => Reading<CommandResult>, string]>([
    ['that does not answer in time', (line) => unreadable('timeout', line), 'host.timeout'],
    ['that says too much', (line) => unreadable('too-large', line), 'host.too-large'],
    ['that is not installed', () => unreadable('command-missing', 'client'), 'host.command-missing'],
    [
      'that fails for a reason which nobody foresaw',
      () => read({ exitCode: 1, stdout: '', stderr: "ERROR 9999 (HY000): jansen's day" }),
      'host.command-failed',
    ],
    ['that prints something else', () => read({ exitCode: 0, stdout: 'jansen\n', stderr: '' }), 'host.unparsable'],
  ])('%s makes its stores unknown, and tells no name', async (_, answer, code) => {
    using agent = watching({ passwordStores: stores });
    const look = await agent.look(new AnsweringHost(answer), '2026-06-01', { of: ['databases', 'sites'] });
    expect(look.verdicts).toEqual(['main', 'old', 'pg', 'blog', 'shop'].map((store) => `unknown ${code} ${store}`));
    expect(JSON.stringify(look.facts)).not.toContain('jansen');
  });

  test('whose rows are fewer than it counted shows not every administrator', async () => {
    const site = 'wordpress/blog';
    const rows = [
      { site, count: 2 },
      { site, id: 1, user: 'a', secret: '$P$B' },
    ];
    const stdout = rows.map((row) => JSON.stringify(row)).join('\n');
    const host = new AnsweringHost(() => read({ exitCode: 0, stdout, stderr: '' }));
    using agent = watching({ passwordStores: stores.filter(({ store }) => store === 'blog') });
    expect((await agent.look(host, '2026-06-01', { of: ['sites'] })).verdicts).toEqual([
      'unknown host.unparsable blog',
    ]);
  });
});
