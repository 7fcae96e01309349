import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { collectors } from '../../../agent/collect/index.ts';
import { dropIns, needs } from '../../../agent/doctor/rights.ts';
import { shippedPolicies } from '../../../policies/load.ts';
import { Authority } from '../../support/authority.ts';
import {
  canMakeMachines,
  diskOf,
  furnishMachine,
  startMachine,
  type DebianMachine,
} from '../../support/debian-machine.ts';
import { temporaryFolder, tool } from '../../support/tools.ts';
import { machineName, machinePackages } from './image.ts';
import { brokenKinds, reasonsByKind, refusedKinds } from './observed.ts';
import { makePlainPackages, nextVersion } from './packages.ts';

const collectorSettings = `origin: machine.example/log
listen: 127.0.0.1:9850
tls: { certificate: /etc/waarborg/tls.pem, key: /etc/waarborg/tls.key }
data: /var/lib/waarborg/collector
`;

/** What is slow here is given time. An agent that stays looks each minute. */
const agentSettings = (policies: readonly string[]): string => `agent: machine.example
policies: [${policies.join(', ')}]
labels: { role: web, environment: production, data: personal, vantage: outside, supplier: xynta }
limits: { check: 9m, run: 18m }
schedule: '* * * * *'
splay: 1s
managementAddresses: [10.8.0.0/24]
services: [{ ports: 22 }, { ports: 80 }]
roster: { departures: [], reviewed: 2026-11-01, people: [], services: [] }
timeSources: [nl.pool.ntp.org]
auditedPaths: { personal-data: [/srv], personal-logs: [/var/log] }
backups:
  - { set: www, timeZone: Europe/Amsterdam, source: { btrfs: { folder: /srv/btrfs, pattern: '{date}' } } }
`;

/** A disk with each of what only root may ask about. */
const furnished = `
  # Of /tmp and /var/tmp the unit sees its own.
  mkdir /srv/disks && cd /srv/disks && truncate -s 128M crypted thin && truncate -s 128M btrfs && printf secret > key
  device() { losetup --find --show "$1"; }
  crypted=$(device crypted)
  cryptsetup -q luksFormat --pbkdf pbkdf2 --pbkdf-force-iterations 1000 "$crypted" key
  cryptsetup open --key-file key "$crypted" crypted
  mkfs.ext4 -q -O quota /dev/mapper/crypted
  mkdir -p /srv/crypted /srv/btrfs && mount -o usrquota /dev/mapper/crypted /srv/crypted
  thin=$(device thin) && pvcreate -q "$thin" && vgcreate -q group "$thin" && lvcreate -q -L 64M -T group/pool
  btrfs=$(device btrfs) && mkfs.btrfs -q "$btrfs" && mount "$btrfs" /srv/btrfs
  btrfs -q subvolume create /srv/btrfs/www && btrfs -q subvolume snapshot -r /srv/btrfs/www /srv/btrfs/2026-11-22`;

const links = '/etc/systemd/system/waarborg-agent.service.d';
const runsOfAgent = `journalctl -u waarborg-agent.service -o cat | grep -c 'report proven'`;
const asAgent = 'runuser -u waarborg-agent --';
const asCollector = 'runuser -u waarborg-collector --';

/** Waits for a line of shell to be true, ten minutes at the most. */
const until = (condition: string): string =>
  `left=600; until { ${condition}; }; do
    left=$((left - 1)); [ $left -gt 0 ] || { journalctl -n 30 -o cat >&2; exit 1; }; sleep 1; done`;

/** Whether a unit has said something since it was last started. */
const says = (unit: string, text: string): string =>
  `journalctl -o cat "_SYSTEMD_INVOCATION_ID=$(systemctl show -P InvocationID ${unit})" | grep -q '${text}'`;

describe.skipIf(!canMakeMachines || tool('dh') === undefined)('on a machine with systemd', () => {
  const resources = new AsyncDisposableStack();
  let machine: DebianMachine;
  let isThere = false;
  let hostPage = '';

  beforeAll(async () => {
    isThere = furnishMachine(machineName, machinePackages);
    if (!isThere) return;
    const folder = resources.use(temporaryFolder());
    const files = join(folder.path, 'files');
    mkdirSync(files);
    await makePlainPackages(folder.path, files);
    const authority = new Authority(folder.path);
    authority.issue({ name: 'authority', extensions: ['basicConstraints = critical,CA:TRUE'] });
    copyFileSync(join(folder.path, 'authority.pem'), join(files, 'authority.pem'));
    for (const name of ['first', 'second']) {
      const { pem, key } = authority.issue({ name, by: 'authority', extensions: ['subjectAltName = DNS:localhost'] });
      copyFileSync(pem, join(files, `${name}.pem`));
      copyFileSync(key, join(files, `${name}.key`));
    }
    writeFileSync(join(files, 'collector.yaml'), collectorSettings);
    writeFileSync(join(files, 'agent.yaml'), agentSettings(shippedPolicies()));
    writeFileSync(join(files, 'agent-light.yaml'), agentSettings(['cloud-provider']));
    machine = resources.use(await startMachine(machineName, [diskOf(files, join(folder.path, 'files.img'))]));
    await machine.must('mount -o ro /dev/vdb /mnt');
  });
  afterAll(() => resources.disposeAsync());
  beforeEach(({ skip }) => skip(!isThere, 'the machine cannot be made: Debian’s archive cannot be reached'));

  const active = async (): Promise<string[]> => {
    const told = await machine.must(`systemctl list-units 'waarborg*' --state=active --plain --no-legend`);
    return [...told.matchAll(/^waarborg\S+/gm)].map(([name]) => name).sort();
  };
  /** What the collector has of this host. */
  const askHost = (): Promise<string> =>
    machine.must(
      `curl -sf --cacert /mnt/authority.pem -H "Authorization: Bearer $(cat /root/auditor)" https://localhost:9850/api/v1/hosts/machine.example`,
    );
  /** What doctor says besides that all is well, as `outcome code`. */
  const doctor = async (words: string): Promise<string[]> => {
    const { stdout, stderr } = await machine.run(`${words} waarborg doctor --format json`);
    expect(stdout, stderr).not.toBe('');
    const { examined } = JSON.parse(stdout) as { examined: { findings: { code: string; outcome: string }[] }[] };
    expect(examined.length).toBeGreaterThan(0);
    const findings = examined.flatMap((one) => one.findings).filter(({ outcome }) => outcome !== 'ok');
    return [...new Set(findings.map(({ code, outcome }) => `${outcome} ${code}`))];
  };
  /** Of what the whole log proves. */
  const provenReports = async (): Promise<number> => {
    await machine.must(`rm -rf /tmp/bundle && install -d -o waarborg-collector /tmp/bundle
      ${asCollector} waarborg export /tmp/bundle --config /etc/waarborg/collector.yaml`);
    const told = JSON.parse(await machine.must('waarborg verify /tmp/bundle --format json')) as {
      outcome: string;
      proven: { reports: number };
    };
    expect(told.outcome).toBe('sound');
    return told.proven.reports;
  };
  /** What the kernel lets the process of a unit do. */
  const rightsOf = async (unit: string): Promise<string> => {
    const lines = await machine.must(`${until(`pid=$(systemctl show -P MainPID ${unit}); [ "$pid" != 0 ]`)}
      ps -o user:32= -p "$pid"; grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/$pid/status`);
    return lines.trim().split(/\s+/).join(' ');
  };

  test('the packages start the timer and nothing else, and an agent that is not enrolled stays away', async () => {
    await machine.must('dpkg -i /mnt/current/*.deb');
    expect(await active()).toEqual(['waarborg-agent.timer']);
    await machine.must('systemctl start waarborg-agent.service');
    const shown = 'systemctl show waarborg-agent.service -P ConditionResult -P Result';
    expect(await machine.must(shown)).toBe('success\nno\n');
    const next = await machine.must(
      `echo $(($(date -d "$(systemctl show -P NextElapseUSecRealtime waarborg-agent.timer)" +%s) - $(date +%s)))`,
    );
    // A quarter of an hour, and the ten minutes by which hosts are spread.
    expect(Number(next)).toBeLessThanOrEqual(25 * 60);
  });

  test('the collector listens in its sandbox', async () => {
    await machine.must(`cp /mnt/collector.yaml /etc/waarborg/ && cp /mnt/first.pem /etc/waarborg/tls.pem
      install -m 0640 -g waarborg-collector /mnt/first.key /etc/waarborg/tls.key
      systemctl enable --now waarborg-collector.service
      ${until(says('waarborg-collector.service', 'collector listens'))}`);
    expect(await rightsOf('waarborg-collector.service')).toBe(
      'waarborg-collector CapEff: 0000000000000000 CapBnd: 0000000000000000 NoNewPrivs: 1 Seccomp: 2',
    );
    const outside = await machine.run(
      'nsenter -m -t "$(systemctl show -P MainPID waarborg-collector.service)" touch /var/lib/waarborg/x',
    );
    expect(outside.stderr).toContain('Read-only file system');
  });

  test('the timer starts the agent with the rights of its unit alone, and its report arrives', async () => {
    await machine.must(furnished);
    await machine.must(`cp /mnt/agent.yaml /mnt/authority.pem /etc/waarborg/
      secret() { ${asCollector} waarborg token create --config /etc/waarborg/collector.yaml "$@" | grep -o 'wbg_[^ ]*'; }
      secret --role auditor --label 'J. Jansen' > /root/auditor
      export WAARBORG_TOKEN=$(secret --role enrol --agent machine.example)
      key=$(journalctl -u waarborg-collector.service -o cat | grep -o '"logKey":"[^"]*' | cut -d '"' -f 4)
      ${asAgent} waarborg enrol --agent machine.example --collector https://localhost:9850 --ca /etc/waarborg/authority.pem \
        --log-key "$key" --config /etc/waarborg/agent.yaml`);
    // The timer as it is, but for waiting.
    await machine.must(`mkdir /run/systemd/system/waarborg-agent.timer.d
      printf '[Timer]\\nOnCalendar=\\nOnCalendar=*:*:0/5\\nRandomizedDelaySec=0\\n' > /run/systemd/system/waarborg-agent.timer.d/soon.conf
      systemctl daemon-reload && systemctl restart waarborg-agent.timer`);
    expect(await rightsOf('waarborg-agent.service')).toBe(
      'waarborg-agent CapEff: 0000000000000004 CapBnd: 0000000000000004 NoNewPrivs: 1 Seccomp: 2',
    );
    await machine.must(
      'rm -r /run/systemd/system/waarborg-agent.timer.d && systemctl daemon-reload && systemctl restart waarborg-agent.timer',
    );
    await machine.must(until(`${runsOfAgent} | grep -qx 1`));
    hostPage = await askHost();
  });

  test('no check kind fails in itself under the unit, and none is refused what the docs say it can read', () => {
    const reasons = reasonsByKind(hostPage);
    expect([...reasons.keys()].sort()).toEqual(collectors.map(({ kind }) => kind).sort());
    expect(brokenKinds(reasons)).toEqual([]);
    const refused = refusedKinds(reasons);
    expect(refused.filter((kind) => (needs[kind] ?? []).length === 0)).toEqual([]);
    expect(refused).toEqual(expect.arrayContaining(['audit-log', 'brute-force', 'firewall', 'isolation', 'waf']));
  });

  test('with every drop-in nothing is refused, and doctor misses nothing', async () => {
    await machine.must(`mkdir -p ${links} && ln -s /usr/share/waarborg/systemd/*.conf ${links}/
      systemctl daemon-reload && systemctl start waarborg-agent.service`);
    expect((await machine.must(`ls ${links}`)).trim().split('\n')).toHaveLength(Object.keys(dropIns).length);
    const reasons = reasonsByKind(await askHost());
    expect(brokenKinds(reasons)).toEqual([]);
    expect(refusedKinds(reasons)).toEqual([]);
    expect(await doctor('')).toEqual([]);
  });

  test('without the drop-ins the folder is the agent’s again, also where it was upgraded meanwhile', async () => {
    await machine.must(`dpkg -i /mnt/next/waarborg-agent_*.deb /mnt/next/waarborg_*.deb
      rm -r ${links} && cp /mnt/agent-light.yaml /etc/waarborg/agent.yaml
      systemctl daemon-reload && systemctl start waarborg-agent.service`);
    expect(await machine.must("dpkg-query -W -f '${Version}' waarborg-agent")).toBe(nextVersion);
    expect(await machine.must('find /var/lib/waarborg/agent ! -user waarborg-agent')).toBe('');
    expect(await doctor(asAgent)).toEqual(['warning rights.missing']);
  });

  test('an upgrade starts the collector anew, and it goes on', async () => {
    const before = await machine.must('systemctl show -P MainPID waarborg-collector.service');
    await machine.must(`dpkg -i /mnt/next/waarborg-collector_*.deb
      ${until(says('waarborg-collector.service', 'collector listens'))}`);
    expect(await machine.must('systemctl show -P MainPID waarborg-collector.service')).not.toBe(before);
    expect(await doctor(asCollector)).toEqual([]);
  });

  test('a reload serves the renewed certificate, by the same process', async () => {
    const before = await machine.must('systemctl show -P MainPID waarborg-collector.service');
    await machine.must(`cp /mnt/second.pem /etc/waarborg/tls.pem && cp /mnt/second.key /etc/waarborg/tls.key
      systemctl reload waarborg-collector.service
      ${until(says('waarborg-collector.service', 'a renewed certificate is served'))}`);
    const { stderr } = await machine.run(
      'curl -sv --cacert /mnt/authority.pem -o /dev/null https://localhost:9850/healthz',
    );
    expect(stderr).toContain('subject: CN=second');
    expect(await machine.must('systemctl show -P MainPID waarborg-collector.service')).toBe(before);
  });

  test('an agent that stays reports on its own schedule, in place of the timer', async () => {
    await machine.must(`systemctl disable --now waarborg-agent.timer
      systemctl enable --now waarborg-agent-resident.service
      ${until(says('waarborg-agent-resident.service', 'report proven'))}`);
    expect(await active()).toEqual(['waarborg-agent-resident.service', 'waarborg-collector.service']);
    expect(await rightsOf('waarborg-agent-resident.service')).toBe(
      'waarborg-agent CapEff: 0000000000000004 CapBnd: 0000000000000004 NoNewPrivs: 1 Seccomp: 2',
    );
  });

  test('after a start of the machine all is there again, and the log is whole', async () => {
    const before = await provenReports();
    await machine.reboot();
    await machine.must('mount -o ro /dev/vdb /mnt');
    expect(await active()).toEqual(['waarborg-agent-resident.service', 'waarborg-collector.service']);
    await machine.must(until(says('waarborg-agent-resident.service', 'report proven')));
    expect(await machine.must('systemctl list-units --failed --plain --no-legend')).toBe('');
    expect(await provenReports()).toBeGreaterThan(before);
    expect(await doctor('')).toEqual(['warning rights.missing']);
  });

  test('removing ends what runs and keeps settings, keys and evidence; purging leaves nothing', async () => {
    const packages = 'waarborg-agent waarborg-collector waarborg';
    await machine.must(`dpkg -r ${packages}`);
    expect(await active()).toEqual([]);
    expect(await machine.run('pgrep -f /usr/bin/waarborg')).toMatchObject({ status: 1 });
    const kept =
      '/etc/waarborg/agent.yaml /var/lib/waarborg/agent/identity.json /var/lib/waarborg/collector/evidence.db';
    await machine.must(`ls ${kept}`);
    // What the operator put there stays.
    await machine.must(`dpkg -P ${packages} && rm /etc/waarborg/*.pem /etc/waarborg/tls.key && rmdir /etc/waarborg`);
    expect(
      await machine.must(`systemctl daemon-reload; systemctl list-units --all 'waarborg*' --plain --no-legend`),
    ).toBe('');
    expect(await machine.must('grep waarborg /etc/passwd /etc/group || true')).toBe('');
    expect(await machine.must(`find / -xdev -name '*waarborg*' -not -path '/tmp/*' -not -path '/var/log/*'`)).toBe('');
  });
});
