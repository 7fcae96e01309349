import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { EnrolledHosts } from '../../../collector/people/enrolled-hosts.ts';
import type { OrganisationAnswer } from '../../../collector/people/exchange.ts';
import { evidenceDatabase, Store } from '../../../collector/store/store.ts';
import { pack } from '../../../evidence/exchange.ts';
import { HeardHosts } from '../../../evidence/heard.ts';
import { plainPolicy } from '../../support/policies.ts';
import { collectorOn } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { ask, audited, readAs } from '../administration/operator.ts';
import { allPass, hostState } from '../web/fleets.ts';
import { draftReport, enrolHand, send } from '../ingest/submissions.ts';

const watched = plainPolicy('watched', {
  'W-daily': { check: 'reporting', with: { within: '1d' } },
  'W-signed': { check: 'attestation', with: { valid: '60d', per: 'host' } },
});

test('hosts that fall silent, never come, or are retired are judged alike by collector and auditor, over a restart', async () => {
  using folder = temporaryFolder();
  const clock = { now: new Date('2026-11-01T10:00:00Z') };
  const data = join(folder.path, 'data');
  const start = () => collectorOn(data, { now: () => clock.now });
  let collector = await start();
  try {
    const { policy, version, digest, text } = watched;
    const policies = [{ digest, zstd: pack(Buffer.from(text)) }];
    const act = async (done: object, more: object = {}): Promise<number> => {
      const { status } = await ask(collector, '/api/v1/acts', { act: done, parts: [], ...more });
      return status;
    };
    /** What the collector shows, which an auditor must find too; the entry of an act brings the log to this moment. */
    const judged = async (): Promise<string[]> => {
      const about = { of: 'audit', urgency: null, began: '2026-01-01T00:00:00.000Z', about: null, fields: [] };
      await act({ act: 'open-case', id: `case-${clock.now.getTime()}`, ...about });
      const { observations } = JSON.parse(await readAs(collector, '/api/v1/organisation')) as OrganisationAnswer;
      const { findings, organisation } = audited(data, join(folder.path, `bundle-${clock.now.getTime()}`));
      expect(findings).toEqual([]);
      expect(organisation?.observations).toEqual(observations);
      const metrics = await readAs(collector, '/metrics');
      const [first] = observations;
      expect(metrics).toMatch(new RegExp(`control="W-daily".*verdict="${first?.verdict}"`));
      return observations.flatMap(({ reasons }) => reasons.map(({ code, subject }) => `${subject} ${code}`));
    };
    expect(await act({ act: 'follow', policies: [{ policy, version, digest }] }, { policies })).toBe(200);
    expect(await judged()).toEqual(['undefined reporting.none', 'undefined attestation.no-places']);

    const web = await enrolHand(collector, 'web1', clock.now);
    const spare = { of: 'host', host: 'spare', from: '2026-11-01T00:00:00.000Z', until: null };
    expect(await act({ act: 'record', id: 'host-spare', record: spare })).toBe(200);
    expect(await readAs(collector, '/metrics')).toContain('waarborg_hosts{state="never-seen"} 1');
    expect(JSON.parse(await readAs(collector, '/api/v1/hosts'))).toMatchObject({ hosts: [{ host: 'spare' }] });
    clock.now = new Date('2026-11-01T11:00:00Z');
    expect(await judged()).toEqual([
      'spare reporting.awaited',
      'web1 reporting.awaited',
      'spare attestation.none',
      'web1 attestation.none',
    ]);
    const first = draftReport(web, { issuedAt: clock.now });
    const verdict = /control="W-daily".*verdict="pass"/;
    expect(await readAs(collector, '/metrics')).not.toMatch(verdict);
    expect((await send(collector, first)).status).toBe(200);
    // Nobody did anything: the report alone changes it.
    expect(await readAs(collector, '/metrics')).toMatch(verdict);
    clock.now = new Date('2026-11-02T09:00:00Z');
    expect((await judged()).slice(0, 2)).toEqual(['spare reporting.never', 'web1 reporting.heard']);
    clock.now = new Date('2026-11-02T11:00:01Z');
    expect((await judged()).slice(0, 2)).toEqual(['spare reporting.never', 'web1 reporting.silent']);

    await collector[Symbol.asyncDispose]();
    collector = await start();
    clock.now = new Date('2026-11-02T11:10:00Z');
    expect((await judged()).slice(0, 2)).toEqual(['spare reporting.never', 'web1 reporting.silent']);
    const again = draftReport(web, { seq: 2, prev: first.digest, issuedAt: clock.now });
    expect((await send(collector, again)).status).toBe(200);
    clock.now = new Date('2026-11-02T11:20:00Z');
    const attested = { policy, control: 'W-signed', effective: '2026-11-01T00:00:00.000Z', until: null };
    const scope = { of: 'hosts', hosts: ['spare', 'web1'] };
    expect(await act({ act: 'attest', id: 'attestation-1', ...attested, scope })).toBe(200);
    expect(await act({ act: 'strike', of: 'host-spare' })).toBe(200);
    expect(await readAs(collector, '/metrics')).toContain('waarborg_hosts{state="never-seen"} 0');
    expect(await judged()).toEqual(['web1 reporting.heard', 'web1 attestation.stands']);
    await enrolHand(collector, 'web2', clock.now);
    clock.now = new Date('2026-11-02T11:30:00Z');
    expect(await judged()).toEqual([
      'web1 reporting.heard',
      'web2 reporting.awaited',
      'web2 attestation.none',
      'web1 attestation.stands',
    ]);
    expect((await ask(collector, '/api/v1/hosts/web1/revoke', { reason: 'retired' })).status).toBe(200);
    clock.now = new Date('2026-11-02T11:40:00Z');
    expect(await judged()).toEqual(['web2 reporting.awaited', 'web2 attestation.none']);
    // To enrol again gives no more time for a first report.
    clock.now = new Date('2026-11-03T11:00:00Z');
    await enrolHand(collector, 'web2', clock.now);
    clock.now = new Date('2026-11-03T11:25:00Z');
    expect(await judged()).toEqual(['web2 reporting.never', 'web2 attestation.none']);
    // A host that comes back after it was retired is a new one.
    clock.now = new Date('2026-11-03T11:30:00Z');
    await enrolHand(collector, 'web1', clock.now);
    expect((await judged()).slice(0, 2)).toEqual(['web2 reporting.never', 'web1 reporting.awaited']);
  } finally {
    await collector[Symbol.asyncDispose]();
  }
}, 60_000);

test('a store of before learns from its entries when hosts were enrolled', async () => {
  using folder = temporaryFolder();
  const at = new Date('2026-11-01T10:00:00Z');
  {
    await using collector = await collectorOn(folder.path, { now: () => at });
    await enrolHand(collector, 'web1', at);
  }
  const file = join(folder.path, 'evidence.db');
  {
    using database = new DatabaseSync(file);
    const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
    database.exec('ALTER TABLE agents DROP COLUMN enrolled_at');
    database.exec(`PRAGMA user_version = ${version - 1}`);
  }
  using database = evidenceDatabase(folder.path);
  expect(new Store(database).enrolments()).toEqual([{ agent: 'web1', enrolledAt: at.toISOString() }]);
});

test('what the collector keeps of hosts is what the log gives', () => {
  const reported = { agent: 'web1', epoch: 2, issuedAt: '2026-11-01T11:00:00.000Z' };
  const receivedAt = '2026-11-01T11:05:00.000Z';
  const enrolments = ['web1', 'web2'].map((agent) => ({ agent, enrolledAt: '2026-10-01T10:00:00.000Z' }));
  const heard = new HeardHosts();
  for (const { agent, enrolledAt } of enrolments) heard.enrol({ agent, epoch: 1, receivedAt: enrolledAt });
  heard.enrol({ agent: 'web1', epoch: 2, receivedAt: '2026-11-01T10:00:00.000Z' });
  heard.report(reported, receivedAt);
  // Under an enrolment that another took the place of.
  heard.report({ ...reported, epoch: 1, issuedAt: '2026-11-01T12:00:00.000Z' }, '2026-11-01T12:00:00.000Z');
  const state = { ...hostState('web1', allPass), ...reported, receivedAt };
  const kept = new EnrolledHosts({ enrolments: () => enrolments }, (agent) => (agent === 'web1' ? state : undefined));
  expect([...kept.all()]).toEqual([...heard.all()]);
});
