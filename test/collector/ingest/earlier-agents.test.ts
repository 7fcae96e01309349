import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { root } from '../../support/sources.ts';
import { collectorOn } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { post } from './submissions.ts';

/** What agents of released versions sent, by `test/support/record-exchange.ts`. */
const recordings = join(root, 'test/fixtures/exchange');

const Recording = z.object({
  version: z.string(),
  at: z.iso.datetime(),
  agent: z.string(),
  asked: z.array(z.object({ path: z.string(), body: z.record(z.string(), z.unknown()) })),
});

/** The keys that agents in the field know; their forms are strict, so that one more would be refused by them. */
const answerKeys: Readonly<Record<string, readonly string[]>> = {
  '/api/v1/enrol': ['agent', 'epoch', 'logKey', 'v'],
  '/api/v1/reports': ['consistency', 'entry', 'proof', 'v'],
  '/api/v1/rotations': ['consistency', 'entry', 'proof', 'v'],
};

test.each(readdirSync(recordings))('what an agent of %s sends is taken, and answered as it expects', async (file) => {
  const recording = Recording.parse(JSON.parse(readFileSync(join(recordings, file), 'utf8')));
  const at = new Date(recording.at);
  using folder = temporaryFolder();
  await using collector = await collectorOn(folder.path, { now: () => at });
  const { agent } = recording;
  const token = collector.tokens.create({ role: 'enrol', label: '', validity: 600, agent }, at).secret;
  expect(recording.asked.map(({ path }) => path)).toEqual([
    '/api/v1/enrol',
    '/api/v1/reports',
    '/api/v1/reports',
    '/api/v1/rotations',
  ]);
  for (const { path, body } of recording.asked) {
    const answer = await post(collector, path, 'token' in body ? { ...body, token } : body);
    expect(answer).toMatchObject({ status: 200, body: { v: 1 } });
    expect(Object.keys(answer.body as object).sort()).toEqual(answerKeys[path]);
  }
});
