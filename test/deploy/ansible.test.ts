import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { dropIns } from '../../agent/doctor/rights.ts';
import { programVersion } from '../../deploy/packages/command-lines.ts';
import { makeDebianPackages } from '../../deploy/packages/debian.ts';
import { billOfMaterials, licencesOf } from '../../deploy/release/components.ts';
import { makeExecutable } from '../../deploy/release/executable.ts';
import { furnishRoot, openRoot, type DebianRoot } from '../support/debian-root.ts';
import { freePort } from '../support/process.ts';
import { readSource, root } from '../support/sources.ts';
import { temporaryFolder, tool } from '../support/tools.ts';

const folder = join(root, 'deploy/ansible');
const roles = ['waarborg_agent', 'waarborg_collector'] as const;

const Specification = z.object({
  argument_specs: z.object({
    main: z.object({
      options: z.record(
        z.string(),
        z.strictObject({
          type: z.string(),
          description: z.union([z.string(), z.array(z.string())]),
          default: z.unknown().optional(),
          required: z.boolean().optional(),
          choices: z.array(z.string()).optional(),
          elements: z.string().optional(),
        }),
      ),
    }),
  }),
});

function optionsOf(role: string) {
  const text = readSource(`deploy/ansible/roles/${role}/meta/argument_specs.yml`);
  return Specification.parse(parse(text)).argument_specs.main.options;
}

describe('the Ansible roles', () => {
  test.each(roles)('%s tells of each variable what it is, and its default is the one that is used', (role) => {
    const options = optionsOf(role);
    const defaults = parse(readSource(`deploy/ansible/roles/${role}/defaults/main.yml`)) as Record<string, unknown>;
    const told = Object.entries(options).filter(([, { required }]) => required !== true);
    expect(Object.fromEntries(told.map(([name, option]) => [name, option.default]))).toEqual(defaults);
  });

  test('know every drop-in', () => {
    expect(optionsOf('waarborg_agent').waarborg_agent_drop_ins?.choices).toEqual(Object.keys(dropIns).sort());
  });

  test.skipIf(!tool('ansible-lint'))(
    'are what ansible-lint asks of roles that others use',
    () => {
      const words = ['--offline', '--nocolor', 'roles/waarborg_agent', 'roles/waarborg_collector', 'site.example.yml'];
      const { status, stdout, stderr } = spawnSync('ansible-lint', words, { cwd: folder, encoding: 'utf8' });
      expect(status, stdout + stderr).toBe(0);
    },
    120_000,
  );
});

const canInstall =
  process.arch === 'x64' && process.getuid?.() === 0 && tool('dh') !== undefined && tool('debootstrap') !== undefined;

interface Recap {
  readonly changed: number;
  readonly failed: number;
}

describe.skipIf(!canInstall)('the roles in a Debian without systemd', () => {
  const work = temporaryFolder();
  let packages: string[] = [];
  let isThere = false;
  let machine: DebianRoot;
  let port: number;
  const executable = join(work.path, 'waarborg');

  beforeAll(async () => {
    isThere = furnishRoot('bookworm', 'bookworm-ansible', ['ansible-core', 'python3-apt']);
    if (!isThere) return;
    const made = await makeExecutable({ runtime: process.execPath, hasCompiledCode: true, output: executable });
    writeFileSync(join(work.path, 'LICENSES.txt'), licencesOf(made, { name: 'Node.js', licence: 'of its own' }));
    const at = new Date('2026-11-22T00:00:00Z');
    writeFileSync(join(work.path, 'waarborg.cdx.json'), billOfMaterials(at));
    const order = { executable, platform: 'linux-x64', version: programVersion, at, level: 0 } as const;
    packages = await makeDebianPackages({ ...order, output: join(work.path, 'packages') });
    machine = await openRoot('bookworm-ansible', [root, work.path]);
    port = await freePort();
  }, 400_000);
  afterAll(() => {
    if (isThere) machine[Symbol.dispose]();
    work[Symbol.dispose]();
  });

  /** Plays one role on the machine itself; what it is told stands in files that only root can read. */
  function play(
    role: string,
    variables: Record<string, unknown>,
    ...words: readonly string[]
  ): Recap & { told: string } {
    const playbook = [{ hosts: 'all', roles: [role] }];
    const inventory = { all: { hosts: { 'web1.example.nl': { ansible_connection: 'local', ...variables } } } };
    machine.must(`mkdir -p /root/play && cat > /root/play/site.yml <<'END'\n${stringify(playbook)}END`);
    machine.must(`cat > /root/play/hosts.yml <<'END'\n${stringify(inventory)}END`);
    const environment = `ANSIBLE_ROLES_PATH=${folder}/roles ANSIBLE_NOCOLOR=1 LC_ALL=C.UTF-8`;
    const told = machine.run(
      `cd /root/play && ${environment} ansible-playbook -v -i hosts.yml site.yml ${words.join(' ')} 2>&1`,
    );
    const recap = /changed=(\d+) .*failed=(\d+)/.exec(told.stdout);
    if (recap === null) throw new Error(told.stdout);
    return { changed: Number(recap[1]), failed: Number(recap[2]), told: told.stdout };
  }

  const fileOf = (name: string): string => packages.find((path) => basename(path).startsWith(`${name}_`)) ?? '';

  test('have a collector run and an agent report, change nothing the second time, and tell nobody the token', ({
    skip,
  }) => {
    if (!isThere) skip('Debian 12 with Ansible could not be fetched');
    const ofCollector = {
      waarborg_collector_packages: [fileOf('waarborg'), fileOf('waarborg-collector')],
      waarborg_collector_settings: { origin: 'test.example/log', listen: `127.0.0.1:${port}` },
    };
    expect(play('waarborg_collector', ofCollector, '--check')).toMatchObject({ failed: 0 });
    const first = play('waarborg_collector', ofCollector);
    expect(first.failed, first.told).toBe(0);
    expect(first.changed).toBeGreaterThan(0);
    expect(first.told).toContain('systemd does not run here');
    expect(play('waarborg_collector', ofCollector)).toMatchObject({ changed: 0, failed: 0 });
    machine.must('test -L /etc/systemd/system/multi-user.target.wants/waarborg-collector.service');

    const service = 'runuser -u waarborg-collector -- waarborg collector --config /etc/waarborg/collector.yaml';
    machine.must(
      `${service} > /root/collector.log 2>&1 & for i in $(seq 100); do grep -q logKey /root/collector.log && break; sleep 0.1; done`,
    );
    const made = machine.must(
      'runuser -u waarborg-collector -- waarborg token create --role enrol --agent web1.example.nl --config /etc/waarborg/collector.yaml',
    );
    const [token = ''] = /wbg_enrol_\S+/.exec(made) ?? [];
    const ofAgent = {
      waarborg_agent_packages: [fileOf('waarborg'), fileOf('waarborg-agent')],
      waarborg_agent_collector: `http://127.0.0.1:${port}`,
      waarborg_agent_token: token,
      waarborg_agent_drop_ins: ['firewall', 'processes'],
      waarborg_agent_settings: { policies: ['cloud-provider'], labels: { role: 'web' } },
    };
    expect(play('waarborg_agent', ofAgent, '--check', '--diff')).toMatchObject({ failed: 0 });
    expect(machine.run('test -e /var/lib/waarborg/agent/identity.json').status, 'a check enrols nobody').not.toBe(0);
    const installed = play('waarborg_agent', ofAgent, '-vv', '--diff');
    expect(installed.failed, installed.told).toBe(0);
    expect(installed.told).not.toContain(token);
    const again = play('waarborg_agent', { ...ofAgent, waarborg_agent_token: '' });
    expect(again, again.told).toMatchObject({ changed: 0, failed: 0 });
    expect(
      machine.must('stat -c "%U %a" /etc/waarborg/agent.yaml /var/lib/waarborg/agent/identity.json').split('\n'),
    ).toEqual(['root 640', 'waarborg-agent 600', '']);
    machine.must('test -L /etc/systemd/system/timers.target.wants/waarborg-agent.timer');
    machine.must('runuser -u waarborg-agent -- waarborg agent --config /etc/waarborg/agent.yaml --once');
    const doctor = machine.run('runuser -u waarborg-agent -- waarborg doctor --config /etc/waarborg/agent.yaml').stdout;
    expect(doctor).toContain('http.ready');
    expect(doctor).not.toContain('problem');

    const resident = { ...ofAgent, waarborg_agent_mode: 'resident', waarborg_agent_drop_ins: [] };
    expect(play('waarborg_agent', resident)).toMatchObject({ failed: 0 });
    expect(play('waarborg_agent', resident)).toMatchObject({ changed: 0, failed: 0 });
    machine.must('test -L /etc/systemd/system/multi-user.target.wants/waarborg-agent-resident.service');
    expect(machine.run('test -e /etc/systemd/system/timers.target.wants/waarborg-agent.timer').status).not.toBe(0);
  }, 400_000);

  test('say why a host is not enrolled', ({ skip }) => {
    if (!isThere) skip('Debian 12 with Ansible could not be fetched');
    machine.must('rm -f /var/lib/waarborg/agent/identity.json');
    const variables = { waarborg_agent_collector: `http://127.0.0.1:${port}` };
    const packaged = { waarborg_agent_packages: [fileOf('waarborg'), fileOf('waarborg-agent')], ...variables };
    const without = play('waarborg_agent', packaged);
    expect(without).toMatchObject({ failed: 1 });
    expect(without.told).toContain('waarborg token create --role enrol --agent web1.example.nl');
    const wrong = play('waarborg_agent', { ...packaged, waarborg_agent_token: 'wbg_enrol_secret_and_wrong' });
    expect(wrong).toMatchObject({ failed: 1 });
    expect(wrong.told).toMatch(/did not enrol web1\.example\.nl/);
    expect(wrong.told).not.toContain('secret_and_wrong');
  }, 200_000);

  test('install the executable as well as packages', async ({ skip }) => {
    if (!isThere) skip('Debian 12 with Ansible could not be fetched');
    using bare = await openRoot('bookworm-ansible', [root, work.path]);
    const before = machine;
    machine = bare;
    try {
      const variables = {
        waarborg_agent_install: 'executable',
        waarborg_agent_executable: executable,
        waarborg_agent_drop_ins: ['firewall'],
      };
      const check = play('waarborg_agent', variables, '--check');
      expect(check.failed, check.told).toBe(0);
      const first = play('waarborg_agent', variables);
      expect(first.failed, first.told).toBe(0);
      expect(play('waarborg_agent', variables)).toMatchObject({ changed: 0, failed: 0 });
      expect(bare.must('grep ^ExecStart /etc/systemd/system/waarborg-agent.service')).toContain(
        '=/usr/local/bin/waarborg agent',
      );
      bare.must('test -e /etc/systemd/system/waarborg-agent.service.d/firewall.conf');
      bare.must('runuser -u waarborg-agent -- /usr/local/bin/waarborg --version');
    } finally {
      machine = before;
    }
  }, 200_000);
});
