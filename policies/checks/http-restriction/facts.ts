import { z } from 'zod';
import { readingOf } from '../../reading.ts';

const Answer = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('status'), status: z.int() }),
  /** The connection was ended without an answer. */
  z.strictObject({ state: z.literal('closed') }),
  z.strictObject({ state: z.literal('none'), detail: z.string().max(200) }),
]);
export type Answer = z.output<typeof Answer>;

/** What a site answers on one of its addresses. */
const Tried = z.strictObject({
  address: z.string().max(64),
  /** Whether it is an address of the host that asks, which the site may treat as its own. */
  isOwn: z.boolean(),
  /** Its front page, asked for as a browser does. */
  front: Answer,
  /** A page that no site has. */
  nothing: Answer,
  paths: z.array(z.strictObject({ path: z.string().max(512), answer: Answer })).max(256),
  /** The front page, asked for under another name of a program. */
  agents: z.array(z.strictObject({ agent: z.string().max(256), answer: Answer })).max(256),
});
export type Tried = z.output<typeof Tried>;

const Site = z.strictObject({
  /** `https://www.example.nl`. */
  site: z.string().max(512),
  tried: readingOf(z.array(Tried).min(1).max(2)),
});
export type Site = z.output<typeof Site>;

/** What a web server would do with a file by its configuration. */
const Outcome = z.strictObject({
  /** The file's name, or what stands behind the folder in a request. */
  file: z.string().max(64),
  /** `static`: it is given out as it is; `passed-on`: to another server, of which nothing is known. */
  does: z.enum(['executes', 'refuses', 'static', 'passed-on', 'unclear']),
  /** What in the configuration decides that. */
  by: z.string().max(512),
});
export type Outcome = z.output<typeof Outcome>;

const Upload = z.strictObject({
  folder: z.string().max(1024),
  origin: z.enum(['settings', 'found']),
  /** One entry for each site that serves it. */
  served: z
    .array(
      z.strictObject({
        software: z.enum(['Apache', 'nginx']),
        site: z.string().max(300),
        outcomes: z.array(Outcome).max(16),
        /** Whether files in the folder itself may change that (`.htaccess`). */
        honoursHtaccess: z.boolean(),
      }),
    )
    .max(64),
  /** What is answered for files that are not there, a script and another; null where no URL was given. */
  probe: readingOf(
    z.strictObject({
      script: z.int(),
      other: z.int(),
      /** Whether the answer for the script came from PHP. */
      fromPhp: z.boolean(),
    }),
  ).nullable(),
});
export type Upload = z.output<typeof Upload>;

export const HttpRestrictionFacts = z.strictObject({
  /** Null where agent.yaml names none. */
  sites: z.array(Site).max(64).nullable(),
  declared: z.strictObject({
    paths: z.array(z.string().max(512)).max(256),
    userAgents: z.array(z.string().max(256)).max(256),
    /** Whether agent.yaml says which upload folders there are, were it none. */
    hasUploadFolders: z.boolean(),
  }),
  uploads: readingOf(z.strictObject({ folders: z.array(Upload).max(2000), left: z.int() })),
});
export type HttpRestrictionFacts = z.output<typeof HttpRestrictionFacts>;
