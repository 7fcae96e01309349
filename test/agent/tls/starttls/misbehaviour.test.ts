import { setTimeout as sleep } from 'node:timers/promises';
import type { Duplex } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Host } from '../../../../agent/host/host.ts';
import { starttlsNames } from '../../../../policies/checks/endpoints.ts';
import { scriptedServer } from '../scripted.ts';
import { outcome, speakingServer, type Conversation } from './speaking.ts';

const willing: Conversation = { greets: true, lines: ['220 mx\r\n', '250 STARTTLS\r\n', '220 go\r\n'] };
const turningAway: Conversation = { greets: true, lines: ['421 too many connections\r\n'], then: 'end' };
const hangingUp: Conversation = { greets: true, lines: [], then: 'end' };

describe('a server that is slow', () => {
  test('to greet is waited for, longer than for other steps', async () => {
    await using server = await scriptedServer(
      () => undefined,
      (socket) => void sleep(700).then(() => socket.write('220 mx\r\n')),
    );
    // It then never answers to EHLO, which shows that the greeting was heard.
    expect(await outcome(server, 'smtp', { greetingSeconds: 2, scan: { stepSeconds: 0.2, endpointSeconds: 3 } })).toBe(
      'unknown silent after the greeting',
    );
  });

  test('to greet for longer than that is unknown', async () => {
    await using server = await speakingServer({ greets: true, lines: [], then: 'silence' });
    expect(await outcome(server, 'smtp', { greetingSeconds: 0.2 })).toBe('unknown silent');
    expect(server.heard).toHaveLength(2);
  });

  test('in dripping its greeting is unknown, at the cost of the deadline', async () => {
    await using server = await scriptedServer(
      () => undefined,
      (socket) => {
        const timer = setInterval(() => socket.write('2'), 50);
        socket.on('close', () => clearInterval(timer));
      },
    );
    const begin = performance.now();
    expect(await outcome(server, 'smtp', { greetingSeconds: 0.4 })).toBe('unknown silent in the middle of a reply');
    // It would go on for ever.
    expect(performance.now() - begin).toBeLessThan(15_000);
  });

  test('in the middle of a reply of several lines is unknown', async () => {
    await using server = await speakingServer({
      greets: true,
      lines: ['220-wait\r\n220-a little\r\n'],
      then: 'silence',
    });
    expect(await outcome(server, 'smtp', { greetingSeconds: 0.2 })).toBe('unknown silent in the middle of a reply');
  });
});

describe('a server that says too much', () => {
  test('before TLS begins is unknown: those bytes are in nobody’s protection', async () => {
    const injected = { greets: true, lines: ['220 mx\r\n', '250 STARTTLS\r\n', '220 go\r\n250 and welcome\r\n'] };
    await using server = await speakingServer(injected);
    expect(await outcome(server, 'smtp')).toBe('unknown injected');
  });

  test('without end is unknown, and is not kept in memory', async () => {
    await using server = await scriptedServer(
      () => undefined,
      (socket) => {
        const more = (): void => {
          while (!socket.destroyed && socket.write(`220-${'x'.repeat(1000)}\r\n`)) continue;
        };
        socket.on('drain', more);
        more();
      },
    );
    expect(await outcome(server, 'smtp')).toBe('unknown malformed too much before TLS');
  });
});

describe('a server that turns the asker away', () => {
  test.each([
    ['with 421', turningAway, 'unknown turned-away 421'],
    ['without a word', hangingUp, 'unknown turned-away closed'],
    ['in the middle of a line', { greets: true, lines: ['22'], then: 'end' }, 'unknown turned-away closed'],
    [
      'between greeting and offer',
      { greets: true, lines: ['220 mx\r\n', ''], then: 'end' },
      'unknown turned-away closed',
    ],
  ] as const)('%s is asked once more, and then left in peace', async (_, conversation, expected) => {
    await using server = await speakingServer(conversation);
    expect(await outcome(server, 'smtp')).toBe(expected);
    expect(server.heard).toHaveLength(2);
  });

  test('once, is asked again after a pause, and gives all answers', async () => {
    await using server = await speakingServer(turningAway, willing);
    const begin = performance.now();
    expect(await outcome(server, 'smtp', { pauseSeconds: 0.3 })).toBe('TLSv1.2');
    expect(performance.now() - begin).toBeGreaterThanOrEqual(290);
  });

  test.each([
    ['with 421', turningAway],
    ['by hanging up', hangingUp],
  ])('later %s has refused no version by that', async (_, conversation) => {
    await using server = await speakingServer(willing, willing, conversation);
    expect(await outcome(server, 'smtp')).toBe('SSLv2? SSLv3? TLSv1.0? TLSv1.1? TLSv1.2');
    expect(server.heard).toHaveLength(4);
  });

  test('that offers no TLS later has refused no version by that', async () => {
    await using server = await speakingServer(willing, { greets: true, lines: ['220 mx\r\n', '250 HELP\r\n'] });
    expect(await outcome(server, 'smtp')).toBe('SSLv2? SSLv3? TLSv1.0? TLSv1.1? TLSv1.2 TLSv1.3?');
  });
});

test('one connection at a time, however many ask', async () => {
  await using server = await speakingServer(willing);
  const { LocalHost } = await import('../../../../agent/host/local.ts');
  const { stagesOf } = await import('../../../../agent/tls/scan.ts');
  const { Starttls } = await import('../../../../agent/tls/starttls/starttls.ts');
  const starttls = new Starttls('smtp');
  const names = ['a.nl', 'b.nl', 'c.nl'];
  // On this side: for the server a connection is over a while after it is here.
  const local = new LocalHost();
  const opened: Duplex[] = [];
  let [begun, most] = [0, 0];
  const connect: Host['connect'] = async (...where) => {
    begun += 1;
    most = Math.max(most, begun + opened.filter(({ destroyed }) => !destroyed).length);
    const connected = await local.connect(...where);
    begun -= 1;
    if (connected.state === 'read') opened.push(connected.value);
    return connected;
  };
  const host = Object.assign(new LocalHost(), { connect });
  const found = await Promise.all(
    names.map((name) => stagesOf(host, { address: '127.0.0.1', port: server.port, name, starttls }).versions()),
  );
  expect(found.map(({ speaks }) => speaks)).toEqual(['tls', 'tls', 'tls']);
  expect(opened.length).toBeGreaterThan(names.length);
  expect(most).toBe(1);
});

describe('a guess by the port', () => {
  test('that holds goes through STARTTLS', async () => {
    await using server = await speakingServer(willing);
    expect(await outcome(server, 'smtp', { isGuess: true })).toBe('TLSv1.2');
  });

  test.each([
    ['another protocol', { greets: true, lines: ['SSH-2.0-OpenSSH_9.2\r\n'] }, 'not-tls'],
    ['no offer', { greets: true, lines: ['220 mx\r\n', '250 HELP\r\n'] }, 'no-starttls'],
    [
      'one that falls silent after the greeting',
      { greets: true, lines: ['220 mx\r\n'], then: 'silence' },
      'unknown silent after the greeting',
    ],
    ['one that turns away', turningAway, 'unknown turned-away 421'],
  ] as const)('%s', async (_, conversation, expected) => {
    await using server = await speakingServer(conversation);
    expect(await outcome(server, 'smtp', { isGuess: true })).toBe(expected);
  });

  test('that fails leads to TLS from the first byte', async () => {
    await using server = await speakingServer({ greets: false, lines: [] });
    expect(await outcome(server, 'smtp', { isGuess: true, greetingSeconds: 0.2 })).toBe('TLSv1.2');
  });
});

test('whatever a server says, it never accepts a version by it, and the scan ends', async () => {
  const word = fc.constantFrom(
    '220 ',
    '220-',
    '250 STARTTLS',
    '* OK',
    '+OK',
    'S',
    'E',
    '\r\n',
    '<stream:features>',
    '\x30\x84',
    '"STARTTLS"',
  );
  const noise = fc.array(fc.oneof(word, fc.string({ unit: 'binary', maxLength: 20 })), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...starttlsNames),
      fc.array(noise, { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      async (protocol, lines, greets) => {
        const said = lines.map((parts) => Buffer.from(parts.join(''), 'latin1'));
        await using server = await speakingServer({ greets, lines: said, then: 'end' });
        const found = await outcome(server, protocol, {
          greetingSeconds: 0.05,
          pauseSeconds: 0,
          scan: { stepSeconds: 0.05 },
        });
        expect(found).not.toMatch(/(^| )(TLS|SSL)v\S*[^?](?= |$)/);
      },
    ),
    { numRuns: 60 },
  );
});
