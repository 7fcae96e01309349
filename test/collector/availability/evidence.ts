import type { Statement } from '../../../evidence/report.ts';
import type { AvailabilityFacts, Stretch, Window } from '../../../policies/checks/availability/facts.ts';
import { parsePolicy } from '../../../policies/load.ts';
import { read } from '../../../policies/reading.ts';
import type { Labels } from '../../../policies/schema.ts';
import { MadeUpLog } from '../reports/evidence.ts';

/** Of hosts outside, a promise of 99.9 %; of all hosts, that somebody looks. */
export const promising = parsePolicy(
  `policy: sla
version: 4
title: { nl: SLA, en: SLA }
source: { document: SLA, publisher: Voorbeeld B.V., dated: 2026-01-01 }
controls:
${[
  ['S-available', '{ vantage: [outside] }', '{ minimum: 99.9 }'],
  ['S-watched', '{}', '{ longestGap: 1h }'],
]
  .map(
    ([id, applies, parameters]) => `  - id: ${id}
    clause: "1"
    title: { nl: Beschikbaar, en: Available }
    promise: { nl: Het is er., en: It is there. }
    remedy: { nl: Herstel het., en: Mend it. }
    severity: warning
    applies: ${applies}
    maps: {}
    check: availability
    with: ${parameters}
`,
  )
  .join('')}`,
  'sla.yaml',
);

export type Changes = readonly (readonly [from: string, state: Stretch['state']])[];

export function stretchesOf(changes: Changes): Stretch[] {
  return changes.map(([from, state]) => ({ from: new Date(from).toISOString(), state }));
}

export interface TellOptions {
  readonly host?: string;
  readonly receivedAt?: string;
  readonly labels?: Labels;
  readonly maintenance?: readonly Omit<Window, 'seenAt'>[];
  readonly controls?: readonly string[];
}

/** A log in which vantage points tell how they saw `www`. Nothing is signed: whoever gives evidence has verified it. */
export class TellingLog extends MadeUpLog {
  #seq = 0;

  constructor() {
    super();
    this.documents.set(promising.digest, promising.text);
  }

  tell(issuedAt: string, changes: Changes, options: TellOptions = {}): this {
    const { host: agent = 'vantage1', receivedAt = issuedAt, labels = { vantage: 'outside' } } = options;
    const stretches = stretchesOf(changes);
    const what = 'https://www.example.nl/';
    const facts: AvailabilityFacts = {
      controls: [...(options.controls ?? ['a:443', 'b:443'])],
      maintenance: (options.maintenance ?? []).map((window) => ({ ...window, seenAt: window.announcedAt })),
      targets: read([{ target: 'www', service: 'https', purpose: 'service', what, stretches }]),
    };
    const host = { v: 1, hostname: agent, os: 'Debian', agentVersion: '0.1.0', labels };
    const { policy, version, digest } = promising;
    const statement: Statement = {
      v: 1,
      agent,
      epoch: 1,
      seq: ++this.#seq,
      prev: null,
      issuedAt: new Date(issuedAt).toISOString(),
      policies: [{ policy, version, digest }],
      body: [
        { name: 'facts/availability', commitment: this.part(agent, read(facts)) },
        { name: 'host', commitment: this.part(agent, host) },
      ],
      counts: { pass: 0, fail: 0, unknown: 0, 'not-applicable': 0 },
      seen: null,
    };
    const payload = Buffer.from(JSON.stringify(statement)).toString('base64');
    const moment = new Date(receivedAt).toISOString();
    const envelope = { payload, payloadType: '', signatures: [] };
    return this.append({ v: 1, kind: 'report', receivedAt: moment, envelope });
  }
}
