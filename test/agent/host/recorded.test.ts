import { expect, test } from 'vitest';
import { RecordedHost } from '../../../agent/host/recorded.ts';
import { unreadable } from '../../../policies/reading.ts';

const host = new RecordedHost({
  files: { '/etc/a': 'text', '/etc/b/c': 'more', '/etc/secret': unreadable('denied', '/etc/secret') },
  modifiedAt: { '/etc/a': new Date('2026-03-01T12:00:00Z') },
  commands: { 'tool --version': { stdout: '1.0\n' }, broken: unreadable('timeout', 'broken') },
});

function obstacle(code: string) {
  return { state: 'unreadable', obstacle: { code } };
}

test('what was recorded is answered, and what was not is missing', async () => {
  expect(await host.readText('/etc/a')).toEqual({ state: 'read', value: 'text' });
  expect(await host.readText('/etc/z')).toMatchObject(obstacle('missing'));
  expect(await host.readText('/etc/secret')).toMatchObject(obstacle('denied'));
  expect(await host.run({ file: 'tool', args: ['--version'] })).toEqual({
    state: 'read',
    value: { exitCode: 0, stdout: '1.0\n', stderr: '' },
  });
  expect(await host.run({ file: 'tool', args: [] })).toMatchObject(obstacle('command-missing'));
  expect(await host.run({ file: 'broken', args: [] })).toMatchObject(obstacle('timeout'));
  expect(host.asked).toEqual(['tool --version', 'tool', 'broken']);
  expect(await host.connect('127.0.0.1', 1)).toMatchObject(obstacle('unreachable'));
});

test('folders follow from the paths', async () => {
  expect(await host.list('/etc')).toEqual({ state: 'read', value: ['a', 'b', 'secret'] });
  expect(await host.readText('/etc/b')).toMatchObject(obstacle('not-a-file'));
  expect(await host.status('/etc/b')).toMatchObject({ value: { kind: 'directory' } });
  expect(await host.status('/etc/a')).toMatchObject({ value: { kind: 'file', size: 4 } });
});

test('the limits of a real host hold here too', async () => {
  expect(await host.readText('/etc/a', { maximumSize: 3 })).toMatchObject(obstacle('too-large'));
  const command = { file: 'tool', args: ['--version'] };
  expect(await host.run({ ...command, maximumOutput: 3 })).toMatchObject(obstacle('too-large'));
  expect(await host.run(command, AbortSignal.abort())).toMatchObject(obstacle('timeout'));
});
