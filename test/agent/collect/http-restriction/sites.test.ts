import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { httpRestrictionCollector } from '../../../../agent/collect/http-restriction/index.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import { httpRestriction } from '../../../../policies/checks/http-restriction.ts';
import type { HttpRestrictionFacts } from '../../../../policies/checks/http-restriction/facts.ts';
import { read } from '../../../../policies/reading.ts';
import { collecting } from '../../../support/collecting.ts';

const paths = ['/closed', '/gone', '/login', '/open', '/broken', '/slash'];
const agents = ['BadBot/1.0', 'GoodBot/1.0', 'RudeBot/1.0'];
const wanted = { paths, userAgents: agents };

function answer(request: IncomingMessage, response: ServerResponse): void {
  const agent = request.headers['user-agent'] ?? '';
  const pages: Record<string, () => void> = {
    '/': () => response.end('front'),
    '/closed': () => response.writeHead(403).end(),
    '/gone': () => request.socket.destroy(),
    '/login': () => response.writeHead(302, { location: '/login.php' }).end(),
    '/open': () => response.end('phpMyAdmin'),
    '/broken': () => response.writeHead(500).end(),
    '/slash': () => response.writeHead(301, { location: '/slash/' }).end(),
  };
  if (agent.startsWith('BadBot')) response.writeHead(429).end();
  else if (agent.startsWith('RudeBot')) request.socket.destroy();
  else (pages[request.url ?? ''] ?? (() => response.writeHead(404).end()))();
}

async function facts(listener: typeof answer, site = (port: number): string => `http://127.0.0.1:${port}`) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const found = await httpRestrictionCollector.collect(
    collecting(new LocalHost()),
    { httpRestriction: { sites: [site(port)] } },
    [wanted],
  );
  server.close();
  return found as HttpRestrictionFacts;
}

/** As it would be from another host: on this machine every address is its own. */
function fromElsewhere(found: HttpRestrictionFacts): HttpRestrictionFacts {
  return JSON.parse(JSON.stringify(found).replaceAll('"isOwn":true', '"isOwn":false')) as HttpRestrictionFacts;
}

function judge(found: HttpRestrictionFacts, parameters: object): string[] {
  return httpRestriction
    .judge(read(found), parameters, new Date())
    .map(({ code, values }) => `${code.replace('http-restriction.', '')} ${values.path ?? values.agent ?? ''}`.trim());
}

describe('a site that is tried', () => {
  it('tells what it refuses, what it answers, and whom it turns away', async () => {
    const found = await facts(answer);
    expect(judge(found, { paths })).toEqual(['not-outside']);
    expect(judge(fromElsewhere(found), { paths })).toEqual([
      'path-unclear /broken',
      'path-refused /closed',
      'path-refused /gone',
      'path-answered /login',
      'path-answered /open',
      'path-answered /slash',
    ]);
    // Bots may be tried from the host itself.
    expect(judge(found, { userAgents: agents })).toEqual([
      'agent-refused BadBot/1.0',
      'agent-served GoodBot/1.0',
      'agent-refused RudeBot/1.0',
    ]);
  });

  it('shows nothing where it refuses everybody', async () => {
    const found = fromElsewhere(await facts((_, response) => response.writeHead(403).end()));
    expect(judge(found, { paths })).toEqual(['front-unclear']);
    expect(judge(found, { userAgents: agents })).toEqual(['front-unclear']);
  });

  it('shows nothing where it answers whatever is asked for', async () => {
    const found = fromElsewhere(await facts((_, response) => response.end('the only page')));
    expect(new Set(judge(found, { paths }).map((line) => line.split(' ')[0]))).toEqual(new Set(['path-like-any']));
  });

  it('is followed to the same page elsewhere', async () => {
    const other = createServer(answer).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const found = await facts((request, response) =>
      response.writeHead(301, { location: `http://127.0.0.1:${port}${request.url ?? ''}` }).end(),
    );
    other.close();
    expect(judge(fromElsewhere(found), { paths }).slice(1, 5)).toEqual([
      'path-refused /closed',
      'path-refused /gone',
      'path-answered /login',
      'path-answered /open',
    ]);
  });

  it('is unknown where nothing listens, and where its name has no address', async () => {
    const closed = await facts(answer, () => 'http://127.0.0.1:9');
    expect(judge(fromElsewhere(closed), { paths })).toEqual(['front-unclear']);
    const host = new RecordedHost({ commands: { 'getent ahosts www.example.nl': { exitCode: 2 } } });
    const nameless = (await httpRestrictionCollector.collect(
      collecting(host),
      { httpRestriction: { sites: ['https://www.example.nl'] } },
      [wanted],
    )) as HttpRestrictionFacts;
    expect(judge(nameless, { paths })).toEqual(['host.unreachable']);
  });
});

it.each([
  ['a password', { sites: ['https://user:secret@www.example.nl/'] }],
  ['a query', { sites: ['https://www.example.nl/?key=1'] }],
  ['another scheme', { sites: ['ftp://www.example.nl/'] }],
  ['a path without its slash', { paths: ['install.php'] }],
  ['a line break in an agent', { userAgents: ['a\r\nX: y'] }],
  ['a relative folder', { uploadFolders: [{ folder: 'uploads' }] }],
])('%s is refused in the settings', (_, settings) => {
  expect(httpRestrictionCollector.settings.safeParse({ httpRestriction: settings }).success).toBe(false);
});
