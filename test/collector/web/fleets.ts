import type { Policy } from '../../../policies/load.ts';
import type { Reason } from '../../../policies/reasons.ts';
import type { Control } from '../../../policies/schema.ts';
import type { ShownOrganisation } from '../../../collector/people/shown.ts';
import { Fleet } from '../../../collector/state/fleet.ts';
import type { ControlState, HostState } from '../../../collector/state/host-state.ts';
import { PolicyShelf } from '../../../collector/state/shelf.ts';
import type { PageContext } from '../../../collector/web/page/layout.ts';

/** Made-up fleets for the tests of the pages. */

/** When all of it is looked at; hosts are stale an hour after their report. */
export const at = new Date('2026-11-22T12:00:00Z');
export const staleAfter = 3600;

export const hostile = `<script>alert("1")</script>'&`;

export function control(id: string, severity: Control['severity'], more: Partial<Control> = {}): Control {
  return {
    id,
    clause: `clause of ${id}`,
    title: { nl: `titel van ${id}`, en: `title of ${id}` },
    promise: { nl: `belofte van ${id}`, en: `promise of ${id}` },
    remedy: { nl: `herstel van ${id}`, en: `remedy of ${id}` },
    severity,
    maps: { 'iso27001-2022': ['A.8.24'] },
    check: 'tls',
    with: {},
    ...more,
  };
}

export const policy: Policy = {
  policy: 'example',
  version: 2,
  title: { nl: 'Voorbeeldbeleid', en: 'Example policy' },
  source: { document: 'Example', publisher: 'Example B.V.', dated: '2026-01-01' },
  controls: [control('EX-info', 'info'), control('EX-tls', 'critical'), control('EX-updates', 'warning')],
  digest: 'a'.repeat(64),
  text: '',
};

/** A reason of a code that is in every catalogue. */
export function unreadableReason(what: string, subject?: string): Reason {
  return {
    code: 'host.denied',
    verdict: 'unknown',
    values: { what, detail: '' },
    ...(subject === undefined ? {} : { subject }),
  };
}

export function reason(verdict: Reason['verdict'], subject: string, seen = 'seen'): Reason {
  return { code: `example.${verdict}`, verdict, subject, values: { seen } };
}

export function state(id: string, verdict: ControlState['verdict'], more: Partial<ControlState> = {}): ControlState {
  const isCompliant = verdict === 'pass' || verdict === 'not-applicable';
  return {
    policy: policy.policy,
    control: id,
    verdict,
    reasons: [reason(verdict, `subject of ${id}`)],
    since: '2026-11-20T08:00:00.000Z',
    failingSince: isCompliant ? null : '2026-11-18T08:00:00.000Z',
    ...more,
  };
}

export function hostState(
  agent: string,
  controls: readonly ControlState[],
  more: Partial<Pick<HostState, 'issuedAt' | 'receivedAt' | 'index'>> & { version?: number; digest?: string } = {},
): HostState {
  const { version = policy.version, digest = policy.digest, ...times } = more;
  return {
    agent,
    index: 41,
    seq: 1,
    issuedAt: '2026-11-22T11:55:00.000Z',
    receivedAt: '2026-11-22T11:55:01.000Z',
    ...times,
    content: {
      v: 1,
      epoch: 1,
      policies: [{ policy: policy.policy, version, digest }],
      parts: {},
      host: { v: 1, hostname: agent, os: 'Debian GNU/Linux 12', agentVersion: '0.1.0', labels: { role: 'web' } },
      controls: [...controls],
      measures: {},
    },
  };
}

export const allPass = ['EX-info', 'EX-tls', 'EX-updates'].map((id) => state(id, 'pass'));

/** One host in each state that there is. */
export function mixedHosts(): HostState[] {
  return [
    hostState('broken', [state('EX-tls', 'fail'), state('EX-updates', 'unknown'), state('EX-info', 'not-applicable')]),
    hostState('good', allPass),
    hostState('silent', allPass, { issuedAt: '2026-11-22T08:00:00.000Z', receivedAt: '2026-11-22T08:00:01.000Z' }),
    hostState('ahead', allPass, { issuedAt: '2026-11-22T12:30:00.000Z' }),
  ];
}

export function fleetOf(hosts: readonly HostState[], expected: readonly string[] = []): Fleet {
  return new Fleet(hosts, staleAfter, expected);
}

export function shelf(...policies: readonly Policy[]): PolicyShelf {
  const shelf = new PolicyShelf([]);
  for (const one of policies.length > 0 ? policies : [policy]) shelf.add(one);
  return shelf;
}

/** An organisation that is held to nothing. */
export const nobody: ShownOrganisation = { isFollowing: false, unread: [], controls: [], cases: [] };

export function context(language: PageContext['language'] = 'en'): PageContext {
  return {
    language,
    at,
    log: { origin: 'test.example/log', size: 42, root: 'cm9vdA==' },
    url: 'https://w.example',
    reader: { role: 'auditor', person: 'person-a', form: null },
  };
}
