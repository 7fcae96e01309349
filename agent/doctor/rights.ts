import type { Host } from '../host/host.ts';
import type { Finding } from './findings.ts';

/** What a drop-in of the agent's unit gives it (docs/hardening.md). */
export const dropIns = {
  firewall: { capabilities: ['CAP_NET_ADMIN'] },
  processes: { capabilities: ['CAP_SYS_PTRACE'] },
  root: { capabilities: [], isRoot: true },
  audit: { capabilities: ['CAP_AUDIT_CONTROL', 'CAP_AUDIT_READ'], isRoot: true },
  devices: { capabilities: ['CAP_SYS_ADMIN'], isRoot: true },
  sites: { capabilities: ['CAP_SETUID', 'CAP_SETGID'] },
  nginx: { capabilities: ['CAP_DAC_OVERRIDE', 'CAP_CHOWN', 'CAP_FOWNER', 'CAP_NET_BIND_SERVICE'] },
  ping: { capabilities: ['CAP_NET_RAW'] },
} as const satisfies Readonly<Record<string, DropIn>>;

interface DropIn {
  readonly capabilities: readonly string[];
  readonly isRoot?: true;
}

export type DropInName = keyof typeof dropIns;

/** A right that a check kind wants. */
interface Need {
  readonly dropIn: DropInName;
  /** Only on hosts that have one of these paths; `asked`: only where settings ask for what wants it, which is not looked at. */
  readonly where: 'always' | 'asked' | readonly string[];
}

const always = (dropIn: DropInName): Need => ({ dropIn, where: 'always' });
const asked = (dropIn: DropInName): Need => ({ dropIn, where: 'asked' });
const ifThere = (dropIn: DropInName, ...paths: readonly string[]): Need => ({ dropIn, where: paths });
const ofNginx = ifThere('nginx', '/etc/nginx/nginx.conf');

/** Beside `CAP_DAC_READ_SEARCH`, which all want. A test holds this against the table of docs/hardening.md. */
export const needs: Readonly<Record<string, readonly Need[]>> = {
  'audit-log': [always('audit')],
  availability: [asked('ping')],
  backup: [asked('devices')],
  'brute-force': [always('firewall'), ifThere('root', '/etc/fail2ban', '/etc/suricata')],
  capacity: [asked('devices')],
  certificate: [ofNginx],
  cms: [ofNginx],
  'disk-encryption': [ifThere('devices', '/etc/crypttab')],
  firewall: [always('firewall')],
  'http-restriction': [ofNginx],
  https: [ofNginx],
  isolation: [ofNginx, asked('sites')],
  labels: [ofNginx],
  'listening-services': [always('processes')],
  'log-forwarding': [always('processes')],
  'password-age': [asked('sites')],
  replication: [asked('root')],
  'time-sync': [ifThere('root', '/etc/chrony/chrony.conf', '/etc/chrony.conf')],
  tls: [ofNginx],
  updates: [always('processes')],
  waf: [always('processes'), ofNginx],
};

/** What a process may do. */
export interface Rights {
  /** Whose: `waarborg-agent.service`, or this process. */
  readonly of: string;
  readonly capabilities: ReadonlySet<string>;
  readonly isRoot: boolean;
}

const units = ['waarborg-agent.service', 'waarborg-agent-resident.service'] as const;

/**
 * The rights of the agent's unit, as systemd has it with its drop-ins. Whoever runs doctor has others, so without systemd
 * nothing can be told of them.
 * @returns undefined where no unit is known here
 */
export async function rightsOfUnit(host: Host): Promise<Rights | undefined> {
  const [oneshot, resident] = await Promise.all(units.map((unit) => shown(host, unit)));
  const isResident = resident?.get('UnitFileState') === 'enabled';
  const [unit, values] = isResident ? [units[1], resident] : [units[0], oneshot];
  if (values?.get('LoadState') !== 'loaded') return undefined;
  return {
    of: unit,
    capabilities: new Set((values.get('AmbientCapabilities') ?? '').toUpperCase().split(' ').filter(Boolean)),
    isRoot: ['', 'root', '0'].includes(values.get('User') ?? ''),
  };
}

async function shown(host: Host, unit: string): Promise<ReadonlyMap<string, string> | undefined> {
  const properties = ['LoadState', 'UnitFileState', 'User', 'AmbientCapabilities'];
  const args = ['show', unit, ...properties.map((property) => `--property=${property}`)];
  const told = await host.run({ file: 'systemctl', args, timeout: 10 });
  if (told.state === 'unreadable' || told.value.exitCode !== 0) return undefined;
  return new Map(
    told.value.stdout.split('\n').flatMap((line) => {
      const [, key, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value] as const];
    }),
  );
}

/** @param kinds the check kinds that this host's controls ask for */
export async function examineRights(host: Host, kinds: Iterable<string>): Promise<Finding[]> {
  const rights = await rightsOfUnit(host);
  if (rights === undefined) return [{ code: 'rights.unknown', seen: `systemd knows no ${units.join(' or ')} here` }];
  const missing: Finding[] = [];
  for (const kind of [...new Set(kinds)].sort()) {
    const lacking: DropInName[] = [];
    for (const { dropIn, where } of needs[kind] ?? []) {
      if (!holds(rights, dropIn) && (await isWanted(host, where))) lacking.push(dropIn);
    }
    if (lacking.length === 0) continue;
    const names = lacking.map((name) => `${name}.conf`).join(' and ');
    missing.push({ code: 'rights.missing', seen: `${kind}: ${rights.of} is without ${names}` });
  }
  if (!rights.isRoot && !rights.capabilities.has('CAP_DAC_READ_SEARCH')) {
    missing.push({
      code: 'rights.missing',
      seen: `all checks: ${rights.of} is without CAP_DAC_READ_SEARCH, which the unit itself gives`,
    });
  }
  if (missing.length > 0) return missing;
  return [{ code: 'rights.enough', seen: `${rights.of} has the rights that this host’s checks want` }];
}

function holds({ capabilities, isRoot }: Rights, name: DropInName): boolean {
  const wanted: DropIn = dropIns[name];
  if (wanted.isRoot === true && !isRoot) return false;
  return wanted.capabilities.every((capability) => capabilities.has(capability));
}

async function isWanted(host: Host, where: Need['where']): Promise<boolean> {
  if (where === 'always') return true;
  if (where === 'asked') return false;
  const found = await Promise.all(where.map((path) => host.status(path)));
  return found.some(({ state }) => state === 'read');
}
