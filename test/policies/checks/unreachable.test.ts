import { describe, expect, it } from 'vitest';
import { unreachable } from '../../../policies/checks/unreachable.ts';
import type { Attempt, Control, Target, UnreachableFacts } from '../../../policies/checks/unreachable/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import { worstVerdict, type Verdict } from '../../../policies/verdict.ts';

const at = new Date('2026-11-22T12:00:00Z');

const tried = (outcome: Attempt['outcome'], address = '203.0.113.5', more: Partial<Attempt> = {}): Reading<Attempt[]> =>
  read([{ address, outcome, ...more }]);

function target(attempts: Reading<Attempt[]>, values: Partial<Target> = {}): Target {
  return { purpose: 'management', target: 'vpn.example.nl:22', attempts, ...values };
}

function control(before = tried('connected', '198.51.100.1'), after = before): Control {
  return { target: '198.51.100.1:443', before, after };
}

function judge(facts: UnreachableFacts, parameters: unknown = {}): { verdict: Verdict; codes: string[] } {
  const reasons = unreachable.judge(read(facts), parameters, at);
  return { verdict: worstVerdict(reasons.map(({ verdict }) => verdict)), codes: reasons.map(({ code }) => code) };
}

describe('a port', () => {
  it.each(['refused', 'silent', 'unreachable'] as const)(
    'is not reached when it is %s, and a control answered',
    (outcome) => {
      expect(judge({ targets: [target(tried(outcome))], controls: [control()] })).toEqual({
        verdict: 'pass',
        codes: ['unreachable.closed'],
      });
    },
  );

  it('fails when it takes connections, network or not', () => {
    expect(judge({ targets: [target(tried('connected'))], controls: [] }).verdict).toBe('fail');
  });

  it('fails when one of its addresses does', () => {
    const attempts = read<Attempt[]>([
      { address: '203.0.113.5', outcome: 'silent' },
      { address: '2001:db8::5', outcome: 'connected' },
    ]);
    expect(judge({ targets: [target(attempts)], controls: [control()] }).verdict).toBe('fail');
  });

  const silent = target(tried('silent'));
  it.each<[string, UnreachableFacts]>([
    ['nothing is to be tried', { targets: [], controls: [control()] }],
    ['there is no control', { targets: [silent], controls: [] }],
    ['no control answers', { targets: [silent], controls: [control(tried('silent', '198.51.100.1'))] }],
    [
      'a control answers before, and not after',
      { targets: [silent], controls: [control(tried('connected', '198.51.100.1'), tried('silent', '198.51.100.1'))] },
    ],
    [
      'two controls answer once each',
      {
        targets: [silent],
        controls: [
          control(tried('connected', '198.51.100.1'), tried('silent', '198.51.100.1')),
          control(tried('silent', '198.51.100.2'), tried('connected', '198.51.100.2')),
        ],
      },
    ],
    ['a control has no address', { targets: [silent], controls: [control(unreadable('unreachable', 'getent'))] }],
    [
      'a control answers on the other family only',
      { targets: [silent], controls: [control(tried('connected', '2001:db8::1'))] },
    ],
    [
      'a control answers on the network here only',
      { targets: [silent], controls: [control(tried('connected', '10.0.0.1'))] },
    ],
    ['a private address is silent', { targets: [target(tried('silent', '10.8.0.1'))], controls: [control()] }],
    [
      'the name has no address',
      { targets: [target(unreadable('unreachable', 'getent ahosts x'))], controls: [control()] },
    ],
    [
      'there is no route from here',
      { targets: [target(tried('failed', '203.0.113.5', { detail: 'ENETUNREACH' }))], controls: [control()] },
    ],
    ['the name leads to this host', { targets: [target(tried('refused', '127.0.0.1'))], controls: [control()] }],
  ])('is unknown: %s', (_, facts) => {
    expect(judge(facts).verdict).toBe('unknown');
  });

  it('is judged by the purpose that is asked for', () => {
    const targets = [target(tried('connected'), { purpose: 'backup' }), target(tried('silent'))];
    expect(judge({ targets, controls: [control()] }, { purpose: 'management' }).verdict).toBe('pass');
    expect(judge({ targets, controls: [control()] }, { purpose: 'backup' }).verdict).toBe('fail');
    expect(judge({ targets, controls: [control()] }, { purpose: 'other' }).codes).toEqual(['unreachable.none-set']);
  });
});

describe('a URL', () => {
  const page = (status: number | null): UnreachableFacts => ({
    targets: [target(tried('connected', '203.0.113.5', { status }))],
    controls: [control()],
  });

  it.each<[number | null, number[], Verdict]>([
    [403, [], 'fail'],
    [403, [401, 403, 404], 'pass'],
    [200, [401, 403, 404], 'fail'],
    [302, [401, 403, 404], 'fail'],
    [null, [401, 403, 404], 'unknown'],
    [null, [], 'fail'],
  ])('that answers %s where %j count is judged %s', (status, refusals, verdict) => {
    expect(judge(page(status), { refusals }).verdict).toBe(verdict);
  });
});
