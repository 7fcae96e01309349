import { execFile } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { cpSync, rmSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportBundle } from '../../collector/export.ts';
import { signEnvelope } from '../../evidence/envelope.ts';
import { rawPublicKey } from '../../evidence/keys.ts';
import { reportPayloadType } from '../../evidence/report.ts';
import { wholeScope } from '../../evidence/scope.ts';
import { verifyBundle } from '../../evidence/verify.ts';
import { folderReader } from '../../commands/bundle-folder.ts';
import { seededKey } from '../evidence/keys.ts';
import { type FixtureLog, twoHosts, writeBundle, type Bundle } from '../support/evidence.ts';
import { hashesPath, swapped } from '../support/attacks/attack.ts';
import { buildGo, go } from '../support/go.ts';
import { keptLog } from '../support/kept-log.ts';
import { collectorOn, enrolAgentAt, origin } from '../support/road.ts';
import { temporaryFolder } from '../support/tools.ts';
import { fileAlterations, forgeries, keptAlterations } from './alterations.ts';

const agentKey = seededKey(5);

/** A log of so many entries, each tenth a signed report, exported; and what was kept of it, as files. */
interface Exported {
  readonly bundle: string;
  /** Its head at half its size, a receipt of that time, and one of the end. */
  readonly kept: Readonly<Record<'since' | 'early' | 'late', string>>;
}

function exportOf(folder: string, size: number): Exported {
  const data = join(folder, 'data');
  using kept = keptLog(data);
  const { log } = kept;
  const files = { since: join(folder, 'since'), early: join(folder, 'early'), late: join(folder, 'late') };
  const publicKey = rawPublicKey(createPublicKey(agentKey)).toString('base64');
  const half = Math.ceil(size / 2);
  for (const end of [half, size]) {
    log.transact(new Date(), (append) => {
      for (let index = log.head.size; index < end; index++) {
        if (index === 0) append({ kind: 'agent.enrol', agent: 'web1', epoch: 1, publicKey });
        else if (index % 10 === 1) append({ kind: 'report', envelope: signedReport(index) });
        else append({ kind: 'policy.set', policy: 'quick', version: index, digest: 'a'.repeat(64) });
      }
    });
    if (end === half) {
      writeFileSync(files.since, log.head.checkpoint);
      writeFileSync(files.early, log.prove(half >> 1));
    }
  }
  writeFileSync(files.late, log.prove(size - 1));
  const bundle = join(folder, 'bundle');
  exportBundle(data, bundle, () => undefined);
  return { bundle, kept: files };
}

function signedReport(index: number) {
  const statement = JSON.stringify({ agent: 'web1', epoch: 1, text: `report ${index}` });
  return signEnvelope(reportPayloadType, Buffer.from(statement), agentKey);
}

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

describe.skipIf(go === undefined)('a reader in Go, by the code of others', () => {
  let program: string;
  beforeAll(() => {
    program = buildGo(import.meta.dirname, folder.path);
  });

  /** Not in one step: a collector that is asked runs in this process. */
  function check(...words: readonly string[]): Promise<{ status: number; said: string }> {
    const { promise, resolve } = Promise.withResolvers<{ status: number; said: string }>();
    const child = execFile(program, words, (_, stdout, stderr) => {
      resolve({ status: child.exitCode ?? -1, said: stdout + stderr });
    });
    return promise;
  }

  describe('holds as sound', () => {
    test.each([1, 2, 255, 256, 257, 70_000])('an export of %d entries', async (size) => {
      using own = temporaryFolder();
      const { bundle, kept } = exportOf(own.path, size);
      const reports = Math.ceil((size - 1) / 10);
      expect(await check('-since', kept.since, '-proof', kept.early, '-proof', kept.late, bundle)).toEqual({
        status: 0,
        said: `${size} entries of ${origin}, ${reports} signed reports, 2 proofs\n`,
      });
    });

    test('what agents reported, as the verifier does: from its export, and from the collector itself', async () => {
      using own = temporaryFolder();
      const data = join(own.path, 'data');
      await using collector = await collectorOn(data);
      const { secret } = collector.tokens.create({ role: 'auditor', label: '', validity: 600 }, new Date());
      const ask = (path: string) =>
        fetch(new URL(path, collector.url), { headers: { authorization: `Bearer ${secret}` } });
      const since = join(own.path, 'since');
      for (const name of ['web1.example.nl', 'web2.example.nl']) {
        using agent = await enrolAgentAt(collector, join(own.path, name), name);
        writeFileSync(since, await (await ask('/log/checkpoint')).text());
        for (let run = 0; run < 2; run++) await agent.runOnce();
        expect(await agent.deliverAll()).toEqual({ state: 'empty' });
      }
      const { reports } = (await (await ask('/api/v1/reports')).json()) as { reports: { index: number }[] };
      const receipts = [];
      for (const { index } of reports) {
        const { proof } = (await (await ask(`/api/v1/reports/${index}`)).json()) as { proof: string };
        const receipt = join(own.path, `receipt-${index}`);
        writeFileSync(receipt, proof);
        receipts.push('-proof', receipt);
      }
      const bundle = join(own.path, 'bundle');
      const { size } = exportBundle(data, bundle, () => undefined).manifest;
      const verification = verifyBundle(folderReader(bundle), { since: readFileSync(since, 'utf8') });
      expect(verification).toMatchObject({ outcome: 'sound', log: { size }, proven: { reports: 4 } });

      const words = ['-key', collector.logKey, '-since', since, ...receipts];
      const sound = { status: 0, said: `${size} entries of ${origin}, 4 signed reports, 4 proofs\n` };
      expect(await check(...words, bundle)).toEqual(sound);
      expect(await check(...words, '-token', secret, `${collector.url}/log`)).toEqual(sound);
      const refused = await check(...words, `${collector.url}/log`);
      expect(refused).toEqual({ status: 1, said: 'rejected: tile/entries/000.p/7: 401 Unauthorized\n' });
    });
  });

  describe('rejects', () => {
    let exported: Exported;
    beforeAll(() => {
      exported = exportOf(join(folder.path, 'sound'), 300);
    });

    test.each(fileAlterations)('$name', async ({ path, change, words }) => {
      using own = temporaryFolder();
      cpSync(exported.bundle, own.path, { recursive: true });
      const file = join(own.path, path);
      const before = readFileSync(file);
      const after = change(Buffer.from(before));
      expect(after).not.toEqual(before);
      if (after === undefined) rmSync(file);
      else writeFileSync(file, after);
      const { status, said } = await check(own.path);
      expect(said).toMatch(words);
      expect(status).toBe(1);
    });

    test.each(keptAlterations)('$name', async ({ option, file, change, words }) => {
      using own = temporaryFolder();
      const before = readFileSync(exported.kept[file], 'utf8');
      expect(await check(option, exported.kept[file], exported.bundle)).toMatchObject({ status: 0 });
      const after = before.replace(...change);
      expect(after).not.toBe(before);
      writeFileSync(join(own.path, file), after);
      const { status, said } = await check(option, join(own.path, file), exported.bundle);
      expect(said).toMatch(words);
      expect(status).toBe(1);
    });
  });

  describe('of a bundle that shows one host of two', () => {
    const scope = { ...wholeScope, hosts: ['web1'] };

    async function checkPart(change: (bundle: Bundle, log: FixtureLog) => void = () => undefined) {
      using own = temporaryFolder();
      const { log } = await twoHosts();
      const bundle = log.bundle(scope);
      change(bundle, log);
      writeBundle(own.path, bundle);
      return await check(own.path);
    }

    test('takes the hashes of the rest, and finds the whole tree', async () => {
      const said = '9 entries of fixture.example/log, 3 signed reports, 0 proofs\n';
      expect(await checkPart()).toEqual({ status: 0, said });
    });

    test.each<[string, (bundle: Bundle, log: FixtureLog) => void]>([
      ['rejects it where such a hash was changed', (bundle) => void bundle.get(hashesPath)?.fill(0, 5 * 32, 6 * 32)],
      [
        'rejects it where it does not say that anything is left out',
        (bundle, log) => bundle.set('bundle.json', log.bundle().get('bundle.json') ?? Buffer.of()),
      ],
    ])('%s', async (_, change) => {
      expect(await checkPart(change)).toMatchObject({
        status: 1,
        said: expect.stringContaining('the entries hash to') as string,
      });
    });
  });

  describe('rejects, though the log\u2019s own key signed it,', () => {
    async function checkLog(log: FixtureLog, since: string) {
      using own = temporaryFolder();
      writeBundle(join(own.path, 'bundle'), log.bundle());
      writeFileSync(join(own.path, 'since'), since);
      return await check('-since', join(own.path, 'since'), join(own.path, 'bundle'));
    }

    test('nothing of the history as it was', async () => {
      const { log } = await twoHosts();
      const said = '9 entries of fixture.example/log, 5 signed reports, 0 proofs\n';
      expect(await checkLog(log, log.checkpoint(4))).toEqual({ status: 0, said });
    });

    test.each(forgeries)('$name', async ({ forge, words }) => {
      const { log } = await twoHosts();
      const forged = log.rewritten(forge(log.entries));
      const { status, said } = await checkLog(forged, forged.checkpoint(1));
      expect(said).toMatch(words);
      expect(status).toBe(1);
    });

    test.each([
      [
        'a history that was rewritten',
        (all: Buffer[]) => swapped(all, 3, 4),
        4,
        /does not continue the older checkpoint of 4/,
      ],
      [
        'a history that was cut',
        (all: Buffer[]) => all.slice(0, 7),
        9,
        /has 9 entries of fixture\.example\/log, this log 7/,
      ],
      [
        'another history of the same length',
        (all: Buffer[]) => swapped(all, 3, 4),
        9,
        /does not continue the older checkpoint of 9/,
      ],
    ])('%s since an older checkpoint', async (_, change, size, words) => {
      const { log } = await twoHosts();
      // What the agents' own words give away as well is looked at last.
      const { status, said } = await checkLog(log.rewritten(change(log.entries)), log.checkpoint(size));
      expect(said).toMatch(words);
      expect(status).toBe(1);
    });
  });
});
