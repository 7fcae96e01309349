import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sshAccessCollector } from '../../../agent/collect/ssh-access.ts';
import { LocalHost } from '../../../agent/host/local.ts';
import { sshAccess } from '../../../policies/checks/ssh-access.ts';
import { SshAccessFacts } from '../../../policies/checks/ssh-access/facts.ts';
import { read, type Reading } from '../../../policies/reading.ts';
import { collecting } from '../../support/collecting.ts';
import { startSshd, type RunningSshd } from '../../support/sshd.ts';
import { temporaryFolder, tool } from '../../support/tools.ts';

/** The facts of one server alone: others may run on the machine. */
async function factsOf({ config }: RunningSshd, wanted: object, settings: object = {}): Promise<SshAccessFacts> {
  const found = await sshAccessCollector.collect(collecting(new LocalHost()), settings, [wanted]);
  const facts = SshAccessFacts.parse(found);
  const all = valueOf(facts.servers);
  const servers = all.servers.filter(({ server }) => server === config);
  return { ...facts, servers: read({ ...all, servers, inContainers: 0 }) };
}

function valueOf<T>(reading: Reading<T> | undefined): T {
  if (reading?.state !== 'read') throw new Error(`not read: ${JSON.stringify(reading)}`);
  return reading.value;
}

async function judged(server: RunningSshd, wanted: object, settings?: object): Promise<string[]> {
  const facts = await factsOf(server, wanted, settings);
  const codes = sshAccess.judge(read(facts), wanted, new Date()).map(({ code }) => code.replace('ssh-access.', ''));
  return [...new Set(codes)].sort();
}

const keysOnly = ['UsePAM no', 'PasswordAuthentication no', 'KbdInteractiveAuthentication no'];

// By its own default sshd refuses root's password, so that where one is asked for besides a key root has no way in.
describe.skipIf(!tool('sshd') || !tool('ssh'))('a real sshd', () => {
  test.each([
    ['keys alone', keysOnly, ['one-factor']],
    ['a key and a password', ['UsePAM no', 'AuthenticationMethods publickey,password'], ['nobody', 'two-factors']],
    [
      'a key and a password, or a key alone',
      ['UsePAM no', 'AuthenticationMethods publickey,password publickey'],
      ['one-factor'],
    ],
    ['two keys are one factor', [...keysOnly, 'AuthenticationMethods publickey,publickey'], ['one-factor']],
    [
      'two factors for everyone but one group',
      ['UsePAM no', 'AuthenticationMethods publickey,password', 'Match Group games', 'AuthenticationMethods publickey'],
      ['nobody', 'one-factor', 'two-factors'],
    ],
    [
      'two factors, but not from one network',
      [
        'UsePAM no',
        'AuthenticationMethods publickey,password',
        'Match Address 127.0.0.2',
        'AuthenticationMethods publickey',
      ],
      ['nobody', 'one-factor', 'two-factors'],
    ],
    [
      // The first value of a keyword counts, so that this Match block sets nothing for games.
      'a block that another comes before',
      [
        'UsePAM no',
        'Match User games',
        'AuthenticationMethods publickey,password',
        'Match User games,daemon',
        'AuthenticationMethods publickey',
        'Match All',
        'AuthenticationMethods publickey,password',
      ],
      ['nobody', 'one-factor', 'two-factors'],
    ],
    ['a comment', ['UsePAM no', '#AuthenticationMethods publickey,password'], ['one-factor']],
  ])('factors: %s', async (_, lines, expected) => {
    using folder = temporaryFolder();
    await using server = await startSshd(folder.path, lines);
    expect(await judged(server, { factors: 2 })).toEqual(expected);
  });

  test.each([
    ['anyone from anywhere', [], ['from-elsewhere']],
    ['a list of users without networks', ['AllowUsers games daemon'], ['from-elsewhere']],
    ['a list of users of the network', ['AllowUsers games@10.8.0.0/24 daemon@10.8.0.7'], ['only-from']],
    ['one of the users from elsewhere', ['AllowUsers games@10.8.0.0/24 daemon@10.9.0.0/24'], ['from-elsewhere']],
    ['a network that is wider', ['AllowUsers *@10.8.0.0/23'], ['from-elsewhere']],
    ['a host name, which DNS decides', ['AllowUsers *@*.example.nl'], ['from-elsewhere']],
    [
      'nobody but from the network',
      ['DenyUsers *', 'Match Address 10.8.0.0/24', 'PasswordAuthentication yes'],
      ['only-from'],
    ],
    [
      'a block that shuts out what is not in the network',
      ['Match Address *,!10.8.0.0/24', 'PubkeyAuthentication no', 'PasswordAuthentication no'],
      ['from-elsewhere'],
    ],
    [
      'a block that shuts every way for what is not in the network',
      [...keysOnly, 'Match Address *,!10.8.0.0/24', 'PubkeyAuthentication no'],
      ['only-from'],
    ],
  ])('addresses: %s', async (_, lines, expected) => {
    using folder = temporaryFolder();
    await using server = await startSshd(folder.path, lines);
    const facts = await factsOf(server, { addresses: 'management' }, { managementAddresses: ['10.8.0.0/24'] });
    // Its own sockets are of this host alone; what it asks of whom is the point here.
    const found = valueOf(valueOf(facts.servers).servers[0]?.settings);
    expect(found.listens).toEqual([{ address: '127.0.0.1', port: server.port }]);
    found.listens = [{ address: '0.0.0.0', port: 22 }];
    const codes = sshAccess.judge(read(facts), { addresses: 'management' }, new Date()).map(({ code }) => code);
    expect([...new Set(codes)]).toEqual(expected.map((code) => `ssh-access.${code}`));
  });

  test('what is said of a user from an address is what sshd offers him', async () => {
    using folder = temporaryFolder();
    await using server = await startSshd(folder.path, [
      'UsePAM no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin prohibit-password',
      'Match User games',
      'PasswordAuthentication no',
      'Match Address 127.0.0.2',
      'PubkeyAuthentication no',
    ]);
    const facts = await factsOf(server, { factors: 2 }, { managementAddresses: ['127.0.0.2'] });
    const { cases } = valueOf(valueOf(facts.servers).servers[0]?.settings);
    const said = (user: string, from: string): string[] => {
      const isOutside = from !== '127.0.0.2';
      const one = cases.find(
        ({ accounts, from: places }) => accounts.includes(`@${user}`) && places.includes('127.0.0.2') !== isOutside,
      );
      return [...(one?.login.password ? ['password'] : []), ...(one?.login.publicKey ? ['publickey'] : [])];
    };
    for (const user of ['games', 'daemon']) {
      for (const from of ['127.0.0.1', '127.0.0.2']) {
        const offered = server.offers(user, from).filter((method) => method !== '');
        expect([user, from, said(user, from)]).toEqual([user, from, offered]);
      }
    }
  });

  test.each([
    ['with the shipped default', [], { root: 'keys' }, ['root-by-key']],
    ['with a password', ['PermitRootLogin yes'], { root: 'keys' }, ['root-without-key']],
    ['with keys, where it must not at all', [], { root: 'never' }, ['root-login']],
    ['not at all', ['PermitRootLogin no'], { root: 'never' }, ['root-refused']],
    [
      'from one network only',
      ['PermitRootLogin no', 'Match Address 10.0.0.0/8', 'PermitRootLogin yes'],
      { root: 'keys' },
      ['root-without-key'],
    ],
    ['not by the lists of users', ['PermitRootLogin yes', 'AllowUsers games'], { root: 'never' }, ['root-refused']],
  ])('root logs in %s', async (_, lines, wanted, expected) => {
    using folder = temporaryFolder();
    await using server = await startSshd(folder.path, lines);
    expect(await judged(server, wanted)).toEqual(expected);
  });

  test('keyboard-interactive with PAM is a password as well', async () => {
    using folder = temporaryFolder();
    await using server = await startSshd(folder.path, ['UsePAM yes', 'PasswordAuthentication no']);
    expect(await judged(server, { passwords: 'never-alone' })).toEqual(['lone-password']);
    using other = temporaryFolder();
    await using strict = await startSshd(other.path, keysOnly);
    expect(await judged(strict, { passwords: 'never-alone' })).toEqual(['no-lone-password']);
  });

  test('weak algorithms are named, and the default ones are not weak', async () => {
    using folder = temporaryFolder();
    await using weak = await startSshd(folder.path, ['Ciphers aes256-ctr,aes128-cbc', 'MACs +hmac-md5']);
    expect(await judged(weak, { algorithms: 'strong' })).toEqual(['weak-algorithm']);
    using other = temporaryFolder();
    await using strong = await startSshd(other.path, []);
    expect(await judged(strong, { algorithms: 'strong' })).toEqual(['strong-algorithms']);
  });

  test('an included file that changes after the server read it makes the answer unknown', async () => {
    using folder = temporaryFolder();
    const included = join(folder.path, 'conf.d');
    mkdirSync(included);
    await using server = await startSshd(folder.path, [`Include ${included}/*.conf`, ...keysOnly]);
    expect(await judged(server, { passwords: 'never-alone' })).toEqual(['no-lone-password']);
    const file = join(included, 'later.conf');
    writeFileSync(file, 'PermitRootLogin yes\n');
    // A file put in place with an old time is no older.
    utimesSync(file, new Date('2020-01-01'), new Date('2020-01-01'));
    expect(await judged(server, { passwords: 'never-alone' })).toEqual(['no-lone-password', 'not-reloaded']);
  });

  test('an included file that is gone since makes it so too', async () => {
    using folder = temporaryFolder();
    const included = join(folder.path, 'conf.d');
    mkdirSync(included);
    writeFileSync(join(included, 'strict.conf'), 'PermitRootLogin no\n');
    await using server = await startSshd(folder.path, [`Include ${included}/*.conf`, ...keysOnly]);
    expect(await judged(server, { root: 'never' })).toEqual(['root-refused']);
    rmSync(join(included, 'strict.conf'));
    expect(await judged(server, { passwords: 'never-alone' })).toEqual(['no-lone-password', 'not-reloaded']);
  });

  test('without its process file nobody knows what it read', async () => {
    using folder = temporaryFolder();
    await using server = await startSshd(folder.path, keysOnly);
    writeFileSync(join(folder.path, 'pid'), '1\n');
    expect(await judged(server, { passwords: 'never-alone' })).toEqual(['load-unknown', 'no-lone-password']);
  });

  test('the same host gives the same facts, without a name in them', async () => {
    using folder = temporaryFolder();
    await using server = await startSshd(folder.path, ['AllowUsers games@10.0.0.0/8 daemon', 'Match User games']);
    const [first, second] = [await factsOf(server, { factors: 2 }), await factsOf(server, { factors: 2 })];
    expect(JSON.stringify(first)).toBe(JSON.stringify(second));
    expect(JSON.stringify(first).replaceAll('"@games"', '').replaceAll('"@daemon"', '')).not.toMatch(/games|daemon/);
  });
});
