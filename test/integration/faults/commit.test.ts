import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startWaarborg } from '../../support/process.ts';
import { collectorOn, origin } from '../../support/road.ts';
import { temporaryFolder, tool } from '../../support/tools.ts';
import { draftReport, enrolHand, logSize, send, type Hand } from '../../collector/ingest/submissions.ts';

const strace = tool('strace') ?? '';

/** From now on every wait for the disk of a process fails. */
async function failDisk(pid: number): Promise<Disposable> {
  const child = spawn(strace, ['-f', '-e', 'inject=fsync,fdatasync:error=EIO', '-o', '/dev/null', '-p', String(pid)]);
  for await (const chunk of child.stderr as AsyncIterable<Buffer>) if (chunk.includes('attached')) break;
  return { [Symbol.dispose]: () => void child.kill('SIGTERM') };
}

async function enrolIn(data: string): Promise<Hand> {
  await using collector = await collectorOn(data);
  return await enrolHand(collector, 'web1.example.nl');
}

test.skipIf(strace === '')(
  'a commit that fails ends the collector with 1, and a new start knows what is there',
  async () => {
    using folder = temporaryFolder();
    const data = join(folder.path, 'data');
    const hand = await enrolIn(data);
    const config = join(folder.path, 'collector.yaml');
    writeFileSync(config, `listen: 127.0.0.1:0\norigin: ${origin}\ndata: ${data}\n`);
    const report = draftReport(hand);
    await using running = startWaarborg(['collector', '--config', config]);
    await running.said('collector listens');
    const url = /"url":"([^"]+)"/.exec(running.stdout())?.[1] ?? '';
    {
      using _ = await failDisk(running.child.pid ?? 0);
      const answer = await send({ url }, report).catch(() => 'no answer');
      expect(answer).not.toMatchObject({ status: 200 });
      const { code, stdout } = await running.ended;
      expect(code).toBe(1);
      expect(stdout).toMatch(/"level":60.*"code":"log\.commit"/);
    }
    await using again = await collectorOn(data);
    expect(await send(again, report)).toMatchObject({ status: 200 });
    expect(await logSize(again)).toBe(3);
  },
);
