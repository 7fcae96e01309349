import pLimit from 'p-limit';
import { z } from 'zod';
import { httpRestriction, HttpRestrictionParameters, together } from '../../../policies/checks/http-restriction.ts';
import type { HttpRestrictionFacts } from '../../../policies/checks/http-restriction/facts.ts';
import { read } from '../../../policies/reading.ts';
import { defineCollector, type CollectContext } from '../collector.ts';
import { AbsolutePath } from '../endpoint-settings.ts';
import { trySite } from './sites.ts';
import { readUploads } from './uploads.ts';

const SiteUrl = z
  .url({ protocol: /^https?$/ })
  .max(500)
  .refine((text) => {
    const url = URL.parse(text);
    return url?.username === '' && url.password === '' && url.search === '';
  }, 'expected a URL without a name, a password and a query');

const Path = z.string().startsWith('/', 'expected a path that begins with /').max(512).regex(/^\S+$/);
const Agent = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[\x20-\x7e]+$/, 'expected plain letters');

/** What is left out of a longer list is unknown: nobody tried it. */
const maximumQuestions = 256;

/** How many sites are tried at the same time. */
const atOnce = 4;

/** Tries sites as a stranger, and reads what web servers would do with scripts in upload folders. */
export const httpRestrictionCollector = defineCollector({
  kind: httpRestriction.name,
  settings: z.object({
    httpRestriction: z
      .strictObject({
        /** Sites to try from here. */
        sites: z.array(SiteUrl).max(64).optional(),
        /** Paths that must refuse strangers, beside those that a policy names. */
        paths: z.array(Path).max(128).default([]),
        /** Programs that must be turned away, beside those that a policy names. */
        userAgents: z.array(Agent).max(128).default([]),
        /** Folders with what visitors bring, beside those of a usual name; with a URL their scripts are asked for. */
        uploadFolders: z
          .array(z.strictObject({ folder: AbsolutePath, url: SiteUrl.optional() }))
          .max(500)
          .optional(),
      })
      .prefault({}),
  }),
  parameters: HttpRestrictionParameters,
  async collect(context, { httpRestriction: settings }, wanted): Promise<HttpRestrictionFacts> {
    const { sites, paths, userAgents, uploadFolders } = settings;
    const asked = wanted.flatMap((one) => one.paths ?? []).filter((path) => path !== 'declared');
    const agents = wanted.flatMap((one) => one.userAgents ?? []).filter((agent) => agent !== 'declared');
    const questions = {
      paths: wanted.some((one) => one.paths !== undefined) ? together(asked, paths).slice(0, maximumQuestions) : [],
      agents: wanted.some((one) => one.userAgents !== undefined)
        ? together(agents, userAgents).slice(0, maximumQuestions)
        : [],
    };
    return {
      sites: sites === undefined ? null : await trySites(context, sites, questions),
      declared: { paths, userAgents, hasUploadFolders: uploadFolders !== undefined },
      uploads: wanted.some((one) => one.noExecution !== undefined)
        ? await readUploads(context, uploadFolders ?? [])
        : read({ folders: [], left: 0 }),
    };
  },
});

function trySites(context: CollectContext, sites: readonly string[], questions: Parameters<typeof trySite>[2]) {
  const limit = pLimit(atOnce);
  return Promise.all([...new Set(sites)].sort().map((site) => limit(() => trySite(context, site, questions))));
}
