import { z } from 'zod';
import { readingOf } from '../../reading.ts';

/** A site's name, a pseudonym of an account, or the name of an account of the system. */
const Name = z.string().min(1).max(256);
const Path = z.string().min(1).max(1024);

/**
 * Whom permissions let in besides root, from the top of the tree down to the thing itself: its owner alone, other accounts
 * of people by its group, or everybody.
 */
const OpenTo = z.enum(['owner', 'group', 'others']);
export type OpenTo = z.output<typeof OpenTo>;

/** What runs a site's programs. */
const Runner = z.discriminatedUnion('by', [
  /** A server that speaks FastCGI, by where it listens: a pool of PHP-FPM where there is one. */
  z.strictObject({ by: z.literal('fastcgi'), address: Path }),
  /** The web server itself (mod_php, CGI): as its own user unless it changes to another for the site (mpm-itk). */
  z.strictObject({ by: z.literal('module'), user: Name.nullable() }),
  /** A program that is started as a user (suEXEC). */
  z.strictObject({ by: z.literal('suexec'), user: Name }),
  /** Another server that requests are handed on to. */
  z.strictObject({ by: z.literal('proxy'), address: Path }),
]);
export type Runner = z.output<typeof Runner>;

const Site = z.strictObject({
  site: Name,
  /** Whose it is: what agent.yaml says, or else the site itself. */
  customer: Name,
  /** The account that owns its folder; null where it has none. */
  owner: readingOf(Name).nullable(),
  runners: readingOf(z.array(Runner).max(64)),
  /** Files with passwords that were found, by their usual names. */
  secrets: z.array(z.strictObject({ file: Path, openTo: readingOf(OpenTo) })).max(64),
});
export type Site = z.output<typeof Site>;

const Pool = z.strictObject({
  pool: Name,
  /** Where it listens. */
  address: Path,
  user: Name,
  /** Whether that is the user of a web server, who may read all that is served. */
  isWebUser: z.boolean(),
  /** Users beside that one that its processes have now. */
  runsAs: z.array(Name).max(64),
  /** Who may speak with it. `network` stands for TCP: everybody on this host, whoever else. */
  openTo: readingOf(z.union([OpenTo, z.literal('network')])),
  /** Folders of its own; null where it has the usual one. */
  sessions: Path.nullable(),
  uploads: Path.nullable(),
  hasChroot: z.boolean(),
  hasOpenBasedir: z.boolean(),
});
export type Pool = z.output<typeof Pool>;

const Home = z.strictObject({ account: Name, openTo: readingOf(OpenTo) });

const CrossRead = z.strictObject({
  /** The account that tried. */
  reader: Name,
  /** Whose it tried to read. */
  site: Name,
  file: Path,
  outcome: readingOf(z.enum(['read', 'refused'])),
});

export const Facts = z.strictObject({
  /** Sorted by site. */
  sites: z.array(Site).max(10_000),
  /** What could not be looked into, by what it is. */
  unread: z.array(z.strictObject({ where: Name, reading: readingOf(z.null()) })).max(1000),
  pools: readingOf(z.array(Pool).max(10_000)),
  /** Of accounts of people. Sorted. */
  homes: readingOf(z.array(Home).max(20_000)),
  /** Whether accounts see each other's processes (proc(5), hidepid). */
  processes: readingOf(z.enum(['visible', 'hidden'])),
  /** The accounts that CageFS holds apart; null without it. */
  caged: readingOf(z.array(Name).max(20_000)).nullable(),
  /** What accounts could read of each other when they tried; null where agent.yaml does not allow to try. */
  crossReads: z.array(CrossRead).max(64).nullable(),
});
export type IsolationFacts = z.output<typeof Facts>;
