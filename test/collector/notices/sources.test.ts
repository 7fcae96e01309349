import { describe, expect, test } from 'vitest';
import type { Token } from '../../../collector/access/tokens.ts';
import { EvidenceSource } from '../../../collector/notices/of-evidence.ts';
import { FleetSource } from '../../../collector/notices/of-fleet.ts';
import { PeopleSource } from '../../../collector/notices/of-people.ts';
import { TokenSource } from '../../../collector/notices/of-tokens.ts';
import type { Condition, Source } from '../../../collector/notices/condition.ts';
import { Fleet } from '../../../collector/state/fleet.ts';
import type { HostState } from '../../../collector/state/host-state.ts';
import { requirementOf } from '../../../policies/people/requirement.ts';
import { MadeUpOffice } from '../people/office.ts';
import { approver, day, MadeUpLog } from '../reports/evidence.ts';
import { peopleLog, peoplePolicy } from '../reports/people.ts';
import { allPass, at, hostState, policy, shelf, staleAfter, state } from '../web/fleets.ts';

function keysOf(source: Source, moment: Date): string[] {
  return [...source.conditions(moment)].map(({ key }) => key).sort();
}

function later(seconds: number): Date {
  return new Date(at.getTime() + seconds * 1000);
}

const long = new Date(at.getTime() - 86_400_000);

function fleetSource(
  hosts: readonly HostState[],
  { begun = long, waived = '' } = {},
): { source: FleetSource; fleet: Fleet } {
  const fleet = new Fleet(hosts, staleAfter, ['never'], () => new Set(waived === '' ? [] : [waived]));
  return { fleet, source: new FleetSource({ fleet, shelf: shelf(), staleAfter, begun }) };
}

function first(source: Source, moment = at): Condition {
  const [found] = source.conditions(moment);
  if (found === undefined) throw new Error('nothing is the matter');
  return found;
}

describe('of hosts', () => {
  test('a control that fails is the matter, and one that is unknown is not', () => {
    const states = [state('EX-tls', 'fail'), state('EX-updates', 'unknown'), state('EX-info', 'not-applicable')];
    const { source } = fleetSource([hostState('web1', states)]);
    expect(keysOf(source, at)).toEqual(['control-fails web1 example EX-tls', 'host-never-seen never']);
    expect(first(source)).toMatchObject({
      severity: 'critical',
      policy: 'example',
      host: 'web1',
      labels: { role: 'web' },
    });
  });

  test.each([
    ['pass', 'well'],
    ['not-applicable', 'well'],
    ['unknown', 'open'],
  ] as const)('a failure that became %s is %s', (verdict, outcome) => {
    const failed = first(fleetSource([hostState('web1', [state('EX-tls', 'fail')])]).source);
    const { source } = fleetSource([hostState('web1', [state('EX-tls', verdict)])]);
    expect(source.outcome(failed, at)).toBe(outcome);
  });

  test('a failure of a host that fell silent may still be one', () => {
    const host = hostState('web1', [state('EX-tls', 'fail')]);
    const { source } = fleetSource([host]);
    const failed = first(source);
    const silent = later(staleAfter * 2);
    expect(keysOf(source, silent)).toEqual(['host-never-seen never', 'host-stale web1']);
    expect(source.outcome(failed, silent)).toBe('open');
  });

  test('what is waived, or of a host or control that went, is no matter any more', () => {
    const failing = [hostState('web1', [state('EX-tls', 'fail')])];
    const failed = first(fleetSource(failing).source);
    const waived = fleetSource(failing, { waived: `${policy.policy} EX-tls` }).source;
    expect([...waived.conditions(at)].map(({ kind }) => kind)).toEqual(['host-never-seen']);
    expect(waived.outcome(failed, at)).toBe('gone');
    expect(fleetSource([]).source.outcome(failed, at)).toBe('gone');
    expect(fleetSource([hostState('web1', [])]).source.outcome(failed, at)).toBe('gone');
  });

  test('nobody is silent for as long as the collector itself was away', () => {
    const hosts = [hostState('web1', allPass, { issuedAt: long.toISOString(), receivedAt: long.toISOString() })];
    const { source } = fleetSource(hosts, { begun: at });
    expect(keysOf(source, later(staleAfter - 1))).not.toContain('host-stale web1');
    expect(keysOf(source, later(staleAfter))).toContain('host-stale web1');
  });

  test('a host that was never seen is well once it reported', () => {
    const never = first(fleetSource([]).source);
    expect(never.kind).toBe('host-never-seen');
    expect(fleetSource([hostState('never', allPass)]).source.outcome(never, at)).toBe('well');
    expect(fleetSource([]).source.outcome(never, at)).toBe('gone');
  });

  test('a host whose report changes is looked at anew', () => {
    const { fleet, source } = fleetSource([hostState('web1', allPass)]);
    expect(keysOf(source, at)).toEqual(['host-never-seen never']);
    fleet.stage(hostState('web1', [state('EX-tls', 'fail')]));
    fleet.settle();
    expect(keysOf(source, at)).toContain('control-fails web1 example EX-tls');
  });
});

describe('of people', () => {
  function peopleSource(log: MadeUpLog): { at: (moment: string) => string[]; source: PeopleSource } {
    const office = new MadeUpOffice(log);
    const source = new PeopleSource({ window: office.window, book: office.book });
    return { source, at: (moment) => keysOf(source, office.at(moment)) };
  }

  test('a control, a term and an attestation are told in their time', () => {
    const { at: keysAt } = peopleSource(peopleLog());
    expect(keysAt(day(3))).toEqual([]);
    // The leak began on the fourth at nine; its term of a day is near when six hours are left.
    expect(keysAt(day(5, 2))).toEqual([`attestation-ends people P-review attestation-1 ${day(6)}`]);
    expect(keysAt(day(5, 3))).toContain('term-near case-1 customer-told');
    expect(keysAt(day(5, 9))).toContain('term-overdue case-1 customer-told');
    expect(keysAt(day(5, 9))).not.toContain('term-near case-1 customer-told');
    expect(keysAt(day(7))).toContain('organisation-fails people P-review');
    expect(keysAt(day(7))).not.toContain('term-overdue case-1 customer-told');
  });

  test('a waiver is told when it waits, when it ends soon, and when it ended', () => {
    const [control] = peoplePolicy.controls;
    if (control === undefined) throw new Error('the policy has a control');
    const asked = { act: 'waive', id: 'waiver-1', policy: 'people', control: control.id } as const;
    const span = {
      from: day(1),
      until: day(28),
      scope: { of: 'organisation' },
      requirement: requirementOf(control),
    } as const;
    const log = new MadeUpLog()
      .follow(day(1), peoplePolicy)
      .act(day(2), { ...asked, ...span })
      .act(day(3), { act: 'approve', of: 'waiver-1' }, { by: approver });
    const { at: keysAt } = peopleSource(log);
    const waivers = (moment: string): string[] => keysAt(moment).filter((key) => key.startsWith('waiver'));
    expect(waivers(day(2))).toEqual(['waiver-waits waiver-1']);
    expect(waivers(day(13))).toEqual([]);
    expect(waivers(day(14))).toEqual(['waiver-ends waiver-1']);
    expect(waivers(day(28))).toEqual(['waiver-ended waiver-1']);
  });

  test('a certificate of the organisation is told two months before its end', () => {
    const record = { of: 'certificate', standard: 'iso27001', from: day(1), until: day(30) } as const;
    const log = new MadeUpLog().act(day(1), { act: 'record', id: 'certificate-1', record });
    const { at: keysAt } = peopleSource(log);
    expect(keysAt(day(2))).toEqual([`certificate-ends certificate-1 ${day(30)}`]);
    expect(keysAt(day(30))).toEqual([`certificate-ended certificate-1 ${day(30)}`]);
  });
});

describe('of tokens', () => {
  function token(more: Partial<Token>): Token {
    return {
      ...{ id: 't1', role: 'metrics', label: 'prometheus', createdAt: later(-30 * 86_400).toISOString(), agent: null },
      ...{ expiresAt: later(86_400).toISOString(), revokedAt: null, usedAt: null, person: 'person-t1' },
      ...{ customer: null, controls: [], publicKey: null },
      ...more,
    };
  }

  test.each([
    ['ends within two weeks', {}, ['token-ends t1']],
    ['ended', { expiresAt: later(-60).toISOString() }, ['token-ended t1']],
    ['ended long ago', { expiresAt: later(-8 * 86_400).toISOString() }, []],
    ['holds longer', { expiresAt: later(15 * 86_400).toISOString() }, []],
    ['was revoked', { revokedAt: at.toISOString() }, []],
    ['was made for some days', { createdAt: later(-3600).toISOString() }, []],
    ['enrols', { role: 'enrol' }, []],
  ] as const)('one that %s', (_, more, expected) => {
    expect(keysOf(new TokenSource({ list: () => [token(more)] }), at)).toEqual(expected);
  });
});

describe('of the evidence', () => {
  const figures = { scrubber: { mismatches: 0, completedAt: at }, sequencer: { isHalted: false } };

  test('mismatches, a log that is behind, and what agents say are the matter', () => {
    expect(keysOf(new EvidenceSource({ ...figures, contradicted: () => new Map() }), at)).toEqual([]);
    const source = new EvidenceSource({
      scrubber: { mismatches: 2, completedAt: at },
      sequencer: { isHalted: true },
      contradicted: () => new Map([['web1', at]]),
    });
    expect(keysOf(source, at)).toEqual([
      'evidence-behind log',
      'evidence-contradicted web1',
      'evidence-mismatch store',
    ]);
    expect(keysOf(source, later(90_000))).not.toContain('evidence-contradicted web1');
  });

  test('are not over because a start has not looked yet', () => {
    const { scrubber, sequencer } = figures;
    const none = new Map<string, Date>();
    const found = new EvidenceSource({ scrubber: { ...scrubber, mismatches: 1 }, sequencer, contradicted: () => none });
    const started = { scrubber: { mismatches: 0, completedAt: undefined }, sequencer, contradicted: () => none };
    expect(new EvidenceSource(started).outcome(first(found))).toBe('open');
    expect(new EvidenceSource({ ...started, scrubber }).outcome(first(found))).toBe('well');
  });
});
