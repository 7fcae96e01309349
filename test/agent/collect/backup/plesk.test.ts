import { describe, expect, test } from 'vitest';
import type { CommandResult } from '../../../../agent/host/host.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import type { BackupSet } from '../../../../policies/checks/backup/facts.ts';
import { unreadable } from '../../../../policies/reading.ts';
import { collectSet, judgeSet } from './support.ts';

const daily = { every: '24h', keep: '7d', perAccount: true };
const dumps = '/var/lib/psa/dumps';
const places = {
  'example.com': 'domains',
  'shop.nl': 'clients/adam/domains',
  'zoe.nl': 'resellers/r/clients/c/domains',
};
const days = ['15', '16', '17', '18', '19', '20', '21', '22'];

interface Server {
  readonly without?: RegExp;
  readonly more?: Readonly<Record<string, string>>;
  readonly modifiedAt?: Readonly<Record<string, Date>>;
  readonly list?: Partial<CommandResult>;
}

/** Names as Plesk Obsidian's "What files are created during backup procedure" gives them: a full one, then increments. */
function collect({ without = /^$/, more, modifiedAt, list }: Server = {}): Promise<BackupSet> {
  const content: [string, string, Date][] = Object.entries(places).flatMap(([domain, place]) =>
    days.flatMap((day): [string, string, Date][] => {
      const stamp = day === '15' ? '2611150300' : `2611150300_2611${day}0300`;
      const folder = `${dumps}/${place}/${domain}`;
      const written = new Date(`2026-11-${day}T02:05:00Z`);
      return [
        [`${folder}/backup_info_${stamp}.xml`, '<?xml version="1.0"?>', written],
        [`${folder}/backup_user-data_${stamp}.tzst`, 'x'.repeat(2000), written],
      ];
    }),
  );
  const kept = content.filter(([path]) => !without.test(path));
  const host = new RecordedHost({
    files: {
      '/etc/psa/psa.conf': `# Plesk\nDUMP_D\t${dumps}\nDUMP_TMP_D /tmp\n`,
      ...Object.fromEntries(kept.map(([path, text]) => [path, text])),
      ...more,
    },
    modifiedAt: { ...Object.fromEntries(kept.map(([path, , written]) => [path, written])), ...modifiedAt },
    commands: { 'plesk bin subscription --list': list ?? { stdout: 'zoe.nl\nexample.com\nshop.nl\n' } },
  });
  return collectSet(host, { timeZone: 'Europe/Amsterdam', source: { plesk: {} } });
}

describe("Plesk's backups", () => {
  test('pass where each subscription has its own, whoever owns it', async () => {
    const set = await collect();
    expect(set.points).toMatchObject({
      value: [{ account: 'example.com' }, { account: 'shop.nl' }, { account: 'zoe.nl' }],
    });
    expect(judgeSet(set, daily)).toEqual(['pass', 'backup.accounts']);
    expect(JSON.stringify(await collect())).toBe(JSON.stringify(set));
  });

  test('fail for a subscription without any', async () => {
    const list = { stdout: 'new.nl\nexample.com\n' };
    expect(judgeSet(await collect({ list }), daily)).toEqual(['fail', 'backup.none', 'backup.accounts']);
  });

  test.each([
    ['of configuration alone', /zoe\.nl.*user-data/, 'backup.left-out.empty'],
    ['whose full one is not there', /zoe\.nl.*_2611150300\.(xml|tzst)$/, 'backup.left-out.broken-chain'],
  ])('do not count where they are increments %s', async (_, without, code) => {
    const reasons = judgeSet(await collect({ without }), daily);
    expect(reasons.slice(0, 2)).toEqual(['fail', 'backup.none-counts']);
    expect(reasons).toContain(code);
  });

  test('without their description, or with a day missing, fail', async () => {
    expect(judgeSet(await collect({ without: /zoe\.nl.*info/ }), daily)).toContain('backup.none');
    expect(judgeSet(await collect({ without: /zoe\.nl.*26111803/ }), daily)).toContain('backup.gap');
  });

  test('that are still being made do not count', async () => {
    const path = `${dumps}/domains/example.com/backup_user-data_2611150300_2611220300.tzst`;
    const set = await collect({ modifiedAt: { [path]: new Date('2026-11-22T11:58:00Z') } });
    expect(judgeSet(set, daily)).toContain('backup.left-out.unfinished');
  });

  test('of the future are a wrong clock', async () => {
    const set = await collect({ more: { [`${dumps}/domains/example.com/backup_info_2611240300.xml`]: '' } });
    expect(judgeSet(set, daily)[0]).toBe('unknown');
  });
});

describe('what Plesk cannot be asked', () => {
  test.each([
    ['subscriptions that fail', { list: { exitCode: 1 } }, 'command-failed'],
    ['subscriptions of another form', { list: { stdout: 'Name: zoe.nl\n' } }, 'unparsable'],
    ['a folder that is not told', { more: { '/etc/psa/psa.conf': '# nothing' } }, 'unparsable'],
    ['backups that lie elsewhere', { without: /dumps/ }, 'unsupported'],
  ])('is unknown: %s', async (_, server, code) => {
    const set = await collect(server);
    expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code } });
    expect(judgeSet(set, daily)[0]).toBe('unknown');
  });

  test('is unknown without Plesk', async () => {
    const set = await collectSet(new RecordedHost({}), { source: { plesk: {} } });
    expect(set.points).toEqual(unreadable('missing', '/etc/psa/psa.conf'));
  });
});
