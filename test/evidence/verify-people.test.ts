import { beforeEach, describe, expect, test } from 'vitest';
import type { Act } from '../../evidence/act.ts';
import { wholeScope, type Scope } from '../../evidence/scope.ts';
import { verifyBundle, type Verification } from '../../evidence/verify.ts';
import { plainPolicy } from '../support/policies.ts';
import { readerOf, twoHosts, type Bundle, type FixtureLog } from '../support/evidence.ts';

const policy = plainPolicy('people', { 'P-test': { check: 'attestation', with: { valid: '365d', approvals: 1 } } });

const attest: Act = {
  act: 'attest',
  id: 'attestation-1',
  policy: 'people',
  control: 'P-test',
  scope: { of: 'organisation' },
  effective: '2026-10-01T00:00:00.000Z',
  until: null,
};

let log: FixtureLog;
beforeEach(async () => {
  ({ log } = await twoHosts());
  log.set(policy);
  const { version, digest } = policy;
  log.act({ act: 'follow', policies: [{ policy: 'people', version, digest }] });
});

function verify(bundle: Bundle = log.bundle()): Verification {
  const verification = verifyBundle(readerOf(bundle), { logKey: log.vkey });
  expect(verification.findings).toEqual([]);
  return verification;
}

function verdicts({ organisation }: Verification): string[] | undefined {
  return organisation?.observations.map(({ control, verdict }) => `${control} ${verdict}`);
}

describe('what people show', () => {
  test('is judged as of the last entry, act by act', () => {
    expect(verdicts(verify())).toEqual(['P-test unknown']);
    log.act(attest, 'person-a', 'Test by Example');
    expect(verdicts(verify())).toEqual(['P-test unknown']);
    log.act({ act: 'approve', of: 'attestation-1' }, 'person-b');
    const verification = verify();
    expect(verdicts(verification)).toEqual(['P-test pass']);
    expect(verification.organisation?.at).toBe(verification.proven?.lastReceivedAt);
    log.act({ act: 'revoke', of: 'attestation-1' });
    expect(verdicts(verify())).toEqual(['P-test fail']);
  });

  test('stays judged where words were erased, and the entry says so', () => {
    const words = log.act(attest, 'person-a', 'Jan de Vries tested');
    log.act({ act: 'approve', of: 'attestation-1' }, 'person-b');
    log.erase([words ?? '']);
    expect(verdicts(verify())).toEqual(['P-test pass']);
    expect([...log.bundle()].some(([, bytes]) => bytes.includes('Jan de Vries'))).toBe(false);
  });

  test('is not shown by a bundle of some hosts, which says nothing of it', () => {
    log.act(attest, 'person-a', 'Test by Example');
    const bundle = log.bundle({ ...wholeScope, hosts: ['web1'] });
    expect(verify(bundle).organisation).toBeNull();
    expect([...bundle].some(([, bytes]) => bytes.includes('attestation-1') || bytes.includes('Example'))).toBe(false);
  });

  test.each<[string, Partial<Scope>, string[] | undefined]>([
    ['of some policies', { policies: ['quick'] }, ['P-test unknown']],
    ['of a period, where an entry that is left out might be an act', { from: '2026-11-01T12:09:00.000Z' }, undefined],
  ])('comes out as it should by a bundle %s', (_, part, expected) => {
    log.act(attest, 'person-a', 'Test by Example');
    expect(verdicts(verify(log.bundle({ ...wholeScope, ...part })))).toEqual(expected);
  });
});
