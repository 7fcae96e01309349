import { z } from 'zod';
import { Ends } from '../../end-of-life.ts';
import { Moment } from '../../quantities.ts';
import { readingOf, Obstacle } from '../../reading.ts';

export const products = ['drupal', 'joomla', 'typo3', 'wordpress'] as const;
export const Product = z.enum(products);
export type Product = z.output<typeof Product>;

/** What makers call a version; nothing that could hold a sentence. */
export const versionForm = /^[0-9A-Za-z][0-9A-Za-z.+~_-]{0,63}$/;
export const Version = z.string().regex(versionForm);
const Branch = z.string().min(1).max(32);
const Name = z.string().min(1).max(256);
const Day = z.iso.date();

const FirstSeen = z.strictObject({ notBefore: Moment.nullable(), firstSeen: Moment });
export type FirstSeen = z.output<typeof FirstSeen>;

const Core = z.strictObject({
  /** What each file says that names the version, sorted by file: in a sound installation all the same. */
  versions: z
    .array(z.strictObject({ file: z.string().min(1).max(128), version: Version }))
    .min(1)
    .max(8),
  /** The package of the distribution that brought it; null where none did. */
  packaged: z.string().max(128).nullable(),
  /** When the file that names the version last changed in any way: an update, or a backup that was put back, a new owner. */
  changed: Moment,
  /** Since when the agent sees this version in this place. */
  since: FirstSeen,
});
export type Core = z.output<typeof Core>;

/** The words of TYPO3's `state` (TYPO3 Explained, ext_emconf.php); null where the plug-in has none. */
export const PluginState = z.enum([
  'alpha',
  'beta',
  'stable',
  'experimental',
  'test',
  'obsolete',
  'excludeFromUpdates',
  'other',
]);
export type PluginState = z.output<typeof PluginState>;

const Plugin = z.strictObject({
  name: Name,
  /** Made for this site or host, as its settings or its own composer file say: nobody else's. */
  own: z.boolean(),
  /** Brought by Composer, whose versions tell what is a finished release. */
  composer: z.boolean(),
  marks: readingOf(z.strictObject({ version: Version.nullable(), state: PluginState.nullable() })),
});
export type Plugin = z.output<typeof Plugin>;

const Site = z.strictObject({
  /** A host name, with the path below it where there is one; a pseudonym of the folder where no host name leads to it. */
  site: Name,
  product: Product,
  /** Whose files they are (a pseudonym); null where the owner has no name. */
  account: z.string().max(256).nullable(),
  /** Host names that lead to it, sorted. */
  names: z.array(z.string().max(253)).max(100),
  /** Since when the agent sees this product in this place. */
  found: FirstSeen,
  core: readingOf(Core),
  /** Sorted by name. */
  plugins: readingOf(z.array(Plugin).max(2000)),
});
export type Site = z.output<typeof Site>;

const Release = z.strictObject({
  version: Version,
  released: Day,
  /** For who pays for the longer support only. */
  extended: z.boolean(),
});
export type Release = z.output<typeof Release>;

const Releases = z.strictObject({
  /** When the makers were asked. */
  dated: Moment,
  /** Of the products and branches that were found, sorted; those that the list does not know are not there. */
  branches: z
    .array(z.strictObject({ product: Product, branch: Branch, releases: z.array(Release).max(1000) }))
    .max(500),
});
export type Releases = z.output<typeof Releases>;

const BranchSupport = z.strictObject({
  product: Product,
  branch: Branch,
  /** Whether the table that knows the branch came with the agent or from the operator, and of which day it is. */
  table: z.enum(['shipped', 'settings']),
  dated: Day,
  /** Null where no table knows the branch. */
  ends: Ends.nullable(),
});
export type BranchSupport = z.output<typeof BranchSupport>;

const Support = z.strictObject({
  /** Of the branches that were found, sorted. */
  branches: z.array(BranchSupport).max(500),
  /** Products for which the settings say that the longer support was bought, sorted. */
  bought: z.array(Product).max(4),
});
export type Support = z.output<typeof Support>;

const Search = z.strictObject({
  /** How many folders that are served, or that the settings name, were looked through. */
  folders: z.int().nonnegative(),
  /** Whether the settings say where to look, be it nowhere. */
  declared: z.boolean(),
  /** What could not be looked into: a server's configuration or a folder (a host name or a pseudonym). Sorted. */
  unread: z.array(z.strictObject({ where: Name, obstacle: Obstacle })).max(1000),
  /** Whether there was more than the limits of the search allow. */
  cut: z.boolean(),
});

export const CmsFacts = z.strictObject({
  search: Search,
  /** Sorted by site, then product. */
  sites: z.array(Site).max(5000),
  support: readingOf(Support),
  /** Null where the settings name no list of releases. */
  releases: readingOf(Releases).nullable(),
});
export type CmsFacts = z.output<typeof CmsFacts>;
