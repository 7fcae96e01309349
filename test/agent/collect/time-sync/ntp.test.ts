import { describe, expect, test } from 'vitest';
import { parseNtp, readNtp } from '../../../../agent/collect/time-sync/ntp.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import { read } from '../../../../policies/reading.ts';

const at = new Date('2026-11-22T09:02:54Z');

// Recorded from ntpsec 1.2.2 (Debian 12) without CAP_SYS_TIME in a network namespace, following chronyd 4.3.
const variables = `associd=0 status=0014 leap_none, sync_unspec, 1 event, freq_mode,
leap=00, stratum=4, precision=-24, rootdelay=0.052, rootdisp=1.015,
refid=192.0.2.10, reftime=eead2e3c.730cd8e8 2026-11-22T09:02:52.449Z, tc=0,
peer=17767, offset=0.015232, frequency=0.0, sys_jitter=0.0,
clk_jitter=0.007901, clock=eead2e3d.8e94c2e4 2026-11-22T09:02:53.556Z,
processor="x86_64", system="Linux/6.18.44-fc-v595",
version="ntpd ntpsec-1.2.2", clk_wander=0.0, mintc=0
`;
const head = `     remote           refid      st t when poll reach   delay   offset   jitter
===============================================================================
`;
const followed = '*192.0.2.10      127.127.1.1      3 u    1    1   77   0.0521   0.0024   0.0100\n';
const named = followed.replace('192.0.2.10 ', 'ntp.example');
const own = ' LOCAL(0)        .LOCL.           5 l   12   64    1   0.0000   0.0000   0.0000\n';
const starting = variables
  .replace('leap=00, stratum=4', 'leap=11, stratum=16')
  .replace(/reftime=\S+/, 'reftime=00000000.00000000');

describe('what ntpq says', () => {
  test('gives the names of ntpsec’s configuration beside the addresses', async () => {
    const host = new RecordedHost({
      commands: {
        'ntpq -n -c rv': { stdout: variables },
        'ntpq -pnw': { stdout: head + followed },
        'ntpq -pw': { stdout: head + named },
      },
    });
    expect(await readNtp(host, at, AbortSignal.timeout(1000))).toEqual(
      read({
        leap: 'normal',
        stratum: 4,
        reference: 'network',
        offset: 0.01,
        distance: 0.1,
        silentSince: null,
        sources: [{ configured: 'ntp.example', address: '192.0.2.10', answers: true }],
      }),
    );
  });

  test('of the classic ntpd gives no names: they would be those of reverse DNS', async () => {
    const stdout = variables.replace('ntpsec-1.2.2', '4.2.8p15');
    const host = new RecordedHost({
      commands: {
        'ntpq -n -c rv': { stdout },
        'ntpq -pnw': { stdout: head + followed },
        'ntpq -pw': { stdout: head + named },
      },
    });
    expect(await readNtp(host, at, AbortSignal.timeout(1000))).toMatchObject({
      value: { sources: [{ configured: '192.0.2.10' }] },
    });
    expect(host.asked).not.toContain('ntpq -pw');
  });

  test.each([
    ['is not synchronised yet', starting, followed, { leap: 'unsynchronised', reference: 'none' }],
    ['follows its own clock', variables, own.replace(' ', '*'), { reference: 'own-clock' }],
    ['follows nobody', variables, followed.replace('*', ' '), { reference: 'none' }],
    ['is heard no more', variables, followed.replace(' 77 ', '  0 '), { sources: [{ answers: false }] }],
  ])('of one that %s is told as such', (_what, rv, peers, expected) => {
    expect(parseNtp(rv, head + peers, head + peers, at)).toMatchObject({ value: expected });
  });

  test('hours after the last update tells since when', () => {
    const later = new Date('2026-11-22T12:00:00Z');
    expect(parseNtp(variables, head + followed, head + followed, later)).toMatchObject({
      value: { silentSince: '2026-11-22T09:02:52.000Z' },
    });
  });

  test.each([
    ['variables', 'Connection refused', head + followed],
    ['peers', variables, 'No association ID’s returned'],
  ])('without its %s is unknown', (_what, rv, peers) => {
    expect(parseNtp(rv, peers, peers, at)).toMatchObject({ obstacle: { code: 'unparsable' } });
  });
});
