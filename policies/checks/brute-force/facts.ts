import { z } from 'zod';
import { Moment } from '../../quantities.ts';
import { readingOf } from '../../reading.ts';

export const services = ['ssh', 'mail', 'ftp', 'web-login'] as const;
export const Service = z.enum(services);
export type Service = z.output<typeof Service>;

const Name = z.string().min(1).max(256);
/** A calendar day in UTC: what is written many times a day still gives the same facts. */
const Day = z.iso.date();

/** A file that a guard reads. */
const Log = z.strictObject({
  path: z.string().max(1024),
  written: readingOf(z.strictObject({ on: Day, isEmpty: z.boolean() })),
});
export type Log = z.output<typeof Log>;

/** Where a guard learns of failed logins. */
const Source = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('files'), logs: z.array(Log).max(64) }),
  z.strictObject({
    kind: z.literal('journal'),
    /** As journalctl(1) takes it. */
    match: z.string().max(1024),
    /** The day of the newest entry that it matches; null where there is none. */
    newestOn: readingOf(Day.nullable()),
  }),
]);
export type Source = z.output<typeof Source>;

/**
 * Where the kernel has what bans are put in: `reached` by incoming packets, `unreached` where no chain for them leads
 * there, `absent` where there is no such chain or set.
 */
export const Hook = z.enum(['reached', 'unreached', 'absent']);
export type Hook = z.output<typeof Hook>;

const Action = z.strictObject({
  name: Name,
  /** What its command to ban calls; `none` where that is empty. */
  tool: z.enum(['nftables', 'iptables', 'ufw', 'firewalld', 'other', 'none']),
  /** The ports that it closes, as configured; null for all. */
  ports: z.string().max(1024).nullable(),
  /** Null where its tool keeps bans elsewhere than in a chain or a set of its own. */
  hook: readingOf(Hook).nullable(),
});
export type Action = z.output<typeof Action>;

const Jail = z.strictObject({
  name: Name,
  source: Source,
  /** Whether somebody is banned now, and whether anybody was since fail2ban started. */
  bansNow: z.boolean(),
  bansEver: z.boolean(),
  /** Negative: for ever. */
  banSeconds: z.number(),
  findSeconds: z.number(),
  /** Failures after which it bans. */
  attempts: z.number(),
  /** Networks of 1/256 of all addresses or more whose failures it ignores; smaller ones stay on the host. */
  ignored: z.array(z.string().max(64)).max(64),
  actions: z.array(Action).max(32),
});
export type Jail = z.output<typeof Jail>;

const Guard = z.discriminatedUnion('program', [
  z.strictObject({
    program: z.literal('fail2ban'),
    /** Whether its server answers. */
    runs: z.boolean(),
    jails: readingOf(z.array(Jail).max(256)),
  }),
  z.strictObject({
    program: z.literal('sshguard'),
    /** Of its programs, those that do not run. */
    missing: z.array(Name).max(8),
    /** The name of the program that changes the firewall; null where none runs. */
    backend: Name.nullable(),
    banSeconds: z.number().nullable(),
    source: Source.nullable(),
    hook: readingOf(Hook).nullable(),
  }),
  z.strictObject({
    program: z.literal('CrowdSec'),
    /** What carries out its decisions: programs that fetch them, and the day they last did. */
    bouncers: readingOf(z.array(z.strictObject({ type: z.string().max(128), pulledOn: Day })).max(256)),
    /** Parsers that understood at least one line since it started. */
    understood: readingOf(z.array(Name).max(1024)),
  }),
  z.strictObject({ program: z.literal('cPHulk'), enabled: readingOf(z.boolean()) }),
  z.strictObject({
    program: z.literal('DirectAdmin'),
    /** Whether its settings switch the scanning of logs on. */
    scans: readingOf(z.boolean()),
    /** Whether there is a script of the administrator that blocks an address. */
    hasBlockScript: z.boolean(),
  }),
]);
export type Guard = z.output<typeof Guard>;

/** As the kernel has it; `queue` is none, but takes the packets that the firewall hands over. */
const Interface = z.strictObject({ name: z.string().max(64), state: z.enum(['up', 'down', 'absent', 'queue']) });
export type Interface = z.output<typeof Interface>;

const Detector = z.discriminatedUnion('program', [
  z.strictObject({
    program: z.literal('Suricata'),
    rules: readingOf(z.strictObject({ loaded: z.int(), failed: z.int(), loadedAt: Moment })),
    /** When its file of rules was last written. */
    rulesWrittenAt: readingOf(Moment),
    interfaces: readingOf(z.array(Interface).max(64)),
    /** The newer of those to which it writes what it sees. */
    log: Log,
  }),
  z.strictObject({ program: z.literal('Snort'), interfaces: z.array(Interface).max(64) }),
  z.strictObject({
    program: z.enum(['Wazuh', 'OSSEC']),
    /** Its own word for its connection to the manager, and the day of the manager's last answer. */
    connection: readingOf(z.strictObject({ status: z.string().max(64), answeredOn: Day.nullable() })),
  }),
  z.strictObject({
    program: z.literal('AIDE'),
    databaseAt: readingOf(Moment),
    lastRun: readingOf(
      z.strictObject({ endedAt: Moment.nullable(), found: z.enum(['nothing', 'differences', 'unclear']) }),
    ),
  }),
]);
export type Detector = z.output<typeof Detector>;

export const BruteForceFacts = z.strictObject({
  /** Sockets that others can reach and whose service is known, sorted; null where nobody can tell which program has them. */
  listening: readingOf(
    z.strictObject({
      services: z.array(z.strictObject({ service: Service, port: z.int() })).max(1000),
      /** Ports of which neither the port nor a program tells the service. */
      nameless: z.array(z.int()).max(1000),
    }),
  ),
  /** Sorted by program. */
  guards: readingOf(z.array(Guard).max(8)),
  detectors: readingOf(z.array(Detector).max(8)),
  /** Of agent.yaml: which service a jail of a name of its own protects. */
  jailServices: z.record(Name, Service),
});
export type BruteForceFacts = z.output<typeof BruteForceFacts>;
