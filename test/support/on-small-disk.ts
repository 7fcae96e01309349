/**
 * What a spool and a collector do on a disk that is full; run in a folder that has a small disk of its own.
 * Prints what it saw as JSON. Arguments: `spool` or `collector`, and the folder.
 */
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Spool, SpoolFullError, type SpooledReport } from '../../agent/spool.ts';
import { agentOn, collectorOn, enrolAgentAt } from './road.ts';
import { temporaryFolder } from './tools.ts';

const [what, folder = ''] = process.argv.slice(2);

function report(seq: number): SpooledReport {
  const zstd = Buffer.alloc(48 * 1024, seq).toString('base64');
  const digest = String(seq % 10).repeat(64);
  const part = { name: 'host', salt: Buffer.alloc(32).toString('base64'), zstd, commitment: digest, content: digest };
  const sig = Buffer.alloc(64).toString('base64');
  const envelope = { payload: '', payloadType: 'x', signatures: [{ keyid: '0'.repeat(16), sig }] };
  return { v: 1, epoch: 1, seq, statement: digest, envelope, parts: [part], policies: [] };
}

function fillSpool(): unknown {
  const spool = new Spool(folder, 'log', { spoolReports: 1000, spoolMegabytes: 256 });
  let seq = 1;
  let why: string;
  try {
    for (; ; seq++) spool.add(report(seq));
  } catch (error) {
    if (!(error instanceof SpoolFullError)) throw error;
    why = error.message;
  }
  const { length } = spool;
  // The disk is full now by others too, up to what was left for this.
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(join(folder, 'others'), Buffer.alloc((bavail - 64) * bsize));
  spool.settle(report(1), { index: 0, size: 1, checkpoint: '' });
  rmSync(join(folder, 'others'));
  for (let next = 2; next < 10; next++) spool.settle(report(next), { index: next, size: next + 1, checkpoint: '' });
  spool.add(report(seq));
  return { added: seq - 1, length, why, oldest: spool.oldest()?.seq, newest: spool.chainEnd(1).seq };
}

async function fillCollector(): Promise<unknown> {
  using agentFolder = temporaryFolder();
  await using collector = await collectorOn(join(folder, 'collector'));
  (await enrolAgentAt(collector, agentFolder.path, 'web1.example.nl'))[Symbol.dispose]();
  using agent = agentOn(agentFolder.path);
  await agent.runOnce();
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(join(folder, 'others'), Buffer.alloc((bavail - 1024) * bsize));
  const full = await agent.deliverAll();
  const { length } = agent.spool;
  rmSync(join(folder, 'others'));
  return { full, length, then: await agent.deliverAll(), delivered: agent.spool.delivered()?.index };
}

process.stdout.write(JSON.stringify(what === 'spool' ? fillSpool() : await fillCollector()));
