import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { collectorOn, enrolAgentAt, agentOn, origin, silent } from '../support/road.ts';
import { readSource } from '../support/sources.ts';
import { temporaryFolder, tool } from '../support/tools.ts';

const sqlite = tool('sqlite3');

/** What docs/backup-and-restore.md says to copy, as it says to. */
function backUp(data: string, target: string): void {
  mkdirSync(target, { mode: 0o700 });
  const page = readSource('docs/backup-and-restore.md');
  for (const name of ['evidence', 'access', 'notices']) {
    const line = `.backup '/srv/backup/waarborg/${name}.db'`;
    expect(page).toContain(line);
    execFileSync(sqlite ?? '', [join(data, `${name}.db`), line.replace('/srv/backup/waarborg', target)]);
  }
  copyFileSync(join(data, 'log.key'), join(target, 'log.key'));
}

test.skipIf(sqlite === undefined)(
  'a copy of a running collector goes on elsewhere as the same log, where it has all that was promised',
  async () => {
    using folder = temporaryFolder();
    const data = join(folder.path, 'collector');
    const agent = join(folder.path, 'agent');
    const copy = join(folder.path, 'copy');
    let logKey: string;
    {
      await using collector = await collectorOn(data);
      logKey = collector.logKey;
      using reporter = await enrolAgentAt(collector, agent, 'web1.example.nl');
      await reporter.runOnce();
      expect(await reporter.deliverAll()).toEqual({ state: 'empty' });
      // While it runs, and may write.
      backUp(data, copy);
    }
    await using restored = await collectorOn(copy);
    expect(restored.logKey).toBe(logKey);
    using reporter = agentOn(agent, {}, restored.url);
    await reporter.runOnce();
    expect(await reporter.deliverAll()).toEqual({ state: 'empty' });
  },
);

test.skipIf(sqlite === undefined)(
  'a copy that is older than the log is refused by the guard, and without it by the agents',
  async () => {
    using folder = temporaryFolder();
    const data = join(folder.path, 'collector');
    const agent = join(folder.path, 'agent');
    const copy = join(folder.path, 'copy');
    {
      await using collector = await collectorOn(data);
      using reporter = await enrolAgentAt(collector, agent, 'web1.example.nl');
      backUp(data, copy);
      await reporter.runOnce();
      expect(await reporter.deliverAll()).toEqual({ state: 'empty' });
    }
    // The guard of the log that is gone, as where only the data folder was put back.
    await expect(collectorOn(copy, { config: { guard: `${data}-guard/head` } })).rejects.toMatchObject({
      code: 'store.behind',
    });
    // Another machine, without the guard.
    await using restored = await collectorOn(copy);
    using reporter = agentOn(agent, {}, restored.url);
    await reporter.runOnce();
    expect(await reporter.deliverAll()).toMatchObject({ state: 'away', code: 'log.behind' });
    // The collector believes what its own key signed, and takes nothing from anybody.
    expect((await fetch(new URL('/readyz', restored.url))).status).toBe(503);
    await restored.close();
    await expect(collectorOn(copy)).rejects.toMatchObject({ code: 'store.behind' });
  },
);

test.skipIf(sqlite === undefined)(
  'where the newest copy is too old, a new log takes over, and the host that is enrolled anew reports to it',
  async () => {
    using folder = temporaryFolder();
    const agent = join(folder.path, 'agent');
    {
      await using collector = await collectorOn(join(folder.path, 'old'));
      using reporter = await enrolAgentAt(collector, agent, 'web1.example.nl');
      await reporter.runOnce();
      await reporter.deliverAll();
    }
    await using fresh = await collectorOn(join(folder.path, 'new'), { config: { origin: `${origin}-2` }, log: silent });
    using reporter = await enrolAgentAt(fresh, agent, 'web1.example.nl');
    await reporter.runOnce();
    expect(await reporter.deliverAll()).toEqual({ state: 'empty' });
  },
);
