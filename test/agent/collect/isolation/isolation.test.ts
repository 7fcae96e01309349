import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { isolation } from '../../../../policies/checks/isolation.ts';
import { Facts } from '../../../../policies/checks/isolation/facts.ts';
import { read } from '../../../../policies/reading.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';

const all = { require: ['users', 'pools', 'homes', 'secrets', 'temporaries', 'processes', 'cross'] };
const mayTry = process.getuid?.() === 0 && ['unshare', 'nginx', 'setpriv', 'php-fpm8.2'].every((name) => tool(name));

type Stage = 'sound' | 'again' | 'open' | 'untried' | 'onePool' | 'notReloaded' | 'stopped';

describe.skipIf(!mayTry)('with a real nginx and PHP-FPM, and two accounts', () => {
  test('sites of their own pass, and each mistake shows', async () => {
    using folder = temporaryFolder();
    const script = join(import.meta.dirname, 'inside.ts');
    const alone = ['--mount', '--pid', '--fork', '--mount-proc', '--propagation', 'private'];
    const { stdout } = await promisify(execFile)('unshare', [...alone, process.execPath, script, folder.path]);
    const seen = JSON.parse(stdout) as Record<Stage, unknown>;
    const judge = (stage: Stage, parameters: object = all): string[] => {
      const facts = Facts.parse(seen[stage]);
      // Other servers of this machine are no part of it.
      const own = { ...facts, unread: facts.unread.filter(({ where }) => where === 'nginx' || where === 'accounts') };
      return isolation
        .judge(read(own), parameters, new Date())
        .map(({ verdict, code, subject }) => `${verdict} ${code.replace('isolation.', '')} ${subject ?? ''}`.trim());
    };

    expect(judge('sound')).toEqual([
      'pass own-user www.anna.example',
      'pass own-user www.bram.example',
      'pass pool-closed @anna',
      'pass pool-closed @bram',
      'pass home-closed @anna',
      'pass home-closed @bram',
      'pass secrets-closed www.anna.example',
      'pass secrets-closed www.bram.example',
      'pass temporary-own @anna',
      'pass temporary-own @bram',
      'pass processes-hidden processes',
      'pass cross-refused www.bram.example',
      'pass cross-refused www.anna.example',
    ]);
    expect(seen.again).toEqual(seen.sound);
    expect(JSON.stringify(seen.sound).replaceAll(folder.path, '')).not.toMatch(/[^@.]anna/);

    const open = judge('open');
    expect(open).toContain('fail home-open @anna');
    expect(open).toContain('fail pool-open @bram');
    expect(open).toContain('fail secret-open www.bram.example');
    expect(open).toContain('fail processes-visible processes');
    // The kernel let anna read what bram's modes allow, and not the other way round.
    expect(open).toContain('fail cross-read www.bram.example');
    expect(open).toContain('pass cross-refused www.anna.example');
    expect(judge('untried', { require: ['cross'] })).toEqual(['unknown cross-not-allowed']);

    expect(judge('onePool', { require: ['users'] })).toEqual([
      'fail shared-pool www.anna.example',
      'fail shared-pool www.bram.example',
    ]);
    // The files say www-data and anna; what runs is anna and bram.
    expect(judge('notReloaded', { require: ['users'] })).toEqual([
      'fail web-user www.anna.example',
      'fail shared-user www.bram.example',
    ]);
    expect(judge('stopped', { require: ['users'] })).toEqual([
      'unknown no-pool www.anna.example',
      'unknown no-pool www.bram.example',
    ]);
  });
});
