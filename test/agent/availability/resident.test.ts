import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { openRecord } from '../../../agent/availability/record.ts';
import { LocalHost } from '../../../agent/host/local.ts';
import { LocalVantage } from '../../../agent/host/vantage.ts';
import { parsePolicy } from '../../../policies/load.ts';
import { promising } from '../../collector/availability/evidence.ts';
import { collectorOn, enrolAgentAt } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { startSaying } from './asking.ts';

const policy = parsePolicy(promising.text.replace('{ vantage: [outside] }', '{}'), 'sla.yaml');

describe('an agent', () => {
  test('that stays watches, and reports what it saw; one that runs once does not', async () => {
    using folder = temporaryFolder();
    await using service = await startSaying(() => undefined);
    await using other = await startSaying(() => undefined);
    const now = (): Date => new Date('2026-10-15T12:00:00Z');
    await using collector = await collectorOn(join(folder.path, 'collector'), { now });
    const place = { host: '127.0.0.1', port: service.port };
    const hostSettings = {
      availability: {
        targets: [{ name: 'it', service: 'tcp', ...place }],
        controls: [place, { ...place, port: other.port }],
      },
    };
    const data = join(folder.path, 'agent');
    const choices = { host: new LocalHost(), vantage: new LocalVantage(), policies: [policy], hostSettings, now };
    using agent = await enrolAgentAt(collector, data, 'vantage1', choices);

    const once = await agent.runOnce();
    expect(openRecord(data)).toEqual({ state: 'read', value: undefined });
    expect(once.observations.map(({ reasons: [first] }) => first?.code)).toEqual([
      'availability.never-watched',
      'availability.never-watched',
    ]);

    const stop = new AbortController();
    const staying = agent.stayResident(stop.signal, { atOnce: false });
    for (let left = 200; left > 0; left -= 1) {
      const record = openRecord(data);
      if (record.state === 'read' && record.value !== undefined) break;
      await wait(20);
    }
    stop.abort();
    await staying;
    const run = await agent.runOnce();
    const facts = JSON.parse(run.facts.get('availability') ?? '') as { value: { targets: unknown } };
    expect(facts.value.targets).toMatchObject({ value: [{ target: 'it', stretches: [{ state: 'up' }] }] });
    expect(run.observations.map(({ verdict, reasons: [first] }) => [verdict, first?.code])).toEqual([
      // Nobody knows what was in the month until then.
      ['unknown', 'availability.unseen'],
      ['pass', 'availability.watched'],
    ]);
  });
});
