import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRecord, saveRecord } from '../../../agent/availability/record.ts';
import { AvailabilityTarget, whereIs } from '../../../agent/availability/settings.ts';
import { availabilityCollector } from '../../../agent/collect/availability.ts';
import { RecordedHost } from '../../../agent/host/recorded.ts';
import { RunLedger } from '../../../agent/ledger.ts';
import { availability } from '../../../policies/checks/availability.ts';
import type { AvailabilityFacts } from '../../../policies/checks/availability/facts.ts';
import { read } from '../../../policies/reading.ts';
import { collecting } from '../../support/collecting.ts';
import { temporaryFolder } from '../../support/tools.ts';

const target = { name: 'www', service: 'https', url: 'https://www.example.nl/login?secret=1', text: 'Welkom' };
const controls = [
  { host: 'www.example.org', port: 443 },
  { host: '2001:DB8:0::53', port: 53 },
];
const host = new RecordedHost({});
const up = [{ from: '2026-10-01T00:00:00.000Z', state: 'up' as const }];

function collect(data: string, at: string, settings: object = { targets: [target], controls }, ledger?: RunLedger) {
  const moment = new Date(at);
  const context = collecting(host, {
    at: moment,
    ledger: ledger ?? new RunLedger(moment),
    availability: () => openRecord(data),
  });
  return availabilityCollector.collect(context, { availability: settings }, []) as Promise<AvailabilityFacts>;
}

describe('the facts of availability', () => {
  it('are what was recorded, and the same while nothing changes', async () => {
    using folder = temporaryFolder();
    saveRecord(folder.path, { v: 1, sampledAt: '2026-10-05T10:00:00.000Z', targets: { 'https www': up } });
    const first = await collect(folder.path, '2026-10-05T10:00:10Z');
    expect(first).toEqual({
      controls: ['www.example.org:443', '[2001:db8::53]:53'],
      maintenance: [],
      targets: read([
        { target: 'www', service: 'https', purpose: 'service', what: 'https://www.example.nl/login', stretches: up },
      ]),
    });
    saveRecord(folder.path, { v: 1, sampledAt: '2026-10-05T10:15:00.000Z', targets: { 'https www': up } });
    expect(JSON.stringify(await collect(folder.path, '2026-10-05T10:15:05Z'))).toBe(JSON.stringify(first));
    expect(availability.facts.safeParse(first).success).toBe(true);
  });

  it('are unknown from the last look on where that is too long ago: nobody watches', async () => {
    using folder = temporaryFolder();
    saveRecord(folder.path, { v: 1, sampledAt: '2026-10-05T10:00:00.000Z', targets: { 'https www': up } });
    const { targets } = await collect(folder.path, '2026-10-05T11:00:00Z');
    const gap = { from: '2026-10-05T10:00:00.000Z', state: 'unknown', why: 'nobody looked' };
    expect(targets).toMatchObject({ value: [{ stretches: [...up, gap] }] });
  });

  it('are no stretches where nobody ever watched', async () => {
    using folder = temporaryFolder();
    expect(await collect(folder.path, '2026-10-05T10:00:00Z')).toMatchObject({ targets: read([{ stretches: [] }]) });
    const context = collecting(host);
    expect(await availabilityCollector.collect(context, { availability: { targets: [target] } }, [])).toMatchObject({
      targets: read([{ stretches: [] }]),
    });
  });

  it('cannot be read where the record is damaged, or from the future', async () => {
    using folder = temporaryFolder();
    saveRecord(folder.path, { v: 1, sampledAt: '2026-10-05T10:10:00.000Z', targets: { 'https www': up } });
    expect(await collect(folder.path, '2026-10-05T10:00:00Z')).toMatchObject({ targets: { state: 'unreadable' } });
    writeFileSync(join(folder.path, 'availability.json'), '{');
    expect(await collect(folder.path, '2026-10-05T10:20:00Z')).toMatchObject({ targets: { state: 'unreadable' } });
  });

  it('tell since when work was in the settings, whatever date its announcement bears', async () => {
    using folder = temporaryFolder();
    const work = {
      from: '2026-10-10T00:00:00Z',
      until: '2026-10-10T04:00:00Z',
      announcedAt: '2026-10-01T00:00:00Z',
    };
    const settings = { targets: [target], controls, maintenance: [work] };
    const ledgerFile = join(folder.path, 'ledger.json');
    const ledger = new RunLedger(new Date('2026-10-08T00:00:00Z'));
    const before = await collect(folder.path, '2026-10-08T00:00:00Z', settings, ledger);
    expect(before.maintenance).toEqual([{ ...work, targets: [], seenAt: '2026-10-08T00:00:00.000Z' }]);
    ledger.save(ledgerFile);
    expect(availability.facts.safeParse(before).success).toBe(true);
  });
});

describe('the settings of availability', () => {
  const settings = availabilityCollector.settings;
  const parse = (value: object): boolean => settings.safeParse({ availability: value }).success;

  it.each([
    ['a name twice for one service', { targets: [target, target] }],
    ['a URL of another scheme', { targets: [{ ...target, service: 'http' }] }],
    ['a URL with a password', { targets: [{ ...target, url: 'https://a:b@www.example.nl/' }] }],
    [
      'a key that is too short',
      { targets: [{ name: 'v', service: 'wireguard', host: 'v', publicKey: 'AAAA', privateKeyFile: '/k' }] },
    ],
    ['an unknown word', { targets: [{ ...target, expect: 'x' }] }],
    [
      'work that ends before it begins',
      {
        maintenance: [
          { from: '2026-10-02T00:00:00Z', until: '2026-10-01T00:00:00Z', announcedAt: '2026-09-01T00:00:00Z' },
        ],
      },
    ],
    [
      'work that was announced afterwards',
      {
        maintenance: [
          { from: '2026-10-01T00:00:00Z', until: '2026-10-02T00:00:00Z', announcedAt: '2026-10-01T00:00:01Z' },
        ],
      },
    ],
  ])('do not take %s', (_, value) => {
    expect(parse({ controls, targets: [target] })).toBe(true);
    expect(parse(value)).toBe(false);
  });

  it.each([
    ['imap', 'none', 143],
    ['imap', 'implicit', 993],
    ['pop3', 'starttls', 110],
    ['pop3', 'implicit', 995],
    ['smtp', 'starttls', 25],
    ['smtp', 'implicit', 465],
  ] as const)('know the port of %s with TLS %s', (service, tls, port) => {
    const parsed = AvailabilityTarget.parse({ name: 'it', service, host: 'mail.example.nl', tls });
    expect(whereIs(parsed)).toBe(`mail.example.nl:${port}`);
  });
});
