import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parseChrony } from '../../../../agent/collect/time-sync/chrony.ts';
import { timeSync } from '../../../../policies/checks/time-sync.ts';
import { Facts, type TimeSyncFacts } from '../../../../policies/checks/time-sync/facts.ts';
import { read } from '../../../../policies/reading.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';

const mayNamespaces = process.getuid?.() === 0 && tool('unshare') !== undefined && tool('ip') !== undefined;

interface Seen {
  running: TimeSyncFacts;
  clock: unknown;
  again: unknown;
  later: unknown;
  stopped: TimeSyncFacts;
}

function judge(clock: unknown, at = new Date()): string[] {
  const daemons = read([{ program: 'chronyd', steers: true, clock }]);
  const facts = Facts.parse({ daemons, container: null, listed: ['ntp.example'] });
  return timeSync.judge(read(facts), {}, at).map(({ code }) => code);
}

describe.skipIf(!mayNamespaces || !tool('chronyd') || !tool('chronyc'))('with the real chrony', () => {
  test('it is synchronised with the configured server, and what it says does not change by itself', async () => {
    using folder = temporaryFolder();
    const script = join(import.meta.dirname, 'inside.ts');
    const alone = ['--net', '--mount', '--pid', '--fork', '--mount-proc', '--propagation', 'private'];
    const command = [...alone, process.execPath, script, folder.path];
    const { stdout } = await promisify(execFile)('unshare', command);
    const seen = JSON.parse(stdout) as Seen;

    const expected = {
      leap: 'normal',
      stratum: 4,
      reference: 'network',
      offset: 0.01,
      distance: 0.1,
      silentSince: null,
      sources: [{ configured: 'ntp.example', address: '192.0.2.10', answers: true }],
    };
    expect(seen.clock).toEqual(read(expected));
    expect(seen.again).toEqual(seen.clock);
    expect(judge(seen.clock)).toEqual(['time-sync.synchronised', 'time-sync.source-listed']);

    // Both daemons were told to leave the clock alone: however well they follow, nobody sets it.
    const { daemons } = Facts.parse(seen.running);
    const steering = daemons.state === 'read' ? daemons.value.map(({ program, steers }) => [program, steers]) : [];
    expect(steering).toEqual([
      ['chronyd', false],
      ['chronyd', false],
    ]);
    const machine = { ...seen.running, container: null };
    expect(timeSync.judge(read(machine), {}, new Date()).map(({ code }) => code)).toEqual(['time-sync.not-steered']);

    // The server ended: hours later chronyd itself still calls the clock normal.
    expect(seen.later).toMatchObject({ value: { leap: 'normal', stratum: 4 } });
    expect(judge(seen.later, new Date(Date.now() + 4 * 3_600_000))[0]).toBe('time-sync.silent');

    expect(seen.stopped.daemons).toEqual(read([]));
  });
});

const at = new Date('2026-11-22T09:00:00Z');
const tracking =
  'C000020A,192.0.2.10,4,1795337567.071,-0.000001357,0,0,-0.214,-0.001,1.677,0.000007,0.000006,1.0,Normal';
const source = '^,*,192.0.2.10,3,0,377,1,0.000000071,0.000000102,0.000003591';

describe('what chronyc says', () => {
  test('of a chronyd that follows its own clock is not synchronised with anything', () => {
    const own = tracking.replace('C000020A,192.0.2.10', '7F7F0101,');
    expect(judge(parseChrony(own, own, at), at)[0]).toBe('time-sync.own-clock');
  });

  test('of one that was never synchronised fails', () => {
    const never = '00000000,,0,0.000000000,0,0,0,0,0,0,1.0,1.0,0.0,Not synchronised';
    expect(judge(parseChrony(never, never, at), at)[0]).toBe('time-sync.not-synchronised');
  });

  test('of a device is told apart from what a network says', () => {
    const device = '#,*,PHC0,0,4,377,11,0.0,0.0,0.0';
    const clock = parseChrony(`${tracking}\n${device}`, `${tracking}\n${device}`, at);
    expect(clock).toMatchObject({
      value: { reference: 'device', sources: [{ configured: 'PHC0', address: null, answers: true }] },
    });
  });

  test.each([
    ['in another form', '506 Cannot talk to daemon', ''],
    ['without a leap status that is known', tracking.replace('Normal', 'Fine'), tracking],
    ['with sources that came between both answers', `${tracking}\n${source}\n${source}`, `${tracking}\n${source}`],
    ['with a figure that is none', tracking.replace('-0.000001357', 'nan'), tracking],
  ])('%s is unknown', (_what, byAddress, byName) => {
    expect(judge(parseChrony(byAddress, byName, at), at)).toEqual(['host.unparsable']);
  });
});
