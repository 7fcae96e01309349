import { z } from 'zod';

const Host = z.object({
  controls: z.array(
    z.object({
      verdict: z.string(),
      reasons: z.array(
        z.object({
          code: z.string(),
          verdict: z.string(),
          values: z.record(z.string(), z.union([z.string(), z.number()])),
        }),
      ),
      definition: z.object({ check: z.string() }),
    }),
  ),
});

type Reason = z.output<typeof Host>['controls'][number]['reasons'][number];

/** The reasons of each check kind, as the collector tells them of a host (docs/api.md). */
export function reasonsByKind(json: string): ReadonlyMap<string, readonly Reason[]> {
  const { controls } = Host.parse(JSON.parse(json));
  const groups = Map.groupBy(controls, ({ definition }) => definition.check);
  return new Map([...groups].map(([kind, of]) => [kind, of.flatMap(({ reasons }) => reasons)]));
}

/** The codes by which kinds say that the agent lacks a right. */
const ofRights = [
  'host.denied',
  'host.refused',
  'firewall.needs-net-admin',
  'listening.programs-unseen',
  'updates.programs-hidden',
];
const words = /permission denied|not permitted|must be root|needs root|CAP_|read-only file system/i;

/** The kinds to which something was refused for want of a right. */
export function refusedKinds(reasons: ReadonlyMap<string, readonly Reason[]>): string[] {
  const isOfRights = ({ code, verdict, values }: Reason): boolean =>
    verdict === 'unknown' &&
    (ofRights.includes(code) || Object.values(values).some((value) => words.test(String(value))));
  return [...reasons].flatMap(([kind, of]) => (of.some(isOfRights) ? [kind] : [])).sort();
}

/** The kinds that failed in themselves or ran out of the check's time. A single tool may be too slow for its own limit here. */
export function brokenKinds(reasons: ReadonlyMap<string, readonly Reason[]>): string[] {
  const isBroken = ({ code, values }: Reason): boolean =>
    code === 'host.internal' || (code === 'host.timeout' && String(values.what).startsWith('check '));
  return [...reasons].flatMap(([kind, of]) => (of.some(isBroken) ? [kind] : []));
}
