import { hash } from 'node:crypto';
import { filePartName, statementPartName, type Act, type ActingRole } from '../../../evidence/act.ts';
import type { Entry } from '../../../evidence/entry.ts';
import { countVerdicts, digestOf, type Statement } from '../../../evidence/report.ts';
import type { PlacedEntry, ReportedEvidence } from '../../../collector/reports/evidence.ts';
import type { ComplianceRequest } from '../../../collector/reports/build.ts';
import { parsePolicy, type Policy } from '../../../policies/load.ts';
import type { Observation } from '../../../policies/observe.ts';
import { requirementOf } from '../../../policies/people/requirement.ts';
import type { Reason } from '../../../policies/reasons.ts';
import type { Labels } from '../../../policies/schema.ts';
import type { Verdict } from '../../../policies/verdict.ts';

/** Made-up evidence for the tests of reports: whole days and hours, so that figures can be computed by hand. */

/** `day(3, 12)` is noon of the third day of the period's month, in UTC. */
export function day(number: number, hour = 0, minute = 0): string {
  return new Date(Date.UTC(2026, 9, number, hour, minute)).toISOString();
}

export const examplePolicy: Policy = parsePolicy(
  `policy: example
version: 2
title: { nl: Voorbeeldbeleid, en: Example policy }
source: { document: Beveiligingsbeleid, publisher: Voorbeeld B.V., dated: 2026-01-01 }
controls:
${[
  ['EX-tls', 'Cryptografie 3.1', 'critical', 'tls', 'Alleen TLS 1.2 of hoger', 'TLS 1.2 or higher only'],
  ['EX-updates', 'Kwetsbaarheden 5', 'warning', 'updates', 'Updates worden toegepast', 'Updates are applied'],
  ['EX-password', 'Wachtwoorden 2', 'info', 'password-age', 'Wachtwoorden zijn jong', 'Passwords are young'],
]
  .map(
    ([id, clause, severity, check, nl, en]) => `  - id: ${id}
    clause: "${clause}"
    title: { nl: ${nl}, en: ${en} }
    promise: { nl: "Belofte van ${id}: zo is het afgesproken.", en: "Promise of ${id}: so it was agreed." }
    remedy: { nl: "Herstel van ${id}: zet het recht.", en: "Remedy of ${id}: put it right." }
    severity: ${severity}
    maps: { iso27001-2022: [A.8.24], gdpr: [32.1.a] }
    check: ${check}
    with: ${{ tls: '{ minimumVersion: TLSv1.2 }', updates: '{}', 'password-age': '{ maximumAge: 183d }' }[check ?? ''] ?? '{}'}
`,
  )
  .join('')}`,
  'example.yaml',
);

export interface Told {
  readonly verdict: Verdict;
  readonly reasons?: readonly Reason[];
}

export interface ReportOptions {
  /** When the facts were read; a second before it was received unless said. */
  readonly issuedAt?: string;
  readonly epoch?: number;
  readonly labels?: Labels;
  /** Of which policy; the example unless said. */
  readonly policy?: Pick<Policy, 'policy' | 'version' | 'digest'>;
  readonly seen?: number;
}

export interface MadeUpWaiver {
  readonly control?: string;
  readonly host: string;
  readonly from: string;
  readonly until: string;
  readonly reason: string;
}

export interface SaidWithAct {
  readonly role?: ActingRole;
  readonly by?: string;
  readonly text?: string;
  readonly files?: readonly string[];
}

/** Who approves of all that is asked for. */
export const approver = 'person-b';

/** A log in memory. Nothing is signed: whoever gives evidence to the reports has verified it. */
export class MadeUpLog {
  readonly entries: Entry[] = [];
  readonly parts = new Map<string, Buffer>();
  readonly documents = new Map([[examplePolicy.digest, examplePolicy.text]]);
  #seq = 0;
  #acts = 0;

  enrol(receivedAt: string, agent: string, epoch = 1): this {
    const publicKey = Buffer.alloc(32).toString('base64');
    return this.append({ v: 1, kind: 'agent.enrol', receivedAt, agent, epoch, publicKey });
  }

  revoke(receivedAt: string, agent: string, reason: 'retired' | 'lost' | 'compromised', epoch = 1): this {
    return this.append({ v: 1, kind: 'agent.revoke', receivedAt, agent, epoch, reason });
  }

  gap(from: string, until: string): this {
    return this.append({ v: 1, kind: 'gap', receivedAt: until, from, until });
  }

  heartbeat(receivedAt: string): this {
    return this.append({ v: 1, kind: 'heartbeat', receivedAt });
  }

  /** @param told by control: `pass`, or a verdict with its reasons */
  report(
    receivedAt: string,
    agent: string,
    told: Readonly<Record<string, Verdict | Told>>,
    options: ReportOptions = {},
  ): this {
    const { issuedAt = new Date(Date.parse(receivedAt) - 1000).toISOString(), epoch = 1, labels = {}, seen } = options;
    const { policy, version, digest } = options.policy ?? examplePolicy;
    const observations = Object.entries(told).map(([control, one]): Observation => {
      const { verdict, reasons = [] } = typeof one === 'string' ? { verdict: one } : one;
      return { policy, control, verdict, reasons: [...reasons] };
    });
    const host = { v: 1, hostname: agent, os: 'Debian GNU/Linux 12', agentVersion: '0.1.0', labels };
    const statement: Statement = {
      v: 1,
      agent,
      epoch,
      seq: ++this.#seq,
      prev: null,
      issuedAt,
      policies: [{ policy, version, digest }],
      body: [
        { name: 'host', commitment: this.part(agent, host) },
        { name: 'observations', commitment: this.part(agent, { v: 1, observations }) },
      ],
      counts: countVerdicts(observations),
      seen: seen === undefined ? null : { origin: 'test.example/log', size: seen, root: '' },
    };
    const payload = Buffer.from(JSON.stringify(statement)).toString('base64');
    const envelope = { payload, payloadType: '', signatures: [] };
    return this.append({ v: 1, kind: 'report', receivedAt, envelope });
  }

  /** Reports from one moment on, each hour, to before another. */
  hourly(from: string, until: string, agent: string, told: Readonly<Record<string, Verdict | Told>>): this {
    for (let at = Date.parse(from); at < Date.parse(until); at += 3_600_000) {
      this.report(new Date(at).toISOString(), agent, told, { issuedAt: new Date(at).toISOString() });
    }
    return this;
  }

  /** Something that a person did. What he says, and the names of files, become parts. */
  act(receivedAt: string, act: Act, { by = 'person-a', role = 'operator', text, files = [] }: SaidWithAct = {}): this {
    const said = text === undefined ? [] : [{ name: statementPartName, content: { v: 1, text } }];
    const handedIn = files.map((name, index) => {
      return { name: filePartName(index + 1), content: { v: 1, name, type: 'application/pdf', content: '' } };
    });
    const body = [...said, ...handedIn].map(({ name, content }) => {
      return { name, commitment: this.part(`${name} ${this.#acts++}`, content) };
    });
    return this.append({ v: 1, kind: 'act', receivedAt, by, role, act, body });
  }

  /** The organisation is held to documents from a moment on. */
  follow(receivedAt: string, ...documents: readonly Policy[]): this {
    for (const { digest, text } of documents) this.documents.set(digest, text);
    const policies = documents.map(({ policy, version, digest }) => ({ policy, version, digest }));
    return this.act(receivedAt, { act: 'follow', policies });
  }

  /** Removes all that was said and handed in with an entry's act, with an entry that says so. */
  dropSaid(index: number, receivedAt: string): this {
    const entry = this.entries[index];
    if (entry?.kind !== 'act') throw new Error(`entry ${index} is no act`);
    const commitments = entry.body.map(({ commitment }) => commitment);
    for (const commitment of commitments) this.parts.delete(commitment);
    return this.append({
      v: 1,
      kind: 'payload.erased',
      receivedAt,
      commitments,
      ground: 'retention',
      reference: '2026-2',
    });
  }

  /** An exception for a control on a host that somebody asks for, and another approves of, when it begins. */
  waive({ control = 'EX-tls', host, from, until, reason }: MadeUpWaiver): this {
    const definition = examplePolicy.controls.find(({ id }) => id === control);
    if (definition === undefined) throw new Error(`no control ${control}`);
    const id = `waiver-${this.#acts++}`;
    const asked = { policy: examplePolicy.policy, control, requirement: requirementOf(definition) };
    const scope = { of: 'hosts' as const, hosts: [host] };
    const statement = { name: statementPartName, commitment: this.part(id, { v: 1, text: reason }) };
    const taken = { v: 1, kind: 'act', receivedAt: from, role: 'operator' } as const;
    this.#insert({
      ...taken,
      by: 'person-a',
      act: { act: 'waive', id, ...asked, scope, from, until },
      body: [statement],
    });
    this.#insert({ ...taken, by: approver, role: 'approver', act: { act: 'approve', of: id }, body: [] });
    return this;
  }

  /** Removes the observations of an entry's report; with an entry that says so, or without. */
  drop(index: number, receivedAt: string | undefined): this {
    const commitment = this.observationsOf(index);
    this.parts.delete(commitment);
    if (receivedAt === undefined) return this;
    const [ground, reference] = ['retention', '2026-1'] as const;
    return this.append({ v: 1, kind: 'payload.erased', receivedAt, commitments: [commitment], ground, reference });
  }

  observationsOf(index: number): string {
    const entry = this.entries[index];
    if (entry?.kind !== 'report') throw new Error(`entry ${index} is no report`);
    const statement = JSON.parse(Buffer.from(entry.envelope.payload, 'base64').toString()) as Statement;
    return statement.body.find(({ name }) => name === 'observations')?.commitment ?? '';
  }

  part(agent: string, content: object): string {
    const bytes = Buffer.from(JSON.stringify(content));
    const commitment = digestOf(Buffer.concat([Buffer.from(agent), bytes]));
    this.parts.set(commitment, bytes);
    return commitment;
  }

  /** Where it belongs by its moment, after what came at the same. */
  #insert(entry: Entry): void {
    const next = this.entries.findIndex(({ receivedAt }) => receivedAt > entry.receivedAt);
    this.entries.splice(next === -1 ? this.entries.length : next, 0, entry);
  }

  append(entry: Entry): this {
    this.entries.push(entry);
    return this;
  }

  /** In order of receipt, as a log is. */
  evidence(): ReportedEvidence {
    const entries = this.entries;
    return {
      log: {
        origin: 'test.example/log',
        key: 'test.example/log+1a2b3c4d+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c',
        size: entries.length,
        root: 'Wqx3HImawpLnS/Gv4ubjAvi1WIOy0b8Ze0amvqbavKk=',
        checkpoint: `test.example/log\n${entries.length}\nWqx3HImawpLnS/Gv4ubjAvi1WIOy0b8Ze0amvqbavKk=\n\n— test.example/log Gis8TQ==\n`,
        lastReceivedAt: entries.at(-1)?.receivedAt ?? null,
      },
      verification: null,
      entries: (): Iterable<PlacedEntry> => entries.map((entry, index) => ({ index, entry })),
      part: (commitment) => this.parts.get(commitment),
      rootAt: (size) => hash('sha256', `root of ${size}`, 'buffer'),
      document: (digest) => this.documents.get(digest),
    };
  }
}

/** October 2026, everything in scope, stale after an hour and a half. */
export function requestOf(more: Partial<ComplianceRequest> = {}): ComplianceRequest {
  return {
    period: { from: day(1), until: day(11) },
    scope: { policies: null, hosts: null, labels: {} },
    staleAfter: 5400,
    expected: [],
    ...more,
  };
}
