import { describe, expect, test } from 'vitest';
import { RecordedHost, type Recording } from '../../../../agent/host/recorded.ts';
import { unreadable } from '../../../../policies/reading.ts';
import { watching } from './looking.ts';

const asked = { of: ['files'] };
const path = '/home/jansen/.htpasswd';

function host(files: Recording['files']): RecordedHost {
  return new RecordedHost({ files: { ...files } });
}

function declared() {
  return watching({ passwordStores: [{ store: 'staging', source: { htpasswd: { file: path } } }] });
}

async function look(text: string) {
  using agent = declared();
  const { verdicts } = await agent.look(host({ [path]: text }), '2026-06-01', asked);
  return verdicts;
}

describe('an htpasswd file', () => {
  test('records no change, so that its passwords are unknown until the agent has seen one come', async () => {
    using agent = declared();
    const first = await agent.look(host({ [path]: '# ours\njansen:$apr1$aa$bb\n' }), '2026-06-01', asked);
    expect(first.verdicts).toEqual(['unknown not-recorded staging/@jansen']);
    const second = await agent.look(host({ [path]: 'jansen:$2y$05$cc\r\nnew:{SHA}dd\n' }), '2026-06-02', asked);
    expect(second.verdicts).toEqual(['pass proven staging/@jansen', 'pass proven staging/@new']);
    const long = await agent.look(host({ [path]: 'jansen:$2y$05$cc\n' }), '2027-01-01', asked);
    expect(long.verdicts).toEqual(['fail unchanged-too-long staging/@jansen']);
  });

  test.each([
    ['without a hash fails', 'jansen:\n', 'fail empty staging/@jansen'],
    ['with a line of another form is unknown', 'jansen\n', 'unknown host.unparsable staging'],
    ['without an account is unknown', '# nobody\n', 'unknown nobody-found staging'],
  ])('%s', async (_, text, expected) => {
    expect(await look(text)).toEqual([expected]);
  });

  test('heeds the first of two lines with one name, as servers do', async () => {
    expect(await look('jansen:\njansen:$2y$05$cc\n')).toEqual(['fail empty staging/@jansen']);
  });

  test('tells neither its path nor a hash', async () => {
    using agent = declared();
    const values = { pseudonym: (name: string) => `p${name.length}` };
    const denied = await agent.look(host({ [path]: unreadable('denied', path) }), '2026-06-01', asked, values);
    expect(denied.verdicts).toEqual(['unknown host.denied staging']);
    const told = await agent.look(host({ [path]: 'jansen:$apr1$planted$hash\n' }), '2026-06-01', asked, values);
    expect(JSON.stringify([denied.facts, told.facts])).not.toMatch(/jansen|planted/);
  });

  test('at another place is another memory: nothing counts as changed by that', async () => {
    const at = (file: string) => ({ passwordStores: [{ store: 'staging', source: { htpasswd: { file } } }] });
    using agent = watching(at(path));
    await agent.look(host({ [path]: 'jansen:$apr1$aa$bb\n' }), '2026-06-01', asked);
    const files = { '/srv/other': 'jansen:$apr1$cc$dd\n' };
    const { verdicts } = await agent.look(host(files), '2026-06-02', asked, {}, at('/srv/other'));
    expect(verdicts).toEqual(['unknown not-recorded staging/@jansen']);
  });
});

describe('what agent.yaml does not name', () => {
  test.each([
    ['/run/mysqld/mysqld.sock', 'unknown undeclared'],
    ['/var/lib/mysql/mysql.sock', 'unknown undeclared'],
    ['/run/postgresql/.s.PGSQL.5432', 'unknown undeclared'],
  ])('shows by %s', async (socket, expected) => {
    using agent = watching({ passwordStores: [] });
    const { verdicts } = await agent.look(host({ [socket]: '' }), '2026-06-01', { of: ['databases'] });
    expect(verdicts).toContain(expected);
    expect((await agent.look(host({}), '2026-06-01', { of: ['databases'] })).verdicts).toEqual([
      'not-applicable none-declared',
    ]);
  });
});

describe('the settings', () => {
  test.each([
    ['two kinds in one source', [{ store: 'a', source: { htpasswd: { file: '/x' }, mariadb: { socket: '/y' } } }]],
    ['no kind', [{ store: 'a', source: {} }]],
    ['two stores of one name', ['x', 'y'].map((file) => ({ store: 'a', source: { htpasswd: { file: `/${file}` } } }))],
    ['a path that is not absolute', [{ store: 'a', source: { htpasswd: { file: 'x' } } }]],
    ['a schema with a quote', [{ store: 'a', source: { typo3: { through: 'b', schema: 'x`' } } }]],
    ['a name with a slash', [{ store: 'a/b', source: { htpasswd: { file: '/x' } } }]],
  ])('refuse %s', async (_, passwordStores) => {
    using agent = watching({ passwordStores });
    await expect(agent.look(host({}), '2026-06-01', asked)).rejects.toThrow();
  });
});
