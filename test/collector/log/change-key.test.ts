import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CollectorConfig } from '../../../collector/config.ts';
import { changeLogKey, finishKeyChange } from '../../../collector/log/change-key.ts';
import { openCheckpoint } from '../../../evidence/checkpoint.ts';
import { LogKeys } from '../../../evidence/handover.ts';
import { parseLogKey } from '../../../evidence/vkey.ts';
import { verifyBundle, type Verification } from '../../../evidence/verify.ts';
import { exportBundle } from '../../../collector/export.ts';
import { folderReader } from '../../../commands/bundle-folder.ts';
import { runWaarborg } from '../../support/process.ts';
import { agentOn, collectorOn, enrolAgentAt, origin, silent } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';

let folder: ReturnType<typeof temporaryFolder>;
let data: string;
let firstKey: string;
let bundles = 0;

beforeEach(async () => {
  folder = temporaryFolder();
  data = join(folder.path, 'collector');
  await using collector = await collectorOn(data);
  firstKey = collector.logKey;
  using agent = await enrolAgentAt(collector, join(folder.path, 'agent'), 'web1.example.nl');
  await agent.runOnce();
  await agent.deliverAll();
});

afterEach(() => folder[Symbol.dispose]());

function input() {
  return { config: CollectorConfig.parse({ origin, data }), log: silent };
}

function audited(logKey?: string): Verification {
  const bundle = join(folder.path, `bundle-${bundles++}`);
  exportBundle(data, bundle, () => undefined);
  return verifyBundle(folderReader(bundle), logKey === undefined ? {} : { logKey });
}

/** The head that a collector shows which starts now. */
async function shownHead(): Promise<string> {
  await using collector = await collectorOn(data);
  return await (await fetch(new URL('/log/checkpoint', collector.url))).text();
}

describe('a log that changes its key', () => {
  test('is signed by both until that is ended, and then by the new one alone', async () => {
    const { logKey, index } = await changeLogKey(input());
    expect(logKey).not.toBe(firstKey);
    const both = await shownHead();
    for (const key of [firstKey, logKey]) expect(openCheckpoint(both, [parseLogKey(key)]).size).toBe(index + 1);
    expect(finishKeyChange(input())).toBe(logKey);
    const alone = await shownHead();
    expect(openCheckpoint(alone, [parseLogKey(logKey)]).size).toBe(index + 1);
    expect(() => openCheckpoint(alone, [parseLogKey(firstKey)])).toThrow(/no known key signed/);
    expect(existsSync(join(data, 'log.key.previous'))).toBe(false);
  });

  test('verifies by either key, during the change and after it', async () => {
    const { logKey } = await changeLogKey(input());
    for (const given of [firstKey, logKey, undefined]) {
      expect(audited(given)).toMatchObject({
        outcome: 'sound',
        total: 0,
        log: { key: logKey, formerKeys: [firstKey] },
      });
    }
    finishKeyChange(input());
    for (const given of [firstKey, logKey]) expect(audited(given)).toMatchObject({ outcome: 'sound', total: 0 });
  });

  test('can change it again, and proves each change to whoever knows an older key', async () => {
    const second = await changeLogKey(input());
    await expect(changeLogKey(input())).rejects.toMatchObject({ code: 'log.key-change' });
    finishKeyChange(input());
    expect(() => finishKeyChange(input())).toThrow(/one key signs alone already/);
    const third = await changeLogKey(input());
    await using collector = await collectorOn(data);
    const answer = await fetch(new URL('/api/v1/log-keys', collector.url));
    const { logKey, handovers } = LogKeys.parse(await answer.json());
    expect([logKey, handovers.map((handover) => handover.logKey)]).toEqual([third.logKey, [firstKey, second.logKey]]);
    expect(audited(firstKey)).toMatchObject({ outcome: 'sound', log: { formerKeys: [firstKey, second.logKey] } });
  });

  test('has to be stopped, and to be there', async () => {
    {
      await using _ = await collectorOn(data);
      await expect(changeLogKey(input())).rejects.toMatchObject({ code: 'data.locked' });
    }
    const nowhere = { ...input(), config: { ...input().config, data: join(folder.path, 'none') } };
    await expect(changeLogKey(nowhere)).rejects.toThrow(/holds no log/);
  });
});

describe('a change of the key that was killed', () => {
  /** The data folder as it was at a moment. */
  function keep(name: string): string {
    const copy = join(folder.path, name);
    mkdirSync(copy);
    for (const file of ['evidence.db', 'log.key']) copyFileSync(join(data, file), join(copy, file));
    return copy;
  }

  test('before its transaction leaves the log as it was, and the next one uses the same new key', async () => {
    const before = keep('before');
    const { logKey } = await changeLogKey(input());
    const made = readFileSync(join(data, 'log.key'));
    for (const file of ['evidence.db', 'log.key']) copyFileSync(join(before, file), join(data, file));
    for (const file of ['evidence.db-wal', 'evidence.db-shm', 'log.key.previous'])
      rmSync(join(data, file), { force: true });
    rmSync(`${data}-guard`, { recursive: true });
    writeFileSync(join(data, 'log.key.next'), made);
    {
      await using collector = await collectorOn(data);
      expect(collector.logKey).toBe(firstKey);
    }
    expect((await changeLogKey(input())).logKey).toBe(logKey);
  });

  test.each([
    ['before any file was moved', ['log.key', 'log.key.previous'], ['log.key', 'log.key.next']],
    ['once the old key had its copy', ['log.key', 'log.key.previous'], ['log.key', 'log.key.previous', 'log.key.next']],
    ['before the new key’s own file was removed', [], ['log.key.next']],
  ])('after its transaction, %s, is finished by the next start', async (_, __, state) => {
    const old = readFileSync(join(data, 'log.key'));
    const { logKey } = await changeLogKey(input());
    const next = readFileSync(join(data, 'log.key'));
    if (state.includes('log.key')) {
      writeFileSync(join(data, 'log.key'), old);
      writeFileSync(join(data, 'log.key.next'), next);
      if (!state.includes('log.key.previous')) rmSync(join(data, 'log.key.previous'));
    } else {
      writeFileSync(join(data, 'log.key.next'), next);
    }
    await using collector = await collectorOn(data);
    expect(collector.logKey).toBe(logKey);
    expect(readFileSync(join(data, 'log.key'))).toEqual(next);
    expect(readFileSync(join(data, 'log.key.previous'))).toEqual(old);
    expect(existsSync(join(data, 'log.key.next'))).toBe(false);
  });

  test('before the old key was removed is finished by the next start', async () => {
    await changeLogKey(input());
    const previous = readFileSync(join(data, 'log.key.previous'));
    finishKeyChange(input());
    writeFileSync(join(data, 'log.key.previous'), previous);
    await using _ = await collectorOn(data);
    expect(existsSync(join(data, 'log.key.previous'))).toBe(false);
  });
});

test('a collector without the key that its log has does not start', async () => {
  await changeLogKey(input());
  renameSync(join(data, 'log.key'), join(folder.path, 'moved'));
  await expect(collectorOn(data)).rejects.toMatchObject({ code: 'store.damaged' });
});

test('the commands change the key and end the change, and all that reads the log follows', async () => {
  const config = join(folder.path, 'collector.yaml');
  writeFileSync(config, `origin: ${origin}\ndata: ${data}\n`);
  const changed = await runWaarborg(['rotate', 'log', '--config', config]);
  expect(changed).toMatchObject({ code: 0, stderr: '' });
  const [, logKey = ''] = /^log key (.*)$/m.exec(changed.stdout) ?? [];
  expect(changed.stdout).toMatch(/^entry \d+ names the new key, and both sign\n/);
  expect(await runWaarborg(['scrub', '--config', config])).toMatchObject({ code: 0 });
  expect(await runWaarborg(['rotate', 'log', '--config', config, '--finish'])).toMatchObject({
    code: 0,
    stdout: `one key signs\nlog key ${logKey}\n`,
  });
  expect(await runWaarborg(['scrub', '--config', config])).toMatchObject({ code: 0 });
  const bundle = join(folder.path, 'bundle');
  expect((await runWaarborg(['export', bundle, '--config', config])).stdout).toContain(logKey);
  const verified = await runWaarborg(['verify', bundle, '--key', firstKey]);
  expect(verified).toMatchObject({ code: 0 });
  expect(verified.stdout).toContain(`before   ${firstKey}`);
});

test('agents learn the new key from the log', async () => {
  const agentData = join(folder.path, 'agent');
  await changeLogKey(input());
  {
    await using collector = await collectorOn(data);
    using agent = agentOn(agentData, {}, collector.url);
    await agent.runOnce();
    expect(await agent.deliverAll()).toEqual({ state: 'empty' });
    expect(agent.identity.laterLogKeys).toEqual([collector.logKey]);
  }
  finishKeyChange(input());
  await using collector = await collectorOn(data);
  using agent = agentOn(agentData, {}, collector.url);
  await agent.runOnce();
  expect(await agent.deliverAll()).toEqual({ state: 'empty' });
  expect(audited(firstKey)).toMatchObject({ outcome: 'sound', total: 0, proven: { reports: 3 } });
});
