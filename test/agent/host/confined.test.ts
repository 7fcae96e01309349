import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { LocalHost } from '../../../agent/host/local.ts';
import { RecordedHost } from '../../../agent/host/recorded.ts';
import { temporaryFolder } from '../../support/tools.ts';

const host = new LocalHost();
const temporary = temporaryFolder();
afterAll(() => temporary[Symbol.dispose]());

const folder = realpathSync(temporary.path);
const site = join(folder, 'site');
const within = [site];
mkdirSync(join(site, 'inner'), { recursive: true });
mkdirSync(join(folder, 'site-of-another'));
writeFileSync(join(site, 'file'), 'content');
writeFileSync(join(site, 'inner/file'), 'inner');
writeFileSync(join(folder, 'secret'), 'secret');
writeFileSync(join(folder, 'site-of-another/file'), 'secret');

function obstacle(code: string) {
  return { state: 'unreadable', obstacle: { code } };
}

function link(name: string, target: string): string {
  const path = join(site, name);
  symlinkSync(target, path);
  return path;
}

describe('what must lie in a folder', () => {
  test('is read there, also by links that stay in it', async () => {
    expect(await host.readText(join(site, 'file'), { within })).toEqual({ state: 'read', value: 'content' });
    expect(await host.readText(link('in', 'inner/file'), { within })).toEqual({ state: 'read', value: 'inner' });
    expect(await host.readText(join(link('in-folder', 'inner'), 'file'), { within })).toMatchObject({ value: 'inner' });
    expect(await host.list(join(site, 'inner'), { within })).toEqual({ state: 'read', value: ['file'] });
    expect(await host.status(join(site, 'file'), { within })).toMatchObject({ value: { kind: 'file', size: 7 } });
  });

  test.each([
    ['a link to a file', '../secret', ''],
    ['a link to /etc/shadow', '/etc/shadow', ''],
    ['a link to a folder outside', '..', '/secret'],
    ['a link to a folder whose name only begins the same', '../site-of-another', '/file'],
    ['a link through /proc', '/proc/self/root/etc', '/passwd'],
  ])('is not read by %s', async (name, target, below) => {
    const path = link(name.replaceAll('/', '-'), target) + below;
    for (const reading of [
      await host.readText(path, { within }),
      await host.readPart(path, { offset: 0, length: 10 }, { within }),
      await host.list(path, { within }),
      await host.status(path, { within }),
    ]) {
      expect(reading).toMatchObject(obstacle('outside'));
    }
  });

  test('is not read by a path that goes up', async () => {
    expect(await host.readText(join(site, 'inner') + '/../../secret', { within })).toMatchObject(obstacle('outside'));
    expect(await host.readText(join(site, 'inner') + '/../file', { within })).toMatchObject({ value: 'content' });
  });

  test('may lie in one of several', async () => {
    const path = link('shared', '../secret');
    expect(await host.readText(path, { within: [site, join(folder, 'secret')] })).toMatchObject({ value: 'secret' });
    expect(await host.readText(path, { within: [] })).toMatchObject(obstacle('outside'));
  });

  test('is a file, or none: a pipe and a socket are not waited for', async () => {
    execFileSync('mkfifo', [join(site, 'pipe')]);
    const server = createServer().listen(join(site, 'socket'));
    await once(server, 'listening');
    for (const name of ['pipe', 'socket', 'inner']) {
      expect(await host.readText(join(site, name), { within })).toMatchObject(obstacle('not-a-file'));
    }
    server.close();
    expect(await host.list(join(site, 'file'), { within })).toMatchObject(obstacle('missing'));
    expect(await host.readText(join(site, 'nothing'), { within })).toMatchObject(obstacle('missing'));
    expect(await host.readText(link('loop', 'loop'), { within })).toMatchObject({ state: 'unreadable' });
  });

  test('is read up to the limit and no further', async () => {
    const path = join(site, 'file');
    expect(await host.readText(path, { within, maximumSize: 6 })).toMatchObject(obstacle('too-large'));
    expect(await host.readText(path, { within, maximumSize: 7 })).toMatchObject({ value: 'content' });
    const part = await host.readPart(path, { offset: 3, length: 2 }, { within });
    expect(part.state === 'read' && Buffer.from(part.value).toString()).toBe('te');
    expect(await host.readPart(path, { offset: 5, length: 9 }, { within })).toMatchObject({ value: { length: 2 } });
    expect(await host.readPart(path, { offset: 50, length: 9 }, { within })).toMatchObject({ value: { length: 0 } });
  });

  test('is never read elsewhere while somebody changes the way to it', async () => {
    // Node runs the agent's steps in threads: this one changes what stands at the path in between.
    const swap = `
      cd ${site}; mkdir -p swapped-real; echo inside > swapped-real/secret; ln -s .. swapped-link; end=$((SECONDS+2))
      while [ $SECONDS -lt $end ]; do mv -T swapped-real swapped; mv -T swapped swapped-real; mv -T swapped-link swapped; mv -T swapped swapped-link; done`;
    const child = spawn('bash', ['-c', swap]);
    const found = new Set<string>();
    while (child.exitCode === null) {
      const answer = await host.readText(join(site, 'swapped/secret'), { within });
      found.add(answer.state === 'read' ? answer.value.trim() : answer.obstacle.code);
      await turn();
    }
    expect([...found].filter((one) => !['inside', 'outside', 'missing'].includes(one))).toEqual([]);
    expect(found).toContain('outside');
  });
});

test('where a path leads is told without its links', async () => {
  expect(await host.realPath(link('way', 'inner/../inner/file'))).toEqual({
    state: 'read',
    value: join(site, 'inner/file'),
  });
  expect(await host.realPath(join(site, 'none'))).toMatchObject(obstacle('missing'));
});

test('a recorded host holds to it too', async () => {
  const recorded = new RecordedHost({ files: { '/srv/a/file': 'x', '/srv/ab': 'y' } });
  expect(await recorded.readText('/srv/a/file', { within: ['/srv/a'] })).toMatchObject({ value: 'x' });
  expect(await recorded.readText('/srv/ab', { within: ['/srv/a'] })).toMatchObject(obstacle('outside'));
  expect(await recorded.list('/srv', { within: ['/srv/a'] })).toMatchObject(obstacle('outside'));
  expect(await recorded.realPath('/srv/a')).toEqual({ state: 'read', value: '/srv/a' });
});
