import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Role } from '../../../collector/access/tokens.ts';
import { exportBundle } from '../../../collector/export.ts';
import type { ActRequest } from '../../../collector/people/exchange.ts';
import { buildCompliance, type ComplianceRequest } from '../../../collector/reports/build.ts';
import { bundledEvidence } from '../../../collector/reports/from-bundle.ts';
import { storedEvidence } from '../../../collector/reports/from-store.ts';
import type { ComplianceReport } from '../../../collector/reports/model.ts';
import { folderReader } from '../../../commands/bundle-folder.ts';
import { statementPartName, type Act } from '../../../evidence/act.ts';
import { pack, packPart } from '../../../evidence/exchange.ts';
import { wholeScope, type Scope } from '../../../evidence/scope.ts';
import { runWaarborg } from '../../support/process.ts';
import { collectorOn } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { day } from './evidence.ts';
import { peoplePolicy } from './people.ts';

/** Acts that a real collector took, its store and its bundles. */

const folder = temporaryFolder();
const data = join(folder.path, 'collector');
afterAll(() => folder[Symbol.dispose]());

beforeAll(async () => {
  let now = new Date(day(2));
  await using collector = await collectorOn(data, { now: () => now });
  const token = (role: Role): string =>
    collector.tokens.create({ role, label: role, validity: 40_000_000 }, now).secret;
  const [operator, approver] = [token('operator'), token('approver')];
  const take = async (at: string, act: Act, secret = operator, more: Partial<ActRequest> = {}): Promise<void> => {
    now = new Date(at);
    const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ v: 1, act, parts: [], policies: [], ...more });
    const response = await fetch(`${collector.url}/api/v1/acts`, { method: 'POST', headers, body });
    expect(response.status, await response.text()).toBe(200);
  };
  const { policy, version, digest, text } = peoplePolicy;
  await take(day(2), { act: 'follow', policies: [{ policy, version, digest }] }, operator, {
    policies: [{ digest, zstd: pack(Buffer.from(text)) }],
  });
  const bytes = Buffer.from(JSON.stringify({ v: 1, text: 'Reviewed by Example' }));
  await take(
    day(3),
    {
      ...{ act: 'attest', id: 'attestation-1', policy, control: 'P-review' },
      ...{ scope: { of: 'organisation' }, effective: day(1), until: null },
    },
    operator,
    { parts: [packPart({ name: statementPartName, salt: randomBytes(32), bytes })] },
  );
  await take(day(4), { act: 'approve', of: 'attestation-1' }, approver);
  await take(day(8), { act: 'revoke', of: 'attestation-1' });
});

const request: ComplianceRequest = {
  period: { from: day(1), until: day(8, 0, 1) },
  scope: { policies: null, hosts: null, labels: {} },
  staleAfter: 3600,
  expected: [],
};

async function fromBundle(scope?: Scope): Promise<ComplianceReport> {
  const path = join(folder.path, randomBytes(4).toString('hex'));
  exportBundle(data, path, () => undefined, scope);
  const { evidence, verification } = bundledEvidence(folderReader(path), {});
  if (evidence === undefined) throw new Error(verification.outcome);
  return buildCompliance(evidence, request);
}

function statesIn(report: ComplianceReport): string[] {
  const review = report.policies[0]?.controls.find(({ control }) => control === 'P-review')?.organisation;
  return review?.spans.map(({ state, from }) => `${state} ${from.slice(5, 10)}`) ?? [];
}

test('the store and the bundle of it give the same, but for who vouches for it', async () => {
  using evidence = storedEvidence(data);
  const { verification: own, ...stored } = await buildCompliance(evidence, request);
  const { verification, ...bundled } = await fromBundle();
  expect(statesIn({ ...stored, verification: own })).toEqual([
    'not-asked 10-01',
    'unknown 10-02',
    'pass 10-04',
    'fail 10-06',
  ]);
  expect(stored.organisation?.attestations).toMatchObject([
    { revoked: day(8), statement: { state: 'kept', text: 'Reviewed by Example' } },
  ]);
  expect(bundled).toEqual(stored);
  expect(verification?.outcome).toBe('sound');
});

test('a bundle of some policies has all acts, without what was said', async () => {
  const part = await fromBundle({ ...wholeScope, policies: ['people'] });
  expect(statesIn(part)).toEqual(['not-asked 10-01', 'unknown 10-02', 'pass 10-04', 'fail 10-06']);
  expect(part.organisation?.attestations).toMatchObject([{ statement: { state: 'missing' } }]);
});

test('a report of the organisation alone is made, and its policies can be asked for', async () => {
  const period = ['--from', day(1), '--to', day(8, 0, 1)];
  const words = (policy: string): string[] => [
    ...['report', '--data', folder.path, ...period, '--format', 'html', '--policy', policy],
    ...['--output', join(folder.path, `${policy}.html`)],
  ];
  const made = await runWaarborg(words('people'));
  expect(made).toMatchObject({ code: 0, stderr: '' });
  expect(made.stdout).toContain('2 controls on 0 hosts and the organisation');
  expect(readFileSync(join(folder.path, 'people.html'), 'utf8')).toContain('Reviewed by Example');
  const other = await runWaarborg(words('other'));
  expect(other.code).not.toBe(0);
  expect(other.stderr).toContain('no host of this scope');
}, 30_000);
