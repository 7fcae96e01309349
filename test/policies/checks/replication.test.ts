import { describe, expect, test } from 'vitest';
import { replication } from '../../../policies/checks/replication.ts';
import type { Copy, Expected, Link, ReplicationFacts, State } from '../../../policies/checks/replication/facts.ts';
import { read, unreadable } from '../../../policies/reading.ts';

const at = new Date('2026-11-22T09:00:00Z');
const quiet: State = {
  follows: null,
  links: [],
  connected: 0,
  copies: [],
  slots: [],
  acknowledging: null,
  cluster: null,
};
const link = (values: Partial<Link> = {}): Link => ({
  link: '',
  receiving: 'running',
  applying: 'running',
  error: null,
  behind: read({ measured: 'position', within: 10 }),
  noticesAfter: 60,
  ...values,
});
const copy = (values: Partial<Copy> = {}): Copy => ({
  replica: 'web2',
  state: 'following',
  behind: read({ measured: 'position', within: 10 }),
  stuckSince: null,
  ...values,
});
const member = { status: 'Primary', state: 'Synced', isReady: true, size: 3, paused: 1 };
const primary: Expected = { role: 'primary', replicas: 1 };

function judgeFacts(facts: Partial<ReplicationFacts>, parameters: object = {}): string[] {
  const reading = read({ sets: [], undeclared: [], ...facts });
  return replication.judge(reading, parameters, at).map(({ code }) => code.replace('replication.', ''));
}
function judge(expected: Expected, state: Partial<State>, parameters: object = {}): string[] {
  const set = { set: 'shop', kind: 'mariadb', expected, state: read({ ...quiet, ...state }) };
  return judgeFacts({ sets: [set] }, parameters);
}

describe('replication', () => {
  test('is unknown where nobody said what is copied, and fails where that is nothing', () => {
    expect(judgeFacts({ sets: null })).toEqual(['not-set']);
    expect(judgeFacts({ sets: [] })).toEqual(['none']);
  });

  test('is unknown for a database that nobody named', () => {
    expect(judgeFacts({ undeclared: ['mariadb'] })).toContain('undeclared');
  });

  test('does not apply to a server of which its owner says why it needs no copy', () => {
    expect(judge({ role: 'none', because: 'a cache' }, {})).toEqual(['not-wanted']);
  });

  test('is unknown where a server does not answer', () => {
    const set = { set: 'shop', kind: 'redis', expected: primary, state: unreadable('unreachable', 'Redis (shop)') };
    expect(judgeFacts({ sets: [set] })).toEqual(['host.unreachable']);
  });

  test.each<[string, Partial<Link>, string]>([
    ['that follows closely', {}, 'follows'],
    ['that tries to connect', { receiving: 'connecting' }, 'connecting'],
    ['that receives nothing', { receiving: 'stopped' }, 'not-receiving'],
    ['that applies nothing', { applying: 'stopped' }, 'not-applying'],
    ['that is paused', { applying: 'paused' }, 'paused'],
    ['that is late', { behind: read({ measured: 'heartbeat', within: 300 }) }, 'lagging'],
    ['that is more than a day late', { behind: read({ measured: 'heartbeat', within: null }) }, 'lagging'],
    ['whose lag nobody tells', { behind: unreadable('missing', 'the lag') }, 'host.missing'],
    [
      'that would not notice a dead connection in time',
      { behind: read({ measured: 'received', within: 10 }), noticesAfter: 3600 },
      'unnoticed',
    ],
    [
      'that would never notice a dead connection',
      { behind: read({ measured: 'received', within: 10 }), noticesAfter: null },
      'unnoticed',
    ],
    [
      'that would notice it in time',
      { behind: read({ measured: 'received', within: 10 }), noticesAfter: 60 },
      'follows',
    ],
  ])('judges a stream %s', (_what, values, code) => {
    expect(judge({ role: 'replica' }, { links: [link(values)] })).toEqual([code]);
  });

  test('goes by the parameters’ own limit, which is one of the steps', () => {
    const links = [link({ behind: read({ measured: 'heartbeat', within: 300 }) })];
    expect(judge({ role: 'replica' }, { links }, { maximumLag: '5m' })).toEqual(['follows']);
    expect(judge({ role: 'replica' }, { links: [link()] }, { maximumLag: '10s' })).toEqual(['follows']);
    expect(() => judge({ role: 'replica' }, { links }, { maximumLag: '45s' })).toThrow(/expected 10s, 30s/);
  });

  test.each<[string, Partial<Copy>, string]>([
    ['that follows', {}, 'copied'],
    ['that is still catching up', { state: 'catchup' }, 'not-following'],
    ['that is late', { behind: read({ measured: 'heartbeat', within: 300 }) }, 'lagging'],
    ['of which nothing is known', { behind: unreadable('timeout', 'web2') }, 'host.timeout'],
    ['that stands still for a while', { stuckSince: '2026-11-22T08:50:00.000Z' }, 'stuck'],
    ['that stands still only now', { stuckSince: '2026-11-22T09:00:00.000Z' }, 'halting'],
    ['that stands still tomorrow', { stuckSince: '2026-11-23T09:00:00.000Z' }, 'stuck-future'],
  ])('judges a copy %s', (_what, values, code) => {
    expect(judge(primary, { connected: 1, copies: [copy(values)] })).toEqual(['connected', code]);
  });

  test('fails a primary that only follows, has too few copies, or keeps records for none', () => {
    expect(judge(primary, { follows: true, connected: 1 })).toEqual(['not-primary']);
    expect(judge(primary, {})).toEqual(['too-few']);
    const slots = [
      { slot: 'a', isActive: true, isLost: false },
      { slot: 'b', isActive: false, isLost: false },
      { slot: 'c', isActive: false, isLost: true },
    ];
    expect(judge(primary, { connected: 1, slots })).toEqual(['connected', 'slot-lost', 'slot-idle']);
  });

  test('fails a primary that is to wait for a copy and has none that answers, whatever the policy asks', () => {
    const required = { acknowledgement: 'required' };
    expect(judge(primary, { connected: 1, acknowledging: 0 })).toEqual(['connected', 'no-acknowledgement']);
    expect(judge(primary, { connected: 1, acknowledging: 1 }, required)).toEqual(['connected', 'acknowledged']);
    expect(judge(primary, { connected: 1 }, required)).toEqual(['connected', 'asynchronous']);
  });

  test.each<[string, object | null, string]>([
    ['that is whole', {}, 'member'],
    ['that there is none of', null, 'no-cluster'],
    ['without the majority', { status: 'non-Primary' }, 'not-primary-part'],
    ['to which it gives its data away', { state: 'Donor/Desynced' }, 'not-synced'],
    ['to which it is not connected', { isReady: false }, 'not-synced'],
    ['that is too small', { size: 2 }, 'small-cluster'],
    ['that is held up a quarter of the time', { paused: 25 }, 'held-up'],
    ['that is held up beyond measure', { paused: null }, 'held-up'],
  ])('judges a cluster %s', (_what, values, code) => {
    const cluster = values === null ? null : { ...member, ...values };
    expect(judge({ role: 'member', size: 3 }, { cluster })).toEqual([code]);
  });
});
