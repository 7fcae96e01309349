import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LockedError } from '../../agent/lock.ts';
import type { Collector } from '../../collector/collector.ts';
import { collectorOn, enrolAgentAt } from '../support/road.ts';
import { temporaryFolder } from '../support/tools.ts';
import { draftReport, enrolHand, send } from './ingest/submissions.ts';

/** The fleet's part of a scrape: the collector's own process, what it counts and its disk are others after a restart. */
async function fleetMetrics(collector: Collector): Promise<string> {
  const { secret } = collector.tokens.create({ role: 'metrics', label: '', validity: 60 }, new Date());
  const answer = await fetch(new URL('/metrics', collector.url), { headers: { authorization: `Bearer ${secret}` } });
  const text = await answer.text();
  const fleet = text.slice(0, text.indexOf('# HELP process_'));
  return fleet.replace(/^waarborg_(log_appended_entries_total|store_(size|free)_bytes).*\n/gm, '');
}

async function hostsOf(collector: Collector, at: Date): Promise<unknown> {
  const { secret } = collector.tokens.create({ role: 'auditor', label: '', validity: 60 }, at);
  const answer = await fetch(new URL('/api/v1/hosts', collector.url), {
    headers: { authorization: `Bearer ${secret}` },
  });
  return ((await answer.json()) as { hosts: unknown }).hosts;
}

test('a collector that is started anew knows the same, to the byte of its metrics', async () => {
  using folder = temporaryFolder();
  const data = join(folder.path, 'collector');
  let before;
  {
    await using collector = await collectorOn(data);
    for (const name of ['web1.example.nl', 'web2.example.nl']) {
      using agent = await enrolAgentAt(collector, join(folder.path, name), name);
      for (let run = 0; run < 3; run++) await agent.runOnce();
      expect(await agent.deliverAll()).toEqual({ state: 'empty' });
    }
    before = await fleetMetrics(collector);
  }
  expect(before).toContain('waarborg_control_compliant{host="web2.example.nl",policy="quick",control="Q-password"');
  await using collector = await collectorOn(data);
  expect(await fleetMetrics(collector)).toBe(before);
});

test('an agent goes on with a collector that was started anew', async () => {
  using folder = temporaryFolder();
  const data = join(folder.path, 'collector');
  const first = await collectorOn(data);
  using agent = await enrolAgentAt(first, join(folder.path, 'agent'), 'web1.example.nl');
  const { port } = new URL(first.url);
  await agent.runOnce();
  await agent.deliverAll();
  await first.close();
  await agent.runOnce();
  expect(await agent.deliverAll()).toMatchObject({ state: 'away' });
  await using _ = await collectorOn(data, { config: { listen: `127.0.0.1:${port}` } });
  expect(await agent.deliverAll()).toEqual({ state: 'empty' });
  expect(agent.spool.delivered()).toMatchObject({ seq: 2, index: 3 });
});

test('a host that is silent turns stale, one that is expected was never seen, and a clock ahead is no evidence', async () => {
  using folder = temporaryFolder();
  let now = new Date('2026-03-01T12:00:00Z');
  const config = { staleAfter: '1h', hosts: ['web1.example.nl', 'web9.example.nl'] };
  await using collector = await collectorOn(folder.path, { config, now: () => now });
  const silentHost = await enrolHand(collector, 'web1.example.nl', now);
  const early = await enrolHand(collector, 'web2.example.nl', now);
  await send(collector, draftReport(silentHost, { issuedAt: now }));
  await send(collector, draftReport(early, { issuedAt: new Date('2026-03-01T12:06:00Z') }));
  const freshness = async () =>
    ((await hostsOf(collector, now)) as { host: string; freshness: string }[]).map((host) => host.freshness);
  expect(await freshness()).toEqual(['fresh', 'clock-ahead', 'never-seen']);
  now = new Date('2026-03-01T13:00:00Z');
  // Waiting does not heal a wrong clock.
  expect(await freshness()).toEqual(['fresh', 'clock-ahead', 'never-seen']);
  now = new Date('2026-03-01T13:00:01Z');
  expect(await freshness()).toEqual(['stale', 'clock-ahead', 'never-seen']);
  // The collector's own clock, set back.
  now = new Date('2026-03-01T11:00:00Z');
  expect((await freshness())[0]).toBe('clock-ahead');
});

test('after a host is enrolled anew, late reports of the enrolment before do not say how it is now', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(folder.path);
  const before = await enrolHand(collector, 'web1.example.nl');
  const first = draftReport(before, { issuedAt: new Date(Date.now() - 60_000) });
  await send(collector, first);
  const anew = await enrolHand(collector, 'web1.example.nl');
  expect(anew.epoch).toBe(2);
  const issuedAt = new Date(Date.now() - 1000);
  expect(await send(collector, draftReport(anew, { issuedAt }))).toMatchObject({ status: 200 });
  const late = draftReport(before, { seq: 2, prev: first.digest, issuedAt: new Date(Date.now() - 30_000) });
  expect(await send(collector, late)).toMatchObject({ status: 200 });
  expect(await hostsOf(collector, new Date())).toMatchObject([{ lastReportAt: issuedAt.toISOString() }]);
});

describe('a data folder', () => {
  test('is used by one collector at a time', async () => {
    using folder = temporaryFolder();
    await using _ = await collectorOn(folder.path);
    await expect(collectorOn(folder.path)).rejects.toThrow(LockedError);
  });

  test('and what is in it can be read by its owner only', async () => {
    using folder = temporaryFolder();
    // Made beforehand, by somebody who did not think of it.
    const data = join(folder.path, 'data');
    mkdirSync(data);
    chmodSync(data, 0o755);
    await using collector = await collectorOn(data);
    await enrolHand(collector, 'web1.example.nl');
    const open = readdirSync(data).filter(
      (name) => name !== '.lock' && (statSync(join(data, name)).mode & 0o077) !== 0,
    );
    expect(open).toEqual([]);
  });

  test('whose log key is gone or damaged is not started with another key', async () => {
    using folder = temporaryFolder();
    await (await collectorOn(folder.path)).close();
    rmSync(join(folder.path, 'log.key'));
    await expect(collectorOn(folder.path)).rejects.toMatchObject({ code: 'store.damaged' });
    expect(readdirSync(folder.path)).not.toContain('log.key');
    writeFileSync(join(folder.path, 'log.key'), 'not a key');
    await expect(collectorOn(folder.path)).rejects.toMatchObject({ code: 'store.damaged' });
    // A start that failed has let go of the folder.
    await expect(collectorOn(folder.path)).rejects.not.toThrow(LockedError);
  });

  test('a collector that could be reached from elsewhere without TLS is not started', async () => {
    using folder = temporaryFolder();
    const listening = collectorOn(folder.path, { config: { listen: '0.0.0.0:0' } });
    await expect(listening).rejects.toMatchObject({ code: 'collector.config' });
  });
});
