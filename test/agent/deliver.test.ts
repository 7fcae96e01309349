import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Agent } from '../../agent/agent.ts';
import { deliverOldest } from '../../agent/deliver.ts';
import { enrol } from '../../agent/enrol.ts';
import type { Receipt, Submission } from '../../evidence/exchange.ts';
import { falseCollector, passOn, type Behaviour } from '../support/false-collector.ts';
import { agentOn, collectorOn, enrolAgentAt } from '../support/road.ts';
import { temporaryFolder } from '../support/tools.ts';

const name = 'web1.example.nl';

/** A collector, an agent of it with one report that waits, and between them a false collector. */
async function between(
  folder: string,
  behave: (real: { url: string }, ...input: Parameters<Behaviour>) => ReturnType<Behaviour>,
) {
  // prettier-ignore
  const real = await collectorOn(join(folder, 'collector'));
  const data = join(folder, 'agent');
  (await enrolAgentAt(real, data, name))[Symbol.dispose]();
  const middle = await falseCollector((...input) => behave(real, ...input));
  const agent = agentOn(data, {}, middle.url);
  await agent.runOnce();
  return {
    real,
    middle,
    agent,
    data,
    async [Symbol.asyncDispose]() {
      agent[Symbol.dispose]();
      await middle[Symbol.asyncDispose]();
      await real.close();
    },
  };
}

function deliver(agent: Agent) {
  return deliverOldest(agent.spool, agent.identity);
}

describe('a report is kept', () => {
  const answers: Record<string, [answer: Awaited<ReturnType<Behaviour>>, delivery: object]> = {
    'when the connection is cut': ['hang-up', { state: 'away', why: expect.stringContaining('ECONNRESET') as string }],
    'when the collector is busy, for as long as it says': [
      { status: 429, headers: { 'retry-after': '7' }, body: { status: 429, code: 'http.too-many', title: 'x' } },
      { state: 'away', after: 7 },
    ],
    'when the collector cannot store': [
      { status: 503, headers: { 'retry-after': '5' }, body: { status: 503, code: 'log.disk-full', title: 'full' } },
      { state: 'away', why: 'full', after: 5 },
    ],
    'when it asks for a patience beyond measure': [
      { status: 503, headers: { 'retry-after': '99999999999' } },
      { state: 'away', after: 3600 },
    ],
    'when it asks for a patience that is none': [
      { status: 503, headers: { 'retry-after': '-5' } },
      { state: 'away', why: 'HTTP 503' },
    ],
    'when something else answers': [{ status: 200, body: '<html>' }, { state: 'away' }],
    'when it is sent elsewhere': [{ status: 307, headers: { location: 'http://127.0.0.1:1/' } }, { state: 'away' }],
    'when the answer has no end': [{ status: 200, body: `"${'x'.repeat(2 ** 20)}"` }, { state: 'away' }],
    'when the collector says no': [
      { status: 403, body: { status: 403, code: 'agent.unknown', title: 'no', detail: 'not enrolled' } },
      { state: 'refused', code: 'agent.unknown', why: 'not enrolled' },
    ],
    'when the answer is no receipt': [
      { status: 200, body: { v: 1 } },
      { state: 'refused', code: 'receipt.malformed' },
    ],
  };
  test.each(Object.entries(answers))('%s', async (_, [answer, delivery]) => {
    using folder = temporaryFolder();
    await using road = await between(folder.path, () => answer);
    expect(await deliver(road.agent)).toMatchObject(delivery);
    expect(road.agent.spool.length).toBe(1);
    expect(road.agent.spool.delivered()).toBeUndefined();
  });

  test('when nothing listens', async () => {
    using folder = temporaryFolder();
    await using road = await between(folder.path, () => 'hang-up');
    const nowhere = { ...road.agent.identity, collector: 'http://127.0.0.1:1' };
    expect(await deliverOldest(road.agent.spool, nowhere)).toMatchObject({ state: 'away' });
    expect(road.agent.spool.length).toBe(1);
  });
});

describe('a proof that does not hold is refused and the report is kept:', () => {
  const forgeries: Record<string, (receipt: Receipt) => Receipt> = {
    'of another entry': (receipt) => ({ ...receipt, entry: Buffer.from('{}').toString('base64') }),
    'an altered index': (receipt) => ({ ...receipt, proof: receipt.proof.replace(/^index \d+$/m, 'index 0') }),
    'an altered root': (receipt) => ({
      ...receipt,
      proof: receipt.proof.replace(
        /(\n\n.*\n\d+\n)(.)/,
        (_, head: string, first: string) => head + (first === 'A' ? 'B' : 'A'),
      ),
    }),
    'no signature': (receipt) => ({ ...receipt, proof: receipt.proof.replace(/— .*\n$/, '') }),
    'nothing at all': (receipt) => ({ ...receipt, proof: '' }),
  };
  test.each(Object.entries(forgeries))('%s', async (_, forge) => {
    using folder = temporaryFolder();
    await using road = await between(folder.path, async (real, path, body) => {
      const answer = await passOn(real, path, body);
      return { ...answer, body: forge(answer.body as Receipt) };
    });
    expect(await deliver(road.agent)).toMatchObject({ state: 'refused' });
    expect(road.agent.spool.length).toBe(1);
    // The true answer is still to be had.
    expect(await deliverOldest(road.agent.spool, { ...road.agent.identity, collector: road.real.url })).toMatchObject({
      state: 'delivered',
      seq: 1,
    });
  });

  test('of a log that another key signs', async () => {
    using folder = temporaryFolder();
    await using road = await between(folder.path, passOn);
    await using other = await collectorOn(join(folder.path, 'other'));
    const identity = { ...road.agent.identity, logKey: other.logKey };
    expect(await deliverOldest(road.agent.spool, identity)).toMatchObject({ state: 'refused' });
  });
});

test('a log that was set back is refused, though it signs all it says', async () => {
  using folder = temporaryFolder();
  await using road = await between(folder.path, passOn);
  const { agent, real } = road;
  const data = join(folder.path, 'collector');
  const { port } = new URL(real.url);
  await real.close();
  const backup = join(folder.path, 'backup');
  cpSync(data, backup, { recursive: true });
  const config = { listen: `127.0.0.1:${port}` };
  const before = await collectorOn(data, { config });
  expect(await deliver(agent)).toMatchObject({ state: 'delivered' });
  await before.close();
  rmSync(data, { recursive: true });
  cpSync(backup, data, { recursive: true });
  rmSync(`${data}-guard`, { recursive: true });
  await using _ = await collectorOn(data, { config });
  await agent.runOnce();
  const why = expect.stringMatching(/signed head of 3: it was set back/) as string;
  expect(await deliver(agent)).toMatchObject({ state: 'away', code: 'log.behind', why });
  expect(agent.spool.length).toBe(1);
});

test('an answer that was lost on its way is asked for again, and the report has one place', async () => {
  using folder = temporaryFolder();
  await using road = await between(folder.path, async (real, path, body, asked) => {
    const answer = await passOn(real, path, body);
    return asked === 1 ? 'hang-up' : answer;
  });
  expect(await deliver(road.agent)).toMatchObject({ state: 'away' });
  expect(await deliver(road.agent)).toMatchObject({ state: 'delivered', seq: 1, index: 2, size: 3 });
});

test('a crash between noting a delivery and letting the report go delivers it to the same place again', async () => {
  using folder = temporaryFolder();
  await using road = await between(folder.path, passOn);
  const spool = join(road.data, readdirSync(road.data).find((file) => file.startsWith('log-')) ?? '', 'spool');
  const kept = join(folder.path, 'kept');
  cpSync(spool, kept, { recursive: true });
  const first = await deliver(road.agent);
  cpSync(kept, spool, { recursive: true });
  expect(await deliver(road.agent)).toEqual(first);
  expect(await deliver(road.agent)).toEqual({ state: 'empty' });
  await road.agent.runOnce();
  expect(await deliver(road.agent)).toMatchObject({ state: 'delivered', seq: 2 });
});

test('what has not changed is not sent again, and all of it is where the collector asks for it', async () => {
  using folder = temporaryFolder();
  let asks = 0;
  await using road = await between(folder.path, async (real, path, body) => {
    const { payload } = (body as Submission).envelope;
    const isSecond = Buffer.from(payload, 'base64').toString().includes('"seq":2,');
    const incomplete = {
      status: 409,
      code: 'report.incomplete',
      title: 'x',
      missing: { parts: ['host'], policies: [] },
    };
    return isSecond && ++asks === 1 ? { status: 409, body: incomplete } : passOn(real, path, body);
  });
  await deliver(road.agent);
  await road.agent.runOnce();
  expect(await deliver(road.agent)).toMatchObject({ state: 'delivered', seq: 2 });
  const sent = road.middle.asked.map(({ body }) => {
    const { parts, policies } = body as Submission;
    return [parts.map((part) => part.name), policies.length];
  });
  const all = [['host', 'observations', 'facts/password-age'], 1];
  expect(sent).toEqual([all, [[], 0], all]);
});

test('a collector that asks for everything again and again is refused, not asked for ever', async () => {
  using folder = temporaryFolder();
  const body = { status: 409, code: 'report.incomplete', title: 'x' };
  await using road = await between(folder.path, () => ({ status: 409, body }));
  expect(await deliver(road.agent)).toMatchObject({ state: 'refused', code: 'report.incomplete' });
  expect(road.middle.asked).toHaveLength(2);
});

describe('a report that can never be delivered', () => {
  function spoolOf(data: string): string {
    return join(data, readdirSync(data).find((file) => file.startsWith('log-')) ?? '', 'spool');
  }

  test('is told with its file, holds up the others, and is kept', async () => {
    using folder = temporaryFolder();
    await using road = await between(folder.path, passOn);
    await road.agent.runOnce();
    const [oldest = ''] = readdirSync(spoolOf(road.data)).sort();
    const file = join(spoolOf(road.data), oldest);
    writeFileSync(file, '{"v":1,');
    expect(await road.agent.deliverAll()).toMatchObject({
      state: 'refused',
      code: 'data.damaged',
      why: expect.stringMatching(new RegExp(`^${file} is damaged .*; restore it, or move it away and enrol`)) as string,
    });
    expect(road.agent.spool.length).toBe(2);
  });

  test('is set aside once the host is enrolled anew, with those that only it could follow', async () => {
    using folder = temporaryFolder();
    await using real = await collectorOn(join(folder.path, 'collector'));
    const data = join(folder.path, 'agent');
    const agent = await enrolAgentAt(real, data, name);
    for (let run = 0; run < 3; run++) await agent.runOnce();
    expect(await deliver(agent)).toMatchObject({ state: 'delivered', seq: 1 });
    agent[Symbol.dispose]();
    const [oldest = ''] = readdirSync(spoolOf(data)).sort();
    writeFileSync(join(spoolOf(data), oldest), 'damaged');

    using anew = await enrolAgentAt(real, data, name);
    await anew.runOnce();
    expect(await anew.deliverAll()).toEqual({ state: 'empty' });
    expect(anew.spool.delivered()).toMatchObject({ epoch: 2, seq: 1 });
    expect(readdirSync(join(spoolOf(data), '..', 'set-aside'))).toEqual([
      '000001-000000000002.json',
      '000001-000000000003.json',
    ]);
  });

  test('of a data folder that was set back is refused until then', async () => {
    using folder = temporaryFolder();
    await using real = await collectorOn(join(folder.path, 'collector'));
    const data = join(folder.path, 'agent');
    const agent = await enrolAgentAt(real, data, name);
    cpSync(data, join(folder.path, 'copy'), { recursive: true });
    await agent.runOnce();
    await agent.deliverAll();
    agent[Symbol.dispose]();
    using copy = agentOn(join(folder.path, 'copy'), {}, real.url);
    await copy.runOnce();
    expect(await copy.deliverAll()).toMatchObject({ state: 'refused', code: 'report.replayed' });
  });
});

test('with another log the numbers begin anew, and what waits for the first one is kept', async () => {
  using folder = temporaryFolder();
  await using one = await collectorOn(join(folder.path, 'one'));
  await using two = await collectorOn(join(folder.path, 'two'), { config: { origin: 'two.example/log' } });
  const data = join(folder.path, 'agent');
  const first = await enrolAgentAt(one, data, name);
  await first.runOnce();
  await first.deliverAll();
  await first.runOnce();
  first[Symbol.dispose]();
  {
    using second = await enrolAgentAt(two, data, name);
    await second.runOnce();
    expect(await second.deliverAll()).toEqual({ state: 'empty' });
    expect(second.spool.delivered()).toMatchObject({ epoch: 1, seq: 1, index: 2 });
  }
  using back = await enrolAgentAt(one, data, name);
  await back.runOnce();
  expect(await back.deliverAll()).toEqual({ state: 'empty' });
  expect(back.spool.delivered()).toMatchObject({ epoch: 2, seq: 1 });
});

describe('enrolment', () => {
  const answerOf =
    (answer: object): Behaviour =>
    () => ({ status: 200, body: answer });

  test('makes the same request again where the answer was lost', async () => {
    using folder = temporaryFolder();
    await using real = await collectorOn(join(folder.path, 'collector'));
    await using middle = await falseCollector(async (path, body, asked) => {
      const answer = await passOn(real, path, body);
      return asked === 1 ? 'hang-up' : answer;
    });
    const { secret: token } = real.tokens.create({ role: 'enrol', label: '', validity: 60 }, new Date());
    const input = { collector: middle.url, token, agent: name, data: join(folder.path, 'agent') };
    await expect(enrol(input)).rejects.toMatchObject({ code: 'enrol.unreachable' });
    expect(await enrol(input)).toMatchObject({ agent: name, epoch: 1, logKey: real.logKey });
    const [first, second] = middle.asked.map(({ body }) => body);
    expect(second).toEqual(first);
  });

  test('ends with the code that the collector gives', async () => {
    using folder = temporaryFolder();
    await using real = await collectorOn(join(folder.path, 'collector'));
    const input = { collector: real.url, token: 'wbg_enrol_none', agent: name, data: join(folder.path, 'agent') };
    await expect(enrol(input)).rejects.toMatchObject({ code: 'token.invalid' });
  });

  test('does not pin a key other than the operator published', async () => {
    using folder = temporaryFolder();
    await using real = await collectorOn(join(folder.path, 'collector'));
    await using other = await collectorOn(join(folder.path, 'other'));
    const { secret: token } = real.tokens.create({ role: 'enrol', label: '', validity: 60 }, new Date());
    const data = join(folder.path, 'agent');
    const input = { collector: real.url, token, agent: name, data };
    await expect(enrol({ ...input, logKey: other.logKey })).rejects.toMatchObject({ code: 'enrol.log-key' });
    expect(() => agentOn(data)).toThrow('no enrolment');
    // The token is not lost by that.
    expect(await enrol({ ...input, logKey: real.logKey })).toMatchObject({ epoch: 1 });
  });

  test.each([
    ['another name', { v: 1, agent: 'other.example.nl', epoch: 1, logKey: 'x' }, 'enrol.answer'],
    ['a log key that is none', { v: 1, agent: name, epoch: 1, logKey: 'x' }, 'enrol.answer'],
    ['something else', { v: 1 }, 'enrol.refused'],
  ])('pins nothing where the collector answers %s', async (_, answer, code) => {
    using folder = temporaryFolder();
    await using middle = await falseCollector(answerOf(answer));
    const input = { collector: middle.url, token: 'x', agent: name, data: folder.path };
    await expect(enrol(input)).rejects.toMatchObject({ code });
    expect(readdirSync(folder.path)).toEqual(['pending.key']);
  });
});
