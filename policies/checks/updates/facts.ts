import { z } from 'zod';
import { Ends } from '../../end-of-life.ts';
import { Moment } from '../../quantities.ts';
import { readingOf } from '../../reading.ts';

const Name = z.string().min(1).max(256);
const Version = z.string().min(1).max(256);

/** os-release(5); null where the file does not say. */
export const Release = z.strictObject({
  id: Name,
  idLike: z.array(Name).max(16),
  versionId: Name.nullable(),
  codename: Name.nullable(),
  /** What derivatives name: the release of Ubuntu or Debian that they are built on. */
  ubuntuCodename: Name.nullable(),
  debianCodename: Name.nullable(),
});
export type Release = z.output<typeof Release>;

/** What an (In)Release file of apt's lists says of itself (Debian wiki, DebianRepository/Format). */
export const Index = z.strictObject({
  origin: z.string().max(256).nullable(),
  label: z.string().max(256).nullable(),
  suite: z.string().max(256).nullable(),
  codename: z.string().max(256).nullable(),
  /** When the archive made it, not when it was fetched. */
  date: Moment,
  validUntil: Moment.nullable(),
});

/** One enabled place that packages come from, as apt itself reads its configuration. */
const Source = z.strictObject({
  /** Scheme and host only: the rest may hold a password or a token. */
  mirror: Name,
  /** The suite as the configuration names it. */
  suite: Name,
  /** Sorted; empty for a flat archive. */
  components: z.array(Name).max(64),
  /** Unreadable where the lists were never fetched, or not all of them are there. */
  index: readingOf(Index),
});
export type Source = z.output<typeof Source>;

/** A repository that dnf or zypper takes packages from, or one line of apk's list. */
const Repository = z.strictObject({
  /** Its id or alias; of apk's, which have none, the end of its path: `v3.22/main`. */
  id: Name,
  /** What people call it; the same as the id where nobody says. */
  name: z.string().max(256),
  /** Unreadable where its index was never fetched. */
  index: readingOf(
    z.strictObject({
      /** When its makers made the index; null where it does not say. */
      made: Moment.nullable(),
      /** When this host last fetched it, or last heard that it is still the newest. */
      checked: Moment,
      /** Whether it tells which updates are about security. */
      advisories: z.boolean(),
    }),
  ),
});
export type Repository = z.output<typeof Repository>;

const FirstSeen = z.strictObject({ notBefore: Moment.nullable(), firstSeen: Moment });
export type Since = z.output<typeof FirstSeen>;

/** An installed package of which a newer version is known, or a patch that is not applied. */
const Waiting = z.strictObject({
  package: Name,
  /** Null for a patch. */
  installed: Version.nullable(),
  /** What would be installed; the installed version where a pin, a lock or an exclusion keeps it. */
  candidate: Version,
  /** `apt-mark hold`. */
  held: z.boolean(),
  /**
   * The newest version that is a security update and newer than the installed one; null where there is none. `since`:
   * since when the installed version is behind; null where the lists were no ground to tell.
   */
  security: z.strictObject({ version: Version, since: FirstSeen.nullable() }).nullable(),
  /**
   * The newest version from a source that does not tell which updates are about security, and that source; null where
   * there is none. Any of these may be about security. Left out by the first agents.
   */
  unlabelled: z.strictObject({ version: Version, source: Name, since: FirstSeen.nullable() }).nullish(),
});
export type Waiting = z.output<typeof Waiting>;

const Packages = z.strictObject({
  installed: z.int().positive(),
  /** Sorted by package. */
  waiting: z.array(Waiting).max(20_000),
});
export type Packages = z.output<typeof Packages>;

const Reboot = z.strictObject({
  /** Whether /run/reboot-required exists; of apt only. */
  required: readingOf(z.boolean()).optional(),
  /** What else asks for a reboot: a command that says so, or core packages installed since the host started. Sorted. */
  asking: readingOf(z.array(Name).max(1000)).optional(),
  /** The running kernel's release (`uname -r`) and build (`uname -v`). */
  running: readingOf(z.strictObject({ release: Name, build: z.string().max(256) })),
  /**
   * The installed kernels by the release that each is, sorted. Those of one family replace each other: of Debian all,
   * which name none, elsewhere those of one package (kernel, kernel-uek).
   */
  kernels: readingOf(z.array(z.strictObject({ family: Name.optional(), release: Name, version: Version })).max(1000)),
  /** Names of the live patches in the running kernel (/sys/kernel/livepatch), sorted. Left out by the first agents. */
  livePatches: readingOf(z.array(Name).max(100)).optional(),
});
export type Reboot = z.output<typeof Reboot>;

/** A program that still runs files that were replaced since it started. */
const Outdated = z.strictObject({
  /** Where it lies in the system's own folders; null for a program from elsewhere, whose path may tell an account. */
  program: Name.nullable(),
  /** Whether it is a service, part of somebody's session, or in a container with files of its own. */
  runs: z.enum(['service', 'session', 'container']),
  /** The replaced files, sorted. */
  replaced: z.array(Name).max(100),
});
export type Outdated = z.output<typeof Outdated>;

const LocalTime = z.iso.datetime({ local: true });
const Day = z.iso.date();
const TimeZone = z.string().min(1).max(64);

const History = z.strictObject({
  /** The zone in which the host writes its log (IANA name). */
  timeZone: TimeZone,
  /** The oldest entry of any sort, in local time: how far back the log reaches. */
  reachesBackTo: LocalTime,
  /** When each run that upgraded packages began, in local time; sorted, the newest thousand. */
  upgrades: z.array(LocalTime).max(1000),
  /** Days on which the operator says an upgrade could not wait, with the case it was for. Sorted. Left out by the first agents. */
  emergencies: z
    .array(z.strictObject({ on: Day, reference: z.string().min(1).max(128) }))
    .max(1000)
    .optional(),
});
export type History = z.output<typeof History>;

/** How long the makers support the release, by a dated table. */
const Support = z.strictObject({
  /** Whether the table came with the agent or from the operator. */
  table: z.enum(['shipped', 'settings']),
  dated: Day,
  /** The table's own words for what runs here; null where it knows none. */
  product: Name.nullable(),
  release: Name.nullable(),
  ends: Ends.nullable(),
  /**
   * Whether this host has the extended support: `included` for everybody, `enabled` or `disabled` where it must be
   * subscribed to. Null while standard support lasted, when it was not asked.
   */
  extended: readingOf(z.enum(['included', 'enabled', 'disabled'])).nullable(),
});
export type Support = z.output<typeof Support>;

/** What unattended-upgrades is told to do, and what its log says that it did. */
const Automatic = z.strictObject({
  /** APT::Periodic as apt reads it: `0` and null mean never. */
  enable: z.string().max(32).nullable(),
  updatePackageLists: z.string().max(32).nullable(),
  unattendedUpgrade: z.string().max(32).nullable(),
  timeZone: TimeZone,
  /** When its last run began, and its last that ended well, in local time; null where the log has none. */
  lastRun: LocalTime.nullable(),
  lastGoodRun: LocalTime.nullable(),
});
export type Automatic = z.output<typeof Automatic>;

/** The first agents read apt alone, and less of it: what they left out is not judged, so that their reports keep verifying. */
const common = {
  release: readingOf(Release),
  support: readingOf(Support).optional(),
  packages: readingOf(Packages),
  reboot: Reboot,
  outdated: readingOf(z.array(Outdated).max(2000)).optional(),
  history: readingOf(History),
};

/** A subscription that brings updates; SUSEConnect's words. */
const Registration = z.strictObject({
  product: Name,
  status: Name,
  expires: Moment.nullable(),
});
export type Registration = z.output<typeof Registration>;

export const Facts = z.discriminatedUnion('manager', [
  z.strictObject({
    manager: z.literal('apt'),
    ...common,
    sources: readingOf(z.array(Source).max(500)),
    /** When apt-get update was last tried, with whatever outcome. */
    lastAttempt: readingOf(Moment),
    automatic: readingOf(Automatic).optional(),
  }),
  z.strictObject({ manager: z.enum(['dnf', 'apk']), ...common, repositories: readingOf(z.array(Repository).max(500)) }),
  z.strictObject({
    manager: z.literal('zypper'),
    ...common,
    repositories: readingOf(z.array(Repository).max(500)),
    /** Null where the distribution has none. */
    registrations: readingOf(z.array(Registration).max(100)).nullable(),
  }),
  z.strictObject({
    manager: z.literal('unsupported'),
    release: readingOf(Release),
    support: readingOf(Support).optional(),
  }),
]);
export type UpdatesFacts = z.output<typeof Facts>;
export type AptFacts = Extract<UpdatesFacts, { manager: 'apt' }>;
export type ZypperFacts = Extract<UpdatesFacts, { manager: 'zypper' }>;
export type RepositoryFacts = Extract<UpdatesFacts, { repositories: unknown }>;
export type ManagedFacts = Exclude<UpdatesFacts, { manager: 'unsupported' }>;
