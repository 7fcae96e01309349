import { describe, expect, it } from 'vitest';
import { maximumReasons, observe } from '../../policies/observe.ts';
import { read, unreadable } from '../../policies/reading.ts';
import { Control } from '../../policies/schema.ts';
import { selectControls } from '../../policies/select.ts';
import { compareVerdicts, verdicts, worstVerdict } from '../../policies/verdict.ts';

const at = new Date('2026-11-22T03:00:00Z');

function control(overrides: Partial<Control> = {}): Control {
  return Control.parse({
    id: 'EX-1',
    clause: '1',
    title: { nl: 'a', en: 'a' },
    promise: { nl: 'a', en: 'a' },
    remedy: { nl: 'a', en: 'a' },
    severity: 'info',
    maps: {},
    check: 'tls',
    with: {},
    ...overrides,
  });
}

const yes = { answer: 'yes' };
const no = { answer: 'no' };
function endpoint(port: number, old: typeof yes | typeof no): unknown {
  const versions = { SSLv2: no, SSLv3: no, 'TLSv1.0': old, 'TLSv1.1': no, 'TLSv1.2': yes, 'TLSv1.3': yes };
  return { endpoint: `127.0.0.1:${port}`, origin: 'settings', speaks: 'tls', versions };
}
const listening = read({ skipped: [], overLimit: 0 });

describe('verdicts', () => {
  it('count the worst, and call nothing at all unknown', () => {
    expect(worstVerdict(['pass', 'fail', 'unknown'])).toBe('fail');
    expect(worstVerdict(['pass', 'unknown', 'not-applicable'])).toBe('unknown');
    expect(worstVerdict(['not-applicable', 'pass'])).toBe('pass');
    expect(worstVerdict([])).toBe('unknown');
    expect([...verdicts].reverse().sort(compareVerdicts)).toEqual(verdicts);
  });
});

describe('an observation', () => {
  it('puts the worst reason first and takes its verdict', () => {
    const facts = read({ listening, endpoints: [endpoint(443, no), endpoint(8443, yes)] });
    const observation = observe('p', control(), facts, at);
    expect(observation.verdict).toBe('fail');
    expect(observation.reasons.map(({ code, subject }) => [code, subject])).toEqual([
      ['tls.accepts-old', '127.0.0.1:8443'],
      ['tls.good', '127.0.0.1:443'],
    ]);
  });

  it('is unknown where the facts could not be read, are not there, or belong to no kind', () => {
    expect(observe('p', control(), unreadable('timeout', 'check tls'), at)).toMatchObject({
      verdict: 'unknown',
      reasons: [{ code: 'host.timeout' }],
    });
    expect(observe('p', control(), undefined, at)).toMatchObject({
      verdict: 'unknown',
      reasons: [{ code: 'host.missing' }],
    });
    expect(observe('p', control({ check: 'telnet' }), read({}), at)).toMatchObject({
      verdict: 'unknown',
      reasons: [{ code: 'host.unsupported' }],
    });
  });

  it.each([
    ['null', null],
    ['facts of another form', read({ endpoints: 'all good' })],
    ['a reading that claims nothing', { state: 'read' }],
    ['a text', 'pass'],
  ])('is unknown for %s, and never throws', (_what, facts) => {
    expect(observe('p', control(), facts, at).verdict).toBe('unknown');
  });

  it('lists so many reasons and counts the rest, which are never the worst', () => {
    const endpoints = Array.from({ length: maximumReasons + 50 }, (_, index) =>
      endpoint(1000 + index, index === maximumReasons + 49 ? yes : no),
    );
    const { verdict, reasons } = observe('p', control(), read({ listening, endpoints }), at);
    expect(verdict).toBe('fail');
    expect(reasons).toHaveLength(maximumReasons + 1);
    expect(reasons[0]?.code).toBe('tls.accepts-old');
    expect(reasons.at(-1)).toMatchObject({ code: 'observation.more', values: { count: 50 } });
  });
});

describe('selection by labels', () => {
  const controls = [
    control({ id: 'all' }),
    control({ id: 'web', applies: { role: ['web', 'mail'] } }),
    control({ id: 'secret-web', applies: { role: ['web'], data: ['confidential'] } }),
  ];
  it.each([
    [{}, ['all']],
    [{ role: 'mail' }, ['all', 'web']],
    [{ role: 'web', data: 'public' }, ['all', 'web']],
    [{ role: 'web', data: 'confidential' }, ['all', 'web', 'secret-web']],
    [{ role: 'Web' }, ['all']],
  ])('%j selects %j', (labels, ids) => {
    expect(selectControls({ controls }, labels as Record<string, string>).map(({ id }) => id)).toEqual(ids);
  });
});
