import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { bundledEvidence } from '../../../collector/reports/from-bundle.ts';
import { tryPolicy, type Trial } from '../../../collector/trial/trial.ts';
import { wholeScope, type Scope } from '../../../evidence/scope.ts';
import { parsePolicy, type Policy } from '../../../policies/load.ts';
import { FixtureLog, readerOf, writeBundle, type FixtureAgent } from '../../support/evidence.ts';
import { runWaarborg } from '../../support/process.ts';
import { quickPolicy, quickPolicyText } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { writeFileSync } from 'node:fs';
import { peoplePolicy } from '../reports/people.ts';

/** One host whose password was changed forty days ago, another of which it was 170, both judged by `quick`. */
let log: FixtureLog;
let web: FixtureAgent;
let db: FixtureAgent;
beforeEach(async () => {
  log = new FixtureLog();
  [web, db] = [log.enrol('web1'), log.enrol('database1')];
  log.set(quickPolicy);
  await log.report(web);
  await log.report(db, { changed: new Date(log.now.getTime() - 170 * 86_400_000), labels: { role: 'db' } });
});

function changed(...replacements: readonly (readonly [string, string])[]): Policy {
  const text = replacements.reduce((sum, [from, to]) => sum.replace(from, to), quickPolicyText);
  expect(text === quickPolicyText).toBe(replacements.length === 0);
  return parsePolicy(text, 'tried.yaml');
}

async function tried(policy: Policy, scope?: Scope): Promise<Trial> {
  const { verification, evidence } = bundledEvidence(readerOf(log.bundle(scope)), { logKey: log.vkey });
  expect(verification.findings).toEqual([]);
  if (evidence === undefined) throw new Error('nothing can rest on the bundle');
  return tryPolicy(evidence, policy);
}

async function changesOf(policy: Policy, scope?: Scope): Promise<string[]> {
  const { changes } = await tried(policy, scope);
  return changes.map(({ control, host, from, to }) => `${control} ${host ?? 'organisation'} ${from} ${to}`);
}

const secondControl = (check: string, parameters: string): readonly [string, string] => [
  'controls:\n',
  `controls:
  - id: Q-second
    clause: "2"
    title: { nl: Tweede, en: Second }
    promise: { nl: Tweede., en: Second. }
    remedy: { nl: Herstel., en: Mend. }
    severity: info
    maps: {}
    applies: { role: [db] }
    check: ${check}
    with: ${parameters}
`,
];

describe('of hosts', () => {
  test('the document that they are judged by changes nothing', async () => {
    const trial = await tried(changed());
    expect(trial).toMatchObject({ hosts: ['database1', 'web1'], changes: [], unchanged: 2 });
  });

  test('a threshold changes what comes out, at the moment of the report and with the reason', async () => {
    const { changes } = await tried(changed(['183d', '100d']));
    expect(changes).toMatchObject([{ control: 'Q-password', host: 'database1', from: 'pass', to: 'fail' }]);
    expect(changes[0]?.reasons[0]).toMatchObject({ verdict: 'fail' });
  });

  test('what no host has read is unknown, and asked only of those that it is for', async () => {
    expect(await changesOf(changed(secondControl('time-sync', '{}')))).toEqual([
      'Q-second database1 not-asked unknown',
    ]);
  });

  test('a control on facts that are there is judged by them', async () => {
    const control = secondControl('password-age', '{ maximumAge: 10d, afterDeparture: false }');
    expect(await changesOf(changed(control))).toEqual(['Q-second database1 not-asked fail']);
  });

  test('a control that is taken out, or asked no more, passes no longer', async () => {
    expect(await changesOf(changed(['id: Q-password', 'id: Q-other']))).toEqual([
      ...['Q-other database1 not-asked pass', 'Q-other web1 not-asked pass'],
      ...['Q-password database1 pass not-asked', 'Q-password web1 pass not-asked'],
    ]);
  });

  test('a document of another name is tried on all hosts', async () => {
    expect(await changesOf(changed(['policy: quick', 'policy: new']))).toEqual([
      ...['Q-password database1 not-asked pass', 'Q-password web1 not-asked pass'],
    ]);
  });

  test('only the last report counts, and none of a host that is no more', async () => {
    await log.report(db, { labels: { role: 'db' } });
    expect(await changesOf(changed(['183d', '100d']))).toEqual([]);
  });

  test('what was erased passes by no document', async () => {
    const { body } = await log.report(db, { changed: new Date(log.now.getTime() - 20 * 86_400_000) });
    log.erase(body.filter(({ name }) => name !== 'host').map(({ commitment }) => commitment));
    expect(await changesOf(changed())).toEqual(['Q-password database1 missing unknown']);
  });
});

describe('of the organisation', () => {
  beforeEach(() => {
    log.set(peoplePolicy);
    const { policy, version, digest } = peoplePolicy;
    log.act({ act: 'follow', policies: [{ policy, version, digest }] });
    const scope = { of: 'organisation' as const };
    const attested = { policy: 'people', control: 'P-review', scope, effective: '2026-11-01T00:00:00Z', until: null };
    log.act({ act: 'attest', id: 'attestation-1', ...attested });
    log.act({ act: 'approve', of: 'attestation-1' }, 'person-b');
  });

  const stricter = parsePolicy(peoplePolicy.text.replace('approvals: 1', 'approvals: 2'), 'stricter.yaml');

  test('what people did is judged by the other document as well', async () => {
    expect(await changesOf(peoplePolicy)).toEqual([]);
    expect(await changesOf(stricter)).toEqual(['P-review organisation pass unknown']);
  });

  test('nothing is said where entries are left out, for an act may be among them', async () => {
    const part = await tried(stricter, { ...wholeScope, hosts: ['web1'] });
    expect(part).toMatchObject({ hasOrganisation: false, hosts: ['web1'], changes: [] });
  });
});

describe('waarborg policy try', () => {
  test.each([
    ['0 where nothing would fail anew', [], 0, /on 2 hosts and the organisation: 0 would change, 2 would not/],
    ['1 where something would', [['183d', '100d']], 1, /Q-password\n {2}database1 {2}pass -> fail\n {4}\S/],
    ['2 where something would be unknown', [secondControl('time-sync', '{}')], 2, /database1 {2}not-asked -> unknown/],
  ] as const)('ends with %s', async (_, replacements, expected, words) => {
    using folder = temporaryFolder();
    writeBundle(join(folder.path, 'bundle'), log.bundle());
    const file = join(folder.path, 'tried.yaml');
    writeFileSync(file, changed(...replacements).text);
    const { code, stdout } = await runWaarborg(['policy', 'try', file, '--bundle', join(folder.path, 'bundle')]);
    expect(stdout).toMatch(words);
    expect(code).toBe(expected);
  });

  test('gives JSON with a version', async () => {
    using folder = temporaryFolder();
    writeBundle(join(folder.path, 'bundle'), log.bundle());
    const file = join(folder.path, 'tried.yaml');
    writeFileSync(file, changed(['183d', '100d']).text);
    const words = ['policy', 'try', file, '--bundle', join(folder.path, 'bundle'), '--format', 'json'];
    expect(JSON.parse((await runWaarborg(words)).stdout)).toMatchObject({
      v: 1,
      policy: { policy: 'quick', version: 1 },
      changes: [{ control: 'Q-password', host: 'database1', from: 'pass', to: 'fail' }],
    });
  });

  test('ends with 3 on a bundle that was tampered with', async () => {
    using folder = temporaryFolder();
    const bundle = log.bundle();
    bundle.set('checkpoint', Buffer.from('nothing'));
    writeBundle(join(folder.path, 'bundle'), bundle);
    const { code, stdout } = await runWaarborg(['policy', 'try', 'voxio', '--bundle', join(folder.path, 'bundle')]);
    expect([code, stdout]).toEqual([3, '']);
  });
});
