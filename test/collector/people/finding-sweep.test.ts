import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RecordedHost } from '../../../agent/host/recorded.ts';
import { OrganisationBook } from '../../../collector/people/book.ts';
import { FindingSweep } from '../../../collector/people/finding-sweep.ts';
import { Problem } from '../../../collector/problem.ts';
import { openLog } from '../../../collector/log/open.ts';
import { evidenceDatabase, Store } from '../../../collector/store/store.ts';
import { cases } from '../../../policies/checks/cases.ts';
import { seededKey } from '../../evidence/keys.ts';
import { agentOn, collectorOn, enrolAgentAt, origin, passwordFiles, silent } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { ask, audited, readAs } from '../administration/operator.ts';
import { pack } from '../../../evidence/exchange.ts';
import { fleetOf, hostState, policy, shelf, state } from '../web/fleets.ts';
import { findingsPolicy } from './findings.ts';

const followed = [findingsPolicy].map(({ policy: name, version, digest }) => ({ policy: name, version, digest }));

/** What looks for failures, on a real log and a fleet whose one host fails. */
function sweepOn(folder: string) {
  const database = evidenceDatabase(join(folder, 'data'));
  const store = new Store(database);
  const book = new OrganisationBook(store);
  const clock = { now: new Date('2026-11-22T12:00:00Z') };
  const now = (): Date => clock.now;
  const open = openLog({
    ...{ database, key: seededKey(9), config: { origin, data: join(folder, 'data'), checkpoints: [] }, now },
    ...{ elapsed: () => 0, log: silent, onCommit: () => undefined, onUndone: () => book.undo() },
    onFatal(error) {
      throw error;
    },
  });
  const fleet = fleetOf([hostState('web1', [state('EX-tls', 'fail')])]);
  const { sequencer } = open;
  const sweep = new FindingSweep({ book, fleet, shelf: shelf(policy, findingsPolicy), sequencer, now, log: silent });
  const follow = (): Promise<void> =>
    sequencer.submit((append) => {
      const act = { act: 'follow' as const, policies: [...followed] };
      const entry = { kind: 'act' as const, by: 'person-a', role: 'operator' as const, act, body: [] };
      const { index, receivedAt } = append(entry);
      book.stage({ v: 1, receivedAt, ...entry }, index);
    });
  return {
    ...{ book, store, sweep, sequencer, follow, database, clock },
    [Symbol.dispose]() {
      open[Symbol.dispose]();
      database.close();
    },
  };
}

test('two looks at once open one finding, and the next one none', async () => {
  using folder = temporaryFolder();
  using on = sweepOn(folder.path);
  await on.follow();
  await Promise.all([on.sweep.look(), on.sweep.look()]);
  await on.sweep.look();
  expect([...on.book.organisation.findings.open]).toMatchObject([{ control: 'EX-tls', hosts: ['web1'] }]);
  // A new start reads the same from the log.
  expect([...new OrganisationBook(on.store).organisation.findings.open]).toEqual([
    ...on.book.organisation.findings.open,
  ]);
});

test('what was undone with its transaction is opened at the next look', async () => {
  using folder = temporaryFolder();
  using on = sweepOn(folder.path);
  await on.follow();
  on.database.exec('ALTER TABLE head RENAME TO elsewhere');
  await on.sweep.look();
  on.database.exec('ALTER TABLE elsewhere RENAME TO head');
  expect(on.book.organisation.findings.size).toBe(0);
  await on.sweep.look();
  expect(on.book.organisation.findings.size).toBe(1);
});

test('a log that takes nothing stops no look', async () => {
  using folder = temporaryFolder();
  using on = sweepOn(folder.path);
  await on.follow();
  on.sequencer.halt(new Problem(503, 'log.behind', 'set back'));
  await expect(on.sweep.look()).resolves.toBeUndefined();
  expect(on.book.organisation.findings.size).toBe(0);
});

test('failures that no finding could be opened for leave open that findings are examined', async () => {
  using folder = temporaryFolder();
  using on = sweepOn(folder.path);
  await on.follow();
  on.sequencer.halt(new Problem(503, 'log.behind', 'set back'));
  await on.sweep.look();
  const [urgent] = findingsPolicy.controls;
  const name = { policy: findingsPolicy.policy, control: urgent?.id ?? '' };
  const judged = (): string => {
    const facts = on.book.organisation.factsOf('cases', name);
    return cases
      .judge(facts, urgent?.with, on.clock.now)
      .map(({ code }) => code)
      .join();
  };
  expect(judged()).toBe('cases.none');
  on.clock.now = new Date('2026-11-22T13:00:00Z');
  const { revision } = on.book;
  await on.sweep.look();
  expect(judged()).toBe('cases.unopened');
  expect(on.book.revision).toBe(revision);
});

test('a host that fails has a finding from the next look on, until it passes, and an auditor finds the same', async () => {
  using folder = temporaryFolder();
  const data = join(folder.path, 'collector');
  let now = new Date('2026-11-20T12:00:00Z');
  const start = () => collectorOn(data, { now: () => now });
  const hostWith = (changed: string, hash: string): RecordedHost => {
    const files = passwordFiles(new Date(changed));
    const shadow = files['/etc/shadow'].replace('$hash:', `$${hash}:`);
    return new RecordedHost({ hostname: 'recorded', files: { ...files, '/etc/shadow': shadow } });
  };
  type Answer = { cases: { id: string; closed: string | null }[]; findings: object[] };
  const shown = async (collector: Awaited<ReturnType<typeof start>>): Promise<Answer> =>
    JSON.parse(await readAs(collector, '/api/v1/organisation')) as Answer;
  const codes = (bundle: string): (string | undefined)[] | undefined => {
    const { findings: flaws, organisation } = audited(data, join(folder.path, bundle));
    expect(flaws).toEqual([]);
    return organisation?.observations.map(({ reasons: [one] }) => one?.code);
  };
  const home = join(folder.path, 'agent');
  {
    await using collector = await start();
    const policies = [{ digest: findingsPolicy.digest, zstd: pack(Buffer.from(findingsPolicy.text)) }];
    const { status } = await ask(collector, '/api/v1/acts', {
      act: { act: 'follow', policies: followed },
      parts: [],
      policies,
    });
    expect(status).toBe(200);
    const choices = { host: hostWith('2020-01-01T00:00:00Z', 'old'), now: () => now };
    using agent = await enrolAgentAt(collector, home, 'web1.example.nl', choices);
    await agent.runOnce();
    expect(await agent.deliverAll()).toEqual({ state: 'empty' });
  }
  now = new Date('2026-11-20T12:05:00Z');
  {
    await using collector = await start();
    await expect.poll(async () => (await shown(collector)).cases).toMatchObject([{ of: 'finding', urgency: 'normal' }]);
    const { findings, cases } = await shown(collector);
    expect(findings).toEqual([
      { id: cases[0]?.id, policy: 'quick', control: 'Q-password', hosts: ['web1.example.nl'] },
    ]);
    expect(codes('open')).toEqual(['cases.none', 'cases.pending']);
    using agent = agentOn(home, { host: hostWith('2026-11-19T00:00:00Z', 'new'), now: () => now }, collector.url);
    await agent.runOnce();
    expect(await agent.deliverAll()).toEqual({ state: 'empty' });
  }
  now = new Date('2026-11-20T12:10:00Z');
  await using collector = await start();
  await expect.poll(async () => (await shown(collector)).cases[0]?.closed).toBe(now.toISOString());
  expect((await shown(collector)).findings).toEqual([]);
  expect(codes('closed')).toEqual(['cases.none', 'cases.ended']);
}, 60_000);
