import type { AnomaliesFacts } from '../../../policies/checks/anomalies/facts.ts';
import type { AuditLogFacts } from '../../../policies/checks/audit-log/facts.ts';
import type { AvailabilityFacts } from '../../../policies/checks/availability/facts.ts';
import type { CapacityFacts } from '../../../policies/checks/capacity/facts.ts';
import type { DiskEncryptionFacts } from '../../../policies/checks/disk-encryption/facts.ts';
import { hostNameSource, type LabelsFacts } from '../../../policies/checks/labels.ts';
import { usualHints } from '../../../policies/checks/labels/hints.ts';
import type { LogForwardingFacts } from '../../../policies/checks/log-forwarding/facts.ts';
import type { LogRetentionFacts } from '../../../policies/checks/log-retention/facts.ts';
import type { ReplicationFacts } from '../../../policies/checks/replication/facts.ts';
import { read } from '../../../policies/reading.ts';
import { dayBefore, daysAgo, type Asked, type Example } from './example.ts';

type How = 'kept' | 'broken';

function both(kind: string, factsOf: (how: How, asked: Asked) => unknown): Example {
  return { kind, kept: (asked) => factsOf('kept', asked), broken: (asked) => factsOf('broken', asked) };
}

/** Disks, memory and quotas with room, as they have been for weeks; or full, and filling up. */
function capacityOf(how: How): CapacityFacts {
  const size = 200_000;
  const history = Array.from({ length: 10 }, (_, index) => {
    const growth = how === 'kept' ? 100 : 11_000;
    return { at: daysAgo((9 - index) * 7), used: 100_000 + index * growth, size };
  });
  const used = how === 'kept' ? 51 : 93;
  const root = { mount: '/', type: 'ext4', state: 'writable', metadata: null, history } as const;
  const user = { user: 'account-1', source: 'kernel', of: 'space', used: how === 'kept' ? 61 : 96 } as const;
  return {
    filesystems: read([{ ...root, space: read({ used, inodes: 12 }) }]),
    pools: read([]),
    memory: read({ available: how === 'kept' ? 45 : 5, swap: 0 }),
    load: read({ perProcessor: how === 'kept' ? 0.5 : 3, processors: 4 }),
    quotas: read({ sources: [{ source: 'kernel', asOf: null, limited: 3 }], users: [user] }),
  };
}

/** Twenty quiet days, or a last one with an attack and a flood. */
function anomaliesOf(how: How): AnomaliesFacts {
  const since = daysAgo(40);
  const days = Array.from({ length: 20 }, (_, index) => ({ day: dayBefore(20 - index), isWhole: true, index }));
  const isOdd = (index: number): boolean => how === 'broken' && index === 19;
  return {
    zone: read('Etc/UTC'),
    logins: read({
      ...{ since, source: '/var/log/auth.log', addressesSince: since, isCrossChecked: true },
      days: days.map(({ index, ...day }) => ({
        ...{ ...day, records: 50, accepted: 2, root: 0, odd: 0, unseen: [], unlogged: 0 },
        failed: [{ service: 'sshd', count: isOdd(index) ? 9000 : 40 }],
      })),
    }),
    mail: read({
      program: 'postfix',
      queue: read(10),
      sent: read({
        ...{ since, source: '/var/log/mail.log' },
        days: days.map(({ index, ...day }) => {
          const sent = isOdd(index) ? 90_000 : 400;
          return { ...day, records: 900, sent, accounts: [{ account: 'account-1', sent }] };
        }),
      }),
    }),
    traffic: read({
      ...{ since, interfaces: ['eth0'] },
      days: days.map(({ index, ...day }) => ({ ...day, sent: isOdd(index) ? 900_000 : 20_000 })),
    }),
    storage: read({
      since,
      days: days.map(({ index, ...day }) => {
        return { ...day, mounts: [{ mount: '/', used: isOdd(index) ? 190_000 : 100_000 + index, size: 200_000 }] };
      }),
    }),
  };
}

/** Everything up since September, or a day down this month that nobody announced. */
function availabilityOf(how: How): AvailabilityFacts {
  const down = [
    { from: '2026-11-10T09:00:00.000Z', state: 'down' as const, why: 'refused' },
    { from: '2026-11-11T09:00:00.000Z', state: 'up' as const },
  ];
  const gap = [
    { from: '2026-11-14T09:00:00.000Z', state: 'unknown' as const },
    { from: '2026-11-16T09:00:00.000Z', state: 'up' as const },
  ];
  const stretches = [
    { from: '2026-10-14T00:00:00.000Z', state: 'up' as const },
    ...(how === 'kept' ? [] : [...down, ...gap]),
  ];
  const targets = (['network', 'service'] as const).map((purpose) => {
    return { target: purpose, service: 'https' as const, purpose, what: `https://${purpose}.example.nl/`, stretches };
  });
  return { controls: ['one.example.net:443', 'two.example.org:443'], maintenance: [], targets: read(targets) };
}

/** Root and the place of backups on LUKS, or on a bare disk. */
function disksOf(how: How): DiskEncryptionFacts {
  const cipher = read({ name: 'aes-xts-plain64', keyBits: 512 });
  const layers = how === 'kept' ? [{ by: 'dm-crypt' as const, format: 'LUKS2', cipher }] : [];
  const legs = read([{ device: 'sda2', medium: 'disk' as const, layers }]);
  const place = { use: 'files', type: 'ext4', kind: 'devices', legs, hasFscrypt: false, isUsual: true } as const;
  return {
    places: read([
      { where: '/', ...place },
      { where: '/backup', ...place },
    ]),
    swap: read(0),
    lists: [{ name: 'backups', paths: [{ path: '/backup', places: read(['/backup']), isDetached: false }] }],
    container: null,
  };
}

/** auditd that records who reads and writes; or only who writes elsewhere. */
function auditOf(how: How, asked: Asked): AuditLogFacts {
  const rule = { list: 'exit', action: 'always', permissions: 'rwa', narrowedBy: [] } as const;
  return {
    container: null,
    status: read({ enabled: 1, receiver: 'auditd', hasLost: false }),
    rules: read([{ ...rule, path: how === 'kept' ? '/srv/data' : '/srv/other', narrowedBy: [] }]),
    configuration: read({
      ...{ writeLogs: 'yes', spaceLeft: 'syslog', adminSpaceLeft: 'suspend', diskFull: 'suspend' },
      diskError: 'suspend',
    }),
    paths: { [String(asked.paths)]: [{ path: '/srv/data/site', real: read('/srv/data/site') }] },
  };
}

/** A log of so many days, which logrotate cuts each day. */
function logsOf(how: How, { minimum }: Asked): LogRetentionFacts {
  const days = how === 'kept' ? 31 : minimum === undefined ? 90 : 8;
  const firsts = Array.from({ length: days }, (_, index) => daysAgo(days - index - 0.5));
  const rotation = { rotate: days - 1, every: 86_400, maxage: null, earlierBySize: false, laterBySize: false };
  const log = { log: 'syslog', file: '/var/log/syslog', firsts: read(firsts), pieces: days };
  return { machineSince: read(daysAgo(400)), logs: read([{ ...log, rotation: read(rotation) }]), journal: null };
}

/** rsyslog that is connected to another host, or sends nothing away. */
function forwardingOf(how: How): LogForwardingFacts {
  const addresses = read([{ address: '192.0.2.10', isOwn: false }]);
  const central = { host: 'central.example', port: 6514, transport: 'stream', scope: 'all', addresses } as const;
  const forwarder = {
    program: 'rsyslogd' as const,
    destinations: read(how === 'kept' ? [{ ...central, servedBy: [] }] : []),
    peers: read([{ address: '192.0.2.10', port: 6514 }]),
    waitingSince: read(null),
  };
  return { forwarders: read([forwarder]) };
}

/** A replica that follows within seconds, or lags hours behind. */
function replicationOf(how: How): ReplicationFacts {
  const copy = {
    ...{ replica: 'db2', state: 'following', stuckSince: null },
    behind: read({ measured: 'position' as const, within: how === 'kept' ? 10 : 21_600 }),
  };
  const state = read({
    ...{ follows: null, links: [], connected: 1, slots: [], acknowledging: null, cluster: null },
    copies: [copy],
  });
  return {
    sets: [{ set: 'shop', kind: 'mariadb', expected: { role: 'primary', replicas: 1 }, state }],
    undeclared: [],
  };
}

/** A host that says what it is for; or one of production that also serves a test. */
function labelsOf(how: How): LabelsFacts {
  const labels = { environment: 'production', role: 'web' };
  return {
    labels: Object.entries(labels).map(([name, value]) => ({ name, value })),
    hints: [...usualHints],
    sources: [
      { source: hostNameSource, names: read([how === 'kept' ? 'web1.example.nl' : 'staging1.example.nl']) },
      { source: 'nginx', names: read([how === 'kept' ? 'www.example.nl' : 'test.example.nl']) },
    ],
  };
}

export const machineExamples: readonly Example[] = [
  both('anomalies', anomaliesOf),
  both('audit-log', auditOf),
  both('availability', availabilityOf),
  both('capacity', capacityOf),
  both('disk-encryption', disksOf),
  both('labels', labelsOf),
  both('log-forwarding', forwardingOf),
  both('log-retention', logsOf),
  both('replication', replicationOf),
];
