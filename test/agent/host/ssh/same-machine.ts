/**
 * Reads a machine locally and then over SSH, with every check, and prints how the two differ. To be run in
 * namespaces of its own for processes and network, where nothing else starts, ends or listens meanwhile.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { passingMarks } from '../../../../agent/identity.ts';
import type { Host } from '../../../../agent/host/host.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { SshHost } from '../../../../agent/host/ssh/ssh.ts';
import { RunLedger } from '../../../../agent/ledger.ts';
import { runChecks, type Run } from '../../../../agent/run.ts';
import { loadPolicies, shippedPolicies } from '../../../../policies/load.ts';
import { makeCertificate } from '../../../support/certificates.ts';
import { startSshServer } from '../../../support/ssh-server.ts';
import { temporaryFolder } from '../../../support/tools.ts';

/** How two readings of one machine differ. */
export interface Compared {
  readonly kinds: readonly string[];
  /** By kind, the facts as they are read locally and over SSH; only where these differ. */
  readonly differing: Readonly<Record<string, readonly [string | undefined, string | undefined]>>;
  /** Of all reasons over SSH. */
  readonly codes: readonly string[];
  /** What is good over SSH and not locally. */
  readonly better: readonly string[];
}

/** An address that others could reach: what only this machine itself can does not have to be asked. */
const siteAddress = '198.51.100.1';

/** Memory, load and traffic are others at each look. */
const everChanging = new Set(['capacity']);

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

function good({ observations }: Run): string[] {
  return observations.flatMap(({ policy, control, verdict }) =>
    verdict === 'pass' || verdict === 'not-applicable' ? [`${policy} ${control} ${verdict}`] : [],
  );
}

/** @param lines of the SSH server's configuration */
async function compare(lines: readonly string[]): Promise<Compared> {
  using folder = temporaryFolder();
  const made = makeCertificate(folder.path, { name: 'site', key: 'ec:prime256v1', validSeconds: 86_400 });
  const site = createServer({ cert: readFileSync(made.certificate), key: readFileSync(made.key) }, (_, response) =>
    response.end('a site'),
  ).listen(443, siteAddress);
  await once(site, 'listening');
  await using server = await startSshServer(folder.path, lines);
  await using remote = await SshHost.open(server.target);
  // One after the other: programs that are asked for their settings may listen for a moment.
  const near = await check(new LocalHost());
  const far = await check(remote);
  site.closeAllConnections();
  site.close();
  const kinds = [...far.facts.keys()].filter((kind) => !everChanging.has(kind));
  const goodNear = good(near);
  return {
    kinds,
    differing: Object.fromEntries(
      kinds
        .map((kind) => [kind, [near.facts.get(kind), far.facts.get(kind)]] as const)
        .filter(([, [one, other]]) => one !== other),
    ),
    codes: far.observations.flatMap(({ reasons }) => reasons.map(({ code }) => code)),
    better: good(far).filter((control) => !goodNear.includes(control)),
  };
}

process.stdout.write(JSON.stringify(await compare(process.argv.slice(2))));
