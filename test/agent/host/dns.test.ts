import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LocalHost } from '../../../agent/host/local.ts';
import { freePort } from '../../support/process.ts';
import { rawCaa, startNsd } from '../../support/servers/nsd.ts';
import type { Server } from '../../support/servers/server.ts';
import { tool } from '../../support/tools.ts';

const host = new LocalHost();

/** What `caaRecords` says, in short: records, `none`, `no-such-name`, or an obstacle's code and detail. */
async function ask(name: string, resolvers: readonly string[], signal?: AbortSignal): Promise<unknown> {
  const answer = await host.caaRecords(name, { resolvers, ...(signal === undefined ? {} : { signal }) });
  if (answer.state === 'unreadable') return [answer.obstacle.code, answer.obstacle.detail];
  return answer.value.found === 'records' ? answer.value.records : answer.value.found;
}

describe.skipIf(tool('nsd') === undefined)('CAA records from a real name server', () => {
  let server: Server;
  let resolvers: readonly string[];
  beforeAll(async () => {
    const port = await freePort();
    resolvers = [`127.0.0.1:${port}`];
    server = await startNsd({
      port,
      zones: {
        nl: [
          'shop CAA 0 issue "ca.example; account=1"',
          'shop CAA 0 iodef "mailto:security@shop.nl"',
          `shop ${rawCaa(128, 'IssueWild', ';')}`,
          'alias CNAME shop',
          'dangling CNAME nowhere',
          'bare A 192.0.2.1',
          'www.deep A 192.0.2.1',
          `odd ${rawCaa(0, 'critical', '128')}`,
          ...Array.from({ length: 60 }, (_, n) => `many CAA 0 issue "ca${n}.a-name-that-fills-the-packet.example"`),
          ...Array.from({ length: 101 }, (_, n) => `more CAA 0 issue "ca${n}.example"`),
          `long ${rawCaa(0, 'issue', 'x'.repeat(1001))}`,
        ],
        broken: undefined,
      },
    });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const shop = [
    { critical: false, tag: 'iodef', value: 'mailto:security@shop.nl' },
    { critical: false, tag: 'issue', value: 'ca.example; account=1' },
    { critical: true, tag: 'issuewild', value: ';' },
  ];

  test('are sorted, with tags in lower case, and found behind an alias', async () => {
    expect(await ask('shop.nl', resolvers)).toEqual(shop);
    expect(await ask('alias.nl', resolvers)).toEqual(shop);
  });

  test('that do not fit a datagram are asked for again by TCP', async () => {
    expect(await ask('many.nl', resolvers)).toHaveLength(60);
  });

  test('a name without them is told from a name that is not there', async () => {
    expect(await ask('bare.nl', resolvers)).toBe('none');
    expect(await ask('deep.nl', resolvers)).toBe('none');
    expect(await ask('nowhere.nl', resolvers)).toBe('no-such-name');
    expect(await ask('dangling.nl', resolvers)).toBe('no-such-name');
  });

  test('a server that fails or refuses has not answered', async () => {
    expect(await ask('www.broken', resolvers)).toEqual(['command-failed', 'SERVFAIL']);
    expect(await ask('www.example.org', resolvers)).toEqual(['command-failed', 'REFUSED']);
    expect(await ask('not..aname', resolvers)).toEqual(['command-failed', 'BADNAME']);
  });

  test('what has another form, or is more than is kept, is an obstacle', async () => {
    expect(await ask('odd.nl', resolvers)).toEqual(['unparsable', 'a record of another form']);
    expect(await ask('long.nl', resolvers)).toEqual(['unparsable', 'a record of another form']);
    expect(await ask('more.nl', resolvers)).toEqual(['too-large', undefined]);
  });
});

test('where no name server listens, none can be reached', async () => {
  expect(await ask('shop.nl', [`127.0.0.1:${await freePort()}`])).toEqual(['unreachable', 'ECONNREFUSED']);
});

describe('a name server that stays silent', () => {
  const silent = createSocket('udp4');
  beforeAll(async () => {
    await once(silent.bind(0, '127.0.0.1'), 'listening');
  });
  afterAll(() => silent.close());

  test('costs no more than the time that is left, and has not answered', async () => {
    const resolvers = [`127.0.0.1:${silent.address().port}`];
    const begun = performance.now();
    expect(await ask('shop.nl', resolvers, AbortSignal.timeout(300))).toEqual(['timeout', undefined]);
    expect(performance.now() - begun).toBeLessThan(2000);
    expect(await ask('shop.nl', resolvers, AbortSignal.abort())).toEqual(['timeout', undefined]);
  });
});
