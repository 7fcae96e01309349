import { z } from 'zod';
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

const FirstSeen = z.strictObject({ notBefore: Moment.nullable(), firstSeen: Moment });

/** An installed package of which a newer version is known. */
const Waiting = z.strictObject({
  package: Name,
  installed: Version,
  /** What apt would install; the installed version where a pin keeps it. */
  candidate: Version,
  /** `apt-mark hold`. */
  held: z.boolean(),
  /**
   * The newest version from a security suite that is newer than the installed one; null where there is none. `since`:
   * since when the installed version is behind; null where the lists were no ground to tell.
   */
  security: z.strictObject({ version: Version, since: FirstSeen.nullable() }).nullable(),
});
export type Waiting = z.output<typeof Waiting>;

const Packages = z.strictObject({
  installed: z.int().positive(),
  /** Sorted by package. */
  waiting: z.array(Waiting).max(20_000),
});

const Reboot = z.strictObject({
  /** Whether /run/reboot-required exists. */
  required: readingOf(z.boolean()),
  /** The running kernel's release (`uname -r`) and build (`uname -v`). */
  running: readingOf(z.strictObject({ release: Name, build: z.string().max(256) })),
  /** The installed linux-image packages by the kernel release that they hold, sorted. */
  kernels: readingOf(z.array(z.strictObject({ release: Name, version: Version })).max(1000)),
});
export type Reboot = z.output<typeof Reboot>;

const LocalTime = z.iso.datetime({ local: true });

const History = z.strictObject({
  /** The zone in which the host writes its log (IANA name). */
  timeZone: z.string().min(1).max(64),
  /** The oldest entry of any sort, in local time: how far back the log reaches. */
  reachesBackTo: LocalTime,
  /** When each run that upgraded packages began, in local time; sorted, the newest thousand. */
  upgrades: z.array(LocalTime).max(1000),
});
export type History = z.output<typeof History>;

export const Facts = z.discriminatedUnion('manager', [
  z.strictObject({
    manager: z.literal('apt'),
    release: readingOf(Release),
    sources: readingOf(z.array(Source).max(500)),
    /** When apt-get update was last tried, with whatever outcome. */
    lastAttempt: readingOf(Moment),
    packages: readingOf(Packages),
    reboot: Reboot,
    history: readingOf(History),
  }),
  z.strictObject({ manager: z.literal('unsupported'), release: readingOf(Release) }),
]);
export type UpdatesFacts = z.output<typeof Facts>;
export type AptFacts = Extract<UpdatesFacts, { manager: 'apt' }>;
