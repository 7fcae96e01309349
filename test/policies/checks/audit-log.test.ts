import { describe, expect, test } from 'vitest';
import { auditLog } from '../../../policies/checks/audit-log.ts';
import type { AuditLogFacts, Configuration, Rule } from '../../../policies/checks/audit-log/facts.ts';
import { read } from '../../../policies/reading.ts';

const watch: Rule = { list: 'exit', action: 'always', path: '/srv/data', permissions: 'wa', narrowedBy: [] };
const settled: Configuration = {
  writeLogs: 'yes',
  spaceLeft: 'syslog',
  adminSpaceLeft: 'suspend',
  diskFull: 'suspend',
  diskError: 'suspend',
};

function judge(rules: Rule[], parameters: object = {}, configuration: Partial<Configuration> = {}): string[] {
  const facts: AuditLogFacts = {
    container: null,
    status: read({ enabled: 1, receiver: 'auditd', hasLost: false }),
    rules: read(rules),
    configuration: read({ ...settled, ...configuration }),
    paths: { data: [{ path: '/srv/data/site', real: read('/srv/data/site') }] },
  };
  const reasons = auditLog.judge(read(facts), { paths: 'data', ...parameters }, new Date(0));
  return reasons.map(({ code }) => code.replace('audit-log.', '')).filter((code) => code !== 'running');
}

describe('audit-log', () => {
  test('passes where a rule on the path or on a folder above it records what is asked', () => {
    expect(judge([watch])).toEqual(['watched', 'full-told']);
    expect(judge([{ ...watch, path: '/srv/data/site' }])).toContain('watched');
    expect(judge([{ ...watch, path: '/' }])).toContain('watched');
    const halves = [
      { ...watch, permissions: 'w' },
      { ...watch, permissions: 'a' },
    ];
    expect(judge(halves)).toContain('watched');
  });

  test.each<[string, Rule[], string]>([
    ['a neighbour of the same beginning', [{ ...watch, path: '/srv/dat' }], 'unwatched'],
    ['only what lies below', [{ ...watch, path: '/srv/data/site/public' }], 'unwatched'],
    ['only attributes', [{ ...watch, permissions: 'a' }], 'permissions'],
    ['only certain logins', [{ ...watch, narrowedBy: ['auid'] }], 'narrowed'],
    ['only certain calls', [{ ...watch, permissions: null }], 'narrowed'],
    ['all but an exception', [{ ...watch, action: 'never', path: '/srv/data/site/public' }, watch], 'excepted'],
    ['all but everything', [{ ...watch, action: 'never', path: null }, watch], 'excepted'],
    ['processes of some', [{ ...watch, list: 'task', action: 'never', path: null, narrowedBy: ['uid'] }, watch], 'tasks-narrowed'], // prettier-ignore
  ])('does not pass rules about %s', (_what, rules, code) => {
    expect(judge(rules)).toContain(code);
  });

  test('lets an exception behind the rule be: the first that fits decides', () => {
    expect(judge([watch, { ...watch, action: 'never' }])).toContain('watched');
  });

  test('asks for reads only where the control does', () => {
    expect(judge([watch], { watch: 'rwa' })).toContain('permissions');
  });

  test('fails where nobody is told that the disk fills, or where the host then goes on', () => {
    expect(judge([watch], {}, { spaceLeft: 'ignore' })).toContain('full-unnoticed');
    expect(judge([watch], {}, { spaceLeft: 'exec /usr/local/bin/page' })).toContain('full-told');
    expect(judge([watch], {}, { diskError: 'ignore' })).toContain('full-unnoticed');
    expect(judge([watch], { diskFull: 'halt' })).toContain('full-continues');
    expect(judge([watch], { diskFull: 'halt' }, { diskFull: 'halt' })).toContain('full-told');
    expect(judge([watch], { diskFull: 'ignore' }, { spaceLeft: 'ignore' })).toEqual(['watched']);
  });

  test('fails where the rules are not locked, if the control asks that', () => {
    expect(judge([watch], { locked: true })).toContain('unlocked');
  });
});
