import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { logKey, vkeyOf } from '../../evidence/vkey.ts';
import { canClone, cloneMachine, type ClonedMachine } from '../support/cloned-machine.ts';
import { program, runWaarborg, type Ended } from '../support/process.ts';
import { falseCollector, type FalseAnswer } from '../support/false-collector.ts';
import { collectorOn, enrolAgentAt, origin, quickPolicy, writeQuickPolicy } from '../support/road.ts';
import { readSource } from '../support/sources.ts';
import { temporaryFolder, tool } from '../support/tools.ts';

const isPossible =
  tool('sshd') !== undefined && tool('useradd') !== undefined && process.getuid?.() === 0 && canClone();

/** All that a deployment could leave behind on a machine. */
const traces = `
  find /etc /usr/local /var/lib/waarborg /var/tmp -xdev 2>/dev/null | grep -v "^/etc/.*-$" | sort
  cat /etc/passwd /etc/group /etc/shadow
  cat /etc/waarborg/agent.yaml /usr/local/bin/waarborg /etc/systemd/system/waarborg-agent.service 2>/dev/null || true`;

/** Each deployment starts the program twice, here and there. */
const seconds = 180;

/** A database of packages of its own, with none in it: this machine's may change meanwhile. */
const ownDpkg = `mount -t tmpfs packages /mnt
  mkdir /mnt/updates /mnt/info /mnt/triggers /mnt/alternatives /mnt/parts
  touch /mnt/status /mnt/available
  mount --bind /mnt /var/lib/dpkg`;

describe.skipIf(!isPossible)('waarborg deploy', { timeout: seconds * 1000 }, () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let collector: Awaited<ReturnType<typeof collectorOn>>;
  let machines: ClonedMachine[];
  const stack: AsyncDisposableStack[] = [];

  beforeEach(async () => {
    const made = new AsyncDisposableStack();
    stack.push(made);
    folder = made.use(temporaryFolder());
    collector = made.use(await collectorOn(join(folder.path, 'collector')));
    writeQuickPolicy(folder.path);
    machines = [];
  });

  afterEach(async () => {
    await stack.pop()?.disposeAsync();
  });

  /** A machine of that name; broken ones cannot change users. */
  async function machine(name: string, prepare = ':'): Promise<ClonedMachine> {
    const own = stack.at(-1)?.use(temporaryFolder());
    const made = await cloneMachine(own?.path ?? '', `hostname ${name}; ${prepare}`);
    stack.at(-1)?.use(made);
    machines.push(made);
    return made;
  }

  /** An executable of a release: this program, in a version. */
  function executable(version: string): string {
    const file = join(folder.path, `waarborg-${version}`);
    writeFileSync(file, `#!/bin/sh\n# ${version}\nexec ${process.execPath} ${program} "$@"\n`, { mode: 0o755 });
    return file;
  }

  function settings(): string {
    const file = join(folder.path, 'agent.yaml');
    writeFileSync(file, 'policies: [cloud-provider]\nlabels: { role: web }\n');
    return file;
  }

  async function deploy(words: readonly string[], hosts: readonly ClonedMachine[] = machines): Promise<Ended> {
    const { secret } = collector.tokens.create({ role: 'operator', label: '', validity: 600 }, new Date());
    // Every machine shows a key of its own and lets in the key that was made for it.
    const known = join(folder.path, 'known_hosts');
    writeFileSync(known, hosts.map(({ target }) => knownLine(target)).join(''));
    const keys = hosts.flatMap(({ keyFile }) => ['--identity', keyFile]);
    const urls = hosts.map(({ url }) => url);
    const env = { WAARBORG_TOKEN: secret };
    return runWaarborg(['deploy', ...urls, ...words, ...keys, '--known-hosts', known], { env });
  }

  function install(version: string, ...more: string[]): Promise<Ended> {
    return deploy(['--executable', executable(version), '--config', settings(), '--collector', collector.url, ...more]);
  }

  test('puts agents on hosts side by side; one that fails stays as it was, and a second time nothing changes', async () => {
    const [first, second] = [await machine('web1'), await machine('web2')];
    const broken = await machine('web3', 'printf "#!/bin/sh\\necho su is broken >&2\\nexit 1\\n" > /usr/bin/su');
    const before = broken.run(traces);

    const trial = await install('1', '--check');
    expect([trial.code, trial.stderr]).toEqual([0, '']);
    expect(trial.stdout).toMatch(/would change: .*agent\.yaml, enrolment as web1, timer/);
    expect(first.run('ls /usr/local/bin')).not.toContain('waarborg');

    const ended = await install('1');
    expect([ended.code, ended.stderr]).toEqual([1, '']);
    expect(ended.stdout).toContain(`${broken.url}: failed, and as it was: su is broken\n`);
    expect(ended.stdout).toMatch(/2 changed, 0 unchanged, 1 failed\n$/);
    expect(broken.run(traces)).toBe(before);
    for (const host of [first, second]) {
      expect(host.run('readlink /etc/systemd/system/timers.target.wants/waarborg-agent.timer')).toBe(
        '../waarborg-agent.timer\n',
      );
      expect(host.run('grep ^ExecStart /etc/systemd/system/waarborg-agent.service')).toContain(
        '/usr/local/bin/waarborg',
      );
      expect(host.run('stat -c "%a %U:%G" /etc/waarborg/agent.yaml')).toBe('640 root:waarborg-agent\n');
      expect(host.run('stat -c "%a %U" /var/lib/waarborg/agent/identity.json')).toBe('600 waarborg-agent\n');
      expect(host.run('ls /var/tmp')).not.toContain('waarborg-deploy');
    }
    const { stdout } = await deploy(['--rollback'], [first]);
    expect(stdout).toContain('failed, and as it was: there is no version before this one');
    const again = await install('1');
    expect(again.stdout).toMatch(new RegExp(`^${first.url}: unchanged$`, 'm'));
    expect(again.stdout).toMatch(/0 changed, 2 unchanged, 1 failed\n$/);
  });

  test('upgrades, goes back and forth between two versions, and takes the agent away', async () => {
    const host = await machine('web1');
    const installed = (): string => host.run('sed -n 2p /usr/local/bin/waarborg');
    const authorities = join(folder.path, 'ca.pem');
    writeFileSync(authorities, '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n');
    expect((await install('1', '--ca', authorities)).stdout).toMatch(/1 changed, 0 unchanged, 0 failed\n$/);
    const identity = host.run('cat /var/lib/waarborg/agent/identity.json');
    expect(JSON.parse(identity)).toMatchObject({ ca: '/etc/waarborg/collector-ca.pem' });
    expect(host.run('cat /etc/waarborg/collector-ca.pem')).toBe(readFileSync(authorities, 'utf8'));
    const upgraded = await install('2');
    expect(upgraded.stdout).toContain(`${host.url}: changed: /usr/local/bin/waarborg\n`);
    expect(installed()).toBe('# 2\n');
    expect((await deploy(['--rollback'])).code).toBe(0);
    expect(installed()).toBe('# 1\n');
    expect((await deploy(['--rollback'])).code).toBe(0);
    expect(installed()).toBe('# 2\n');
    const removed = await deploy(['--remove']);
    expect(removed.stdout).toContain('changed: program, units and timer taken away');
    expect(host.run(traces)).not.toMatch(/usr\/local\/bin\/waarborg|waarborg-agent\.(service|timer)/);
    expect(host.run('cat /var/lib/waarborg/agent/identity.json')).toBe(identity);
    expect((await deploy(['--remove'])).stdout).toContain('unchanged');
    // It comes back as who it was.
    expect((await install('2')).stdout).not.toContain('enrolment');
    expect(host.run('cat /var/lib/waarborg/agent/identity.json')).toBe(identity);
  });

  test('leaves a host with its version where the new one does not run there', async () => {
    const host = await machine('web1');
    await install('1');
    const before = host.run(traces);
    const bad = join(folder.path, 'bad');
    writeFileSync(bad, '#!/no/such/interpreter\n', { mode: 0o755 });
    const ended = await deploy(['--executable', bad, '--config', settings(), '--collector', collector.url]);
    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain('the program does not run on this host');
    expect(host.run(traces)).toBe(before);
  });

  test('says that it does not know what came of a host whose connection breaks, which goes back by itself', async () => {
    // The grandfather of this su is the process of sshd that serves the connection.
    const su = String.raw`#!/bin/sh\nkill -9 \$(ps -o ppid= -p \$PPID)\nsleep 1\necho too late >&2\nexit 1\n`;
    const host = await machine('web1', `printf "${su}" > /usr/bin/su`);
    const before = host.run(traces);
    const ended = await install('1');
    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain(`${host.url}: failed, and how it is now is not known: `);
    await expect.poll(() => host.run(traces), { timeout: 20_000, interval: 500 }).toBe(before);
  });

  test('does not take a host for another one that reports, on its own word', async () => {
    const data = join(folder.path, 'other');
    using other = await enrolAgentAt(collector, data, 'web1', { policies: [quickPolicy] });
    await other.runOnce();
    expect(await other.deliverAll()).toEqual({ state: 'empty' });
    const host = await machine('web1');
    const before = host.run(traces);
    const refused = await install('1');
    expect(refused.stdout).toContain('failed, and as it was: it calls itself web1, and a host of that name reports');
    expect(host.run(traces)).toBe(before);
    const named = join(folder.path, 'named.yaml');
    writeFileSync(named, 'agent: web1\npolicies: [cloud-provider]\n');
    const ended = await deploy(['--executable', executable('1'), '--config', named, '--collector', collector.url]);
    expect(ended.stdout).toContain('enrolment as web1');
  });

  test('enrols a host at the log that is seen from here, and not where its own way leads', async () => {
    const { port } = new URL(collector.url);
    const otherKey = vkeyOf(logKey(origin, generateKeyPairSync('ed25519').publicKey));
    const behave = (): FalseAnswer => ({ status: 200, body: { v: 1, agent: 'web1', epoch: 1, logKey: otherKey } });
    await using elsewhere = await falseCollector(behave, { host: '127.0.0.2', port: Number(port) });
    const host = await machine('web1', 'echo "127.0.0.2 localhost" > /etc/hosts');
    const before = host.run(traces);
    const install = (...more: string[]): Promise<Ended> =>
      deploy([
        '--executable',
        executable('1'),
        '--config',
        settings(),
        '--collector',
        `http://localhost:${port}`,
        ...more,
      ]);
    const ended = await install();
    expect(elsewhere.asked.map(({ path }) => path)).toEqual(['/api/v1/enrol']);
    expect(ended.stdout).toContain(
      `failed, and as it was: waarborg: the collector's log key is ${otherKey}, expected ${collector.logKey}`,
    );
    expect(host.run(traces)).toBe(before);
    const published = await install('--log-key', otherKey);
    expect(published.stdout).toContain(
      `failed, and as it was: the collector's log key is ${collector.logKey}, expected ${otherKey}`,
    );
  });

  test('keeps its hands off a host where another deployment is under way', async () => {
    const host = await machine('web1');
    const before = host.run(traces);
    host.run('(flock /run/waarborg-deploy.lock sleep 30 >/dev/null 2>&1 & echo $! > /run/holder); sleep 0.3');
    const ended = await install('1');
    host.run('kill $(cat /run/holder)');
    expect(ended.stdout).toContain('failed, and as it was: another deployment is under way on this host');
    expect(host.run(traces)).toBe(before);
  });

  /** Packages of Debian's form with the units and scripts of the real ones. */
  function packages(version: string, script = '#!/bin/sh\nexit 0\n'): string[] {
    const make = (name: string, fields: string, files: Readonly<Record<string, string>>): string[] => {
      const tree = join(folder.path, `${name}_${version}`);
      const control = `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: Test <t@example.nl>\n${fields}Description: test\n`;
      for (const [path, content] of Object.entries({ 'DEBIAN/control': control, ...files })) {
        mkdirSync(dirname(join(tree, path)), { recursive: true });
        writeFileSync(join(tree, path), content, { mode: /bin|inst$|rm$/.test(path) ? 0o755 : 0o644 });
      }
      execFileSync('dpkg-deb', ['--root-owner-group', '--build', '-Znone', tree, `${tree}_all.deb`], {
        stdio: 'ignore',
      });
      return ['--package', `${tree}_all.deb`];
    };
    const shipped = (path: string): string => readSource(path).replace('#DEBHELPER#', '');
    return [
      ...make('waarborg', '', { 'usr/bin/waarborg': readFileSync(executable(version), 'utf8') }),
      ...make('waarborg-agent', 'Depends: waarborg\n', {
        'DEBIAN/postinst': shipped('deploy/debian/waarborg-agent.postinst'),
        'DEBIAN/postrm': shipped('deploy/debian/waarborg-agent.postrm'),
        'DEBIAN/preinst': script,
        'DEBIAN/conffiles': '/etc/waarborg/agent.yaml\n',
        'etc/waarborg/agent.yaml': 'policies: [cloud-provider]\n',
        'lib/systemd/system/waarborg-agent.service': readSource('deploy/systemd/waarborg-agent.service'),
        'lib/systemd/system/waarborg-agent.timer': readSource('deploy/systemd/waarborg-agent.timer'),
      }),
    ];
  }

  test.skipIf(tool('dpkg-deb') === undefined || tool('adduser') === undefined)(
    'installs, upgrades and takes away Debian packages, and goes back to those before',
    async () => {
      const host = await machine('web1', ownDpkg);
      const installed = (): string =>
        host.run("dpkg-query -W -f='${Package} ${Version} ${Status}\\n' waarborg waarborg-agent");
      const first = await deploy([...packages('1'), '--collector', collector.url]);
      expect([first.code, first.stdout]).toEqual([0, expect.stringContaining('enrolment as web1, timer') as unknown]);
      expect(installed()).toBe('waarborg 1 install ok installed\nwaarborg-agent 1 install ok installed\n');
      expect(host.run('stat -c %U /var/lib/waarborg/agent/identity.json')).toBe('waarborg-agent\n');
      expect((await deploy([...packages('1'), '--collector', collector.url])).stdout).toContain('unchanged');
      const before = host.run(traces) + installed();
      const broken = packages('2', '#!/bin/sh\necho this package does not install >&2\nexit 1\n');
      expect((await deploy([...broken, '--collector', collector.url])).code).toBe(1);
      expect(host.run(traces) + installed()).toBe(before);
      expect((await deploy([...packages('3'), '--collector', collector.url])).code).toBe(0);
      expect(installed()).toContain('waarborg-agent 3 install ok');
      expect((await deploy(['--rollback'])).code).toBe(0);
      expect(installed()).toBe('waarborg 1 install ok installed\nwaarborg-agent 1 install ok installed\n');
      expect((await deploy(['--remove'])).code).toBe(0);
      expect(host.run('ls /usr/bin/waarborg 2>/dev/null || echo gone')).toBe('gone\n');
      // What stayed of it stays, though packages that fail are taken away again.
      const identity = host.run('cat /var/lib/waarborg/agent/identity.json');
      expect((await deploy([...broken, '--collector', collector.url])).code).toBe(1);
      expect(host.run('cat /var/lib/waarborg/agent/identity.json')).toBe(identity);
      host.run(
        `dpkg -i ${packages('4')
          .filter((word) => word.endsWith('.deb'))
          .join(' ')}`,
      );
      const refused = await deploy([...packages('5'), '--collector', collector.url]);
      expect(refused.stdout).toContain('failed, and as it was: its packages were installed in another way');
      expect(installed()).toContain('waarborg-agent 4 install ok installed');
    },
  );

  test('keeps settings that a host has where none are given, and changes them where they are', async () => {
    const host = await machine('web1', 'mkdir /etc/waarborg; echo "policies: [antum]" > /etc/waarborg/agent.yaml');
    const file = executable('1');
    await deploy(['--executable', file, '--collector', collector.url]);
    expect(host.run('cat /etc/waarborg/agent.yaml')).toBe('policies: [antum]\n');
    const ended = await install('1');
    expect(ended.stdout).toContain(`${host.url}: changed: /etc/waarborg/agent.yaml\n`);
  });

  test.skipIf(tool('script') === undefined)('shows each host on a terminal, with what came of it', () => {
    const known = join(folder.path, 'known_hosts');
    writeFileSync(known, '');
    // Given twice, it is done once.
    const words = [
      'deploy',
      'ssh://root@127.0.0.1:1',
      'ssh://root@127.0.0.1:01/',
      '--remove',
      '--identity',
      known,
      '--known-hosts',
      known,
    ];
    const line = `stty cols 160 rows 40; exec ${[process.execPath, program, ...words].join(' ')}`;
    const { status, stdout } = spawnSync('script', ['-qec', line, '/dev/null'], { encoding: 'utf8', input: '' });
    expect(status).toBe(1);
    expect(stdout).toMatch(/✖ ssh:\/\/root@127\.0\.0\.1:1: failed, and as it was: /);
    expect(stdout).toContain('0 changed, 0 unchanged, 1 failed');
  });

  test('says what is wrong with a host that cannot be reached or trusted, and with the words', async () => {
    const host = await machine('web1');
    const wrong = join(folder.path, 'wrong');
    writeFileSync(wrong, '');
    const words = ['deploy', host.url, '--remove', '--identity', host.keyFile, '--known-hosts', wrong];
    const ended = await runWaarborg(words);
    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain(`${host.url}: failed, and as it was: it shows the host key`);
    const usage = await runWaarborg(['deploy', host.url, '--known-hosts', wrong]);
    expect([usage.code, usage.stderr]).toEqual([3, expect.stringContaining('expected --executable') as unknown]);
  });
});

function knownLine({ trust }: ClonedMachine['target']): string {
  return trust.by === 'known-hosts' ? readFileSync(trust.file, 'utf8') : '';
}
