import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../support/tools.ts';
import { Desk, failure, waiverEnds } from './desk.ts';

interface Posted {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Hook extends AsyncDisposable {
  readonly url: string;
  readonly posted: Posted[];
  /** What it answers. */
  status: number;
  /** What it answers to some bodies only. */
  statusOf: (body: string) => number;
}

async function startHook(): Promise<Hook> {
  const posted: Posted[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      // An agent of another test may ask whatever listens on this machine what it is.
      if (request.method !== 'POST') return response.writeHead(405).end();
      const status = hook.statusOf(body);
      if (status === 200) posted.push({ headers: request.headers, body });
      if (status === 302) response.setHeader('location', '/elsewhere');
      response.writeHead(status).end('what the receiver says');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const hook: Hook = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    posted,
    status: 200,
    statusOf: () => hook.status,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
  return hook;
}

const key = Buffer.alloc(32, 7);
let folder: ReturnType<typeof temporaryFolder>;
let hook: Hook;

beforeEach(async () => {
  folder = temporaryFolder();
  hook = await startHook();
  writeFileSync(join(folder.path, 'secret'), `whsec_${key.toString('base64')}\n`);
});
afterEach(async () => {
  await hook[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

/** At noon of a Monday, in the Netherlands 13:00. */
const noon = '2026-03-02T12:00:00.000Z';

function desk(receiver: object = {}, more: object = {}): Desk {
  const webhook = { url: hook.url, secretFile: join(folder.path, 'secret') };
  const settings = { ...more, receivers: [{ name: 'desk', language: 'en', webhook, ...receiver }] };
  return new Desk(folder.path, settings, noon);
}

function told(): { change: string; kind: string; host: string | null; text: string }[] {
  const bodies = hook.posted.map(({ body }) => JSON.parse(body) as { notices: ReturnType<typeof told> });
  return bodies.flatMap(({ notices }) => notices.map(({ change, kind, host, text }) => ({ change, kind, host, text })));
}

describe('a change is told', () => {
  test('once, with what came up within the window, and not again after a restart', async () => {
    await using office = desk();
    await office.after(0, [failure('web1')]);
    await office.after(200, [failure('web1'), failure('web2')]);
    expect(hook.posted).toEqual([]);
    await office.after(100);
    expect(told().map(({ change, host }) => [change, host])).toEqual([
      ['begun', 'web1'],
      ['begun', 'web2'],
    ]);
    await office.restart();
    await office.after(3600);
    expect(hook.posted.length).toBe(1);
  });

  test('when it is over and something shows that, and not before', async () => {
    await using office = desk({ window: '1s' });
    await office.after(0, [failure('web1')]);
    await office.after(10);
    office.outcome = 'open';
    await office.after(10, []);
    await office.after(10);
    expect(told().map(({ change }) => change)).toEqual(['begun']);
    office.outcome = 'well';
    await office.after(10);
    await office.after(10);
    expect(told().at(-1)).toEqual({
      change: 'over',
      kind: 'control-fails',
      host: 'web1',
      text: 'TLS 1.2 only: web1: passes again',
    });
    expect(hook.posted.length).toBe(2);
  });

  test('not as over where it is no matter any more, and anew when it comes back', async () => {
    await using office = desk({ window: '1s' });
    await office.after(0, [failure('web1')]);
    await office.after(10);
    office.outcome = 'gone';
    await office.after(10, []);
    await office.after(10, [failure('web1')]);
    await office.after(10);
    expect(told().map(({ change }) => change)).toEqual(['begun', 'begun']);
  });

  test('to those who asked for it', async () => {
    const about = { severity: 'critical', policies: ['example'], labels: { role: 'web' }, window: '1s' };
    await using office = desk(about);
    await office.after(0, [
      failure('told'),
      failure('unlabelled', { labels: null }),
      failure('other-role', { labels: { role: 'mail' } }),
      failure('other-policy', { policy: 'other' }),
      failure('mild', { severity: 'warning' }),
      waiverEnds(),
    ]);
    await office.after(10);
    await office.after(86_400);
    expect(told().map(({ host }) => host)).toEqual(['told', 'unlabelled']);
  });

  test('at once where it presses, however many reminders wait for the morning', async () => {
    await using office = desk({ window: '1s' });
    const reminders = Array.from({ length: 5001 }, (_, index) => ({ ...waiverEnds(), key: `waiver-ends ${index}` }));
    await office.after(0, reminders);
    await office.after(10, [...reminders, failure('web1')]);
    await office.after(10);
    expect(told().map(({ host }) => host)).toEqual(['web1']);
  });

  test('as a reminder in the morning, whichever way the clocks went, unless something presses', async () => {
    await using office = desk({ about: ['endings'] });
    // The night of 29 March 2026 is an hour shorter: eight in the morning is 06:00 UTC.
    office.now = new Date('2026-03-28T20:00:00Z');
    await office.after(0, [waiverEnds()]);
    await office.after(9 * 3600 + 3599);
    expect(hook.posted).toEqual([]);
    await office.after(1);
    expect(office.now.toISOString()).toBe('2026-03-29T06:00:00.000Z');
    expect(told().map(({ text }) => text)).toEqual([
      'The waiver from “TLS 1.2 only” ends on 10 Mar 2026, 00:00 UTC (waiver-1)',
    ]);
  });
});

describe('a message', () => {
  test('is signed by the Standard Webhooks convention, with the same id for each try', async () => {
    await using office = desk({ window: '1s' });
    hook.status = 500;
    await office.after(0, [failure('web1')]);
    await office.after(10);
    const [waiting] = office.notices.messages();
    expect(waiting).toMatchObject({ state: 'waiting', attempts: 1, error: 'HTTP 500' });
    hook.status = 200;
    await office.after(60);
    const [{ headers, body } = { headers: {}, body: '' }] = hook.posted;
    const [id, timestamp] = [String(headers['webhook-id']), String(headers['webhook-timestamp'])];
    expect(id).toBe(waiting?.id);
    expect(timestamp).toBe(String(office.now.getTime() / 1000));
    const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${signature}`);
    expect(JSON.parse(body)).toMatchObject({
      v: 1,
      id,
      origin: 'test.example/log',
      subject: 'Waarborg: 1 new failure',
    });
  });

  test('waits longer after each try, over a restart too, and is given up in the end with a line in the log', async () => {
    await using office = desk({ window: '1s' }, { giveUpAfter: '1d' });
    hook.status = 503;
    await office.after(0, [failure('web1')]);
    await office.after(10);
    const attempts: number[] = [];
    for (const seconds of [59, 1, 119, 1]) {
      await office.after(seconds);
      attempts.push(office.notices.messages()[0]?.attempts ?? 0);
    }
    expect(attempts).toEqual([1, 2, 2, 3]);
    await office.restart();
    await office.after(86_400);
    expect(office.notices.messages()[0]).toMatchObject({ state: 'failed', error: 'HTTP 503' });
    expect(office.notices.receivers()[0]).toMatchObject({ failed: 1, waiting: 0, sent: 0, pending: 0 });
    expect(office.logged.at(-1)).toContain('"code":"notices.given-up"');
    hook.status = 200;
    await office.after(86_400);
    expect(hook.posted).toEqual([]);
  });

  test('has no line of its own that somebody wrote into what a host reports', async () => {
    await using office = desk({ window: '1s' });
    const versions = 'TLSv1\r\n\r\nIs well again\n-------------\u2028* web1: passes again';
    const reason = { code: 'tls.accepts-old', verdict: 'fail' as const, values: { versions, minimum: 'TLSv1.2' } };
    await office.after(0, [failure('web1', { reasons: [reason] })]);
    await office.after(10);
    const { text } = JSON.parse(hook.posted[0]?.body ?? '') as { text: string };
    expect(text).toContain('TLSv1 Is well again');
    expect(text.split(/[\r\n\u2028]+/).filter((line) => /^(Is well again|-+$|\* web1)/.test(line))).toEqual(['-----']);
  });

  test('is not sent on to where an answer points', async () => {
    await using office = desk({ window: '1s' });
    hook.status = 302;
    await office.after(0, [failure('web1')]);
    await office.after(10);
    expect(office.notices.messages()[0]).toMatchObject({ state: 'waiting' });
  });

  test('comes no more often than allowed: what there is more waits, and goes together', async () => {
    await using office = desk({ window: '1s', perHour: 2 });
    const hosts: string[] = [];
    for (const host of ['web1', 'web2', 'web3', 'web4']) {
      hosts.push(host);
      await office.after(
        10,
        hosts.map((name) => failure(name)),
      );
      await office.after(10);
    }
    expect(hook.posted.length).toBe(2);
    expect(office.notices.receivers()[0]).toMatchObject({ pending: 2 });
    await office.after(3600);
    expect(hook.posted.length).toBe(3);
    expect(told().map(({ host }) => host)).toEqual(hosts);
  });

  test('is not lost where the collector ends before it was taken', async () => {
    await using office = desk({ window: '1s' });
    await office.after(0, [failure('web1')]);
    await office.restart();
    await office.after(10);
    expect(told().length).toBe(1);
  });

  test.each([
    ['nothing', ''],
    ['too short', `whsec_${Buffer.alloc(8).toString('base64')}`],
    ['without its mark', key.toString('base64')],
  ])('is not sent where the secret is no secret: %s', async (_, secret) => {
    writeFileSync(join(folder.path, 'secret'), secret);
    await using office = desk({ window: '1s' });
    await office.after(0, [failure('web1')]);
    await office.after(10);
    expect(hook.posted).toEqual([]);
    expect(office.notices.messages()[0]?.error).toContain('expected whsec_');
  });
});

describe('a receiver', () => {
  /** Two matters in two messages, each some seconds after it came up; what was asked of the receiver before is not counted. */
  async function twoMessages(office: Desk): Promise<void> {
    await office.after(0, [failure('web1')]);
    await office.after(10);
    await office.after(10, [failure('web1'), failure('web2')]);
    await office.after(10);
  }

  const hosts = (): (string | null)[] => told().map(({ host }) => host);

  test.each([400, 403, 404, 410, 413, 422])(
    'that refuses one message with %i has the next one at once',
    async (status) => {
      await using office = desk({ window: '1s' });
      hook.statusOf = (body) => (body.includes('web1') ? status : hook.status);
      await twoMessages(office);
      expect(hosts()).toEqual(['web2']);
      expect(office.notices.messages().at(-1)).toMatchObject({ state: 'waiting', error: `HTTP ${status}` });
      await office.restart();
      hook.statusOf = () => hook.status;
      await office.after(60);
      expect(hosts()).toEqual(['web2', 'web1']);
    },
  );

  test.each([408, 425, 429, 500, 503])(
    'that answers %i to all is told all in its order once it takes them',
    async (status) => {
      await using office = desk({ window: '1s' });
      hook.status = status;
      await office.after(0, [failure('web1')]);
      await office.after(10);
      await office.after(10, []);
      for (let minute = 0; minute < 300; minute++) await office.after(60);
      expect(office.notices.messages().length).toBe(2);
      hook.status = 200;
      await office.after(3600);
      expect(told().map(({ change }) => change)).toEqual(['begun', 'over']);
    },
  );

  test('that fails now and then is told nothing out of its order', async () => {
    await using office = desk({ window: '1s' });
    hook.status = 500;
    await office.after(0, [failure('web1')]);
    await office.after(10);
    await office.after(10, []);
    await office.after(10);
    const answers = [500, 500];
    hook.statusOf = () => answers.shift() ?? 200;
    for (let minute = 0; minute < 10; minute++) await office.after(60);
    expect(told().map(({ change }) => change)).toEqual(['begun', 'over']);
  });

  test('that always fails at one message has the next one within two hours, and that one when it is mended', async () => {
    await using office = desk({ window: '1s' });
    hook.statusOf = (body) => (body.includes('web1') ? 500 : hook.status);
    await twoMessages(office);
    expect(hosts()).toEqual([]);
    for (let minute = 0; minute < 120; minute++) await office.after(60);
    expect(hosts()).toEqual(['web2']);
    // From now on it holds up nobody.
    await office.after(10, [failure('web1'), failure('web2'), failure('web3')]);
    await office.after(10);
    expect(hosts()).toEqual(['web2', 'web3']);
    hook.statusOf = () => hook.status;
    await office.after(3600);
    expect(hosts()).toEqual(['web2', 'web3', 'web1']);
  });

  test('that refuses all is asked for one message in a round, and for each less and less often', async () => {
    await using office = desk({ window: '1s' });
    let asked = 0;
    hook.statusOf = () => {
      asked++;
      return 404;
    };
    await twoMessages(office);
    expect(asked).toBe(2);
    await office.after(7200);
    expect(asked).toBe(3);
    for (let minute = 0; minute < 300; minute++) await office.after(60);
    expect(asked).toBeLessThan(3 + 2 * 10);
    expect(office.notices.receivers()[0]).toMatchObject({ waiting: 2, failed: 0 });
  });
});

test('what waits for somebody who is no receiver any more is dropped, and said so', async () => {
  {
    await using office = desk({ window: '1h' });
    await office.after(0, [failure('web1')]);
  }
  await using office = desk({ name: 'other' });
  expect(office.logged.join('')).toContain('"receiver":"desk"');
  await office.after(7200);
  expect(hook.posted).toEqual([]);
});

test('a trial goes at once, and tells where it is not taken', async () => {
  await using office = desk();
  await office.notices.trial('desk');
  expect(hook.posted[0]?.body).toContain('This is a trial for the receiver desk');
  hook.status = 500;
  await expect(office.notices.trial('desk')).rejects.toMatchObject({ status: 502, code: 'notice.refused' });
  await expect(office.notices.trial('nobody')).rejects.toMatchObject({ status: 404, code: 'notice.receiver' });
});
