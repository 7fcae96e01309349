import { expect, test } from 'vitest';
import { accountsCollector } from '../../../agent/collect/accounts.ts';
import { passwordAgeCollector } from '../../../agent/collect/password-age.ts';
import { RecordedHost } from '../../../agent/host/recorded.ts';
import { AccountsFacts } from '../../../policies/checks/accounts/facts.ts';
import { PasswordAgeFacts } from '../../../policies/checks/password-age/facts.ts';
import { collecting } from '../../support/collecting.ts';

/** Counts how often a file is read. */
class Counting extends RecordedHost {
  readonly reads = new Map<string, number>();

  override readText(path: string, options?: { maximumSize?: number }): ReturnType<RecordedHost['readText']> {
    this.reads.set(path, (this.reads.get(path) ?? 0) + 1);
    return super.readText(path, options);
  }
}

const hash = '$6$salt$planted';
const files = {
  '/etc/passwd': `root:x:0:0::/root:/bin/bash
jan:x:1000:1000::/home/jan:/bin/bash
jan:x:1001:1001::/home/second:/bin/bash
piet:x:1002:staff::/home/piet:/bin/bash
`,
  '/etc/group': 'root:x:0:\njan:x:1000:\n',
  '/etc/shadow': `root:*:20000:0:99999:7:::\njan:${hash}:20000:0:99999:7:::\nkees:x\n`,
  '/home/jan/.ssh/authorized_keys': 'no key\n',
  '/proc/1/status': 'Name:\tinit\nPPid:\t0\nUid:\t0\t0\t0\t0\nNSpid:\t1\n',
};

async function collectBoth() {
  const host = new Counting({ files });
  const context = collecting(host, { at: new Date('2026-11-22T00:00:00Z') });
  const asked = { require: ['known'] };
  return {
    reads: host.reads,
    accounts: AccountsFacts.parse(await accountsCollector.collect(context, {}, [asked])),
    passwords: PasswordAgeFacts.parse(
      await passwordAgeCollector.collect(context, {}, [{ of: ['system', 'ssh-keys'] }]),
    ),
  };
}

test('files of accounts and keys are read once a run, whichever kinds ask', async () => {
  const { reads } = await collectBoth();
  const paths = ['/etc/passwd', '/etc/shadow', '/home/jan/.ssh/authorized_keys'];
  expect(paths.map((path) => [path, reads.get(path)])).toEqual(paths.map((path) => [path, 1]));
});

test('every kind sees the same accounts, and tells of the same lines that are none', async () => {
  const { accounts, passwords } = await collectBoth();
  if (accounts.system.state !== 'read' || passwords.system.state !== 'read') throw new Error('not read');
  const uids = (found: readonly { account: string; uid: number }[]) => found.map(({ account, uid }) => [account, uid]);
  expect(uids(accounts.system.value.accounts)).toEqual([
    ['@root', 0],
    ['@jan', 1000],
  ]);
  expect(uids(passwords.system.value.accounts)).toEqual([
    ['@root', 0],
    ['@jan', 1000],
  ]);
  const lines = [
    { file: '/etc/passwd', line: 4 },
    { file: '/etc/shadow', line: 3 },
  ];
  expect(accounts.system.value.malformed).toEqual(lines);
  expect(passwords.system.value.malformed).toEqual(lines);
});
