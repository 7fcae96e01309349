import { describe, expect, test } from 'vitest';
import { passingMarks } from '../../../../agent/identity.ts';
import type { Host } from '../../../../agent/host/host.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { SshHost } from '../../../../agent/host/ssh/ssh.ts';
import { RunLedger } from '../../../../agent/ledger.ts';
import { runChecks, type Run } from '../../../../agent/run.ts';
import { loadPolicies, shippedPolicies } from '../../../../policies/load.ts';
import { startSshServer } from '../../../support/ssh-server.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';

const policies = loadPolicies(shippedPolicies());
const at = new Date();

function check(host: Host): Promise<Run> {
  return runChecks({
    host,
    at,
    ledger: new RunLedger(at),
    pseudonym: (account) => account,
    mark: passingMarks(),
    policies,
    labels: { role: 'web', vantage: 'outside', data: 'confidential', environment: 'production' },
    settings: {
      backups: [{ set: 'etc', paths: ['/etc'], source: { archives: { folder: '/etc', pattern: '{date}.tar' } } }],
      encryptedPaths: { backups: ['/var'] },
      auditedPaths: { 'personal-data': ['/srv'], 'personal-logs': ['/var/log'] },
      managementAddresses: ['10.0.0.0/8'],
      services: [{ ports: 22 }],
      roster: { departures: [], reviewed: '2026-01-01', people: [] },
      timeSources: ['nl.pool.ntp.org'],
    },
  });
}

/** Memory, load and traffic are others at each look. */
const everChanging = new Set(['capacity']);
const tries = 12;

describe.skipIf(tool('sshd') === undefined || process.getuid?.() !== 0)('a machine that is read over SSH', () => {
  test(
    'has byte for byte the facts that it has when it reads itself, of every kind',
    { timeout: 180_000 },
    async () => {
      using folder = temporaryFolder();
      await using server = await startSshServer(folder.path);
      await using remote = await SshHost.open(server.target);
      const differing = new Map<string, readonly [string | undefined, string]>();
      let codes: readonly string[] = [];
      // Other things go on on this machine: what differs for once, while something starts or ends, is looked at again.
      for (let left = tries; left > 0; left--) {
        const [near, far] = await Promise.all([check(new LocalHost()), check(remote)]);
        const kinds = [...far.facts.keys()].filter((kind) => !everChanging.has(kind));
        if (left === tries) {
          expect(kinds.length).toBeGreaterThan(20);
          for (const kind of kinds) differing.set(kind, [undefined, '']);
        }
        for (const kind of [...differing.keys()]) {
          const pair = [near.facts.get(kind), far.facts.get(kind) ?? ''] as const;
          if (pair[0] === pair[1]) differing.delete(kind);
          else differing.set(kind, pair);
        }
        codes = far.observations.flatMap(({ reasons }) => reasons.map(({ code }) => code));
        if (differing.size === 0) break;
      }
      expect(Object.fromEntries(differing)).toEqual({});
      expect(codes).not.toContain('host.internal');
      expect(codes).not.toContain('host.timeout');
    },
  );

  test('looks no better where its server forwards no connections', { timeout: 180_000 }, async () => {
    using folder = temporaryFolder();
    await using server = await startSshServer(folder.path, ['AllowTcpForwarding no']);
    await using remote = await SshHost.open(server.target);
    const good = ({ observations }: Run): string[] =>
      observations.flatMap(({ policy, control, verdict }) =>
        verdict === 'pass' || verdict === 'not-applicable' ? [`${policy} ${control} ${verdict}`] : [],
      );
    let better: string[] = [];
    for (let left = tries; left > 0; left--) {
      const [near, far] = (await Promise.all([check(new LocalHost()), check(remote)])).map(good);
      expect(far?.length).toBeGreaterThan(0);
      better = far?.filter((control) => near?.includes(control) !== true) ?? [];
      if (better.length === 0) break;
    }
    expect(better).toEqual([]);
  });
});
