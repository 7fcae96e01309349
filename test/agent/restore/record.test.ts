import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { backupCollector } from '../../../agent/collect/backup/index.ts';
import { Settings } from '../../../agent/collect/backup/settings.ts';
import { LocalHost } from '../../../agent/host/local.ts';
import { backupContext } from '../../../agent/restore/context.ts';
import { addRestoreTest, RecordError, restoreFolder, restoreTestsOf } from '../../../agent/restore/record.ts';
import { Facts, maximumRestoreTests, type RestoreTest } from '../../../policies/checks/backup/facts.ts';
import { parsePolicy } from '../../../policies/load.ts';
import { collectorOn, enrolAgentAt, quickPolicyText } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { judgeSet } from '../collect/backup/support.ts';
import { Trial } from './support.ts';

const source = { repository: '/srv/restic' };
const made: RestoreTest = { at: '2026-11-20T12:00:00.000Z', how: 'restored', result: 'same', files: 3, bytes: 30 };
const month = { restoreTested: '30d' };

function recordFile(data: string): string {
  return join(restoreFolder(data), 'record.json');
}

describe('the record of restore tests', () => {
  test('keeps tests by set and source, sorted, and of each the newest', () => {
    using folder = temporaryFolder();
    const later = { ...made, at: '2026-11-21T12:00:00.000Z' };
    addRestoreTest(folder.path, 'www', source, later);
    addRestoreTest(folder.path, 'www', source, made);
    addRestoreTest(folder.path, 'mail', source, made);
    expect(restoreTestsOf(folder.path, 'www', source)).toEqual({ state: 'read', value: [made, later] });
    expect(restoreTestsOf(folder.path, 'mail', source)).toEqual({ state: 'read', value: [made] });
    const another = { repository: '/srv/another' };
    expect(restoreTestsOf(folder.path, 'www', another)).toEqual({ state: 'read', value: [] });
    for (let n = 0; n < maximumRestoreTests; n++) addRestoreTest(folder.path, 'www', source, later);
    const kept = restoreTestsOf(folder.path, 'www', source);
    expect(kept.state === 'read' && kept.value).toEqual(Array.from({ length: maximumRestoreTests }, () => later));
  });

  const lies: Record<string, (data: string) => void> = {
    'a result that was edited': (data) => {
      writeFileSync(recordFile(data), readFileSync(recordFile(data), 'utf8').replace('"failed"', '"same"'));
    },
    'half a file': (data) => writeFileSync(recordFile(data), readFileSync(recordFile(data)).subarray(0, 50)),
    'a code of nothing': (data) => {
      const text = readFileSync(recordFile(data), 'utf8').replace(/"mac":"[0-9a-f]+"/, '"mac":""');
      writeFileSync(recordFile(data), text);
    },
    'a record of another host': (data) => {
      using other = temporaryFolder();
      addRestoreTest(other.path, 'www', source, made);
      writeFileSync(recordFile(data), readFileSync(recordFile(other.path)));
    },
    'a key that is gone': (data) => rmSync(join(restoreFolder(data), 'record.key')),
  };
  test.each(Object.entries(lies))('is unknown, and takes nothing more, with %s', async (_, lie) => {
    using folder = temporaryFolder();
    addRestoreTest(folder.path, 'www', source, { ...made, result: 'failed' });
    lie(folder.path);
    const found = restoreTestsOf(folder.path, 'www', source);
    expect(found).toMatchObject({
      state: 'unreadable',
      obstacle: { code: 'unparsable', what: recordFile(folder.path) },
    });
    expect(() => addRestoreTest(folder.path, 'www', source, made)).toThrow(RecordError);
    const set = await collectWith(folder.path, source);
    expect(judgeSet(set, month)).toContain('unknown');
    expect(judgeSet(set, month).at(-1)).toBe('host.unparsable');
  });

  test('a date in the future is no test', async () => {
    using folder = temporaryFolder();
    addRestoreTest(folder.path, 'www', source, { ...made, at: '2027-01-01T00:00:00.000Z' });
    expect(judgeSet(await collectWith(folder.path, source), month)).toEqual([
      'unknown',
      expect.any(String),
      'backup.restore-future',
    ]);
  });
});

test("the agent's next report carries the record, and the control that asks for it is judged by it", async () => {
  using folder = temporaryFolder();
  const data = join(folder.path, 'agent');
  const now = () => new Date('2026-11-22T12:00:00Z');
  await using collector = await collectorOn(join(folder.path, 'collector'), { now });
  const declared = { set: 'www', source: { archives: { folder: folder.path, pattern: 'db-{date}.sql' } } };
  const asked = quickPolicyText
    .replace('check: password-age', 'check: backup')
    .replace('{ maximumAge: 183d, afterDeparture: false }', '{ restoreTested: 30d }');
  const choices = {
    policies: [parsePolicy(asked, 'restored.yaml')],
    host: new LocalHost(),
    hostSettings: { backups: [declared] },
    now,
  };
  using agent = await enrolAgentAt(collector, data, 'web1.example.nl', choices);
  const codes = async (): Promise<(string | undefined)[]> => {
    const { observations } = await agent.runOnce();
    return observations.flatMap(({ reasons }) => reasons.map(({ code }) => code));
  };
  expect(await codes()).toContain('backup.never-restored');
  const [set] = Settings.parse({ backups: [declared] }).backups;
  addRestoreTest(data, 'www', set?.source, made);
  expect(await codes()).toContain('backup.restored');
  addRestoreTest(data, 'www', set?.source, { ...made, at: '2026-11-21T12:00:00.000Z', result: 'failed' });
  expect(await codes()).toContain('backup.restore-failed');
});

/** The facts of a set whose copies cannot be read here: its tests stand beside. */
async function collectWith(data: string, restic: object) {
  const context = {
    ...backupContext(new LocalHost(), new Date('2026-11-22T12:00:00Z'), new AbortController().signal),
    restoreTests: (set: string) => restoreTestsOf(data, set, restic),
  };
  const archives = { folder: join(data, 'no-such-folder'), pattern: 'db-{date}.sql' };
  const collected = await backupCollector.collect(context, { backups: [{ set: 'www', source: { archives } }] }, []);
  const [set] = Facts.parse(collected).sets;
  if (set === undefined) throw new Error('no set came out');
  return set;
}

describe('waarborg restore-test --attest', () => {
  const archives = { source: { archives: { folder: '/nonexistent', pattern: 'db-{date}.sql' } } };

  test('records what was tested elsewhere, and who vouches for it', async () => {
    using folder = temporaryFolder();
    const trial = new Trial(folder.path, archives);
    const { code, stdout } = await trial.run('--attest', '--on', '2026-11-20', '--by', 'CHG-2041');
    expect([code, stdout]).toEqual([0, 'recorded: a restore test of www on 2026-11-20, attested\n']);
    const at = '2026-11-20T00:00:00.000Z';
    const attested = { at, how: 'attested', result: 'same', files: 0, bytes: 0, reference: 'CHG-2041' };
    expect(trial.record()).toEqual([attested]);
  });

  const refused: Record<string, [words: string[], what: string]> = {
    'a day to come': [['--attest', '--on', '2099-01-01', '--by', 'CHG-1'], 'a day that has begun'],
    'a day that is none': [['--attest', '--on', '2026-02-30', '--by', 'CHG-1'], 'a day that has begun'],
    'nobody who vouches': [['--attest', '--on', '2026-11-20'], '--by REFERENCE'],
    'a name with blanks': [['--attest', '--on', '2026-11-20', '--by', 'Jan Jansen'], 'a role or ticket'],
    'a date without --attest': [['--on', '2026-11-20'], 'only with --attest'],
    'no files': [['--files', '0'], 'a number from 1 to 1000'],
    'a point that is none': [['--point', 'latest'], 'newest, oldest, or a moment'],
  };
  test.each(Object.entries(refused))('refuses %s, and records nothing', async (_, [words, what]) => {
    using folder = temporaryFolder();
    const trial = new Trial(folder.path, archives);
    const { code, stdout, stderr } = await trial.run(...words);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain(what);
    expect(existsSync(recordFile(trial.data))).toBe(false);
  });
});
