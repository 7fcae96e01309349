import { z } from 'zod';
import { Product } from '../../../policies/checks/cms/facts.ts';
import { Duration } from '../../../policies/quantities.ts';
import { UpdatesSettings } from '../updates/settings.ts';

const Folder = z
  .string()
  .startsWith('/', 'expected an absolute path')
  .max(1000)
  .refine((path) => !path.split('/').includes('..'), 'expected a path without ".."');

const Cms = z.strictObject({
  /** Folders to look through beside those that web servers serve; `*`, `?` and `[...]` stand for parts of one name. */
  folders: z.array(Folder).max(256).optional(),
  /** How many levels below such a folder, or below one that is served. */
  depth: z.int().min(0).max(6).default(2),
  /** Folders that are listed in one run, at most. */
  maximumFolders: z.int().min(1).max(1_000_000).default(50_000),
  /** How long the search for sites may take. */
  maximumTime: Duration.default(30),
  /** Folders of shared sources that links of sites may lead into; patterns as in `folders`. */
  sources: z.array(Folder).max(64).default([]),
  /** Names of plug-ins made for the sites of this host; `*` stands for any characters. */
  ownPlugins: z.array(z.string().min(1).max(128)).max(1000).default([]),
  /** Products for whose longer support was paid. */
  extendedSupport: z.array(Product).max(4).default([]),
  /** The list of releases: a file in the form of docs/checks/cms.md. */
  releases: Folder.optional(),
});
export type CmsOptions = z.output<typeof Cms>;

/** Ends of support come from the same table as those of the system. */
export const CmsSettings = z.object({ cms: Cms.prefault({}), updates: UpdatesSettings.shape.updates });
export type CmsSettings = z.output<typeof CmsSettings>;
