import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { enrol } from '../../agent/enrol.ts';
import { evidenceForReading } from '../../collector/store/store.ts';
import { decodeEntry } from '../../evidence/entry.ts';
import { unverifiedPayload } from '../../evidence/envelope.ts';
import { Statement } from '../../evidence/report.ts';
import { freePort, runWaarborg, startScript, startWaarborg, type Running } from '../support/process.ts';
import { temporaryFolder } from '../support/tools.ts';

const kills = 50;
const agentKills = 8;
const agents = ['web1.example.nl', 'web2.example.nl', 'mail.example.nl'];

/** A 32-bit linear congruential generator (the constants of Numerical Recipes): a seed repeats the moments of a run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const Proven = z.looseObject({ agent: z.string(), seq: z.int(), index: z.int(), msg: z.literal('report proven') });

/** What agents hold a proof for, from the lines of their logs. */
function provenIn(lines: string): z.output<typeof Proven>[] {
  return lines.split('\n').flatMap((line) => {
    // A killed process may have left half a line.
    if (!line.endsWith('}')) return [];
    return Proven.safeParse(JSON.parse(line)).data ?? [];
  });
}

/** Every report of the log, from its entries themselves. */
function reportsIn(data: string): { agent: string; seq: number; index: number }[] {
  const database = evidenceForReading(data);
  try {
    return database
      .prepare('SELECT idx, bytes FROM entries ORDER BY idx')
      .all()
      .flatMap(({ idx, bytes }) => {
        const entry = decodeEntry(bytes as Uint8Array);
        if (entry.kind !== 'report') return [];
        const { agent, seq } = Statement.parse(JSON.parse(unverifiedPayload(entry.envelope).toString()));
        return [{ agent, seq, index: Number(idx) }];
      });
  } finally {
    database.close();
  }
}

test('a collector that is killed again and again loses no proven report and takes none twice', async () => {
  const seed = Number(process.env.WAARBORG_SEED ?? Date.now() % 2 ** 32);
  const random = randomFrom(seed);
  process.stdout.write(`killing with WAARBORG_SEED=${seed}\n`);
  using folder = temporaryFolder();
  const config = join(folder.path, 'collector.yaml');
  const data = join(folder.path, 'collector');
  const port = await freePort();
  writeFileSync(config, `listen: 127.0.0.1:${port}\norigin: test.example/log\ndata: ${data}\n`);
  const startCollector = async (): Promise<Running> => {
    const collector = startWaarborg(['collector', '--config', config]);
    await collector.said('collector listens');
    return collector;
  };
  const startAgents = (): Running => startScript(driver, [folder.path, ...agents]);
  const driver = join(import.meta.dirname, '../support/report-driver.ts');

  let collector = await startCollector();
  for (const agent of agents) {
    const token = await runWaarborg(['token', 'create', '--role', 'enrol', '--agent', agent, '--config', config]);
    const url = `http://127.0.0.1:${port}`;
    await enrol({ collector: url, token: token.stdout.trim(), agent, data: join(folder.path, agent) });
  }
  let reporting = startAgents();
  let said = '';
  let slowestStart = 0;
  for (let kill = 1; kill <= kills; kill++) {
    await sleep(random() * 400);
    expect(reporting.child.exitCode, reporting.stderr()).toBeNull();
    await collector.end('SIGKILL');
    // Now and then the collector stays away, and once in a while the agents lose their process too.
    if (kill % 10 === 0) await sleep(1000);
    if (kill % Math.floor(kills / agentKills) === 0) {
      said += (await reporting.end('SIGKILL')).stdout;
      reporting = startAgents();
    }
    const begun = performance.now();
    collector = await startCollector();
    slowestStart = Math.max(slowestStart, performance.now() - begun);
  }
  const drained = await reporting.end('SIGTERM');
  said += drained.stdout;
  expect(drained, drained.stdout.slice(-2000)).toMatchObject({ code: 0, stderr: '' });
  expect(await collector.end('SIGTERM')).toMatchObject({ code: 0, stderr: '' });

  const stored = reportsIn(data);
  const proven = provenIn(said);
  const places = new Set(stored.map(({ agent, seq, index }) => `${agent} ${seq} ${index}`));
  const lost = proven.filter(({ agent, seq, index }) => !places.has(`${agent} ${seq} ${index}`));
  const numbers = new Set(stored.map(({ agent, seq }) => `${agent} ${seq}`));
  const doubled = stored.length - numbers.size;
  process.stdout.write(
    `${kills} kills, ${stored.length} reports in the log, ${proven.length} proven, ${lost.length} lost, ` +
      `${doubled} doubled; slowest start ${Math.round(slowestStart)} ms\n`,
  );
  expect({ lost, doubled }).toEqual({ lost: [], doubled: 0 });
  for (const agent of agents) {
    const seqs = stored.filter((report) => report.agent === agent).map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, index) => index + 1));
    expect(seqs.length).toBeGreaterThan(kills);
  }

  const bundle = join(folder.path, 'bundle');
  expect(await runWaarborg(['export', bundle, '--config', config])).toMatchObject({ code: 0, stderr: '' });
  const verified = await runWaarborg(['verify', bundle]);
  expect(verified, verified.stdout + verified.stderr).toMatchObject({ code: 0 });
}, 240_000);
