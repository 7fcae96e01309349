/**
 * Run in a network namespace of its own, where nothing listens but what it starts: sets scenes with a real nginx and
 * real restic repositories, has the real command line check each against the shipped policy, and prints the outcomes.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { makeCertificate } from '../support/certificates.ts';
import { startNginx, type NginxServer } from '../support/nginx.ts';
import { root } from '../support/sources.ts';
import { temporaryFolder } from '../support/tools.ts';

const day = 86_400;
using folder = temporaryFolder();

const certificates = {
  good: makeCertificate(folder.path, { name: 'good', key: 'rsa:2048', validSeconds: 365 * day }),
  long: makeCertificate(folder.path, { name: 'long', key: 'rsa:2048', validSeconds: 398 * day }),
  weak: makeCertificate(folder.path, { name: 'weak', key: 'rsa:1024', validSeconds: 90 * day }),
  ecdsa: makeCertificate(folder.path, { name: 'ecdsa', key: 'ec:prime256v1', validSeconds: 90 * day }),
};
const anyLevel = 'ALL:@SECLEVEL=0';

const servers: Readonly<Record<string, Omit<NginxServer, 'at'>>> = {
  good: { certificates: [certificates.good] },
  'old version': { certificates: [certificates.good], protocols: 'TLSv1 TLSv1.2 TLSv1.3', ciphers: anyLevel },
  'long certificate': { certificates: [certificates.long] },
  'weak key': { certificates: [certificates.weak], ciphers: anyLevel },
  // What a browser is shown is the good one: the other has to be asked for.
  'long RSA behind a good ECDSA': { certificates: [certificates.ecdsa, certificates.long] },
};

const outcomes: Record<string, unknown> = {};

function check(scene: string, settings: Readonly<Record<string, unknown>>): void {
  const config = join(folder.path, 'agent.yaml');
  writeFileSync(config, stringify({ policies: ['cloud-provider'], ...settings }));
  const waarborg = spawnSync(
    process.execPath,
    [join(root, 'waarborg.js'), 'check', '--config', config, '--format', 'json'],
    {
      encoding: 'utf8',
    },
  );
  if (waarborg.stderr !== '') throw new Error(waarborg.stderr);
  outcomes[scene] = JSON.parse(waarborg.stdout);
}

for (const [scene, server] of Object.entries(servers)) {
  await using nginx = await startNginx({ servers: [{ at: 'scene', ...server }] });
  check(scene, { endpoints: [{ host: '127.0.0.1', port: nginx.port('scene') }] });
}

const passwordFile = join(folder.path, 'restic.pass');
writeFileSync(passwordFile, 'secret\n', { mode: 0o600 });
const www = join(folder.path, 'www');
const etc = join(folder.path, 'etc');
for (const path of [www, etc]) {
  mkdirSync(path);
  writeFileSync(join(path, 'file'), path);
}

function restic(repository: string, ...args: string[]): void {
  execFileSync('restic', ['--no-cache', '--quiet', '--repo', repository, ...args], {
    env: { PATH: '/usr/bin:/bin', HOME: folder.path, RESTIC_PASSWORD_FILE: passwordFile, TZ: 'UTC' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function snapshotFiles(repository: string): string[] {
  return readdirSync(join(repository, 'snapshots'));
}

/** A repository with a snapshot an hour before this time of each of these days ago, and which file each became. */
function repositoryOf(name: string, daysAgo: readonly number[], paths: readonly string[]) {
  const path = join(folder.path, name);
  const files = new Map<number, string>();
  restic(path, 'init');
  for (const days of daysAgo) {
    const before = snapshotFiles(path);
    const time = new Date(Date.now() - (days * day + 3600) * 1000);
    restic(path, 'backup', '--time', time.toISOString().slice(0, 19).replace('T', ' '), ...paths);
    files.set(days, snapshotFiles(path).find((file) => !before.includes(file)) ?? '');
  }
  return { path, files };
}

const week = repositoryOf('week', [8, 7, 6, 5, 4, 3, 2, 1, 0], [www, etc]);
const half = repositoryOf('half', [1, 0], [www]);

/** Checks a copy of a repository without the snapshots of some days: making each takes restic a second. */
function backupScene(scene: string, { path, files }: typeof week, without: readonly number[]): void {
  const repository = join(folder.path, `repository ${scene}`);
  cpSync(path, repository, { recursive: true });
  for (const days of without) rmSync(join(repository, 'snapshots', files.get(days) ?? ''));
  check(scene, { backups: [{ set: 'www', paths: [www, etc], source: { restic: { repository, passwordFile } } }] });
}

backupScene('good backups', week, []);
backupScene('old backups', week, [0, 1, 2]);
backupScene('a day missing', week, [4]);
backupScene('a required path missing', half, []);

process.stdout.write(JSON.stringify(outcomes));
