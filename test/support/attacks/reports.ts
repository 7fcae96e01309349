import { decodeEntry } from '../../../evidence/entry.ts';
import { signEnvelope, unverifiedPayload } from '../../../evidence/envelope.ts';
import { reportPayloadType } from '../../../evidence/report.ts';
import { parsePolicy } from '../../../policies/load.ts';
import { quickPolicyText } from '../road.ts';
import { lieAbout, onHistory, onReport, replaced, type Attack } from './attack.ts';

const laxer = parsePolicy(quickPolicyText.replace('183d', '9999d'), 'laxer.yaml');

/** By an enrolled agent, with what it signs. */
export const onReports: readonly Attack[] = [
  {
    name: 'a lying agent: a verdict that its facts do not give',
    outcome: 'tampered',
    code: 'verdict.differs',
    words: /strict S-week was reported as pass; its facts give fail/,
    make: lieAbout((observations) =>
      observations.map((observation) => ({ ...observation, verdict: 'pass', reasons: observation.reasons })),
    ),
  },
  {
    name: 'a lying agent: reasons that its facts do not give',
    outcome: 'tampered',
    code: 'reasons.differ',
    words: /strict S-year is pass, as reported, but its facts give other reasons/,
    make: lieAbout((observations) =>
      observations.map((observation) => ({
        ...observation,
        reasons: observation.reasons.map(({ values, ...reason }) => ({ ...reason, subject: '@admin', values })),
      })),
    ),
  },
  {
    name: 'a lying agent: a control left out',
    outcome: 'tampered',
    code: 'verdict.missing',
    words: /strict S-week holds for web1 and was left out/,
    make: lieAbout((observations) => observations.filter(({ control }) => control !== 'S-week')),
  },
  {
    name: 'a lying agent: a control twice, the better one last',
    outcome: 'tampered',
    code: 'verdict.extra',
    words: /strict S-week is reported twice/,
    make: lieAbout((observations) => [
      ...observations,
      ...observations
        .filter(({ control }) => control === 'S-week')
        .map((found) => ({ ...found, verdict: 'pass' as const })),
    ]),
  },
  {
    name: 'a lying agent: a control that its policies do not have for this host',
    outcome: 'tampered',
    code: 'verdict.extra',
    words: /strict S-web is reported twice, or its policies do not have it/,
    make: lieAbout((observations) => [
      ...observations,
      ...observations.slice(0, 1).map((found) => ({ ...found, control: 'S-web' })),
    ]),
  },
  {
    name: 'a lying agent: facts of which nothing is known',
    outcome: 'tampered',
    code: 'verdict.differs',
    words: /quick Q-password was reported as pass; its facts give unknown/,
    make: onReport(() => ({ lie: (run) => ({ ...run, facts: new Map([['password-age', '{"state":"hacked"}']]) }) })),
  },
  {
    name: 'a lying agent: counts that differ',
    outcome: 'tampered',
    code: 'report.counts',
    words: /counts other verdicts than its observations have/,
    make: onReport(() => ({ forge: (statement) => ({ ...statement, counts: { ...statement.counts, pass: 7 } }) })),
  },
  {
    name: 'a body without observations',
    outcome: 'tampered',
    code: 'report.body',
    words: /its part observations is not there/,
    make: onReport(() => ({
      forge: (statement) => ({ ...statement, body: statement.body.filter(({ name }) => name !== 'observations') }),
    })),
  },
  {
    name: 'a part that is no JSON',
    outcome: 'tampered',
    code: 'part.malformed',
    words: /facts\/password-age of entry 9 is no JSON/,
    make: onReport(() => ({ lie: (run) => ({ ...run, facts: new Map([['password-age', 'nothing']]) }) })),
  },
  {
    name: 'a statement with a part twice',
    outcome: 'tampered',
    code: 'report.statement',
    words: /no statement of version 1/,
    make: onReport(() => ({
      forge: (statement) => ({ ...statement, body: [...statement.body, ...statement.body] }),
    })),
  },
  {
    name: 'a report that names a document which the log does not hold',
    outcome: 'tampered',
    code: 'report.policy',
    words: /names quick version 1 \([0-9a-f]{64}\), which no earlier entry of the log sets/,
    make: onReport(() => ({ policies: [laxer] })),
  },
  {
    name: 'a report that calls a document by another version',
    outcome: 'tampered',
    code: 'report.policy',
    words: /names quick version 2/,
    make: onReport(() => ({
      forge: (statement) => ({ ...statement, policies: statement.policies.map((named) => ({ ...named, version: 2 })) }),
    })),
  },
  {
    name: 'an envelope of another type',
    outcome: 'tampered',
    code: 'envelope.type',
    words: /expected a payload of type/,
    make: onHistory((entries) =>
      replaced(entries, 2, (entry) =>
        entry.kind === 'report' ? { ...entry, envelope: { ...entry.envelope, payloadType: 'text/plain' } } : entry,
      ),
    ),
  },
  {
    name: "a report with another report's signature, of the same key",
    outcome: 'tampered',
    code: 'envelope.signature',
    words: /entry 6: the signature of key [0-9a-f]{16} is not over this payload/,
    make: onHistory((entries) => {
      const other = decodeEntry(entries[2] ?? Buffer.alloc(0));
      return replaced(entries, 6, (entry) =>
        entry.kind === 'report' && other.kind === 'report'
          ? { ...entry, envelope: { ...entry.envelope, signatures: other.envelope.signatures } }
          : entry,
      );
    }),
  },
  {
    name: "a report that another agent signed, beside a false signature of its agent's own",
    outcome: 'tampered',
    code: 'envelope.signature',
    words: /entry 6: the signature of key [0-9a-f]{16} is not over this payload/,
    make: onHistory((entries, { db }) => {
      const other = decodeEntry(entries[2] ?? Buffer.alloc(0));
      return replaced(entries, 6, (entry) => {
        if (entry.kind !== 'report' || other.kind !== 'report') return entry;
        const { envelope } = entry;
        const { signatures } = signEnvelope(reportPayloadType, unverifiedPayload(envelope), db.key);
        return { ...entry, envelope: { ...envelope, signatures: [...signatures, ...other.envelope.signatures] } };
      });
    }),
  },
  {
    name: 'a report dated after it was received',
    outcome: 'incomplete',
    code: 'report.clock',
    words: /web1 dated this report 2026-11-01T14:00:00.000Z, after it was received/,
    make: onReport(() => ({ at: new Date('2026-11-01T14:00:00Z') })),
  },
  {
    name: 'a back-dated report: its agent had seen entries of later',
    outcome: 'incomplete',
    code: 'report.clock',
    words: /before the entry of 2026-11-01T12:08:00.000Z that it had seen/,
    make: onReport(({ log }) => ({ at: new Date('2026-10-20T00:00:00Z'), seen: log.head() })),
  },
  {
    name: 'a back-dated report: the one before it is of later',
    outcome: 'incomplete',
    code: 'report.clock',
    words: /before its previous report \(2026-11-01T12:08:00.000Z\)/,
    make: onReport(() => ({ at: new Date('2026-10-20T00:00:00Z') })),
  },
];
