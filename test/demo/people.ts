import { randomBytes } from 'node:crypto';
import type { ActRequest } from '../../collector/people/exchange.ts';
import { filePartName, statementPartName, type Act } from '../../evidence/act.ts';
import { pack, packPart, type PackedPart } from '../../evidence/exchange.ts';
import { saltLength } from '../../evidence/report.ts';
import { Duration } from '../../policies/quantities.ts';
import type { Policy } from '../../policies/load.ts';
import { requirementOf } from '../../policies/people/requirement.ts';
import type { Control } from '../../policies/schema.ts';
import type { SimulatedHost } from './fleet.ts';
import { day, hour, isoOf, type Span } from './span.ts';

/** Something that somebody does. */
export interface Deed {
  readonly at: number;
  readonly by: 'operator' | 'approver';
  readonly request: ActRequest;
}

const said = 'Said in a demonstration: nobody did this.';

/** What the people of the organisation do over the span, in the order of time. */
export function deedsOf(policies: readonly Policy[], fleet: readonly SimulatedHost[], span: Span): Deed[] {
  return [
    follow(policies, span.from + hour),
    ...policies.flatMap((policy, index) => attestations(policy, index, span)),
    ...waivers(policies, fleet, span),
    ...incident(span),
    ...openCases(span),
  ].sort((a, b) => a.at - b.at);
}

function follow(policies: readonly Policy[], at: number): Deed {
  const named = policies.map(({ policy, version, digest }) => ({ policy, version, digest }));
  const texts = policies.map(({ digest, text }) => ({ digest, zstd: pack(Buffer.from(text)) }));
  const { request, ...rest } = deed(at, 'operator', { act: 'follow', policies: named });
  return { ...rest, request: { ...request, policies: texts } };
}

export function deed(at: number, by: Deed['by'], act: Act, parts: PackedPart[] = []): Deed {
  return { at, by, request: { v: 1, act, parts, policies: [] } };
}

/** Most are renewed in time; one in seven lapses, and one in nine is never made. */
function attestations({ policy, controls }: Policy, offset: number, span: Span): Deed[] {
  const attested = controls.filter(({ check }) => check === 'attestation');
  return attested.flatMap((control, index) => {
    if (index % 9 === 5) return [];
    const every = 0.9 * Duration.parse(control.with.valid) * 1000;
    const first = span.from + 2 * hour + index * 20 * 60_000 + offset * hour;
    const deeds: Deed[] = [];
    for (let at = first; at < span.until; at += every) {
      deeds.push(...attest(policy, control, `${index}-${deeds.length}`, at));
      if (index % 7 === 3) break;
    }
    return deeds;
  });
}

function attest(policy: string, control: Control, number: string, at: number): Deed[] {
  const id = `attestation-${policy}-${number}`;
  const act: Act = {
    ...{ act: 'attest', id, policy, control: control.id, scope: { of: 'organisation' } },
    effective: isoOf(at),
    until: null,
  };
  const parts = control.with.evidence === 'required' ? [statement(), evidence()] : [statement()];
  const approved = control.with.approvals === undefined ? [] : [approve(at + hour, id)];
  return [deed(at, 'operator', act, parts), ...approved];
}

function approve(at: number, of: string): Deed {
  return deed(at, 'approver', { act: 'approve', of });
}

/** One that holds, and one that nobody approved of. */
function waivers(policies: readonly Policy[], fleet: readonly SimulatedHost[], span: Span): Deed[] {
  const asked = (id: string, control: string, number: number, at: number): Deed[] => {
    const host = fleet.find((one) => one.number === number);
    const policy = policies.find(({ controls }) => controls.some((one) => one.id === control));
    const definition = policy?.controls.find((one) => one.id === control);
    if (host === undefined || policy === undefined || definition === undefined) return [];
    const act: Act = {
      ...{ act: 'waive', id, policy: policy.policy, control, requirement: requirementOf(definition) },
      scope: { of: 'hosts', hosts: [host.name] },
      from: isoOf(at),
      until: isoOf(span.until + 14 * day),
    };
    return [deed(at, 'operator', act, [statement()])];
  };
  const late = (days: number): number => Math.max(span.until - days * day, span.from + 12 * hour);
  return [
    ...asked('waiver-old-tls', 'CP-tls-version', 5, late(10)),
    approve(late(10) + 3 * hour, 'waiver-old-tls'),
    ...asked('waiver-updates', 'CP-vulnerability-updates', 3, late(2)),
  ];
}

/** One that was answered in time. */
function incident({ from, until }: Span): Deed[] {
  const began = from + 0.6 * (until - from);
  const of = 'case-incident';
  const steps: [number, string][] = [
    [3, 'logs-secured'],
    [9, 'customers-told'],
  ];
  return [
    openCase(began + hour, of, 'incident', began),
    ...steps.map(([hours, step]) =>
      deed(began + hours * hour, 'operator', { act: 'take-step', of, step, fields: [] }, [statement()]),
    ),
    deed(began + 30 * hour, 'operator', { act: 'close-case', of, fields: ['consequences'] }, [statement()]),
  ];
}

/** What is under way at the end: in time, nearly due, and late. */
function openCases({ from, until }: Span): Deed[] {
  const at = (days: number): number => Math.max(until - days * day, from + 4 * hour);
  const disclosure = 'case-disclosure';
  return [
    openCase(at(3), disclosure, 'vulnerability', at(3)),
    deed(at(3) + 5 * hour, 'operator', { act: 'take-step', of: disclosure, step: 'confirmed', fields: [] }, [
      statement(),
    ]),
    openCase(at(0.7), 'case-finding', 'finding', at(0.7)),
    openCase(at(9), 'case-passwords', 'password-replacement', at(9)),
  ];
}

function openCase(at: number, id: string, of: Extract<Act, { act: 'open-case' }>['of'], began: number): Deed {
  const act: Act = { act: 'open-case', id, of, urgency: 'urgent', began: isoOf(began), about: null, fields: [] };
  return deed(at, 'operator', act, [statement()]);
}

export function statement(): PackedPart {
  return part(statementPartName, { v: 1, text: said });
}

function evidence(): PackedPart {
  const content = Buffer.from(`${said}\n`).toString('base64');
  return part(filePartName(1), { v: 1, name: 'demonstration.txt', type: 'text/plain', content });
}

function part(name: string, content: unknown): PackedPart {
  return packPart({ name, salt: randomBytes(saltLength), bytes: Buffer.from(JSON.stringify(content)) });
}
