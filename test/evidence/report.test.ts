import { describe, expect, test } from 'vitest';
import { commitmentOf, countVerdicts, digestOf, type Statement } from '../../evidence/report.ts';
import { decodeStatement } from '../../evidence/statement.ts';
import { FixtureLog, strictPolicy } from '../support/evidence.ts';
import { quickPolicy } from '../support/road.ts';

const log = new FixtureLog();
const agent = log.enrol('web1');
const first = await log.report(agent);
const second = await log.report(agent, { policies: [quickPolicy, strictPolicy], seen: log.head() });

function decode(statement: object): Statement | undefined {
  return decodeStatement(Buffer.from(JSON.stringify(statement)));
}

describe('a statement', () => {
  test('as an agent signs it is read as it was written', () => {
    expect(decode(first)).toEqual(first);
    expect(decode(second)).toEqual(second);
  });

  test('follows the one before it by the digest of its bytes', () => {
    expect(first).toMatchObject({ seq: 1, prev: null, seen: null });
    expect(second).toMatchObject({ seq: 2, prev: digestOf(Buffer.from(JSON.stringify(first))), seen: { size: 2 } });
  });

  test('holds no name but those of its agent, its policies and its parts', () => {
    const text = JSON.stringify(second);
    expect(text).not.toContain('root":"root');
    expect(text).not.toContain('@root');
  });

  test.each([
    ['a member twice in its list of parts', { body: [...first.body, ...first.body] }],
    ['a policy twice', { policies: [...first.policies, ...first.policies] }],
    ['a part that is no name', { body: [{ name: '../host', commitment: '0'.repeat(64) }] }],
    ['a number below 1', { seq: 0 }],
    ['a number beyond 2^53 - 1', { seq: 2 ** 53 }],
    ['a moment that is none', { issuedAt: 'today' }],
    ['counts below 0', { counts: { ...first.counts, pass: -1 } }],
    ['another version', { v: 2 }],
    ['a member more', { comment: '' }],
  ])('with %s is none', (_, change) => {
    expect(decode({ ...first, ...change })).toBeUndefined();
  });

  test('in another spelling is none', () => {
    expect(decodeStatement(Buffer.from(JSON.stringify(first, undefined, 1)))).toBeUndefined();
    const { v, ...rest } = first;
    expect(decode({ ...rest, v })).toBeUndefined();
  });
});

test('a commitment is SHA-256 over salt and part', () => {
  const part = { salt: Buffer.alloc(32, 1), bytes: Buffer.from('{}') };
  expect(commitmentOf(part)).toBe(digestOf(Buffer.concat([part.salt, part.bytes])));
  expect(commitmentOf({ ...part, salt: Buffer.alloc(32, 2) })).not.toBe(commitmentOf(part));
});

test('verdicts are counted by their kind', () => {
  expect(countVerdicts([{ verdict: 'pass' }, { verdict: 'fail' }, { verdict: 'pass' }])).toEqual({
    pass: 2,
    fail: 1,
    unknown: 0,
    'not-applicable': 0,
  });
});
