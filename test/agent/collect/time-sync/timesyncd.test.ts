import { describe, expect, test } from 'vitest';
import { timeSyncCollector } from '../../../../agent/collect/time-sync/index.ts';
import { parseTimesyncd } from '../../../../agent/collect/time-sync/timesyncd.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import { timeSync } from '../../../../policies/checks/time-sync.ts';
import type { TimeSyncFacts } from '../../../../policies/checks/time-sync/facts.ts';
import { read } from '../../../../policies/reading.ts';
import { collecting } from '../../../support/collecting.ts';
import { recordedIn, type Situation } from '../../../support/recorded.ts';

const recorded = recordedIn('timesyncd');
const command = 'timedatectl timesync-status --no-pager';
const [touchedFile = ''] = Object.keys(recorded('synchronised').modifiedAt);

/** @param later seconds after it was recorded */
async function collect(situation: Situation, later = 0): Promise<{ facts: TimeSyncFacts; codes: string[] }> {
  const at = new Date(situation.at.getTime() + later * 1000);
  const context = collecting(new RecordedHost(situation), { at });
  const facts = (await timeSyncCollector.collect(context, { timeSources: ['ntp.example'] }, [{}])) as TimeSyncFacts;
  const codes = timeSync.judge(read(facts), {}, at).map(({ code }) => code.replace('time-sync.', ''));
  return { facts, codes };
}

/** What it said once it followed its server, with something changed; throws where it said no such thing. */
function saying(from: string, to: string): Situation {
  const situation = recorded('synchronised');
  const stdout = situation.commands[command]?.stdout ?? '';
  if (!stdout.includes(from)) throw new Error(`it does not say ${from}`);
  return { ...situation, commands: { [command]: { stdout: stdout.replace(from, to) } } };
}

describe('systemd-timesyncd, as recorded', () => {
  test('passes where it follows a server that is listed, for whoever asks', async () => {
    const { facts, codes } = await collect(recorded('synchronised'));
    expect(codes).toEqual(['synchronised', 'source-listed']);
    expect(facts.daemons).toEqual(
      read([
        {
          program: 'systemd-timesyncd',
          steers: true,
          clock: read({
            leap: 'normal',
            stratum: 4,
            reference: 'network',
            offset: 0.02,
            distance: 0.1,
            silentSince: null,
            sources: [{ configured: 'ntp.example', address: '192.0.2.10', answers: true }],
          }),
        },
      ]),
    );
    expect((await collect(recorded('unprivileged'))).facts).toEqual(facts);
  });

  test('is not synchronised while it waits for its server, though it names it', async () => {
    expect((await collect(recorded('waiting'))).codes).toContain('not-synchronised');
    // Whatever it says: the file is there only once it has set the clock.
    const untouched = Object.entries(recorded('synchronised').files).filter(([path]) => path !== touchedFile);
    const never = { ...recorded('synchronised'), files: Object.fromEntries(untouched), modifiedAt: {} };
    expect((await collect(never)).codes).toContain('not-synchronised');
  });

  test('fails once it has heard nothing for too long, and goes on saying what it heard last', async () => {
    expect((await collect(recorded('gone'))).codes).toEqual(['synchronised', 'source-listed']);
    expect((await collect(recorded('gone'), 4 * 3600)).codes).toContain('silent');
  });

  test('is unknown where the clock was set back since', async () => {
    expect((await collect(recorded('synchronised'), -86_400)).codes).toContain('silent-future');
  });

  test('fails by its offset, with its units and sign', async () => {
    expect((await collect(saying('Offset: -10.563ms', 'Offset: -1min 2.5s'))).codes).toContain('offset');
    expect((await collect(saying('Leap: normal', 'Leap: not synchronized'))).codes).toContain('not-synchronised');
  });

  test('is unknown where the way to the server, or the server itself, is too imprecise', async () => {
    expect((await collect(saying('Delay: 21.544ms', 'Delay: 2.4s'))).codes).toContain('imprecise');
    expect((await collect(saying('Root distance: 0 (', 'Root distance: 1.2s ('))).codes).toContain('imprecise');
  });

  test('in another form is unknown', () => {
    const { at } = recorded('synchronised');
    for (const [from, to] of [
      ['Offset: -10.563ms', 'Offset: small'],
      ['Delay: 21.544ms', 'Delay: ?'],
      ['Leap: normal', 'Leap: odd'],
    ] as const) {
      const { stdout = '' } = saying(from, to).commands[command] ?? {};
      expect(parseTimesyncd(stdout, at, at)).toMatchObject({ obstacle: { code: 'unparsable' } });
    }
  });
});
