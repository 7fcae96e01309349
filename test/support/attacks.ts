import { checkpointPath, manifestPath, policyPath, readmePath, saltsPath } from '../../evidence/bundle.ts';
import { formatCheckpoint, signCheckpoint } from '../../evidence/checkpoint.ts';
import { decodeEntry, type Entry } from '../../evidence/entry.ts';
import { encodeEntryBundle } from '../../evidence/tiles.ts';
import { logSigner, signNote } from '../../evidence/note.ts';
import { digestOf } from '../../evidence/report.ts';
import type { FindingCode, VerifyOptions, Verification } from '../../evidence/verify.ts';
import { parsePolicy } from '../../policies/load.ts';
import { seededKey } from '../evidence/keys.ts';
import {
  FixtureLog,
  partOf,
  strictPolicy,
  twoHosts,
  type Bundle,
  type Fixture,
  type ReportChoices,
} from './evidence.ts';
import { quickPolicy, quickPolicyText } from './road.ts';

/** A way in which a bundle can be made to lie, or to fall short, and what the verifier has to say to it. */
export interface Attack {
  readonly name: string;
  readonly outcome: Verification['outcome'];
  /** Among the findings. */
  readonly code: FindingCode;
  /** What a person reads. */
  readonly words: RegExp;
  readonly make: () => Promise<Attacked>;
}

export interface Attacked {
  readonly bundle: Bundle;
  readonly options?: Pick<VerifyOptions, 'logKey' | 'since'>;
}

const entriesPath = 'tile/entries/000.p/9';
const hashesPath = 'tile/0/000.p/9';

/** Someone changes files of a sound bundle. */
function onFiles(change: (bundle: Bundle, fixture: Fixture) => void): Attack['make'] {
  return async () => {
    const fixture = await twoHosts();
    const bundle = fixture.log.bundle();
    change(bundle, fixture);
    return { bundle };
  };
}

/** Whoever holds the log's key signs another history as if it were the true one. */
function onHistory(change: (entries: readonly Buffer[], fixture: Fixture) => readonly Buffer[]): Attack['make'] {
  return async () => {
    const fixture = await twoHosts();
    return { bundle: fixture.log.rewritten(change(fixture.log.entries, fixture)).bundle() };
  };
}

/** An enrolled agent signs what it likes, and the log takes it. */
function onReport(choices: (fixture: Fixture) => ReportChoices): Attack['make'] {
  return async () => {
    const fixture = await twoHosts();
    await fixture.log.report(fixture.web, choices(fixture));
    return { bundle: fixture.log.bundle() };
  };
}

function lieAbout(change: (observations: Observations) => Observations): Attack['make'] {
  return onReport(() => ({
    policies: [strictPolicy],
    lie: (run) => ({ ...run, observations: change(run.observations) }),
  }));
}
type Observations = Parameters<NonNullable<ReportChoices['lie']>>[0]['observations'];

function setFile(bundle: Bundle, path: string, content: string | Uint8Array): void {
  bundle.set(path, typeof content === 'string' ? Buffer.from(content) : Buffer.from(content));
}

function fileOf(bundle: Bundle, path: string): Buffer {
  const bytes = bundle.get(path);
  if (bytes === undefined) throw new Error(`the bundle to attack has no ${path}`);
  return bytes;
}

function edit(bundle: Bundle, path: string, change: (text: string) => string): void {
  const before = fileOf(bundle, path).toString();
  const after = change(before);
  if (after === before) throw new Error(`the attack on ${path} changes nothing`);
  bundle.set(path, Buffer.from(after));
}

/** What the signature of a head covers. */
function headText(log: FixtureLog): string {
  return formatCheckpoint(log.head());
}

/** The first file of a folder. */
function anyOf(bundle: Bundle, folder: string): string {
  return [...bundle.keys()].find((path) => path.startsWith(folder)) ?? folder;
}

function without(entries: readonly Buffer[], index: number): Buffer[] {
  return entries.filter((_, at) => at !== index);
}

function swapped(entries: readonly Buffer[], a: number, b: number): Buffer[] {
  return entries.map((entry, at) => (at === a ? entries[b] : at === b ? entries[a] : entry) ?? entry);
}

function replaced(entries: readonly Buffer[], index: number, change: (entry: Entry) => object): Buffer[] {
  return entries.map((entry, at) => (at === index ? Buffer.from(JSON.stringify(change(decodeEntry(entry)))) : entry));
}

const laxer = parsePolicy(quickPolicyText.replace('183d', '9999d'), 'laxer.yaml');

const onBundle: readonly Attack[] = [
  {
    name: 'an edited entry',
    outcome: 'tampered',
    code: 'entry.changed',
    words: /entry 3: .*not the entry that the log signed/s,
    make: onFiles((bundle, { log }) => {
      const edited = replaced(log.entries, 3, (entry) => ({ ...entry, agent: 'database2' }));
      setFile(bundle, entriesPath, encodeEntryBundle(edited));
    }),
  },
  {
    name: 'an edited entry with its hash',
    outcome: 'tampered',
    code: 'log.root',
    words: /do not give the signed root/,
    make: onFiles((bundle, { log }) => {
      const edited = log.rewritten(replaced(log.entries, 3, (entry) => ({ ...entry, agent: 'database2' }))).bundle();
      for (const path of [entriesPath, hashesPath]) setFile(bundle, path, fileOf(edited, path));
    }),
  },
  {
    name: 'a removed entry',
    outcome: 'tampered',
    code: 'entries.count',
    words: /holds 8 entries where the log has 9/,
    make: onFiles((bundle, { log }) => setFile(bundle, entriesPath, encodeEntryBundle(without(log.entries, 4)))),
  },
  {
    name: 'an added entry',
    outcome: 'tampered',
    code: 'entries.count',
    words: /holds 10 entries where the log has 9/,
    make: onFiles((bundle, { log }) =>
      setFile(bundle, entriesPath, encodeEntryBundle([...log.entries, Buffer.from('{}')])),
    ),
  },
  {
    name: 'reordered entries',
    outcome: 'tampered',
    code: 'entry.changed',
    words: /entry 5: .*moved/s,
    make: onFiles((bundle, { log }) => setFile(bundle, entriesPath, encodeEntryBundle(swapped(log.entries, 5, 6)))),
  },
  {
    name: 'a duplicated entry in place of another',
    outcome: 'tampered',
    code: 'entry.changed',
    words: /entry 7: /,
    make: onFiles((bundle, { log }) =>
      setFile(bundle, entriesPath, encodeEntryBundle(log.entries.with(7, log.entries[5] ?? Buffer.alloc(0)))),
    ),
  },
  {
    name: 'entries that are cut short',
    outcome: 'tampered',
    code: 'entry-bundle.malformed',
    words: /cut short within entry 8/,
    make: onFiles((bundle) => bundle.set(entriesPath, fileOf(bundle, entriesPath).subarray(0, -1))),
  },
  {
    name: 'missing entries',
    outcome: 'incomplete',
    code: 'entries.missing',
    words: /not in the bundle: neither its 9 entries/,
    make: onFiles((bundle) => bundle.delete(entriesPath)),
  },
  {
    name: 'a missing tile',
    outcome: 'incomplete',
    code: 'tile.missing',
    words: /what lies under it cannot be verified/,
    make: onFiles((bundle) => bundle.delete(hashesPath)),
  },
  {
    name: 'a tile of another length',
    outcome: 'tampered',
    code: 'tile.malformed',
    words: /320 bytes; expected 9 hashes/,
    make: onFiles((bundle) =>
      setFile(bundle, hashesPath, Buffer.concat([fileOf(bundle, hashesPath), Buffer.alloc(32)])),
    ),
  },
  {
    name: 'a file that nothing speaks of',
    outcome: 'tampered',
    code: 'file.stray',
    words: /parts\/extra\.json: no entry of the log speaks of this file/,
    make: onFiles((bundle) => setFile(bundle, 'parts/extra.json', '{}')),
  },
  {
    name: 'a tile beyond the end of the log',
    outcome: 'tampered',
    code: 'file.stray',
    words: /tile\/entries\/000\.p\/10: no entry/,
    make: onFiles((bundle) => setFile(bundle, 'tile/entries/000.p/10', 'x')),
  },
  {
    name: 'a part that no report commits to, with its salt',
    outcome: 'tampered',
    code: 'salts.stray',
    words: /to which no report commits/,
    make: async () => {
      const { log } = await twoHosts();
      const part = partOf('facts/tls', '{}');
      log.parts.set(part.commitment, part);
      return { bundle: log.bundle() };
    },
  },
  {
    name: 'a missing part',
    outcome: 'incomplete',
    code: 'part.missing',
    words: /not in the bundle: it is [a-z/-]+, to which entry \d commits/,
    make: onFiles((bundle) => bundle.delete(anyOf(bundle, 'parts/'))),
  },
  {
    name: 'a missing salt',
    outcome: 'incomplete',
    code: 'part.missing',
    words: /there is no salt for/,
    make: onFiles((bundle) => edit(bundle, saltsPath, (text) => text.slice(110))),
  },
  {
    name: 'no salts at all',
    outcome: 'incomplete',
    code: 'salts.missing',
    words: /no part of a report can be verified/,
    make: onFiles((bundle) => bundle.delete(saltsPath)),
  },
  {
    name: 'salts out of order',
    outcome: 'tampered',
    code: 'salts.malformed',
    words: /not sorted at line 2/,
    make: onFiles((bundle) =>
      edit(bundle, saltsPath, (text) => text.slice(110, 220) + text.slice(0, 110) + text.slice(220)),
    ),
  },
  {
    name: 'an edited part',
    outcome: 'tampered',
    code: 'part.commitment',
    words: /is not what entry \d commits to/,
    make: onFiles((bundle) => edit(bundle, anyOf(bundle, 'parts/'), (text) => `${text} `)),
  },
  {
    name: 'an edited policy document',
    outcome: 'tampered',
    code: 'policy.digest',
    words: /the document was changed/,
    make: onFiles((bundle) => edit(bundle, policyPath(quickPolicy.digest), (text) => text.replace('183d', '9999d'))),
  },
  {
    name: 'a missing policy document',
    outcome: 'incomplete',
    code: 'policy.missing',
    words: /reports judged by it cannot be judged again/,
    make: onFiles((bundle) => bundle.delete(policyPath(quickPolicy.digest))),
  },
  {
    name: 'a changed README',
    outcome: 'tampered',
    code: 'readme.changed',
    words: /README\.txt: its text is not that of a bundle/,
    make: onFiles((bundle) => edit(bundle, readmePath, (text) => text.replace('--key LOG-KEY', ''))),
  },
  {
    name: 'a missing README',
    outcome: 'incomplete',
    code: 'readme.missing',
    words: /README\.txt: the file is not in the bundle/,
    make: onFiles((bundle) => bundle.delete(readmePath)),
  },
  {
    name: 'a file of absurd length',
    outcome: 'tampered',
    code: 'file.too-large',
    words: /longer than 65536 bytes/,
    make: onFiles((bundle) => setFile(bundle, checkpointPath, Buffer.alloc(65_537, 'x'))),
  },
];

const onHead: readonly Attack[] = [
  {
    name: 'a folder that is no bundle',
    outcome: 'nothing',
    code: 'bundle.none',
    words: /bundle\.json: .*this is no bundle/,
    make: () => Promise.resolve({ bundle: new Map([['notes.txt', Buffer.from('hello')]]) }),
  },
  {
    name: 'a bundle without its signed head',
    outcome: 'nothing',
    code: 'bundle.none',
    words: /checkpoint: .*this is no bundle/,
    make: onFiles((bundle) => bundle.delete(checkpointPath)),
  },
  {
    name: 'the bundle of an empty log',
    outcome: 'nothing',
    code: 'bundle.no-entries',
    words: /nothing can be shown/,
    make: () => Promise.resolve({ bundle: new FixtureLog().bundle() }),
  },
  {
    name: 'a key given by the auditor that is not the one of the bundle',
    outcome: 'nothing',
    code: 'bundle.unknown-key',
    words: /not the key that was given/,
    make: async () => ({
      bundle: (await twoHosts()).log.bundle(),
      options: { logKey: new FixtureLog({ key: seededKey(8) }).vkey },
    }),
  },
  {
    name: 'a log of another origin than the key given by the auditor',
    outcome: 'nothing',
    code: 'bundle.unknown-key',
    words: /not the key that was given/,
    make: async () => ({
      bundle: (await twoHosts()).log.bundle(),
      options: { logKey: new FixtureLog({ origin: 'elsewhere.example/log' }).vkey },
    }),
  },
  {
    name: 'a head that an unknown key signed',
    outcome: 'nothing',
    code: 'note.no-known-signature',
    words: /no known key signed the note/,
    make: onFiles((bundle, { log }) =>
      setFile(bundle, checkpointPath, signCheckpoint(log.head(), logSigner(log.origin, seededKey(8)))),
    ),
  },
  {
    name: 'a head of another origin under the name of the key',
    outcome: 'nothing',
    code: 'checkpoint.origin',
    words: /the checkpoint is of elsewhere\.example/,
    make: onFiles((bundle, { log }) =>
      setFile(bundle, checkpointPath, signNote(headText(log).replace(log.origin, 'elsewhere.example'), log.signer)),
    ),
  },
  {
    name: 'a head with an edited size',
    outcome: 'tampered',
    code: 'note.signature',
    words: /signature of .* is not over this text/,
    make: onFiles((bundle) => edit(bundle, checkpointPath, (text) => text.replace('\n9\n', '\n8\n'))),
  },
  {
    name: 'a head that is no note',
    outcome: 'tampered',
    code: 'note.malformed',
    words: /a malformed note/,
    make: onFiles((bundle) => setFile(bundle, checkpointPath, 'fixture.example/log\n9\n')),
  },
  {
    name: 'a signed head that is no checkpoint',
    outcome: 'tampered',
    code: 'checkpoint.malformed',
    words: /this is no checkpoint/,
    make: onFiles((bundle, { log }) => setFile(bundle, checkpointPath, signNote(`${log.origin}\nnine\n`, log.signer))),
  },
  {
    name: 'a head with a signature of a stranger beside the true one',
    outcome: 'incomplete',
    code: 'checkpoint.unknown-signature',
    words: /1 of its signatures are by keys that are not known/,
    make: onFiles((bundle, { log }) => {
      const stranger = logSigner('stranger.example', seededKey(8));
      setFile(bundle, checkpointPath, signNote(headText(log), log.signer, stranger));
    }),
  },
  {
    name: 'a manifest of another size than the head',
    outcome: 'tampered',
    code: 'bundle.manifest',
    words: /another log or size than the signed checkpoint/,
    make: onFiles((bundle) => edit(bundle, manifestPath, (text) => text.replace('"size": 9', '"size": 8'))),
  },
  {
    name: 'a manifest in another form',
    outcome: 'tampered',
    code: 'bundle.malformed',
    words: /not in the form in which it was written/,
    make: onFiles((bundle) => edit(bundle, manifestPath, (text) => text.replace('"v": 1', '"v":  1'))),
  },
  {
    name: 'a manifest whose key is none',
    outcome: 'tampered',
    code: 'vkey.malformed',
    words: /bundle\.json: expected name\+key id/,
    make: onFiles((bundle, { log }) => edit(bundle, manifestPath, (text) => text.replace(log.vkey, 'none'))),
  },
];

const onLog: readonly Attack[] = [
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
    words: /an entry of kind "payload\.erased", version 1: not known here/,
    make: onHistory((entries) => [...entries, Buffer.from('{"v":1,"kind":"payload.erased","receivedAt":""}')]),
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

const onReports: readonly Attack[] = [
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

export const attacks: readonly Attack[] = [...onHead, ...onBundle, ...onLog, ...onReports];
