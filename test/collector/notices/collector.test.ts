import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Collector } from '../../../collector/collector.ts';
import { NoticesAnswer } from '../../../collector/notices/exchange.ts';
import { countVerdicts, observationsPartName } from '../../../evidence/report.ts';
import { runWaarborg } from '../../support/process.ts';
import { collectorOn, quickPolicy } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { draftReport, enrolHand, send, type Hand } from '../ingest/submissions.ts';

/** A receiver that takes everything, and what it took. */
async function startReceiver(): Promise<{ url: string; took: string[] } & AsyncDisposable> {
  const took: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      // An agent of another test may ask whatever listens on this machine what it is.
      if (request.method === 'POST') took.push(body);
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    took,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

/** A report that says that the one control fails. */
async function sendFailure(collector: Collector, hand: Hand): Promise<void> {
  const reasons = [{ code: 'password-age.too-old', verdict: 'fail', subject: 'root', values: {} }];
  const observations = [{ policy: quickPolicy.policy, control: 'Q-password', verdict: 'fail' as const, reasons }];
  const parts = { [observationsPartName]: JSON.stringify({ v: 1, observations }) };
  const counts = countVerdicts(observations);
  const { status } = await send(collector, draftReport(hand, { parts, statement: { counts } }));
  expect(status).toBe(200);
}

test('a control that comes to fail on a host is told within seconds, shown, measured, and told once', async () => {
  using folder = temporaryFolder();
  await using receiver = await startReceiver();
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder.path, name), content);
    return join(folder.path, name);
  };
  const secretFile = file('secret', `whsec_${Buffer.alloc(32).toString('base64')}`);
  const desk = { name: 'desk', language: 'en', window: '1s', webhook: { url: receiver.url, secretFile } };
  const config = { notices: { url: 'https://waarborg.example.nl', receivers: [desk] } };
  const data = join(folder.path, 'data');
  const secretOf = (collector: Collector, role: 'operator' | 'auditor'): string =>
    collector.tokens.create({ role, label: '', validity: 600 }, new Date()).secret;
  {
    await using collector = await collectorOn(data, { config });
    await sendFailure(collector, await enrolHand(collector, 'web1.example.nl'));
    await expect.poll(() => receiver.took.length, { timeout: 40_000, interval: 200 }).toBe(1);
    expect(JSON.parse(receiver.took[0] ?? '')).toMatchObject({
      subject: 'Waarborg: 1 new failure',
      notices: [{ change: 'begun', kind: 'control-fails', host: 'web1.example.nl', control: 'Q-password' }],
    });
    const get = async (path: string): Promise<string> => {
      const headers = { authorization: `Bearer ${secretOf(collector, 'auditor')}` };
      return (await fetch(new URL(path, collector.url), { headers })).text();
    };
    await expect.poll(() => get('/notices')).toContain('Waarborg: 1 new failure');
    expect(NoticesAnswer.parse(JSON.parse(await get('/api/v1/notices'))).messages).toMatchObject([
      { receiver: 'desk', state: 'sent', notices: 1, error: null },
    ]);
    expect(await get('/metrics')).toContain('waarborg_notices_messages{receiver="desk",state="sent"} 1');
  }
  await using collector = await collectorOn(data, { config });
  const token = file('token', secretOf(collector, 'operator'));
  const run = (...words: string[]) =>
    runWaarborg(['notices', ...words, '--collector', collector.url, '--token-file', token]);
  expect(await run('test', 'desk')).toMatchObject({ code: 0, stdout: 'desk took it\n' });
  expect(await run('test', 'nobody')).toMatchObject({ code: 3 });
  expect((await run('list')).stdout).toMatch(
    /^receiver +by +sent +waiting +given up +not enclosed\ndesk +webhook +1 +0 +0 +0\n/,
  );
  // The trial, and nothing that was told before.
  expect(receiver.took.map((body) => (JSON.parse(body) as { subject: string }).subject)).toEqual([
    'Waarborg: 1 new failure',
    'Waarborg: Trial',
  ]);
}, 120_000);

test('who is told nothing is told so', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(folder.path);
  const { secret } = collector.tokens.create({ role: 'auditor', label: '', validity: 600 }, new Date());
  const headers = { authorization: `Bearer ${secret}` };
  const page = await (await fetch(new URL('/notices', collector.url), { headers })).text();
  expect(page).toContain('Nobody is told anything');
});
