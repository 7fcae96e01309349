import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pino } from 'pino';
import { describe, expect, it, test } from 'vitest';
import { lookAtAll } from '../../../agent/availability/look.ts';
import type { Pace } from '../../../agent/availability/pace.ts';
import { openRecord } from '../../../agent/availability/record.ts';
import { AvailabilitySettings } from '../../../agent/availability/settings.ts';
import { watchAvailability } from '../../../agent/availability/watch.ts';
import { LocalVantage, type Vantage } from '../../../agent/host/vantage.ts';
import { read, unreadable } from '../../../policies/reading.ts';
import { freePort } from '../../support/process.ts';
import { startNsd } from '../../support/servers/nsd.ts';
import { temporaryFolder, tool } from '../../support/tools.ts';
import { startSaying } from './asking.ts';

const pace: Pace = { interval: 0.1, patience: 1, repeatAfter: 0.05 };
const host = '127.0.0.1';

async function look(settings: object, vantage: Vantage = new LocalVantage()): Promise<unknown> {
  const parsed = AvailabilitySettings.parse(settings);
  const found = await lookAtAll({ settings: parsed, vantage, pace }, new AbortController().signal);
  return Object.fromEntries(found);
}

describe('a look', () => {
  it('tells a service that is down from a vantage point that is cut off', async () => {
    await using alive = await startSaying(() => undefined);
    const [dead, other] = [await freePort(), await freePort()];
    const targets = [
      { name: 'alive', service: 'tcp', host, port: alive.port },
      { name: 'dead', service: 'tcp', host, port: dead },
    ];
    const up = { state: 'up' };
    expect(
      await look({
        targets,
        controls: [
          { host, port: other },
          { host, port: alive.port },
        ],
      }),
    ).toEqual({
      'tcp alive': up,
      'tcp dead': { state: 'down', why: 'refused' },
    });
    // What answers is up, whatever the controls do.
    expect(
      await look({
        targets,
        controls: [
          { host, port: other },
          { host, port: dead },
        ],
      }),
    ).toEqual({
      'tcp alive': up,
      'tcp dead': { state: 'unknown', why: 'no control answered' },
    });
    expect(await look({ targets })).toMatchObject({ 'tcp dead': { state: 'unknown' } });
  });

  it('repeats a probe that failed before it counts', async () => {
    await using alive = await startSaying(() => undefined);
    const asked: string[] = [];
    const vantage: Vantage = Object.assign(new LocalVantage(), {
      addresses: (name: string): ReturnType<Vantage['addresses']> => {
        asked.push(name);
        const isFirst = asked.filter((one) => one === name).length === 1;
        const isBad = name === 'always.example' || (name === 'once.example' && isFirst);
        return Promise.resolve(isBad ? unreadable('unreachable', name, 'ENOTFOUND') : read([host]));
      },
    });
    const targets = ['once.example', 'always.example'].map((name) => {
      return { name, service: 'tcp', host: name, port: alive.port };
    });
    expect(await look({ targets, controls: [{ host, port: alive.port }] }, vantage)).toEqual({
      'tcp once.example': { state: 'up' },
      'tcp always.example': { state: 'down', why: 'no such name' },
    });
  });

  it('does not take what this host cannot do for what the service does', async () => {
    await using alive = await startSaying(() => undefined);
    const run = (): ReturnType<Vantage['run']> => Promise.resolve(unreadable('command-missing', 'ping'));
    const vantage: Vantage = Object.assign(new LocalVantage(), { run });
    const targets = [{ name: 'it', service: 'ping', host }];
    expect(await look({ targets, controls: [{ host, port: alive.port }] }, vantage)).toEqual({
      'ping it': { state: 'unknown', why: 'ping did not run' },
    });
  });
});

describe.skipIf(process.getuid?.() !== 0 || tool('nsd') === undefined)('a watch', () => {
  test('over a name server that is killed and started again, and with itself away in between', async () => {
    await using always = await startSaying(() => undefined);
    using folder = temporaryFolder();
    const port = await freePort();
    const settings = AvailabilitySettings.parse({
      targets: [{ name: 'names', service: 'dns', zone: 'example.nl', servers: [host], port }],
      controls: [
        { host, port: always.port },
        { host, port: always.port },
      ],
    });
    const own = { settings, vantage: new LocalVantage(), pace, data: folder.path, log: pino({ level: 'silent' }) };
    const statesUntil = async (last: string): Promise<string[]> => {
      await until(() => statesIn(folder.path).at(-1) === last);
      return statesIn(folder.path);
    };
    const start = (): Promise<AsyncDisposable> => startNsd({ port, zones: { 'example.nl': [] } });

    const first = new AbortController();
    const watching = watchAvailability({ ...own, now: () => new Date() }, first.signal);
    await using server = await start();
    await statesUntil('up');
    await server[Symbol.asyncDispose]();
    await statesUntil('down');
    await using _ = await start();
    const seen = await statesUntil('up');
    // Seen twice, so that the record says that it was up for a while.
    const { sampledAt } = recordIn(folder.path);
    await until(() => recordIn(folder.path).sampledAt !== sampledAt);
    first.abort();
    await watching;
    expect(seen.slice(-3)).toEqual(['up', 'down', 'up']);

    // It comes back two minutes later: what was in between nobody knows.
    const second = new AbortController();
    const later = watchAvailability({ ...own, now: () => new Date(Date.now() + 120_000) }, second.signal);
    await until(() => statesIn(folder.path).length >= seen.length + 2);
    second.abort();
    await later;
    expect(statesIn(folder.path)).toEqual([...seen, 'unknown', 'up']);
  });

  test('does nothing where nothing is to be watched', async () => {
    using folder = temporaryFolder();
    const settings = AvailabilitySettings.parse({});
    const own = { settings, vantage: new LocalVantage(), pace, data: folder.path, log: pino({ level: 'silent' }) };
    await watchAvailability({ ...own, now: () => new Date() }, new AbortController().signal);
    expect(openRecord(folder.path)).toEqual({ state: 'read', value: undefined });
  });

  test('goes on where the disk takes nothing', async () => {
    await using always = await startSaying(() => undefined);
    const settings = AvailabilitySettings.parse({
      targets: [{ name: 'it', service: 'tcp', host, port: always.port }],
    });
    const logged: unknown[] = [];
    const log = { error: (given: unknown) => void logged.push(given), info: () => undefined };
    const stop = new AbortController();
    using folder = temporaryFolder();
    const data = join(folder.path, 'file');
    writeFileSync(data, '');
    const own = { settings, vantage: new LocalVantage(), pace, log, now: () => new Date() };
    const watching = watchAvailability({ ...own, data }, stop.signal);
    await until(() => logged.length >= 3);
    stop.abort();
    await watching;
    expect(logged.slice(0, 3)).toMatchObject([
      { code: 'denied' },
      { err: { code: 'EEXIST' } },
      { err: { code: 'EEXIST' } },
    ]);
  });
});

function recordIn(data: string): { readonly sampledAt?: string; readonly states: string[] } {
  const record = openRecord(data);
  if (record.state !== 'read' || record.value === undefined) return { states: [] };
  const { sampledAt, targets } = record.value;
  return { sampledAt, states: (targets['dns names'] ?? []).map(({ state }) => state) };
}

function statesIn(data: string): string[] {
  return recordIn(data).states;
}

/** @throws Error where that does not come about within ten seconds */
async function until(isSo: () => boolean): Promise<void> {
  for (let left = 500; !isSo(); left -= 1) {
    if (left === 0) throw new Error('it did not come about');
    await wait(20);
  }
}
