import { digestOf } from '../../../evidence/report.ts';
import { seededKey } from '../../evidence/keys.ts';
import { FixtureLog, twoHosts } from '../evidence.ts';
import { quickPolicyText } from '../road.ts';
import { hashesPath, onHistory, onReport, replaced, swapped, without, type Attack } from './attack.ts';

/** On the history of the log, by whoever holds its key. */
export const onLog: readonly Attack[] = [
  {
    name: 'a cut tail, with an earlier checkpoint given',
    outcome: 'tampered',
    code: 'log.cut',
    words: /has 9 entries, this bundle 7: the end was cut off/,
    make: async () => {
      const { log } = await twoHosts();
      return { bundle: log.rewritten(log.entries.slice(0, 7)).bundle(), options: { since: log.checkpoint() } };
    },
  },
  {
    name: 'a history rewritten before an earlier checkpoint',
    outcome: 'tampered',
    code: 'log.rewritten',
    words: /the first 4 entries are not those of the earlier checkpoint/,
    make: async () => {
      const { log } = await twoHosts();
      return { bundle: log.rewritten(swapped(log.entries, 0, 1)).bundle(), options: { since: log.checkpoint(4) } };
    },
  },
  {
    name: 'a forked history: two exports of one size',
    outcome: 'tampered',
    code: 'log.forked',
    words: /two heads of 9 entries with different contents/,
    make: async () => {
      const { log } = await twoHosts();
      return { bundle: log.bundle(), options: { since: log.rewritten(swapped(log.entries, 7, 8)).checkpoint() } };
    },
  },
  {
    name: 'an earlier checkpoint of another log',
    outcome: 'nothing',
    code: 'since.unknown-key',
    words: /not signed with the key of this bundle/,
    make: async () => ({
      bundle: (await twoHosts()).log.bundle(),
      options: { since: new FixtureLog({ key: seededKey(8) }).checkpoint() },
    }),
  },
  {
    name: 'an earlier checkpoint that cannot be compared because tiles are missing',
    outcome: 'incomplete',
    code: 'log.not-compared',
    words: /cannot be held against the earlier checkpoint/,
    make: async () => {
      const { log } = await twoHosts();
      const bundle = log.bundle();
      bundle.delete(hashesPath);
      return { bundle, options: { since: log.checkpoint(4) } };
    },
  },
  {
    name: 'a history rewritten and signed again, which the agents had seen otherwise',
    outcome: 'tampered',
    code: 'report.seen',
    words: /database1 had been shown another history: 5 entries/,
    make: onHistory((entries) => swapped(entries, 0, 1)),
  },
  {
    name: 'a log set back: an agent had seen more than stands before its report',
    outcome: 'tampered',
    code: 'report.seen',
    words: /web1 had been shown another history: 8 entries/,
    make: onHistory((entries) => [...entries.slice(0, 7), ...entries.slice(8)]),
  },
  {
    name: 'a removed report',
    outcome: 'tampered',
    code: 'report.gap',
    words: /report 3 of web1 follows 1: reports in between were removed/,
    make: onHistory((entries) => without(entries, 6)),
  },
  {
    name: 'a replayed report',
    outcome: 'tampered',
    code: 'report.repeated',
    words: /entry 9: report 2 of database1 stands here a second time/,
    make: onHistory((entries) => [...entries, ...entries.slice(7, 8)]),
  },
  {
    name: 'two reports with one number',
    outcome: 'tampered',
    code: 'report.repeated',
    words: /two reports share that number/,
    make: async () => {
      const { log, web } = await twoHosts();
      const before = web.chainEnd;
      await log.report(web);
      web.chainEnd = before;
      await log.report(web, { changed: new Date('2026-01-01T00:00:00Z') });
      return { bundle: log.bundle() };
    },
  },
  {
    name: 'a report in place of the one that the next was made after',
    outcome: 'tampered',
    code: 'report.chain',
    words: /report 4 of web1 was made after another report 3/,
    make: onReport(() => ({ forge: (statement) => ({ ...statement, prev: '0'.repeat(64) }) })),
  },
  {
    name: 'a report by an agent that is not enrolled',
    outcome: 'tampered',
    code: 'report.agent',
    words: /no earlier entry enrols ghost of epoch 1/,
    make: async () => {
      const { log, web } = await twoHosts();
      await log.report({ ...web, name: 'ghost', chainEnd: { seq: 0, prev: null, parts: [] } });
      return { bundle: log.bundle() };
    },
  },
  {
    name: 'a report before its agent is enrolled',
    outcome: 'tampered',
    code: 'report.agent',
    words: /no earlier entry enrols web1/,
    make: onHistory((entries) => swapped(entries, 0, 2)),
  },
  {
    name: 'a report signed with a key that is not the enrolled one',
    outcome: 'tampered',
    code: 'envelope.signature',
    words: /no signature of key/,
    make: async () => {
      const { log, web } = await twoHosts();
      await log.report({ ...web, key: seededKey(77) });
      return { bundle: log.bundle() };
    },
  },
  {
    name: 'a forged enrolment: another key for an agent that has one',
    outcome: 'tampered',
    code: 'enrol.epoch',
    words: /enrols web1 for epoch 1; expected 2/,
    make: async () => {
      const { log } = await twoHosts();
      log.enrol('web1', { key: seededKey(77) });
      return { bundle: log.bundle() };
    },
  },
  {
    name: 'a forged enrolment in place of the true one',
    outcome: 'tampered',
    code: 'envelope.signature',
    words: /entry 2: the envelope has no signature of key/,
    make: onHistory((entries) =>
      replaced(entries, 0, (entry) => ({ ...entry, publicKey: Buffer.alloc(32, 5).toString('base64') })),
    ),
  },
  {
    name: 'an entry whose key is no key',
    outcome: 'tampered',
    code: 'entry.malformed',
    words: /entry 0: this is no log entry of version 1/,
    make: onHistory((entries) => replaced(entries, 0, (entry) => ({ ...entry, publicKey: 'A'.repeat(44) }))),
  },
  {
    name: 'an entry in another spelling',
    outcome: 'tampered',
    code: 'entry.malformed',
    words: /in the one form in which it is written/,
    make: onHistory((entries) => [Buffer.from(` ${entries[0]?.toString() ?? ''}`), ...entries.slice(1)]),
  },
  {
    name: 'an entry of a kind that came later',
    outcome: 'incomplete',
    code: 'entry.unknown-kind',
    words: /an entry of kind "log\.sealed", version 1: not known here/,
    make: onHistory((entries) => [...entries, Buffer.from('{"v":1,"kind":"log.sealed","receivedAt":""}')]),
  },
  {
    name: 'an entry received before the one that precedes it',
    outcome: 'tampered',
    code: 'entry.clock',
    words: /before an entry that precedes it/,
    make: onHistory((entries) => replaced(entries, 1, (entry) => ({ ...entry, receivedAt: '2026-11-01T11:00:00Z' }))),
  },
  {
    name: 'a policy document under another version than its own',
    outcome: 'tampered',
    code: 'policy.name',
    words: /calls the document quick version 1 "quick" version 2/,
    make: onHistory((entries) => replaced(entries, 1, (entry) => ({ ...entry, version: 2 }))),
  },
  {
    name: 'a policy document of a form that this version does not know',
    outcome: 'incomplete',
    code: 'policy.unreadable',
    words: /unknown check kind levitation/,
    make: async () => {
      const { log } = await twoHosts();
      const text = quickPolicyText.replace('check: password-age', 'check: levitation');
      log.set({ policy: 'quick', version: 1, digest: digestOf(Buffer.from(text)), text });
      return { bundle: log.bundle() };
    },
  },
];
