import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { evidenceForReading, Store } from '../../../collector/store/store.ts';
import { runWaarborg } from '../../support/process.ts';
import { collectorOn, enrolAgentAt } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { draftReport, enrolHand, logSize, post, send } from '../ingest/submissions.ts';
import { ask, audited, readAs } from './operator.ts';

const agent = 'web1.example.nl';
const path = `/api/v1/hosts/${agent}/revoke`;

function problem(status: number, code: string) {
  return { status, body: { status, code } };
}

test('after a revocation no report of that enrolment is taken, and the log says so to an auditor', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(join(folder.path, 'data'));
  const hand = await enrolHand(collector, agent);
  const first = draftReport(hand);
  await send(collector, first);
  expect(await ask(collector, path, { reason: 'compromised' })).toEqual({
    status: 200,
    body: { v: 1, agent, revoked: [{ epoch: 1, index: 3 }] },
  });
  const second = draftReport(hand, { seq: 2, prev: first.digest });
  expect(await send(collector, second)).toMatchObject(problem(403, 'agent.revoked'));
  expect(await logSize(collector)).toBe(4);
  expect(audited(join(folder.path, 'data'), join(folder.path, 'bundle'))).toMatchObject({
    outcome: 'sound',
    proven: { reports: 1 },
  });
});

test('a report that comes at the same moment stands before the revocation, or not at all', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(join(folder.path, 'data'));
  const hands = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => enrolHand(collector, name)));
  await Promise.all(
    hands.flatMap((hand) => [
      send(collector, draftReport(hand)),
      ask(collector, `/api/v1/hosts/${hand.agent}/revoke`, { reason: 'lost' }),
    ]),
  );
  expect(audited(join(folder.path, 'data'), join(folder.path, 'bundle')).findings).toEqual([]);
});

test('a host that was revoked can be enrolled anew, under another key only', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(join(folder.path, 'data'));
  const hand = await enrolHand(collector, agent);
  await ask(collector, path, { reason: 'lost' });
  const { secret } = collector.tokens.create({ role: 'enrol', label: '', validity: 600, agent }, new Date());
  const publicKey = readFirstKey(join(folder.path, 'data')).toString('base64');
  const again = await post(collector, '/api/v1/enrol', { v: 1, token: secret, agent, publicKey });
  expect(again).toMatchObject(problem(409, 'enrol.key-used'));
  const anew = await enrolHand(collector, agent);
  expect(anew.epoch).toBe(2);
  expect(await send(collector, draftReport(anew))).toMatchObject({ status: 200 });
  expect(await send(collector, draftReport(hand))).toMatchObject(problem(403, 'agent.revoked'));
});

test('all enrolments that still count are ended, or only the one that is named', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(join(folder.path, 'data'));
  const [first, second] = [await enrolHand(collector, agent), await enrolHand(collector, agent)];
  const one = await ask(collector, path, { reason: 'compromised', epoch: first.epoch });
  expect(one).toMatchObject({ status: 200, body: { revoked: [{ epoch: 1 }] } });
  expect(await send(collector, draftReport(second))).toMatchObject({ status: 200 });
  const rest = await ask(collector, path, { reason: 'retired' });
  expect(rest).toMatchObject({ status: 200, body: { revoked: [{ epoch: 2 }] } });
  expect(await ask(collector, path, { reason: 'retired' })).toMatchObject(problem(409, 'host.revoked'));
});

test('a retired host is no longer shown, after a new start neither; one that is lost is', async () => {
  using folder = temporaryFolder();
  const data = join(folder.path, 'data');
  {
    await using collector = await collectorOn(data);
    for (const name of ['retired1', 'lost1']) {
      const hand = await enrolHand(collector, name);
      await send(collector, draftReport(hand));
      await ask(collector, `/api/v1/hosts/${name}/revoke`, { reason: name.slice(0, -1) });
    }
    expect(await readAs(collector, '/metrics')).not.toContain('retired1');
    expect(await readAs(collector, '/metrics')).toContain('host="lost1"');
    expect(await readAs(collector, '/api/v1/hosts/retired1')).toContain('host.unknown');
  }
  await using collector = await collectorOn(data);
  expect(await readAs(collector, '/metrics')).not.toContain('retired1');
  expect(await readAs(collector, '/api/v1/hosts')).toContain('lost1');
  const anew = await enrolHand(collector, 'retired1');
  await send(collector, draftReport(anew));
  expect(await readAs(collector, '/metrics')).toContain('host="retired1"');
});

test('only an operator may, and only of a host that is there', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(folder.path);
  await enrolHand(collector, agent);
  expect(await ask(collector, path, { reason: 'lost' }, 'auditor')).toMatchObject(problem(403, 'token.role'));
  expect(await ask(collector, path, { reason: 'bored' })).toMatchObject(problem(400, 'http.body'));
  expect(await ask(collector, path, { reason: 'lost', epoch: 2 })).toMatchObject(problem(404, 'host.unknown'));
  const ghost = await ask(collector, '/api/v1/hosts/ghost/revoke', { reason: 'lost' });
  expect(ghost).toMatchObject(problem(404, 'host.unknown'));
  expect(await logSize(collector)).toBe(1);
});

test('the command ends an enrolment, and the agent of that host is told what to do', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(join(folder.path, 'data'));
  using host = await enrolAgentAt(collector, join(folder.path, 'agent'), agent);
  await host.runOnce();
  const { secret } = collector.tokens.create({ role: 'operator', label: '', validity: 600 }, new Date());
  const tokenFile = join(folder.path, 'token');
  writeFileSync(tokenFile, `${secret}\n`);
  const words = ['host', 'revoke', agent, '--collector', collector.url, '--token-file', tokenFile];
  const ended = await runWaarborg([...words, '--reason', 'compromised']);
  expect(ended).toEqual({
    code: 0,
    stdout: `${agent} of epoch 1 is revoked as compromised: entry 1 of the log\n`,
    stderr: '',
  });
  expect(await host.deliverAll()).toMatchObject({
    state: 'refused',
    code: 'agent.revoked',
    why: expect.stringContaining(`waarborg token create --role enrol --agent ${agent}`) as string,
  });
  const again = await runWaarborg([...words, '--reason', 'lost']);
  expect(again).toMatchObject({ code: 3, stdout: '' });
  expect(again.stderr).toBe(`waarborg: ${agent} was revoked before, as compromised\n`);
});

function readFirstKey(data: string): Buffer {
  const database = evidenceForReading(data);
  try {
    return Buffer.from(new Store(database).agent(agent, 1)?.publicKey ?? []);
  } finally {
    database.close();
  }
}
