import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { collectors } from '../../agent/collect/index.ts';
import { loadPolicy, shippedPolicies } from '../../policies/load.ts';
import { readSource } from '../support/sources.ts';
import { canMakeNamespaces, makeNetwork } from '../support/namespaces.ts';
import { program } from '../support/process.ts';
import { temporaryFolder, tool } from '../support/tools.ts';

const Reason = z.object({ code: z.string(), verdict: z.string(), subject: z.string().optional(), text: z.string() });
type Reason = z.output<typeof Reason>;
const Outcome = z.object({
  observations: z.array(
    z.object({ policy: z.string(), control: z.string(), verdict: z.string(), reasons: z.array(Reason) }),
  ),
});
const Ended = z.object({ code: z.int(), stdout: z.string(), stderr: z.string() });
type Observed = z.output<typeof Outcome>['observations'][number];
type Observations = ReadonlyMap<string, Observed>;

/** The words of setpriv(1) for user nobody, without a capability that it has or could gain. */
const asNobody = [
  'setpriv',
  '--reuid=65534',
  '--regid=65534',
  '--clear-groups',
  '--inh-caps=-all',
  '--bounding-set=-all',
  '--no-new-privs',
];

/** Makes every control of the shipped policies apply, and lets checks look for what lies in a folder. */
const settingsIn = (folder: string): string => `agent: test.example.nl
labels: { role: web, environment: production, data: personal, vantage: outside, supplier: xynta }
policies: [${[...shippedPolicies(), './passwords.yaml'].join(', ')}]
managementAddresses: [10.8.0.0/24]
services: [{ ports: 22 }, { ports: 80 }]
roster: { departures: [], reviewed: 2026-11-01, people: [], services: [] }
timeSources: [nl.pool.ntp.org]
auditedPaths: { personal-data: [/srv], personal-logs: [/var/log] }
certificateFiles: [${folder}/closed/server.pem]
backups:
  - { set: nightly, source: { archives: { folder: ${folder}/closed, pattern: 'db-{date}.sql.gz' } } }
cms: { folders: [${folder}/closed/site] }
passwordStores:
  - { store: staging, source: { htpasswd: { file: ${folder}/closed/htpasswd } } }
`;

/** What no shipped policy asks. */
const filePasswords = `policy: passwords
version: 1
title: { nl: Wachtwoorden, en: Passwords }
source: { document: Beveiligingsbeleid, publisher: Voorbeeld B.V., dated: 2026-01-01 }
controls:
  - id: files
    clause: '1'
    title: { nl: Bestanden, en: Files }
    promise: { nl: Wachtwoorden worden vervangen, en: Passwords are changed }
    remedy: { nl: Vervang ze, en: Change them }
    severity: warning
    maps: { iso27001-2022: [A.5.17] }
    check: password-age
    with: { of: [files], maximumAge: 183d }
`;

const hash = '$2y$05$abcdefghijklmnopqrstuuU7B6m8s0yrFyMpoyqXfFjFJSCPmuuH2';

/** A folder for root alone: a backup, a site, passwords and a certificate. */
function fill(folder: string): void {
  const closed = join(folder, 'closed');
  mkdirSync(join(closed, 'site/wp-includes'), { recursive: true });
  writeFileSync(join(closed, 'site/wp-includes/version.php'), "<?php\n$wp_version = '6.4';\n");
  writeFileSync(join(closed, 'db-2026-11-20.sql.gz'), 'not looked into');
  writeFileSync(join(closed, 'htpasswd'), `jan:${hash}\n`);
  writeFileSync(join(closed, 'server.pem'), 'no certificate');
  chmodSync(closed, 0o700);
  writeFileSync(join(folder, 'agent.yaml'), settingsIn(folder));
  writeFileSync(join(folder, 'passwords.yaml'), filePasswords);
  chmodSync(folder, 0o755);
}

/** One check of this machine as it is in a network namespace, by policy and control. */
async function check(rights: readonly string[], namespace: string, folder: string): Promise<Observations> {
  const config = join(folder, 'agent.yaml');
  const words = [
    'ip',
    'netns',
    'exec',
    namespace,
    ...rights,
    process.execPath,
    program,
    'check',
    '--format',
    'json',
    '--config',
    config,
  ];
  const env = { PATH: process.env.PATH, HOME: '/nonexistent', TMPDIR: '/tmp' };
  // It ends with 1 or 2 for what it finds here; what it prints is looked at below.
  const told = await promisify(execFile)('env', words, { env, maxBuffer: 2 ** 26 }).catch((error: unknown) => {
    const { code, stdout, stderr } = Ended.parse(error);
    if (code > 2) throw new Error(stderr);
    return { stdout };
  });
  const { observations } = Outcome.parse(JSON.parse(told.stdout));
  return new Map(observations.map((observed) => [`${observed.policy} ${observed.control}`, observed]));
}

const kindOf = new Map([
  ['passwords files', 'password-age'],
  ...shippedPolicies().flatMap((name) => {
    const { policy, controls } = loadPolicy(name);
    return controls.map(({ id, check }): [string, string] => [`${policy} ${id}`, check]);
  }),
]);

/** Says which right is missing, or what is to be done to have it. */
const namesRight = /no permission to read \S|refuses the agent|CAP_[A-Z]|run the agent as root/;

const hosted = collectors.map(({ kind }) => kind);

const canBecomeNobody = process.getuid?.() === 0 && tool('setpriv') !== undefined && canMakeNamespaces();

describe.skipIf(!canBecomeNobody)('every check kind as nobody', () => {
  let asRoot: Observations = new Map();
  let seen: Observations = new Map();
  let place = '';
  const reasonsOf = (observations: Observations, kind: string): Reason[] =>
    [...observations].flatMap(([key, { reasons }]) => (kindOf.get(key) === kind ? reasons : []));
  /** What nobody is told that root is not. */
  const lackOf = (kind: string): Reason[] => {
    const told = new Set(reasonsOf(asRoot, kind).map(({ code, subject, text }) => `${code} ${subject ?? ''} ${text}`));
    const own = reasonsOf(seen, kind).filter(({ verdict }) => verdict === 'unknown');
    return own.filter(({ code, subject, text }) => !told.has(`${code} ${subject ?? ''} ${text}`));
  };

  beforeAll(async () => {
    using folder = temporaryFolder();
    place = folder.path;
    fill(place);
    // What listens on the machine itself comes and goes with other tests, which would be asked what they are, too.
    await using network = await makeNetwork({
      hostAddresses: ['198.51.100.1/24'],
      clientAddresses: ['198.51.100.2/24'],
      ports: [22, 8081],
    });
    const { hostNamespace } = network;
    // At the same time, because other tests change which programs there are to see.
    [asRoot, seen] = await Promise.all([check([], hostNamespace, place), check(asNobody, hostNamespace, place)]);
  }, 120_000);

  it('comes to a verdict of every control', () => {
    expect([...seen.keys()]).toEqual([...asRoot.keys()]);
    expect(new Set([...seen.keys()].map((key) => kindOf.get(key)))).toEqual(new Set(hosted));
    const broken = [...seen.values()].flatMap(({ reasons }) => reasons.filter(({ code }) => code === 'host.internal'));
    expect(broken).toEqual([]);
  });

  it.each(hosted)('%s passes by nothing that it cannot see', (kind) => {
    const ofKind = [...seen].filter(([key]) => kindOf.get(key) === kind);
    expect(ofKind.length).toBeGreaterThan(0);
    const better = ofKind.filter(([key, { verdict }]) => verdict === 'pass' && asRoot.get(key)?.verdict !== 'pass');
    expect(better.map(([key]) => key)).toEqual([]);
  });

  it.each(hosted)('%s is unknown where root comes to a verdict and nobody cannot', (kind) => {
    const other = [...seen].filter(
      ([key, { verdict }]) => kindOf.get(key) === kind && verdict !== asRoot.get(key)?.verdict,
    );
    expect(other.filter(([, { verdict }]) => verdict !== 'unknown').map(([key]) => key)).toEqual([]);
    for (const [key, { reasons }] of other) {
      expect(
        reasons.filter(({ verdict, text }) => verdict === 'unknown' && namesRight.test(text)),
        key,
      ).not.toEqual([]);
    }
  });

  it.each(hosted)('%s names the right that it lacks', (kind) => {
    expect(lackOf(kind).filter(({ text }) => !namesRight.test(text))).toEqual([]);
  });

  it.each([
    ['accounts', '/etc/shadow'],
    ['backup', '/closed'],
    ['certificate', '/closed/server.pem'],
    ['cms', 'its folder'],
    ['firewall', 'CAP_NET_ADMIN'],
    ['listening-services', 'CAP_SYS_PTRACE'],
    ['password-age', '/etc/shadow'],
    ['password-age', 'htpasswd (staging)'],
    ['password-policy', '/etc/ssh/ssh_host_'],
    ['updates', 'CAP_SYS_PTRACE'],
  ])('%s tells of %s', (kind, what) => {
    const told = reasonsOf(seen, kind).filter(({ verdict, text }) => verdict === 'unknown' && namesRight.test(text));
    expect(told.map(({ text }) => text).join('\n')).toContain(what);
  });

  it('tells nothing of what is closed to it', () => {
    const told = JSON.stringify([...seen.values()]);
    expect(told).not.toMatch(/db-2026|wp-includes|jan/);
    expect(JSON.stringify([...asRoot.values()])).toMatch(/6\.4/);
  });

  it.each(hosted)('the page of %s says what it needs', (kind) => {
    const page = readSource(`docs/checks/${kind}.md`);
    const [, part = ''] = /^## Least privilege\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(page) ?? [];
    expect(part.trim()).not.toBe('');
    expect(readSource('docs/hardening.md')).toMatch(new RegExp(`^\\| \`${kind}\` \\| .+ \\|$`, 'm'));
  });
});
