import { describe, expect, test } from 'vitest';
import { attestation, type AskedPlace, type Attestation, type Denial } from '../../../policies/checks/attestation.ts';
import { read } from '../../../policies/reading.ts';
import { worstVerdict } from '../../../policies/verdict.ts';

const at = new Date('2026-11-22T12:00:00Z');

function attested(changed: Partial<Attestation> = {}): Attestation {
  return {
    id: 'attestation-1',
    by: 'person-a',
    places: [],
    effective: '2026-10-01T00:00:00.000Z',
    recorded: '2026-10-20T09:00:00.000Z',
    until: null,
    files: 1,
    approvals: [],
    revoked: null,
    ...changed,
  };
}

function judge(
  attestations: readonly Attestation[],
  parameters: object = {},
  when = at,
  asked: readonly AskedPlace[] | null = null,
): string[] {
  const reasons = attestation.judge(read({ attestations, denials: [], asked }), { valid: '92d', ...parameters }, when);
  return [worstVerdict(reasons.map(({ verdict }) => verdict)), ...reasons.map(({ code }) => code.split('.')[1] ?? '')];
}

const approval = { by: 'person-b', at: '2026-10-21T09:00:00.000Z' };

describe('an attestation', () => {
  test.each([
    ['that is young enough stands', [attested()], {}, ['pass', 'stands']],
    [
      'stands up to its last moment',
      [attested({ effective: '2026-08-22T12:00:00.001Z' })],
      {},
      ['pass', 'stands', 'ends-soon'],
    ],
    ['has ended at that moment', [attested({ effective: '2026-08-22T12:00:00.000Z' })], {}, ['fail', 'expired']],
    [
      'counts from when it is true, not from when it was written down',
      [attested({ effective: '2026-06-01T00:00:00Z' })],
      {},
      ['fail', 'expired'],
    ],
    ['ends earlier by its own word', [attested({ until: '2026-11-22T12:00:00.000Z' })], {}, ['fail', 'expired']],
    [
      'never lasts longer by its own word',
      [attested({ effective: '2026-01-01T00:00:00Z', until: '2030-01-01T00:00:00Z' })],
      {},
      ['fail', 'expired'],
    ],
    [
      'of a time to come does not count yet',
      [attested({ effective: '2026-11-23T00:00:00Z' })],
      {},
      ['unknown', 'not-yet'],
    ],
    ['that was revoked fails', [attested({ revoked: '2026-11-01T00:00:00Z' })], {}, ['fail', 'revoked']],
    [
      'without the file that is asked fails',
      [attested({ files: 0 })],
      { evidence: 'required' },
      ['fail', 'no-evidence'],
    ],
    ['with it stands', [attested()], { evidence: 'required' }, ['pass', 'stands']],
    ['that nobody approved of waits', [attested()], { approvals: 1 }, ['unknown', 'awaits-approval']],
    ['that another approved of stands', [attested({ approvals: [approval] })], { approvals: 1 }, ['pass', 'stands']],
    [
      'is not approved by whoever made it',
      [attested({ approvals: [{ ...approval, by: 'person-a' }] })],
      { approvals: 1 },
      ['unknown', 'awaits-approval'],
    ],
    [
      'is not approved twice by one',
      [attested({ approvals: [approval, approval] })],
      { approvals: 2 },
      ['unknown', 'awaits-approval'],
    ],
    [
      'that was approved by two stands',
      [attested({ approvals: [approval, { ...approval, by: 'person-c' }] })],
      { approvals: 2 },
      ['pass', 'stands'],
    ],
    [
      'that ended is made good by a newer one',
      [attested({ effective: '2026-01-01T00:00:00Z' }), attested({ id: 'attestation-2' })],
      {},
      ['pass', 'stands'],
    ],
    [
      'that ended is not made good by one that waits',
      [attested({ effective: '2026-01-01T00:00:00Z', approvals: [approval] }), attested({ id: 'attestation-2' })],
      { approvals: 1 },
      ['fail', 'expired', 'awaits-approval'],
    ],
    [
      'that was revoked does not spoil another',
      [attested({ revoked: '2026-11-01T00:00:00Z' }), attested({ id: 'attestation-2' })],
      {},
      ['pass', 'stands'],
    ],
    ['must have been made', [], {}, ['unknown', 'none']],
  ] as const)('%s', (_, attestations, parameters, expected) => {
    expect(judge(attestations, parameters)).toEqual(expected);
  });

  test('is told to end as early as is asked', () => {
    const one = attested({ effective: '2026-09-01T12:00:00.000Z' });
    expect(judge([one], { remind: '9d' })).toEqual(['pass', 'stands']);
    expect(judge([one], { remind: '10d' })).toEqual(['pass', 'stands', 'ends-soon']);
  });
});

describe('where each needs its own', () => {
  const always = { from: '2026-01-01T00:00:00.000Z', until: null };
  const places: AskedPlace[] = [
    { place: 'db1', spans: [always] },
    { place: 'web1', spans: [always] },
  ];

  test('every place must have one, and the others are named', () => {
    const both = [attested({ places: ['db1', 'web1'] })];
    expect(judge(both, { per: 'host' }, at, places)).toEqual(['pass', 'stands', 'stands']);
    const reasons = attestation.judge(
      read({ attestations: [attested({ places: ['db1'] })], denials: [], asked: places }),
      { valid: '92d', per: 'host' },
      at,
    );
    expect(reasons.map(({ code, subject }) => [code, subject])).toEqual([
      ['attestation.stands', 'db1'],
      ['attestation.none', 'web1'],
    ]);
  });

  test('one that speaks for the organisation, or for others, is none', () => {
    expect(judge([attested()], { per: 'host' }, at, places)).toEqual(['unknown', 'none', 'none']);
    expect(judge([attested({ places: ['other'] })], { per: 'host' }, at, places)).toEqual(['unknown', 'none', 'none']);
    expect(judge([attested({ places: ['web1'] })])).toEqual(['unknown', 'none']);
  });

  test('one that was taken back for a place fails, whatever stands for another', () => {
    const attestations = [
      attested({ places: ['db1'] }),
      attested({ places: ['web1'], revoked: '2026-11-01T00:00:00Z' }),
    ];
    expect(judge(attestations, { per: 'host' }, at, places)).toEqual(['fail', 'stands', 'revoked']);
  });

  test('a place counts while it is one, and that there is none shows nothing', () => {
    const [ended, coming] = [
      { ...always, until: at.toISOString() },
      { from: '2026-11-22T12:00:00.001Z', until: null },
    ];
    const now = [
      { place: 'c-1', spans: [ended] },
      { place: 'c-2', spans: [coming] },
    ];
    expect(judge([], { per: 'customer' }, at, now)).toEqual(['unknown', 'no-places']);
    expect(judge([], { per: 'customer' }, at, null)).toEqual(['unknown', 'no-places']);
    expect(judge([], { per: 'customer' }, at, [{ place: 'c-1', spans: [ended, always] }])).toEqual(['unknown', 'none']);
  });
});

describe('what a tool found not to be kept', () => {
  const denial: Denial = {
    id: 'denial-1',
    by: 'person-tool',
    effective: '2026-11-20T10:00:00.000Z',
    recorded: '2026-11-20T10:01:00.000Z',
  };
  const judged = (attestations: readonly Attestation[], asked: readonly AskedPlace[] | null, parameters = {}) =>
    attestation
      .judge(read({ attestations, denials: [denial], asked }), { valid: '92d', ...parameters }, at)
      .map(({ code, subject }) => [code, subject]);

  test('fails whatever others attest, and they are told beside it', () => {
    expect(judged([attested()], null)).toEqual([
      ['attestation.denied', 'denial-1'],
      ['attestation.stands', 'attestation-1'],
    ]);
  });

  test('fails where nobody attested anything, and where each place needs its own', () => {
    expect(judged([], null)).toEqual([
      ['attestation.denied', 'denial-1'],
      ['attestation.none', undefined],
    ]);
    const places = [{ place: 'db1', spans: [{ from: '2026-01-01T00:00:00.000Z', until: null }] }];
    expect(judged([attested({ places: ['db1'] })], places, { per: 'host' })).toEqual([
      ['attestation.denied', 'denial-1'],
      ['attestation.stands', 'db1'],
    ]);
  });
});
