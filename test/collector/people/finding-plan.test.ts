import { beforeEach, describe, expect, test } from 'vitest';
import { maximumOpenedAtOnce, maximumOpenFindings, planFindings } from '../../../collector/people/finding-plan.ts';
import type { FindingPlan } from '../../../collector/people/finding-plan.ts';
import type { HostState } from '../../../collector/state/host-state.ts';
import type { Act, ActingRole } from '../../../evidence/act.ts';
import { Organisation } from '../../../evidence/organisation.ts';
import { requirementOf } from '../../../policies/people/requirement.ts';
import { fleetOf, hostState, at as now, policy, shelf, state } from '../web/fleets.ts';
import { findingsPolicy } from './findings.ts';

const documents = shelf(policy, findingsPolicy);
const since = '2026-11-22T08:00:00.000Z';
const followed = '2026-11-01T00:00:00.000Z';
let organisation: Organisation;

function take(act: Act, receivedAt: string, role: ActingRole = 'operator', by: string = role): void {
  const flaw = organisation.take({ v: 1, kind: 'act', receivedAt, by, role, act, body: [] });
  if (flaw !== undefined) throw new Error(flaw);
}

function follow(receivedAt: string, ...policies: readonly { policy: string; version: number; digest: string }[]): void {
  take(
    {
      act: 'follow',
      policies: policies.map(({ policy: name, version, digest }) => ({ policy: name, version, digest })),
    },
    receivedAt,
  );
}

beforeEach(() => {
  organisation = new Organisation();
  follow(followed, findingsPolicy);
});

function failing(host: string, control = 'EX-tls', more: { since?: string } = {}): HostState {
  return hostState(host, [state(control, 'fail', { since, ...more })]);
}

function plan(hosts: readonly HostState[], at = now): FindingPlan {
  return planFindings({ organisation, fleet: fleetOf(hosts), shelf: documents }, at);
}

/** Takes in what is to be opened and closed, as the collector does. */
function carryOut({ open, close }: FindingPlan, at = now): void {
  for (const { id: of, how } of close) {
    take({ act: 'take-step', of, step: how, fields: [] }, at.toISOString(), 'collector');
    take({ act: 'close-case', of, fields: [] }, at.toISOString(), 'collector');
  }
  for (const finding of open) {
    const id = `case-${organisation.cases.size}`;
    take({ act: 'open-case', id, of: 'finding', ...finding, fields: [] }, at.toISOString(), 'collector');
  }
}

describe('a finding is opened', () => {
  test('once for all hosts that fail one control, from when the first of them was seen failing', () => {
    const found = plan([failing('web1'), failing('web2', 'EX-tls', { since: '2026-11-21T08:00:00.000Z' })]);
    expect(found.open).toEqual([
      {
        urgency: 'urgent',
        began: '2026-11-21T08:00:00.000Z',
        about: { policy: 'example', control: 'EX-tls', hosts: ['web1', 'web2'] },
      },
    ]);
  });

  test('as urgent where the control is critical, and where nobody can tell', () => {
    expect(plan([failing('web1', 'EX-updates')]).open).toMatchObject([{ urgency: 'normal' }]);
    expect(plan([failing('web1', 'EX-gone')]).open).toMatchObject([{ urgency: 'urgent' }]);
  });

  test('by itself for hosts that come to fail later, and for no host twice', () => {
    carryOut(plan([failing('web1')]));
    const found = plan([failing('web1'), failing('web2')]);
    expect(found.open.map(({ about }) => about.hosts)).toEqual([['web2']]);
  });

  test('for no more hosts than an act has room for', () => {
    const hosts = Array.from({ length: 201 }, (_, index) => failing(`web${1000 + index}`));
    expect(plan(hosts).open.map(({ about }) => about.hosts.length)).toEqual([200, 1]);
  });

  test('for what was reported as failing and then fell silent', () => {
    const silent = hostState('web1', [state('EX-tls', 'fail', { since })], { issuedAt: since, receivedAt: since });
    expect(plan([silent]).open).toHaveLength(1);
  });

  test('never from a moment that is still to come', () => {
    expect(plan([failing('web1', 'EX-tls', { since: '2026-11-22T12:04:00.000Z' })]).open[0]?.began).toBe(
      now.toISOString(),
    );
  });

  test('with terms that count from when a document asked for it, at the earliest', () => {
    organisation = new Organisation();
    follow('2026-11-22T10:00:00.000Z', findingsPolicy);
    follow('2026-11-22T11:00:00.000Z', findingsPolicy);
    expect(plan([failing('web1')]).open[0]?.began).toBe('2026-11-22T10:00:00.000Z');
  });
});

describe('no finding is opened', () => {
  test.each(['pass', 'unknown', 'not-applicable'] as const)('where a control is %s', (verdict) => {
    expect(plan([hostState('web1', [state('EX-tls', verdict)])]).open).toEqual([]);
  });

  test('where no document that is followed asks for findings', () => {
    organisation = new Organisation();
    follow(followed, policy);
    expect(plan([failing('web1')]).open).toEqual([]);
  });

  test('past what anybody could examine, and that is told', () => {
    const controls = Array.from({ length: maximumOpenFindings + 5 }, (_, index) =>
      state(`EX-${index}`, 'fail', { since }),
    );
    const host = hostState('web1', controls);
    expect(plan([host]).open).toHaveLength(maximumOpenedAtOnce);
    while (plan([host]).open.length > 0) carryOut(plan([host]));
    expect([organisation.findings.size, plan([host]).left]).toEqual([maximumOpenFindings, 5]);
  });
});

describe('an exception', () => {
  const definition = policy.controls.find(({ id }) => id === 'EX-tls');
  const waive = (until: string): void => {
    const requirement = requirementOf({ check: definition?.check ?? '', with: definition?.with ?? {} });
    const asked = {
      policy: 'example',
      control: 'EX-tls',
      requirement,
      scope: { of: 'hosts' as const, hosts: ['web1'] },
    };
    take({ act: 'waive', id: 'waiver-1', ...asked, from: since, until }, since);
    take({ act: 'approve', of: 'waiver-1' }, '2026-11-22T09:00:00.000Z', 'approver');
  };

  test('keeps a finding from being opened as long as it holds, and its terms count from the end of it', () => {
    waive('2026-11-22T11:00:00.000Z');
    expect(plan([failing('web1')], new Date('2026-11-22T10:59:00Z')).open).toEqual([]);
    expect(plan([failing('web1')]).open[0]?.began).toBe('2026-11-22T11:00:00.000Z');
  });

  test('ends the finding that stood, and says so', () => {
    carryOut(plan([failing('web1')]));
    waive('2026-12-22T11:00:00.000Z');
    expect(plan([failing('web1')])).toMatchObject({ open: [], close: [{ id: 'case-0', how: 'waived' }] });
  });
});

describe('a finding is closed', () => {
  beforeEach(() => carryOut(plan([failing('web1'), failing('web2')])));

  const passing = (host: string): HostState => hostState(host, [state('EX-tls', 'pass')]);

  test.each<[string, readonly HostState[], string | undefined]>([
    ['once all of its hosts pass', [passing('web1'), passing('web2')], 'passed'],
    ['not while one fails', [passing('web1'), failing('web2')], undefined],
    ['not by what is unknown', [passing('web1'), hostState('web2', [state('EX-tls', 'unknown')])], undefined],
    ['not by an old report', [passing('web1'), { ...passing('web2'), issuedAt: since, receivedAt: since }], undefined],
    [
      'not by a clock that is ahead',
      [passing('web1'), { ...passing('web2'), issuedAt: '2026-11-22T12:30:00Z' }],
      undefined,
    ],
    ['where one passes and the other is retired', [passing('web1')], 'passed'],
    ['where all are gone', [], 'gone'],
    ['where it is asked no more', [hostState('web1', []), hostState('web2', [])], 'gone'],
  ])('%s', (_, hosts, how) => {
    expect(plan(hosts).close).toEqual(how === undefined ? [] : [{ id: 'case-0', how }]);
  });

  test('and another is opened where it fails again', () => {
    carryOut(plan([passing('web1'), passing('web2')]));
    const later = '2026-11-22T11:30:00.000Z';
    expect(plan([failing('web1', 'EX-tls', { since: later })])).toMatchObject({ open: [{ began: later }], close: [] });
  });
});

describe('people', () => {
  beforeEach(() => carryOut(plan([failing('web1')])));

  test.each<[string, Act]>([
    ['close what the collector opened', { act: 'close-case', of: 'case-0', fields: [] }],
    ['say that it passes', { act: 'take-step', of: 'case-0', step: 'passed', fields: [] }],
  ])('do not %s', (_, act) => {
    expect(organisation.flawOf({ act, by: 'collector', role: 'operator' })).toBe('act.collector');
    expect(organisation.flawOf({ act, by: 'collector', role: 'collector' })).toBeUndefined();
  });

  test('examine it', () => {
    const act: Act = { act: 'take-step', of: 'case-0', step: 'examined', fields: [] };
    expect(organisation.flawOf({ act, by: 'person-a', role: 'operator' })).toBeUndefined();
  });

  test('keep no finding from being opened by one of their own that presses less', () => {
    organisation = new Organisation();
    follow(followed, findingsPolicy);
    const about = { policy: 'example', control: 'EX-tls', hosts: ['web1'] };
    take(
      { act: 'open-case', id: 'case-own', of: 'finding', urgency: 'normal', began: since, about, fields: [] },
      since,
    );
    expect(plan([failing('web1')]).open).toMatchObject([{ urgency: 'urgent' }]);
  });
});
