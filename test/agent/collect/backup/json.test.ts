import { chmodSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { describe, expect, test } from 'vitest';
import { PointsDocument, pointsDocumentSchema } from '../../../../agent/collect/backup/json-form.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import type { BackupSet } from '../../../../policies/checks/backup/facts.ts';
import { unreadable } from '../../../../policies/reading.ts';
import { temporaryFolder } from '../../../support/tools.ts';
import { fingerprint } from './fingerprint.ts';
import { collectSet, judgeSet } from './support.ts';

const heading = { format: 'waarborg-backup-points', version: 1, writtenAt: '2026-11-22T04:00:00+01:00' };
const writtenAt = '2026-11-22T03:00:00Z';
const week = ['16', '17', '18', '19', '20', '21', '22'].map((day) => ({ time: `2026-11-${day}T02:00:00+01:00` }));

interface Listed {
  readonly document: unknown;
  readonly modifiedAt?: string;
  readonly declared?: Readonly<Record<string, unknown>>;
  readonly source?: Readonly<Record<string, unknown>>;
}

/** Reads a document from a real file, and shows that reading it left it as it was. */
async function readList({ document, modifiedAt = writtenAt, declared, source }: Listed): Promise<BackupSet> {
  using folder = temporaryFolder();
  const file = join(folder.path, 'points.json');
  writeFileSync(file, typeof document === 'string' ? document : JSON.stringify(document));
  utimesSync(file, new Date(modifiedAt), new Date(modifiedAt));
  const before = fingerprint(folder.path);
  const set = await collectSet(new LocalHost(), { ...declared, source: { json: { file, ...source } } });
  expect(fingerprint(folder.path)).toEqual(before);
  return set;
}

describe('a list of copies that a script wrote', () => {
  test('passes for its rhythm; place and encryption are what it says', async () => {
    const document = { ...heading, server: 'nas.example.nl', encrypted: true, points: week.toReversed() };
    const set = await readList({ document });
    expect(set.points).toMatchObject({ state: 'read', value: { length: 7, 0: { time: '2026-11-16T01:00:00.000Z' } } });
    expect(judgeSet(set, { every: '24h', keep: '7d' })).toEqual([
      'pass',
      'backup.fresh',
      'backup.regular',
      'backup.kept',
      'backup.list-fresh',
    ]);
    expect(judgeSet(set, { offsite: true, encrypted: true })[0]).toBe('pass');
    expect(JSON.stringify(await readList({ document }))).toBe(JSON.stringify(set));
  });

  test('that names no place and no encryption leaves both unknown', async () => {
    const set = await readList({ document: { ...heading, points: week } });
    expect(judgeSet(set, { offsite: true })).toEqual(['unknown', 'backup.list-fresh', 'backup.place-unseen']);
    expect(judgeSet(set, { encrypted: true })).toEqual(['unknown', 'backup.list-fresh', 'backup.encryption-unseen']);
  });

  test('that names this host itself, or a folder on its disk, lies on this host', async () => {
    const own = await readList({ document: { ...heading, server: 'web1', points: week } });
    expect(judgeSet(own, { offsite: true })[0]).toBe('fail');
    const folder = await readList({ document: { ...heading, folder: '/tmp', points: week } });
    expect(judgeSet(folder, { offsite: true })[0]).toBe('fail');
  });

  test('with a day missing fails', async () => {
    const document = { ...heading, points: week.filter(({ time }) => !time.startsWith('2026-11-19')) };
    expect(judgeSet(await readList({ document }), { every: '24h' }).slice(0, 3)).toEqual([
      'fail',
      'backup.fresh',
      'backup.gap',
    ]);
  });

  test('without a copy fails', async () => {
    expect(judgeSet(await readList({ document: { ...heading, points: [] } }), { every: '24h' })[1]).toBe('backup.none');
  });

  test('of points with a flaw, or without a required path, leaves those out', async () => {
    const points = [
      { time: '2026-11-21T01:00:00Z', paths: ['/etc'] },
      { time: '2026-11-22T01:00:00Z', paths: ['/etc', '/var'], flaw: 'failed' },
    ];
    const set = await readList({ document: { ...heading, points }, declared: { paths: ['/var/www'] } });
    expect(set.points).toMatchObject({ value: [{ paths: [] }, { paths: ['/var'] }] });
    expect(judgeSet(set, { every: '24h' })).toEqual([
      'fail',
      'backup.none-counts',
      'backup.left-out.path',
      'backup.left-out.failed',
      'backup.list-fresh',
    ]);
  });

  test('judges each account, and fails for the one without copies', async () => {
    const accounts = [
      { account: 'zoe', points: week },
      { account: 'adam', points: [] },
    ];
    const set = await readList({ document: { ...heading, accounts } });
    expect(set.points).toMatchObject({ state: 'per-account', value: [{ account: 'adam' }, { account: 'zoe' }] });
    expect(judgeSet(set, { every: '24h', perAccount: true })).toEqual([
      'fail',
      'backup.none',
      'backup.accounts',
      'backup.list-fresh',
    ]);
  });
});

describe('an old list', () => {
  const points = [{ time: '2026-11-21T01:00:00Z' }];
  const weekly = { every: '7d' };

  test.each([
    ['by its own word', { ...heading, writtenAt: '2026-11-21T09:59:00Z' }, writtenAt],
    ['by its file, though it says otherwise', heading, '2026-11-21T09:59:00Z'],
  ])('%s is unknown, though its copies are young enough', async (_, head, modifiedAt) => {
    const set = await readList({ document: { ...head, points }, modifiedAt });
    expect(judgeSet(set, weekly)).toEqual(['unknown', 'backup.fresh', 'backup.regular', 'backup.list-too-old']);
  });

  test('may be as old as the operator says', async () => {
    const document = { ...heading, writtenAt: '2026-11-18T03:00:00Z', points: [{ time: '2026-11-18T01:00:00Z' }] };
    const set = await readList({ document, source: { maximumAge: '7d' } });
    expect(judgeSet(set, weekly)[0]).toBe('pass');
  });

  test.each([
    ['a list', { ...heading, writtenAt: '2026-11-22T12:05:01Z', points }, writtenAt, 'backup.list-future'],
    ['a file', { ...heading, points }, '2026-11-23T00:00:00Z', 'backup.list-future'],
    ['a copy', { ...heading, points: [...points, { time: '2026-11-23T01:00:00Z' }] }, writtenAt, 'backup.future'],
  ])('or %s of the future is a wrong clock', async (_, document, modifiedAt, code) => {
    const reasons = judgeSet(await readList({ document, modifiedAt }), weekly);
    expect(reasons[0]).toBe('unknown');
    expect(reasons).toContain(code);
  });
});

describe('a list in another form', () => {
  test.each([
    ['a text', 'mysqldump: Access denied'],
    ['half a file', '{"format": "waarborg-backup-points", "vers'],
    ['another version', { ...heading, version: 2, points: week }],
    ['another format', { ...heading, format: 'points', points: week }],
    ['no moment of its own', { format: heading.format, version: 1, points: week }],
    ['a moment without an offset', { ...heading, points: [{ time: '2026-11-22T02:00:00' }] }],
    ['an unknown member', { ...heading, points: [{ time: '2026-11-22T02:00:00Z', flow: 'failed' }] }],
    ['an unknown flaw', { ...heading, points: [{ time: '2026-11-22T02:00:00Z', flaw: 'bad' }] }],
    ['points and accounts', { ...heading, points: week, accounts: [] }],
    ['one account twice', { ...heading, accounts: [1, 2].map(() => ({ account: 'adam', points: week })) }],
    ['two places', { ...heading, server: 'nas', folder: '/backup', points: week }],
  ])('%s is unknown', async (_, document) => {
    const set = await readList({ document });
    expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code: 'unparsable' } });
    expect(judgeSet(set, { every: '24h' })[0]).toBe('unknown');
  });

  test('a missing list is unknown, and so is one that anybody may write', async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'points.json');
    const declared = { source: { json: { file } } };
    expect((await collectSet(new LocalHost(), declared)).points).toEqual(unreadable('missing', file));
    writeFileSync(file, JSON.stringify({ ...heading, points: week }));
    chmodSync(file, 0o666);
    const set = await collectSet(new LocalHost(), declared);
    expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code: 'unsupported' } });
    expect(judgeSet(set, { every: '24h' })[0]).toBe('unknown');
  });
});

describe('the page about the format', () => {
  const page = readFileSync('docs/formats/backup-points.md', 'utf8');

  test('gives examples that are read', () => {
    const examples = [...page.matchAll(/```json\n(.*?)```/gs)].map(([, text = '']) => text);
    expect(examples.length).toBeGreaterThan(1);
    for (const example of examples) expect(PointsDocument.parse(JSON.parse(example))).toHaveProperty('writtenAt');
  });

  test('has the schema by its side, and tells of all its members', async () => {
    const path = 'docs/formats/backup-points.schema.json';
    const options = { ...(await resolveConfig(path)), filepath: path };
    expect(readFileSync(path, 'utf8')).toBe(await format(JSON.stringify(pointsDocumentSchema()), options));
    const members = [...JSON.stringify(pointsDocumentSchema()).matchAll(/"properties":\{(.*?)"required"/g)];
    const names = members.flatMap(([, text = '']) => [...text.matchAll(/"([a-zA-Z]+)":\{/g)].map(([, name]) => name));
    expect(names).toContain('verifiedAt');
    for (const name of new Set(names))
      if (name !== 'items' && name !== 'properties') expect(page).toContain(`\`${name ?? ''}\``);
  });
});
