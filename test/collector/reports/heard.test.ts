import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildCompliance } from '../../../collector/reports/build.ts';
import type { Span } from '../../../collector/reports/model.ts';
import { unverifiedPayload } from '../../../evidence/envelope.ts';
import type { Entry } from '../../../evidence/entry.ts';
import { HeardHosts } from '../../../evidence/heard.ts';
import { Organisation } from '../../../evidence/organisation.ts';
import { decodeStatement } from '../../../evidence/statement.ts';
import { observeOrganisation } from '../../../policies/people/organisation.ts';
import { plainPolicy } from '../../support/policies.ts';
import { day, MadeUpLog, requestOf } from './evidence.ts';

/** What holds of hosts over a period, against what a verifier finds who judges at one moment. */

const watched = plainPolicy('watched', {
  'W-daily': { check: 'reporting', with: { within: '1d' } },
  'W-hourly': { check: 'reporting', with: { within: '1h' } },
  'W-signed': { check: 'attestation', with: { valid: '5d', per: 'host' } },
});
const controls = watched.controls.map(({ id }) => id);

async function spansOf(log: MadeUpLog): Promise<Map<string, readonly Span[]>> {
  const { policies } = await buildCompliance(log.evidence(), requestOf());
  const found = policies.flatMap((policy) => policy.controls);
  return new Map(found.map(({ control, organisation }) => [control, organisation?.spans ?? []]));
}

/** As a verifier does it: entry by entry, and judged once. */
function verdictsAt(entries: readonly Entry[], moment: string): Map<string, string> {
  const heard = new HeardHosts();
  const organisation = new Organisation(heard);
  for (const entry of entries) {
    if (entry.receivedAt > moment) break;
    if (entry.kind === 'agent.enrol') heard.enrol(entry);
    if (entry.kind === 'agent.revoke') heard.revoke(entry);
    if (entry.kind === 'act') organisation.take(entry);
    const statement = entry.kind === 'report' ? decodeStatement(unverifiedPayload(entry.envelope)) : undefined;
    if (statement !== undefined) heard.report(statement, entry.receivedAt);
  }
  const found = observeOrganisation([watched], (kind, name) => organisation.factsOf(kind, name), new Date(moment));
  return new Map(found.map(({ control, verdict }) => [control, verdict]));
}

function brief(spans: readonly Span[] | undefined): string[] | undefined {
  return spans?.map(({ state, from, until }) => `${state} ${from.slice(5, 16)} ${until.slice(5, 16)}`);
}

test('silences of hosts are spans that fail, to the minute', async () => {
  const log = new MadeUpLog().enrol(day(1), 'web1').follow(day(1), watched);
  log.hourly(day(1, 1), day(3), 'web1', {}).hourly(day(5), day(7, 1), 'web1', {});
  log.act(day(7, 2), {
    act: 'record',
    id: 'host-1',
    record: { of: 'host', host: 'spare', from: day(7), until: day(9) },
  });
  log.heartbeat(day(11));
  expect(brief((await spansOf(log)).get('W-daily'))).toEqual([
    'not-applicable 10-01T00:00 10-01T01:00',
    // The last report of the second is of eleven in the evening.
    'pass 10-01T01:00 10-03T23:00',
    'fail 10-03T23:00 10-05T00:00',
    'pass 10-05T00:00 10-08T00:00',
    'fail 10-08T00:00 10-11T00:00',
  ]);
});

test('a host that the register expects is silent while it does, whether it was ever enrolled or not', async () => {
  const log = new MadeUpLog().enrol(day(1), 'web1');
  for (const [id, host] of [
    ['line-1', 'spare'],
    ['line-2', 'web1'],
  ] as const) {
    log.act(day(2), { act: 'record', id, record: { of: 'host', host, from: day(3), until: day(9) } });
  }
  log.revoke(day(5), 'web1', 'retired').heartbeat(day(11));
  const { hosts } = await buildCompliance(log.evidence(), requestOf());
  const told = hosts.map(({ host, gaps }) => [host, gaps.map((gap) => `${gap.state} ${gap.from.slice(5, 10)}`)]);
  expect(told).toEqual([
    ['spare', ['not-enrolled 10-01', 'silent 10-03', 'not-enrolled 10-09']],
    ['web1', ['silent 10-01', 'not-enrolled 10-09']],
  ]);
  const later = requestOf({ period: { from: day(9), until: day(11) } });
  expect((await buildCompliance(log.evidence(), later)).hosts.map(({ host }) => host)).toEqual(['web1']);
});

test('a report of older facts than the one before is a silence too', async () => {
  const log = new MadeUpLog().enrol(day(1), 'web1').follow(day(1), watched).hourly(day(1), day(2), 'web1', {});
  log.report(day(2), 'web1', {}, { issuedAt: day(1, 0, 30) }).hourly(day(2, 5), day(11), 'web1', {});
  expect(brief((await spansOf(log)).get('W-daily'))?.slice(0, 2)).toEqual([
    'pass 10-01T00:00 10-02T00:30',
    'fail 10-02T00:30 10-02T05:00',
  ]);
});

const minute = 60_000;
const hosts = ['web1', 'web2'] as const;
interface Happening {
  readonly after: number;
  readonly host: (typeof hosts)[number];
  readonly what: 'report' | 'late' | 'ahead' | 'enrol' | 'retire' | 'lose' | 'expect' | 'strike' | 'attest';
}
const Happening: fc.Arbitrary<Happening> = fc.record({
  /** Minutes after the one before. */
  after: fc.oneof(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 600, max: 2000 })),
  host: fc.constantFrom(...hosts),
  what: fc.oneof(
    { weight: 12, arbitrary: fc.constant('report') },
    fc.constantFrom('late', 'ahead', 'enrol', 'retire', 'lose', 'expect', 'strike', 'attest'),
  ),
});

function logOf(happenings: readonly Happening[]): { log: MadeUpLog; moments: string[] } {
  const log = new MadeUpLog().follow(day(1), watched);
  const epochs = new Map<string, number>(hosts.map((host) => [host, 1]));
  for (const host of hosts) log.enrol(day(1), host);
  const moments: string[] = [];
  let now = Date.parse(day(1));
  for (const [number, { after, host, what }] of happenings.entries()) {
    now += after * minute;
    const at = new Date(now).toISOString();
    if (at >= day(10)) break;
    moments.push(at);
    const epoch = epochs.get(host) ?? 0;
    const shifted = (minutes: number): string => new Date(now + minutes * minute).toISOString();
    if (what === 'enrol') epochs.set(host, epoch + 1);
    if (what === 'enrol') log.enrol(at, host, epoch + 1);
    else if (what === 'expect') {
      log.act(at, { act: 'record', id: `line-${host}`, record: { of: 'host', host, from: at, until: shifted(3000) } });
    } else if (what === 'strike') log.act(at, { act: 'strike', of: `line-${host}` });
    else if (what === 'attest') {
      const scope = { of: 'hosts' as const, hosts: [host] };
      const about = { policy: 'watched', control: 'W-signed', scope, effective: at, until: null };
      log.act(at, { act: 'attest', id: `attestation-${number}`, ...about });
    } else if (epoch === 0) continue;
    else if (what === 'retire') log.revoke(at, host, 'retired', epoch);
    else if (what === 'lose') log.revoke(at, host, 'lost', epoch);
    else {
      const issuedAt = shifted({ report: 0, late: -800, ahead: 30 }[what]);
      log.report(at, host, {}, { epoch, issuedAt });
    }
  }
  log.heartbeat(day(11));
  return { log, moments };
}

test('a report over a period says of every moment what a verifier finds at it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(Happening, { minLength: 5, maxLength: 60 }), async (happenings) => {
      const { log, moments } = logOf(happenings);
      const spans = await spansOf(log);
      // What changes within a minute is laid out by the minute.
      const asked = moments.flatMap((moment) =>
        [2, 45, 1200].map((minutes) => new Date(Date.parse(moment) + minutes * minute).toISOString()),
      );
      for (const moment of asked) {
        const isNearAChange = [...spans.values()].flat().some(({ from }) => {
          const since = Date.parse(moment) - Date.parse(from);
          return since > -2 * minute && since < 2 * minute;
        });
        if (isNearAChange) continue;
        const found = verdictsAt(log.entries, moment);
        const told = controls.map((control) => {
          return [control, spans.get(control)?.find(({ from, until }) => from <= moment && moment < until)?.state];
        });
        expect([moment, Object.fromEntries(told)]).toEqual([moment, Object.fromEntries(found)]);
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);
