import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { collectors } from '../../agent/collect/index.ts';
import { loadPolicy, shippedPolicies } from '../../policies/load.ts';
import { canMakeNamespaces, makeNetwork, type Network } from '../support/namespaces.ts';
import { program } from '../support/process.ts';
import { temporaryFolder, tool } from '../support/tools.ts';
import { rightsOf } from '../support/unit-rights.ts';

const Outcome = z.object({
  observations: z.array(
    z.object({
      policy: z.string(),
      control: z.string(),
      verdict: z.string(),
      reasons: z.array(z.object({ code: z.string(), verdict: z.string(), text: z.string() })),
    }),
  ),
});
type Observed = z.output<typeof Outcome>['observations'][number];

/** What makes controls of every check kind apply, and gives each something to read. */
const settings = `agent: test.example.nl
labels: { role: web, environment: production, data: personal, vantage: outside, supplier: xynta }
policies: [${shippedPolicies().join(', ')}]
managementAddresses: [10.8.0.0/24]
services: [{ ports: 22 }, { ports: 80 }]
roster: { departures: [], reviewed: 2026-11-01, people: [], services: [] }
timeSources: [nl.pool.ntp.org]
auditedPaths: { personal-data: [/srv], personal-logs: [/var/log] }
`;

/** An account that is nobody's: what it can read beside what everybody can, its capabilities give it. */
const nobody = '64321';

const kindOf = new Map<string, string>(
  shippedPolicies().flatMap((name) => {
    const { policy, controls } = loadPolicy(name);
    return controls.map(({ id, check }) => [`${policy} ${id}`, check] as const);
  }),
);

/** One check of this machine, in a network that no other test listens in; by control. */
async function check(network: Network, rights: readonly string[]): Promise<Map<string, Observed>> {
  using folder = temporaryFolder();
  const config = join(folder.path, 'agent.yaml');
  writeFileSync(config, settings);
  const inside = ['ip', 'netns', 'exec', network.hostNamespace];
  const words = [...inside, ...rights, process.execPath, program, 'check', '--format', 'json', '--config', config];
  const env = { PATH: process.env.PATH, HOME: '/nonexistent', TMPDIR: '/tmp' };
  // It ends with 1 or 2 for what it finds here; what it prints is looked at below.
  const told = await promisify(execFile)('env', words, { env, maxBuffer: 2 ** 26 }).catch((error: unknown) =>
    z.object({ code: z.union([z.literal(1), z.literal(2)]), stdout: z.string() }).parse(error),
  );
  const { observations } = Outcome.parse(JSON.parse(told.stdout));
  return new Map(observations.map((observed) => [`${observed.policy} ${observed.control}`, observed]));
}

const canTry =
  process.getuid?.() === 0 && tool('setpriv') !== undefined && tool('ip') !== undefined && canMakeNamespaces();

describe.skipIf(!canTry)('every check kind under the rights of the unit', () => {
  let network: Network;
  let asRoot = new Map<string, Observed>();
  let asUnit = new Map<string, Observed>();
  const reasonsOf = (observations: ReadonlyMap<string, Observed>, kind: string): Observed['reasons'] =>
    [...observations].flatMap(([key, { reasons }]) => (kindOf.get(key) === kind ? reasons : []));

  beforeAll(async () => {
    const [hostAddresses, clientAddresses] = [['203.0.113.1/24'], ['203.0.113.2/24']];
    network = await makeNetwork({ hostAddresses, clientAddresses, ports: [22, 8080] });
    // At the same time, because other tests change what there is to see.
    const rights = rightsOf('waarborg-agent.service', [], nobody);
    [asRoot, asUnit] = await Promise.all([check(network, []), check(network, rights)]);
  }, 120_000);

  afterAll(() => network[Symbol.asyncDispose]());

  it.each(collectors.map(({ kind }) => kind))('%s neither fails in itself nor runs out of time', (kind) => {
    const reasons = reasonsOf(asUnit, kind);
    expect(reasons.length).toBeGreaterThan(0);
    expect(reasons.filter(({ code }) => code === 'host.internal' || code === 'host.timeout')).toEqual([]);
  });

  it('what root finds wrong or leaves open is never a pass', () => {
    const better = [...asUnit].filter(
      ([key, { verdict }]) => verdict === 'pass' && asRoot.get(key)?.verdict !== 'pass',
    );
    expect(better.map(([key]) => key)).toEqual([]);
    expect(asUnit.size).toBe(asRoot.size);
  });

  it('what root can judge and the unit cannot is unknown', () => {
    const changed = [...asUnit].filter(([key, { verdict }]) => verdict !== asRoot.get(key)?.verdict);
    expect(changed.filter(([, { verdict }]) => verdict !== 'unknown').map(([key]) => key)).toEqual([]);
    expect(changed.length).toBeGreaterThan(0);
  });

  it.each(['accounts', 'password-age', 'password-policy', 'ssh-access', 'log-retention', 'unreachable'])(
    '%s misses no right',
    (kind) => {
      const refused = reasonsOf(asUnit, kind).filter(({ text }) => /CAP_|no permission/.test(text));
      expect(refused).toEqual([]);
    },
  );

  it.each([
    ['firewall', 'CAP_NET_ADMIN'],
    ['listening-services', 'CAP_SYS_PTRACE'],
  ])('%s is unknown, and names %s', (kind, right) => {
    const told = reasonsOf(asUnit, kind).filter(({ verdict }) => verdict === 'unknown');
    expect(told.map(({ text }) => text).join('\n')).toContain(right);
  });

  it('with the drop-ins, what root sees is seen', async () => {
    const rights = rightsOf('waarborg-agent.service', ['firewall', 'processes'], nobody);
    const withDropIns = await check(network, rights);
    for (const kind of ['firewall', 'listening-services']) {
      const codes = (observations: typeof asRoot): string[] =>
        reasonsOf(observations, kind).flatMap(({ code, text }) => (/CAP_|no permission/.test(text) ? [code] : []));
      expect([codes(asRoot), codes(withDropIns)], kind).toEqual([[], []]);
    }
  }, 120_000);
});
