import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { timestampSource, timestampSources } from '../../../collector/anchors/timestamps.ts';
import { formatCheckpoint } from '../../../evidence/checkpoint.ts';
import { encodeElement } from '../../../evidence/der/encode.ts';
import { Authorities } from '../../../evidence/timestamp/authorities.ts';
import { parseToken } from '../../../evidence/timestamp/token.ts';
import { verifyTimestamp } from '../../../evidence/timestamp/verify.ts';
import { FixtureLog } from '../../support/evidence.ts';
import { TimestampAuthority, tokenIn } from '../../support/timestamp-authority.ts';
import { startTimestampServer, type Answering } from '../../support/timestamp-server.ts';
import { temporaryFolder, tool } from '../../support/tools.ts';

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

const log = new FixtureLog();
log.enrol('web1');
const text = formatCheckpoint(log.head());

describe.skipIf(!tool('openssl'))('a timestamp authority', () => {
  let tsa: TimestampAuthority;
  let other: TimestampAuthority;
  beforeAll(() => {
    tsa = new TimestampAuthority(join(folder.path, 'tsa'));
    other = new TimestampAuthority(join(folder.path, 'other'));
    tsa.issue({ name: 'no-eku', extensions: ['basicConstraints=critical,CA:FALSE'] });
    tsa.issue({ name: 'expired', ends: new Date(Date.now() - 60_000) });
    tsa.issue({ name: 'rsa', key: 'rsa:2048' });
  });

  /** Asks an authority that answers so, under the true one's certificates. */
  async function ask(answering?: Answering, { now = () => new Date(), signal = new AbortController().signal } = {}) {
    await using server = await startTimestampServer(tsa, answering);
    const source = timestampSource({ name: 'test', url: server.url }, new Authorities([tsa.root]), now);
    const head = { size: 1, checkpoint: log.checkpoint(), receivedAt: '' };
    const anchoring = await source.ask({ origin: log.origin, head, proveConsistency: () => [] }, signal);
    return { anchoring, requests: server.requests };
  }

  test('is sent a hash and nothing else, and its token is what an auditor will verify', async () => {
    const { anchoring, requests } = await ask();
    expect(anchoring).toMatchObject({ size: 1, root: log.head().root, by: { type: 'rfc3161', authority: 'test' } });
    const token = anchoring.by.type === 'rfc3161' ? Buffer.from(anchoring.by.token, 'base64') : Buffer.alloc(0);
    expect(verifyTimestamp(token, text, new Authorities([tsa.root])).authority).toBe('Test TSA Root');
    expect(requests).toMatchObject([{ type: 'application/timestamp-query' }]);
    const request = requests[0]?.body ?? Buffer.alloc(0);
    expect(request.includes(log.origin)).toBe(false);
    const file = join(folder.path, 'request.tsq');
    writeFileSync(file, request);
    const words = execFileSync('/usr/bin/openssl', ['ts', '-query', '-in', file, '-text'], {
      stdio: 'pipe',
    }).toString();
    expect(words).toMatch(/Hash Algorithm: sha256\n/);
    expect(words).toMatch(/Certificate required: yes\n/);
    expect(words).toMatch(/Nonce: 0x[4-7][0-9A-F]{15}\n/);
  });

  test.each(['sha256', 'sha512'])('may sign with RSA and %s', async (digest) => {
    const { anchoring } = await ask((request) => tsa.reply(request, { signer: 'rsa', digest }));
    expect(anchoring.size).toBe(1);
  });

  test('is asked anew each time: the nonces differ', async () => {
    const [one, two] = [await ask(), await ask()];
    expect(one.requests[0]?.body).not.toEqual(two.requests[0]?.body);
  });

  const answered = (answer: (request: Buffer) => Buffer): Answering => answer;
  test.each<[string, string, RegExp, () => Answering]>([
    [
      'answers another question',
      'timestamp.nonce',
      /another question/,
      () => {
        const before = tsa.reply(requestOf(text));
        return answered(() => before);
      },
    ],
    [
      'stamps another head',
      'timestamp.imprint',
      /something else than this head/,
      () => answered(() => tsa.reply(requestOf('other'))),
    ],
    [
      'is another than the one that is trusted',
      'timestamp.untrusted',
      /no certificate in the ca file/,
      () => answered((request) => other.reply(request)),
    ],
    [
      'signs with a certificate that is not for it',
      'timestamp.certificate',
      /not for time stamps alone/,
      () =>
        answered((request) => {
          const token = tokenIn(tsa.reply(request), folder.path);
          return granted(tsa.sign(tstInfoIn(token), { signer: 'no-eku' }));
        }),
    ],
    [
      'signs with a certificate that has expired',
      'timestamp.certificate',
      /was not valid at/,
      () =>
        answered((request) =>
          granted(tsa.sign(tstInfoIn(tokenIn(tsa.reply(request), folder.path)), { signer: 'expired' })),
        ),
    ],
    ['refuses', 'timestamp.refused', /status 2: /, () => answered(() => tsa.reply(requestOf(text, 'sha1')))],
    ['grants and gives no token', 'timestamp.answer', /has none/, () => answered(() => response(0))],
    ['says something else', 'timestamp.answer', /no TimeStampResp/, () => answered(() => Buffer.from('<html>'))],
    [
      'sends a token that is none',
      'timestamp.malformed',
      /no time-stamp token/,
      () => answered(() => granted(encodeElement(0x30, Buffer.alloc(40)))),
    ],
    [
      'sends more than any answer has',
      'timestamp.http',
      /no answer/,
      () => answered(() => Buffer.alloc(2 ** 20, 0x30)),
    ],
    [
      'sends a token that no entry has room for',
      'timestamp.too-long',
      /the log takes 24576/,
      () => answered(() => granted(encodeElement(0x30, Buffer.alloc(30_000)))),
    ],
    ['is out of order', 'timestamp.http', /HTTP status 503/, () => (_, http) => void http.writeHead(503).end()],
    [
      'sends elsewhere',
      'timestamp.http',
      /no answer/,
      () => (_, http) => void http.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(),
    ],
    ['hangs up', 'timestamp.http', /no answer/, () => (_, http) => void http.destroy()],
  ])('that %s is not believed', async (_, code, words, make) => {
    // prettier-ignore
    const refused = ask(make());
    await expect(refused).rejects.toMatchObject({ code });
    await expect(refused).rejects.toThrow(words);
  });

  test('that never answers is not waited for', async () => {
    const signal = AbortSignal.timeout(200);
    await expect(ask(() => undefined, { signal })).rejects.toMatchObject({ code: 'timestamp.http' });
  });

  test.each([-301, 301])('whose clock differs by %d seconds is not believed', async (seconds) => {
    const now = (): Date => new Date(Date.now() + seconds * 1000);
    await expect(ask(undefined, { now })).rejects.toMatchObject({ code: 'timestamp.clock' });
  });

  test('that stands alone in the settings is warned of, and its certificates are looked at', () => {
    const lines: string[] = [];
    const logger = pino({ base: null }, { write: (line) => void lines.push(line) });
    const setting = (name: string, ca: string) => ({ name, url: 'http://127.0.0.1:1/', ca });
    const open = (...settings: ReturnType<typeof setting>[]) =>
      timestampSources(settings, { log: logger, now: () => new Date() }).map(({ name }) => name);
    expect(open(setting('one', tsa.rootFile))).toEqual(['one']);
    expect(lines.map((line) => (JSON.parse(line) as { code: string }).code)).toEqual(['timestamps.one']);
    expect(open(setting('one', tsa.rootFile), setting('two', tsa.rootFile))).toEqual(['one', 'two']);
    expect(lines).toHaveLength(1);
    const empty = join(folder.path, 'empty.pem');
    writeFileSync(empty, '');
    expect(() => open(setting('one', empty))).toThrow(/empty\.pem of one: expected a certificate in PEM/);
    expect(() => open(setting('one', join(folder.path, 'none.pem')))).toThrow(/none\.pem of one: it cannot be read/);
  });
});

/** A request by OpenSSL. */
function requestOf(content: string, digest = 'sha256'): Buffer {
  const data = join(folder.path, 'data');
  writeFileSync(data, content);
  return execFileSync('/usr/bin/openssl', ['ts', '-query', '-data', data, `-${digest}`, '-cert'], { stdio: 'pipe' });
}

/** The TSTInfo in a token. */
function tstInfoIn(token: Buffer): Buffer {
  return Buffer.from(parseToken(token).content);
}

function response(status: number, ...token: Buffer[]): Buffer {
  return encodeElement(0x30, encodeElement(0x30, encodeElement(0x02, Buffer.of(status))), ...token);
}

function granted(token: Buffer): Buffer {
  return response(0, token);
}
