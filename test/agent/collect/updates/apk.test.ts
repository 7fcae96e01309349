import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { updatesCollector } from '../../../../agent/collect/updates/index.ts';
import { RecordedHost, type Recording } from '../../../../agent/host/recorded.ts';
import { openLedger, RunLedger } from '../../../../agent/ledger.ts';
import { updates } from '../../../../policies/checks/updates.ts';
import { Facts, type RepositoryFacts } from '../../../../policies/checks/updates/facts.ts';
import { read } from '../../../../policies/reading.ts';
import { collecting } from '../../../support/collecting.ts';
import { temporaryFolder } from '../../../support/tools.ts';

const now = new Date('2026-11-22T12:00:00Z');
const hour = 3_600_000;

/** As apk 2.14 and 3.0 name the index of an address (apk-tools, database.c). */
function indexOf(address: string, hash = 'sha1', cache = '/var/cache/apk'): string {
  return `${cache}/APKINDEX.${createHash(hash).update(address).digest('hex').slice(0, 8)}.tar.gz`;
}

const mirror = 'https://user:geheim@dl.example.org/token123/alpine';
const main = `${mirror}/v3.22/main`;
const community = `${mirror}/v3.22/community`;
const command = 'apk --no-network version -l <';
const nothing = 'Installed:                                Available:\n';
const waits = `${nothing}openssl-3.5.1-r0                         < 3.5.4-r0\n`;

interface Values {
  readonly release?: string;
  readonly repositories?: string;
  readonly files?: Recording['files'];
  readonly indexAge?: number;
  readonly answer?: string;
  readonly hash?: string;
}

/** An Alpine 3.22 with apk-tools 2.14.9. */
function alpine({
  release = '3.22.1',
  repositories,
  files,
  indexAge = hour,
  answer = nothing,
  hash,
}: Values = {}): RecordedHost {
  const indexes = [indexOf(main, hash), indexOf(community, hash)];
  return new RecordedHost({
    files: {
      '/etc/os-release': `ID=alpine\nVERSION_ID=${release}\n`,
      '/etc/apk/repositories':
        repositories ?? `#${mirror}/edge/main\n${main}\n@edge ${mirror}/edge/testing\n${community}\n`,
      '/lib/apk/db/installed': 'C:Q1\nP:openssl\nV:3.5.1-r0\n\nC:Q1\nP:linux-lts\nV:6.12.40-r0\n\n',
      '/proc/sys/kernel/osrelease': '6.12.38-0-lts\n',
      '/proc/sys/kernel/version': '#1-Alpine SMP\n',
      [indexOf(`${mirror}/edge/testing`, hash)]: 'x',
      ...Object.fromEntries(indexes.map((path) => [path, 'x'])),
      ...files,
    },
    modifiedAt: Object.fromEntries(indexes.map((path) => [path, new Date(now.getTime() - indexAge)])),
    commands: { [command]: { stdout: answer } },
  });
}

async function collect(host: RecordedHost, ledger = new RunLedger(now), at = now): Promise<RepositoryFacts> {
  const facts = Facts.parse(await updatesCollector.collect(collecting(host, { at, ledger }), {}, [{}]));
  if (facts.manager !== 'apk') throw new Error(`expected apk, found ${facts.manager}`);
  return facts;
}

async function codes(host: RecordedHost): Promise<string[]> {
  const parameters = { rebootPending: 'ignore', outdatedPrograms: 'ignore' };
  return updates.judge(read(await collect(host)), parameters, now).map(({ code }) => code);
}

test('a host that is up to date passes; lines in a comment are none', async () => {
  expect(await codes(alpine())).toEqual(['updates.supported', 'updates.repository-fresh', 'updates.none-waiting']);
  const { repositories } = await collect(alpine());
  const ids = repositories.state === 'read' ? repositories.value.map(({ id }) => id) : [];
  expect(ids).toEqual(['edge/testing', 'v3.22/community', 'v3.22/main']);
});

test('the indexes of apk 3 are found by their own hash', async () => {
  expect(await codes(alpine({ hash: 'sha256' }))).toContain('updates.repository-fresh');
});

test('what waits may be about security: without a word of that it is unknown', async () => {
  expect(await codes(alpine({ answer: waits }))).toEqual([
    'updates.supported',
    'updates.repository-fresh',
    'updates.unlabelled-waiting',
  ]);
});

test('what certainly waits for a short time only passes', async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'ledger.json');
  const before = new RunLedger(new Date(now.getTime() - hour));
  await collect(alpine(), before);
  before.save(path);
  const facts = await collect(alpine({ answer: waits }), openLedger(path, now));
  const judged = updates.judge(read(facts), { rebootPending: 'ignore', outdatedPrograms: 'ignore' }, now);
  expect(judged.at(-1)).toMatchObject({ code: 'updates.unlabelled-briefly', verdict: 'pass', subject: 'openssl' });
});

test('a branch past its end has nothing newer, which is not green', async () => {
  const old = 'https://dl.example.org/alpine/v3.18/main';
  const host = alpine({ release: '3.18.9', repositories: `${old}\n`, files: { [indexOf(old)]: 'x' } });
  expect((await codes(host))[0]).toBe('updates.support-ended');
});

test("a pinned branch of another release is not this one's", async () => {
  const old = 'https://dl.example.org/alpine/v3.18/main';
  expect(await codes(alpine({ repositories: `${old}\n`, files: { [indexOf(old)]: 'x' } }))).toEqual([
    'updates.supported',
    'updates.repository-off',
    'updates.lists-no-ground',
  ]);
});

test.each([
  ['old', { indexAge: 8 * 24 * hour }, 'updates.repository-old'],
  ['of tomorrow', { indexAge: -24 * hour }, 'updates.repository-future'],
  ['empty', { files: { [indexOf(main)]: '' } }, 'host.unparsable'],
])('an index that is %s is no ground', async (_, values, code) => {
  expect(await codes(alpine(values))).toEqual(['updates.supported', code, 'updates.lists-no-ground']);
});

test('an index that was never fetched looks up to date to apk, and is unknown', async () => {
  const host = alpine({ repositories: 'https://elsewhere.example.org/alpine/v3.22/main\n' });
  expect(await codes(host)).toEqual(['updates.supported', 'host.missing', 'updates.lists-no-ground']);
});

test('an answer of another form is unknown', async () => {
  expect(await codes(alpine({ answer: 'WARNING: no\n' }))).toContain('host.unparsable');
});

test('a kernel that apk replaced while it ran asks for a reboot', async () => {
  const reasons = updates.judge(read(await collect(alpine())), { outdatedPrograms: 'ignore' }, now);
  expect(reasons).toContainEqual({
    code: 'updates.kernel-outdated',
    verdict: 'fail',
    values: { running: '6.12.38-0-lts', newest: '6.12.40-0-lts', version: '6.12.40-r0' },
  });
});

test('passwords and paths of addresses stay out of facts and obstacles', async () => {
  const denied = alpine({
    files: { [indexOf(main)]: { state: 'unreadable', obstacle: { code: 'denied', what: main } } },
  });
  for (const host of [alpine(), denied])
    expect(JSON.stringify(await collect(host))).not.toMatch(/geheim|token123|user:/);
});
