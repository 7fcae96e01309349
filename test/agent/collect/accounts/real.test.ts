import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { accountsCollector } from '../../../../agent/collect/accounts.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { accounts } from '../../../../policies/checks/accounts.ts';
import { AccountsFacts, type Account } from '../../../../policies/checks/accounts/facts.ts';
import { read, type Reading } from '../../../../policies/reading.ts';
import { collecting } from '../../../support/collecting.ts';
import { startSshd } from '../../../support/sshd.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';

async function codesOf(settings: object, require: readonly string[], host = new LocalHost()): Promise<string[]> {
  const wanted = { require };
  const facts = await accountsCollector.collect(collecting(host), settings, [wanted]);
  return accounts.judge(read(facts), wanted, new Date()).map(({ code, subject = '' }) => `${code} ${subject}`.trim());
}

function giveToShadow(path: string): void {
  chownSync(path, 0, 42);
  chmodSync(path, 0o2755);
}

const isRoot = process.getuid?.() === 0;

describe.skipIf(!isRoot || !tool('getcap') || !tool('dpkg-query'))('programs with rights of their own', () => {
  test('that came with packages pass', async () => {
    expect(await codesOf({ programFolders: ['/usr/bin', '/usr/sbin'] }, ['files'])).toContain('accounts.files-known');
  });

  test.each<[string, (path: string) => void]>([
    ['a shell of root that anybody may start', (path) => chmodSync(path, 0o4755)],
    ['one for the group that reads hashes', giveToShadow],
    ['one with a capability that opens every file', (path) => execFileSync('setcap', ['cap_dac_override+ep', path])],
    ['one with all capabilities', (path) => execFileSync('setcap', ['=ep', path])],
  ])('%s is found', async (_, give) => {
    using folder = temporaryFolder();
    const program = join(folder.path, 'helper');
    copyFileSync('/usr/bin/true', program);
    expect(await codesOf({ programFolders: [folder.path] }, ['files'])).toContain('accounts.files-known');
    give(program);
    expect(await codesOf({ programFolders: [folder.path] }, ['files'])).toContain('accounts.file-foreign');
  });

  test('what nobody may execute gives no capability', async () => {
    using folder = temporaryFolder();
    const program = join(folder.path, 'helper');
    copyFileSync('/usr/bin/true', program);
    execFileSync('setcap', ['=ep', program]);
    chmodSync(program, 0o644);
    expect(await codesOf({ programFolders: [folder.path] }, ['files'])).toContain('accounts.files-known');
  });

  test('a file that cannot be told from another by lines is found all the same', async () => {
    using folder = temporaryFolder();
    const program = join(folder.path, 'a\n0 helper');
    copyFileSync('/usr/bin/true', program);
    chmodSync(program, 0o4755);
    expect(await codesOf({ programFolders: [folder.path] }, ['files'])).toContain('accounts.file-foreign');
  });

  test('folders that are all missing, or a getcap that is, leave it unknown', async () => {
    expect(await codesOf({ programFolders: ['/nonexistent'] }, ['files'])).toContain('host.missing');
    const host = new LocalHost();
    const run: LocalHost['run'] = (command, signal) =>
      LocalHost.prototype.run.call(host, { ...command, env: { ...command.env, PATH: '/usr/bin' } }, signal);
    const settings = { programFolders: ['/usr/bin'] };
    expect(await codesOf(settings, ['files'], Object.assign(host, { run }))).toContain('host.command-missing');
  });

  test('setuid to somebody else gives nobody root', async () => {
    using folder = temporaryFolder();
    const program = join(folder.path, 'helper');
    copyFileSync('/usr/bin/true', program);
    chownSync(program, 2, 2);
    chmodSync(program, 0o4755);
    expect(await codesOf({ programFolders: [folder.path] }, ['files'])).toContain('accounts.files-known');
  });
});

/** This machine with one SSH server alone, whatever else runs. */
class WithOneServer extends LocalHost {
  readonly #pid: string;

  constructor(pid: string) {
    super();
    this.#pid = pid;
  }

  override list(path: string): Promise<Reading<string[]>> {
    return path === '/proc' ? Promise.resolve(read(['1', this.#pid])) : super.list(path);
  }
}

describe.skipIf(!isRoot || !tool('sshd'))('keys where a real sshd looks for them', () => {
  /** The account `games` of a host whose sshd has these settings and, for each account, a file in `keys`. */
  async function gamesWith(lines: readonly string[], roster?: object): Promise<{ games: Account; codes: string[] }> {
    using folder = temporaryFolder();
    chmodSync(folder.path, 0o755);
    const keys = join(folder.path, 'keys');
    mkdirSync(keys);
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', join(folder.path, 'key')]);
    copyFileSync(join(folder.path, 'key.pub'), join(keys, 'games'));
    const all = [`AuthorizedKeysFile ${keys}/%u`, ...lines].map((line) => line.replace('FOLDER', folder.path));
    await using server = await startSshd(folder.path, all);
    const host = new WithOneServer(server.pid());
    const wanted = { require: ['known', 'departed'] };
    const found = await accountsCollector.collect(collecting(host), roster === undefined ? {} : { roster }, [wanted]);
    const facts = AccountsFacts.parse(found);
    if (facts.system.state === 'unreadable') throw new Error(JSON.stringify(facts.system));
    const games = facts.system.value.accounts.find(({ account }) => account === '@games');
    if (games === undefined) throw new Error('no account games');
    const codes = accounts.judge(read(facts), wanted, new Date()).map(({ code, subject = '' }) => `${code} ${subject}`);
    return { games, codes: codes.map((code) => code.trim()) };
  }

  const people = { people: [] };

  test('an account without password or shell can be logged in to by a key', async () => {
    const { games, codes } = await gamesWith([], people);
    expect(games.keys).toHaveLength(1);
    expect(games.keys[0]?.file).toMatch(/\/keys\/%u$/);
    expect(games.ssh).toEqual({ keys: 'yes', passwords: 'yes' });
    expect(codes).toContain('accounts.unknown @games');
  });

  test.each([
    ['keys are off', 'PubkeyAuthentication no'],
    ['keys are off for the account', 'Match User games\n  PubkeyAuthentication no'],
    ['the account is not let in', 'DenyUsers games'],
    ['its group is not let in', 'DenyGroups ga*'],
    ['others alone are let in', 'AllowUsers daemon'],
  ])('not where %s', async (_, line) => {
    const { games, codes } = await gamesWith([line], people);
    expect(games.ssh.keys).toBe('no');
    expect(codes).not.toContain('accounts.unknown @games');
  });

  test('but where one network may still use them', async () => {
    const lines = ['PubkeyAuthentication no', 'Match Address 10.0.0.0/8', '  PubkeyAuthentication yes'];
    expect((await gamesWith(lines, people)).games.ssh.keys).toBe('yes');
  });

  test('certificates of an authority, and what a command says, are decided elsewhere', async () => {
    const command = ['AuthorizedKeysCommand /usr/bin/true', 'AuthorizedKeysCommandUser nobody'];
    const { codes } = await gamesWith(['TrustedUserCAKeys FOLDER/key.pub', ...command], people);
    expect(codes.map((code) => code.split(' ')[0])).toEqual(
      expect.arrayContaining(['accounts.authority-unknown', 'accounts.keys-elsewhere']),
    );
  });
});

test.skipIf(!isRoot || !tool('cvtsudoers'))('this machine’s own rules of sudo are read by cvtsudoers', async () => {
  const codes = await codesOf({ roster: { people: [] } }, ['root']);
  expect(codes.filter((code) => code.startsWith('host.'))).toEqual([]);
});
