/**
 * Run in namespaces of its own (mounts, processes): a PHP-FPM with two pools, an nginx that hands two sites on to them, two
 * accounts. Prints what the agent reads, as it is sound and after each mistake, as JSON.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isolationCollector } from '../../../../agent/collect/isolation/index.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { collecting } from '../../../support/collecting.ts';

const [folder = ''] = process.argv.slice(2);
const people = [
  ['anna', 20_001],
  ['bram', 20_002],
] as const;

/** Puts a file of the test's own over one of the system, for this namespace alone. */
function cover(path: string, content: string): void {
  const own = join(folder, path.replaceAll('/', '_'));
  writeFileSync(own, content);
  chmodSync(own, 0o644);
  execFileSync('mount', ['--bind', own, path]);
}

const lines = (of: (name: string, id: number) => string): string =>
  people.map(([name, id]) => `${of(name, id)}\n`).join('');
cover(
  '/etc/passwd',
  `root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/var/www:/bin/false\n${lines((name, id) => `${name}:x:${id}:${id}::${folder}/${name}:/bin/sh`)}`,
);
cover('/etc/group', `root:x:0:\nwww-data:x:33:\n${lines((name, id) => `${name}:x:${id}:`)}`);

const socketOf = (name: string): string => join(folder, `${name}.sock`);
function writeSites(poolOf: (name: string) => string): void {
  const servers = people.map(
    ([name]) => `server {
      listen 127.0.0.1:8080; server_name www.${name}.example; root ${folder}/${name}/htdocs;
      location ~ \\.php$ { fastcgi_pass unix:${socketOf(poolOf(name))}; }
    }`,
  );
  const text = `events {}\nhttp {\n${servers.join('\n')}\n}\n`;
  writeFileSync(join(folder, '_etc_nginx_nginx.conf'), text);
}
function writePools(userOf: (name: string) => string): void {
  const pools = people.map(
    ([name]) => `[${name}]
user = ${userOf(name)}
group = ${userOf(name)}
listen = ${folder}/$pool.sock
listen.owner = www-data
listen.mode = 0600 ; the web server's alone
pm = static
pm.max_children = 1
php_admin_value[session.save_path] = ${folder}/${name}/sessions
php_admin_value[upload_tmp_dir] = "${folder}/${name}/uploads"
`,
  );
  writeFileSync(join(folder, 'pools.conf'), pools.join('\n'));
}

chmodSync(folder, 0o755);
for (const [name, id] of people) {
  mkdirSync(join(folder, name, 'htdocs'), { recursive: true });
  writeFileSync(join(folder, name, 'htdocs/wp-config.php'), '<?php');
  for (const path of [name, `${name}/htdocs`, `${name}/htdocs/wp-config.php`]) chownSync(join(folder, path), id, id);
  chmodSync(join(folder, name), 0o711);
  chmodSync(join(folder, name, 'htdocs'), 0o711);
  chmodSync(join(folder, name, 'htdocs/wp-config.php'), 0o600);
}
cover('/etc/nginx/nginx.conf', '');
writeSites((name) => name);
writePools((name) => name);
writeFileSync(join(folder, 'fpm.conf'), `[global]\nerror_log = ${folder}/fpm.log\ninclude = ${folder}/pools.conf\n`);
execFileSync('mount', ['-o', 'remount,hidepid=2', '/proc']);

const fpm = spawn('/usr/sbin/php-fpm8.2', ['-F', '-n', '-y', join(folder, 'fpm.conf')], { stdio: 'ignore' });
for (const [name] of people) while (!(await exists(socketOf(name)))) await sleep(20);
// A worker takes its user, and then its name, a moment after the socket is there.
while (workers().filter((name) => name.startsWith('php-fpm: pool')).length < people.length) await sleep(20);

function workers(): string[] {
  const children = readFileSync(`/proc/${fpm.pid}/task/${fpm.pid}/children`, 'utf8').split(' ');
  return children.filter((pid) => pid !== '').map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => (fpm.exitCode === null ? false : Promise.reject(new Error('PHP-FPM ended'))),
  );
}

const look = (settings: object = { isolation: { crossRead: true } }): Promise<unknown> =>
  isolationCollector.collect(collecting(new LocalHost()), settings, [{}]);

const sound = await look();
const again = await look();
chmodSync(join(folder, 'anna'), 0o755);
chmodSync(socketOf('bram'), 0o666);
chmodSync(join(folder, 'bram/htdocs/wp-config.php'), 0o644);
execFileSync('mount', ['-o', 'remount,hidepid=0', '/proc']);
const open = await look();
const untried = await look({});
writeSites(() => 'anna');
const onePool = await look();
writeSites((name) => name);
writePools((name) => (name === 'anna' ? 'www-data' : 'anna'));
const notReloaded = await look();
fpm.kill();
await once(fpm, 'exit');
const stopped = await look();
process.stdout.write(JSON.stringify({ sound, again, open, untried, onePool, notReloaded, stopped }));
