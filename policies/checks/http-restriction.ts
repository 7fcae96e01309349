import { z } from 'zod';
import type { Reason } from '../reasons.ts';
import { HttpRestrictionFacts } from './http-restriction/facts.ts';
import { because, httpRestrictionReasons } from './http-restriction/reasons.ts';
import { judgeSites } from './http-restriction/sites.ts';
import { judgeUploads } from './http-restriction/uploads.ts';
import { defineCheckKind } from './kind.ts';

export { HttpRestrictionFacts };

const Path = z.string().startsWith('/', 'expected a path that begins with /').max(512).regex(/^\S+$/);
/** What a `User-Agent` field may hold. */
const Agent = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[\x20-\x7e]+$/);

export const HttpRestrictionParameters = z
  .strictObject({
    /** Paths that must refuse strangers: those of agent.yaml, or these and those. */
    paths: z.union([z.literal('declared'), z.array(Path).min(1).max(128)]).optional(),
    /** Whether upload folders must execute nothing. */
    noExecution: z.literal(true).optional(),
    /** Programs that must be turned away: those of agent.yaml, or these and those. */
    userAgents: z.union([z.literal('declared'), z.array(Agent).min(1).max(128)]).optional(),
    refusals: z.array(z.int().min(400).max(499)).min(1).max(20).default([401, 403, 404, 410]),
  })
  .refine(
    ({ paths, noExecution, userAgents }) => [paths, noExecution, userAgents].some((asked) => asked !== undefined),
    'expected "paths", "noExecution" or "userAgents"',
  );
export type HttpRestrictionParameters = z.output<typeof HttpRestrictionParameters>;

/** What web servers refuse: tools to strangers, the execution of uploads, and bots. */
export const httpRestriction = defineCheckKind({
  name: 'http-restriction',
  parameters: HttpRestrictionParameters,
  facts: HttpRestrictionFacts,
  reasons: httpRestrictionReasons,
  judge(facts, { paths, noExecution, userAgents, refusals }) {
    return [
      ...(paths === undefined ? [] : judgePaths(facts, paths, refusals)),
      ...(noExecution === undefined ? [] : judgeUploads(facts)),
      ...(userAgents === undefined ? [] : judgeAgents(facts, userAgents, refusals)),
    ];
  },
});

type Asked = 'declared' | readonly string[];

function judgePaths({ sites, declared }: HttpRestrictionFacts, asked: Asked, refusals: readonly number[]): Reason[] {
  const paths = together(asked, declared.paths);
  if (paths.length === 0) return [because('http-restriction.paths-not-set', {})];
  return judgeSites(sites, { paths, agents: [], refusals });
}

function judgeAgents({ sites, declared }: HttpRestrictionFacts, asked: Asked, refusals: readonly number[]): Reason[] {
  const agents = together(asked, declared.userAgents);
  if (agents.length === 0) return [because('http-restriction.agents-not-set', {})];
  // To be told to come more slowly is to be turned away as well (RFC 6585 4).
  return judgeSites(sites, { paths: [], agents, refusals: [...refusals, 429] });
}

/** What a control asks for and what the host adds, sorted. */
export function together(asked: Asked, declared: readonly string[]): string[] {
  return [...new Set([...(asked === 'declared' ? [] : asked), ...declared])].sort();
}
