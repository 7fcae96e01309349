import { describe, expect, test } from 'vitest';
import { timeSync } from '../../../policies/checks/time-sync.ts';
import type { Clock, Daemon, TimeSyncFacts } from '../../../policies/checks/time-sync/facts.ts';
import { read, unreadable } from '../../../policies/reading.ts';

const at = new Date('2026-11-22T09:00:00Z');
const sound: Clock = {
  leap: 'normal',
  stratum: 3,
  reference: 'network',
  offset: 0.01,
  distance: 0.1,
  silentSince: null,
  sources: [{ configured: 'nl.pool.ntp.org', address: '192.0.2.10', answers: true }],
};
const daemon = (clock: Partial<Clock> = {}, values: Partial<Daemon> = {}): Daemon => ({
  program: 'chronyd',
  steers: true,
  clock: read({ ...sound, ...clock }),
  ...values,
});

function judge(daemons: Daemon[], facts: Partial<TimeSyncFacts> = {}, parameters: object = {}): string[] {
  const whole: TimeSyncFacts = { daemons: read(daemons), container: null, listed: ['nl.pool.ntp.org'], ...facts };
  return timeSync.judge(read(whole), parameters, at).map(({ code }) => code.replace('time-sync.', ''));
}

describe('time-sync', () => {
  test('passes where a daemon that sets the clock follows listed sources closely', () => {
    expect(judge([daemon()])).toEqual(['synchronised', 'source-listed']);
  });

  test.each<[string, Partial<Clock>, string]>([
    ['with the leap alarm', { leap: 'unsynchronised' }, 'not-synchronised'],
    ['with stratum 16', { stratum: 16 }, 'not-synchronised'],
    ['that follows nothing', { reference: 'none' }, 'not-synchronised'],
    ['that follows this machine itself', { reference: 'own-clock' }, 'own-clock'],
    ['that heard nothing for a day', { silentSince: '2026-11-21T09:00:00.000Z' }, 'silent'],
    ['that heard something tomorrow', { silentSince: '2026-11-23T09:00:00.000Z' }, 'silent-future'],
    [
      'whose sources are all silent',
      { sources: sound.sources.map((one) => ({ ...one, answers: false })) },
      'no-answer',
    ],
    ['without sources', { sources: [] }, 'no-answer'],
    ['that is off by more than a second', { offset: 1.01 }, 'offset'],
    ['that may be off by more than a second', { offset: 0.5, distance: 0.6 }, 'imprecise'],
  ])('does not pass one %s', (_what, clock, code) => {
    expect(judge([daemon(clock)])[0]).toBe(code);
  });

  test('goes by the parameters’ own limits', () => {
    expect(judge([daemon({ offset: 1.5 })], {}, { maximumOffset: '2s' })[0]).toBe('synchronised');
    expect(judge([daemon()], {}, { maximumStratum: 2 })[0]).toBe('stratum');
    expect(judge([daemon({ silentSince: '2026-11-22T05:00:00.000Z' })], {}, { maximumSilence: '5h' })[0]).toBe(
      'synchronised',
    );
    expect(() => judge([daemon()], {}, { maximumSilence: '1h' })).toThrow(/2h or more/);
  });

  test('fails where nobody keeps the clock, whatever the kernel remembers', () => {
    expect(judge([])).toEqual(['no-daemon']);
    expect(judge([daemon({}, { steers: false })])).toEqual(['not-steered']);
  });

  test('says of a container that it follows its host, as the parameter has it', () => {
    expect(judge([], { container: 'lxc' })).toEqual(['follows-host']);
    expect(judge([daemon({}, { steers: false })], { container: 'lxc' }, { container: 'not-applicable' })).toEqual([
      'host-answers',
    ]);
    // One that may set the clock is judged like a machine.
    expect(judge([daemon({ offset: 3 })], { container: 'lxc' })[0]).toBe('offset');
  });

  test('fails where two daemons set one clock, and not where the second only serves others', () => {
    expect(judge([daemon(), daemon({}, { program: 'ntpd' })])[0]).toBe('two-daemons');
    expect(judge([daemon(), daemon({}, { steers: false })])[0]).toBe('synchronised');
  });

  test('fails for each source beside the list, also for one that is not followed now', () => {
    const stranger = { configured: 'time.example.net', address: '198.51.100.7', answers: false };
    const clock = { sources: [...sound.sources, stranger] };
    expect(judge([daemon(clock)])).toEqual(['synchronised', 'source-listed', 'source-unlisted']);
    expect(judge([daemon(clock)], { listed: ['192.0.2.0/24', '198.51.100.0/24'] })).not.toContain('source-unlisted');
    expect(judge([daemon(clock)], {}, { sources: 'any' })).toEqual(['synchronised']);
  });

  test('is unknown where nobody made a list, and where something could not be read', () => {
    expect(judge([daemon()], { listed: null })).toEqual(['synchronised', 'list-not-set']);
    expect(judge([daemon({}, { clock: unreadable('timeout', 'chronyc') })])).toEqual(['host.timeout']);
    expect(judge([], { daemons: unreadable('denied', '/proc/1/status') })).toEqual(['host.denied']);
  });
});
