import { expect, test } from 'vitest';
import { toolFailure } from '../../../agent/collect/tool-failure.ts';
import { obstacleReason, unreadable } from '../../../policies/reading.ts';
import { explain } from '../../../policies/explain.ts';

const failing = (stderr: string) => toolFailure('nginx -T -q', { exitCode: 1, stderr });

test('of what a tool says the line that tells of a refusal is kept, not the last', () => {
  const first = failing(`2026/11/22 12:54:41 [notice] 28700#28700: hello
2026/11/22 12:54:41 [emerg] 28700#28700: open() "/run/nginx.pid" failed (13: Permission denied)
nginx: configuration file /etc/nginx/nginx.conf test failed
`);
  expect(first).toEqual(
    unreadable('refused', 'nginx -T -q', '[emerg] open() "/run/nginx.pid" failed (13: Permission denied)'),
  );
});

test.each([
  ['[Sun Nov 22 12:54:41.123456 2026] [core:error] [pid 12:tid 34] (13)Permission denied: no', 'refused'],
  ['You must be root to run this program.', 'refused'],
  ['RTNETLINK answers: Operation not permitted', 'refused'],
  ['nginx: [emerg] unknown directive "lsiten"', 'command-failed'],
  ['', 'command-failed'],
])('%s', (stderr, code) => {
  const { obstacle } = failing(stderr);
  expect(obstacle.code).toBe(code);
  // Neither the moment nor a process's number: the facts of an unchanged host stay the same.
  expect(obstacle.detail).not.toMatch(/12:54|pid|34/);
});

test('of paths that may hold the name of an account only the beginning is told', () => {
  const { obstacle } = failing('open() "/home/jan/logs/jan.log", "/var/log/jan/x" and "/srv/jan": Permission denied');
  expect(obstacle.detail).toBe('open() "/home/…", "/var/log/…" and "/srv/…": Permission denied');
});

test('a refusal is unknown, and says what is missing', () => {
  const reason = obstacleReason(failing('Permission denied').obstacle);
  expect(reason.verdict).toBe('unknown');
  expect(explain(reason, 'en')).toBe(
    'nginx -T -q refuses the agent: Permission denied; give it the right that this check needs (docs/hardening.md)',
  );
});
