import { expect, test } from 'vitest';
import { readChangedParts } from '../../../collector/ingest/changed-parts.ts';
import { nextContent } from '../../../collector/state/host-state.ts';
import type { Statement } from '../../../evidence/report.ts';

const statement: Statement = {
  v: 1,
  agent: 'web1.example.nl',
  epoch: 1,
  seq: 1,
  prev: null,
  issuedAt: '2026-03-01T12:00:00Z',
  policies: [],
  body: ['host', 'observations', 'facts/tls'].map((name, index) => ({ name, commitment: String(index).repeat(64) })),
  counts: { pass: 0, fail: 0, unknown: 0, 'not-applicable': 0 },
  seen: null,
};

const texts: Readonly<Record<string, string>> = {
  host: '{"v":1,"hostname":"web1","os":"Debian","agentVersion":"0","labels":{}}',
  observations: '{"v":1,"observations":[{"policy":"quick","control":"Q","verdict":"pass","reasons":[]}]}',
  'facts/tls': '{ "state": "of whatever form" }',
};

function readFrom(parts: Readonly<Record<string, string>>, before?: Parameters<typeof readChangedParts>[1]) {
  const asked: string[] = [];
  const read = readChangedParts(statement, before, (name) => {
    asked.push(name);
    return Promise.resolve(Buffer.from(parts[name] ?? ''));
  });
  return { asked, read };
}

test('each part is read once and in its form', async () => {
  const { asked, read } = readFrom(texts);
  const { host, observations, facts } = await read;
  expect(asked).toEqual(['host', 'observations', 'facts/tls']);
  expect(host?.hostname).toBe('web1');
  expect(observations?.observations).toHaveLength(1);
  expect(facts).toEqual(new Map([['facts/tls', { state: 'of whatever form' }]]));
});

test('what the state was made from is not read again', async () => {
  const content = nextContent(undefined, statement, await readFrom(texts).read);
  const { asked, read } = readFrom(texts, content);
  expect(await read).toEqual({ host: undefined, observations: undefined, facts: new Map() });
  expect(asked).toEqual([]);
});

test.each([
  ['host', 'report.body', '{"v":2}'],
  ['host', 'report.body', JSON.stringify(JSON.parse(texts.host ?? ''), undefined, 1)],
  ['host', 'report.json', '{"v":1'],
  ['observations', 'report.body', texts.observations?.replace('pass', 'perhaps') ?? ''],
  ['observations', 'report.body', '{"v":1,"observations":[],"v":1}'],
  ['observations', 'report.json', ''],
  ['facts/tls', 'report.json', '['],
])('the part %s is refused as %s where it is %s', async (name, code, text) => {
  await expect(readFrom({ ...texts, [name]: text }).read).rejects.toMatchObject({ code });
});
