import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { enrol } from '../../agent/enrol.ts';
import { loadIdentity } from '../../agent/identity.ts';
import { getJson } from '../../agent/post.ts';
import { Authority } from '../support/authority.ts';
import { runWaarborg } from '../support/process.ts';
import { agentOn, collectorOn, writeQuickPolicy } from '../support/road.ts';
import { temporaryFolder, tool } from '../support/tools.ts';

const agent = 'web1.example.nl';

/** A collector behind a certificate of an authority of one's own, with the authority and one that it does not know. */
async function privateCollector(folder: string, names: string) {
  const authority = new Authority(folder);
  const ofRoot = ['basicConstraints = critical,CA:TRUE', 'keyUsage = critical,keyCertSign'];
  const root = authority.issue({ name: 'root', extensions: ofRoot });
  const stranger = authority.issue({ name: 'stranger', extensions: ofRoot });
  const leaf = authority.issue({ name: 'leaf', by: 'root', extensions: [`subjectAltName = ${names}`] });
  const config = { tls: { certificate: leaf.pem, key: leaf.key } };
  const collector = await collectorOn(join(folder, 'collector'), { config });
  const token = collector.tokens.create({ role: 'enrol', label: '', validity: 600, agent }, new Date()).secret;
  const input = { collector: collector.url, token, agent, data: join(folder, 'agent') };
  return {
    ...{ collector, input, ca: root.pem, stranger: stranger.pem },
    [Symbol.asyncDispose]: () => collector.close(),
  };
}

describe.skipIf(!tool('openssl'))('a collector with a certificate of an authority of one’s own', () => {
  test('is reported to by an agent that was given the authority, and that remembers it', async () => {
    using folder = temporaryFolder();
    await using at = await privateCollector(folder.path, 'IP:127.0.0.1');
    await enrol({ ...at.input, ca: at.ca });
    expect(loadIdentity(at.input.data)).toMatchObject({ collector: at.collector.url, ca: at.ca });
    using reporter = agentOn(at.input.data);
    await reporter.runOnce();
    expect(await reporter.deliverAll()).toEqual({ state: 'empty' });
  });

  test('is reported to by the command line, with the authority in agent.yaml alone', { timeout: 60_000 }, async () => {
    using folder = temporaryFolder();
    await using at = await privateCollector(folder.path, 'IP:127.0.0.1');
    const config = join(folder.path, 'agent.yaml');
    writeQuickPolicy(folder.path);
    writeFileSync(config, 'policies: [./quick.yaml]\ndata: agent\ncollector: { ca: ./root.pem }\n');
    const words = ['enrol', '--collector', at.collector.url, '--agent', agent, '--config', config];
    expect(await runWaarborg(words, { env: { WAARBORG_TOKEN: at.input.token } })).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(await runWaarborg(['agent', '--once', '--config', config])).toMatchObject({ code: 0 });
    // What is in the settings comes before what was given at enrolment.
    writeFileSync(config, 'policies: [./quick.yaml]\ndata: agent\ncollector: { ca: ./stranger.pem }\n');
    expect(await runWaarborg(['agent', '--once', '--config', config])).toMatchObject({ code: 1 });
  });

  test.each([
    ['an agent that was given none', 'IP:127.0.0.1', () => ({}), /UNABLE_TO_VERIFY_LEAF_SIGNATURE|unable to/],
    [
      'one that was given another',
      'IP:127.0.0.1',
      ({ stranger }: { stranger: string }) => ({ ca: stranger }),
      /unable to/,
    ],
    ['one that asked for another name', 'DNS:other.example', ({ ca }: { ca: string }) => ({ ca }), /IP: 127\.0\.0\.1/],
    ['one whose file is not there', 'IP:127.0.0.1', () => ({ ca: '/nonexistent/ca.pem' }), /ENOENT/],
  ])('is not spoken to by %s', async (_, names, choice, why) => {
    using folder = temporaryFolder();
    await using at = await privateCollector(folder.path, names);
    const failure = await enrol({ ...at.input, ...choice(at) }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'enrol.unreachable', message: expect.stringMatching(why) as string });
    expect(() => loadIdentity(at.input.data)).toThrow('no enrolment');
  });
});

test('an answer that leads elsewhere is not followed', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(307, { location: '/elsewhere' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await expect(getJson(new URL(`http://127.0.0.1:${port}/here`), { seconds: 5 })).rejects.toThrow('HTTP 307');
  expect(asked).toEqual(['/here']);
  server.close();
  server.closeAllConnections();
});

test('a server that drips is left when the time is over', async () => {
  const server = createServer((_request, response) => {
    const drip = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(drip));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await expect(getJson(new URL(`http://127.0.0.1:${port}/`), { seconds: 0.3 })).rejects.toThrow('timeout');
  server.close();
  server.closeAllConnections();
});
