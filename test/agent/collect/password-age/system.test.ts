import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { marks } from '../../../../agent/identity.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import { temporaryFolder } from '../../../support/tools.ts';
import { watching } from './looking.ts';

const firstHash = '$y$j9T$abcdefghijklmnopqrstuv$0123456789abcdefghijklmnopqrstuvwxyzABCDEFG';
const otherHash = '$y$j9T$vutsrqponmlkjihgfedcba$GFEDCBA0123456789abcdefghijklmnopqrstuvwxyz';

/** A host whose root has this line in /etc/shadow. */
function host(field: string, changed: string): RecordedHost {
  const day = changed === '' ? '' : String(Date.parse(changed) / 86_400_000);
  return new RecordedHost({
    files: {
      '/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\n',
      '/etc/shadow': `root:${field}:${day}:0:99999:7:::\n`,
    },
  });
}

describe('the password of the system’s account', () => {
  test('is taken at its recorded day on a fresh host, and said to be unproven', async () => {
    using agent = watching();
    const first = await agent.look(host(firstHash, '2026-05-01'), '2026-06-01');
    expect(first.verdicts).toEqual(['pass recent-by-record @root']);
    const second = await agent.look(host(firstHash, '2026-05-01'), '2026-06-02');
    expect(second.verdicts).toEqual(['pass recent-by-record @root']);
    expect((await agent.look(host(firstHash, '2026-05-01'), '2026-12-01')).verdicts).toEqual(['fail too-old @root']);
  });

  test('does not pass by `chage -d` alone', async () => {
    using agent = watching();
    await agent.look(host(firstHash, '2025-01-01'), '2026-06-01');
    const touched = await agent.look(host(firstHash, '2026-06-10'), '2026-06-10');
    expect(touched.verdicts).toEqual(['fail too-old @root', 'not-applicable day-moved @root']);
  });

  test('does not pass where a configuration tool sets the day that was not recorded', async () => {
    using agent = watching();
    await agent.look(host(firstHash, ''), '2026-06-01');
    const touched = await agent.look(host(firstHash, '2026-06-10'), '2026-06-10');
    expect(touched.verdicts).toEqual(['unknown no-day @root', 'not-applicable day-moved @root']);
    expect((await agent.look(host(firstHash, '2026-12-20'), '2026-12-20')).verdicts).toEqual([
      'fail unchanged-too-long @root',
      'not-applicable day-moved @root',
    ]);
  });

  test('passes when another hash has come, even if no day is recorded', async () => {
    using agent = watching();
    await agent.look(host(firstHash, ''), '2026-06-01');
    const { facts, verdicts } = await agent.look(host(otherHash, ''), '2026-06-02');
    expect(verdicts).toEqual(['pass proven @root']);
    expect(facts.system).toMatchObject({
      value: {
        watchedSince: '2026-06-01T00:00:00.000Z',
        accounts: [
          { password: { seen: { notBefore: '2026-06-01T00:00:00.000Z', firstSeen: '2026-06-02T00:00:00.000Z' } } },
        ],
      },
    });
  });

  test('is the old one when its hash comes back', async () => {
    using agent = watching();
    await agent.look(host(firstHash, '2025-01-01'), '2026-06-01');
    await agent.look(host(otherHash, '2026-06-02'), '2026-06-02');
    const { verdicts } = await agent.look(host(firstHash, '2026-06-03'), '2026-06-03');
    expect(verdicts).toEqual(['unknown day-unproven @root']);
  });

  test('is the old one when it is unlocked', async () => {
    using agent = watching();
    await agent.look(host(`!${firstHash}`, '2026-01-01'), '2026-01-02');
    const { verdicts } = await agent.look(host(firstHash, '2026-12-01'), '2026-12-01');
    expect(verdicts).toEqual(['fail too-old @root', 'not-applicable day-moved @root']);
  });

  test('counts as changed by nothing when the key of the marks is another one', async () => {
    using agent = watching();
    using data = temporaryFolder();
    using otherData = temporaryFolder();
    await agent.look(host(firstHash, '2025-01-01'), '2026-06-01', {}, { mark: marks(data.path) });
    const { verdicts } = await agent.look(
      host(firstHash, '2025-01-01'),
      '2026-06-02',
      {},
      { mark: marks(otherData.path) },
    );
    expect(verdicts).toEqual(['fail too-old @root']);
  });

  test('unchanged, gives the same facts at whatever moment', async () => {
    using agent = watching();
    const first = await agent.look(host(firstHash, '2026-05-01'), '2026-06-01');
    const second = await agent.look(host(firstHash, '2026-05-01'), '2026-07-01');
    expect(JSON.stringify(second.facts)).toBe(JSON.stringify(first.facts));
  });

  test('is remembered as a mark: the ledger holds neither hash nor name', async () => {
    using agent = watching();
    using data = temporaryFolder();
    const values = { mark: marks(data.path) };
    await agent.look(host(firstHash, '2026-05-01'), '2026-06-01', {}, values);
    await agent.look(host(otherHash, '2026-06-02'), '2026-06-02', {}, values);
    const kept = readFileSync(agent.ledgerFile, 'utf8');
    expect(kept).toContain('password-age');
    for (const secret of ['root', 'abcdefghij', '0123456789', 'vutsrqponm', 'GFEDCBA'])
      expect(kept).not.toContain(secret);
  });
});
