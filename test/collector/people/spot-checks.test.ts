import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Agent } from '../../../agent/agent.ts';
import { OrganisationAnswer } from '../../../collector/people/exchange.ts';
import { renderHtml } from '../../../collector/reports/html/render.ts';
import { renderPdf } from '../../../collector/reports/pdf/render.ts';
import { renderXlsx } from '../../../collector/reports/xlsx/render.ts';
import { makeStoredReport } from '../../../collector/reports/make.ts';
import { parsePolicy } from '../../../policies/load.ts';
import { pack } from '../../../evidence/exchange.ts';
import { runWaarborg } from '../../support/process.ts';
import { collectorOn, enrolAgentAt } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { ask, audited, readAs } from '../administration/operator.ts';

const policy = parsePolicy(
  `policy: looking
version: 1
title: { nl: Kijken, en: Looking }
source: { document: Test, publisher: Test, dated: 2026-01-01 }
controls:
  - id: L-spot
    clause: "1"
    title: { nl: Steekproef, en: Spot checks }
    promise: { nl: Elke maand een steekproef., en: A sample each month. }
    remedy: { nl: Kijk., en: Look. }
    severity: warning
    maps: {}
    check: spot-checks
    with: { sample: 2, within: 10wd }
`,
  'looking.yaml',
);

test('collector, auditor and report draw the same sample, and judge what was found alike', async () => {
  using folder = temporaryFolder();
  const data = join(folder.path, 'collector');
  let now = new Date('2026-10-29T10:00:00Z');
  const start = () => collectorOn(data, { now: () => now });
  await using stack = new AsyncDisposableStack();
  let collector = await start();
  const restart = async (moment: string): Promise<void> => {
    await collector.close();
    now = new Date(moment);
    collector = await start();
  };
  stack.defer(() => collector.close());
  const shown = async () => OrganisationAnswer.parse(JSON.parse(await readAs(collector, '/api/v1/organisation')));
  const spot = async () => {
    const { observations } = await shown();
    return observations.map(({ verdict, reasons: [first] }) => `${verdict} ${first?.code ?? ''}`).join();
  };
  let bundles = 0;
  const auditedSpot = (): string => {
    const { findings, organisation } = audited(data, join(folder.path, `bundle-${bundles++}`));
    expect(findings).toEqual([]);
    const told = organisation?.observations.map(({ verdict, reasons: [first] }) => `${verdict} ${first?.code ?? ''}`);
    return told?.join() ?? '';
  };
  const follows = [{ policy: 'looking', version: 1, digest: policy.digest }];
  const policies = [{ digest: policy.digest, zstd: pack(Buffer.from(policy.text)) }];
  await ask(collector, '/api/v1/acts', { act: { act: 'follow', policies: follows }, parts: [], policies });
  const names = ['web1.example.nl', 'web2.example.nl', 'web3.example.nl'];
  const agents: Agent[] = [];
  for (const name of names) {
    agents.push(stack.use(await enrolAgentAt(collector, join(folder.path, name), name, { now: () => now })));
  }
  const report = async (of: readonly Agent[] = agents): Promise<void> => {
    for (const agent of of) {
      await agent.runOnce();
      expect(await agent.deliverAll()).toEqual({ state: 'empty' });
    }
  };
  // A host that falls silent more than two days before the month takes no part.
  const silent = await enrolAgentAt(collector, join(folder.path, 'silent'), 'silent.example.nl', { now: () => now });
  await report([stack.use(silent)]);
  now = new Date('2026-10-31T20:00:00Z');
  await report();
  expect([await spot(), auditedSpot()]).toEqual(Array(2).fill('not-applicable spot-checks.first'));

  // In the Netherlands November began an hour ago: what begins it in the log seals nothing yet.
  now = new Date('2026-11-01T00:00:00Z');
  await report();
  expect([await spot(), auditedSpot()]).toEqual(Array(2).fill('not-applicable spot-checks.awaits'));
  expect(await readAs(collector, '/organisation')).toContain('the sample is drawn once a host has reported');
  now = new Date('2026-11-01T00:15:00Z');
  await report();
  expect(await readAs(collector, '/organisation')).toContain('are to be looked at by');
  expect([await spot(), auditedSpot()]).toEqual(Array(2).fill('not-applicable spot-checks.open'));
  const [drawn] = (await shown()).samples;
  expect(drawn).toMatchObject({ month: '2026-11', population: 3, asked: 2, checks: [] });
  expect(drawn?.sample.map(({ host }) => host).sort()).toEqual(names);
  const verified = audited(data, join(folder.path, 'bundle-drawn')).organisation?.samples;
  const { month, first: begun, root, population, sealed, sample } = drawn ?? {};
  expect(verified?.at(-1)).toEqual({ month, first: begun, root, population, sealed, sample });
  await restart('2026-11-02T09:00:00Z');
  expect((await shown()).samples).toEqual([drawn]);

  const operator = collector.tokens.create({ role: 'operator', label: '', validity: 40_000_000 }, now).secret;
  const tokenFile = join(folder.path, 'token');
  writeFileSync(tokenFile, operator);
  const people = async (...words: string[]): Promise<{ code: number | null; text: string }> => {
    const at = ['--collector', collector.url, '--token-file', tokenFile];
    const { code, stdout, stderr } = await runWaarborg(['people', ...words, ...at]);
    return { code, text: stdout + stderr };
  };
  const page = await readAs(collector, '/organisation');
  for (const words of ['Spot checks', '2 of 3, drawn on', 'not looked at yet']) expect(page).toContain(words);
  const { text } = await people('sample', '--month', '2026-11');
  expect(text).toContain(`seed         ${drawn?.sealed?.seed ?? 'none'}`);
  expect(text.match(/to be looked at/g)).toHaveLength(2);
  const look = (host: string, found: string) =>
    people('spot-check', host, 'Q-password', ...['--policy', 'quick', '--month', '2026-11', '--found', found]);
  expect((await look('elsewhere.example.nl', 'confirmed')).text).toContain(
    'the sample of that month does not name this',
  );
  const [first, second] = drawn?.sample ?? [];
  expect((await look(first?.host ?? '', 'confirmed')).code).toBe(0);
  expect((await look(second?.host ?? '', 'deviates')).code).toBe(0);
  expect([await spot(), auditedSpot()]).toEqual(Array(2).fill('fail spot-checks.deviates'));
  now = new Date('2026-11-03T09:00:00Z');
  expect((await look(second?.host ?? '', 'confirmed')).code).toBe(0);
  expect([await spot(), auditedSpot()]).toEqual(Array(2).fill('pass spot-checks.made'));
  await restart('2026-11-03T10:00:00Z');
  expect(await spot()).toBe('pass spot-checks.made');

  const stricter = join(folder.path, 'stricter.yaml');
  writeFileSync(stricter, policy.text.replace('sample: 2', 'sample: 3'));
  const trial = await runWaarborg(['policy', 'try', stricter, '--data', folder.path]);
  expect([trial.code, trial.stdout]).toEqual([0, expect.stringContaining('organisation  pass -> not-applicable')]);

  const period = { from: '2026-10-29T00:00:00.000Z', until: '2026-11-03T10:00:00.000Z' };
  const scope = { policies: null, hosts: null, labels: {} };
  const made = await makeStoredReport({ data, staleAfter: 3600, expected: [] }, { period, scope });
  const course = made.policies.find(({ policy: name }) => name === 'looking')?.controls[0]?.organisation;
  expect(course?.spans.map(({ state }) => state)).toEqual(['not-asked', 'not-applicable', 'fail', 'pass']);
  const looks = [['confirmed'], ['deviates', 'confirmed']];
  expect(made.organisation?.samples).toMatchObject([
    {
      ...{ month, first: begun, root, population, sealed, due: drawn?.due },
      lots: looks.map((found, place) => ({ ...sample?.[place], checks: found.map((one) => ({ found: one })) })),
    },
  ]);
  const html = renderHtml(made, 'nl');
  for (const words of ['Steekproeven', sealed?.seed ?? 'none', 'zoals gemeld']) expect(html).toContain(words);
  expect(renderXlsx(made, 'en').length).toBeGreaterThan(1000);
  expect((await renderPdf(made, 'nl')).length).toBeGreaterThan(1000);
}, 90_000);
