import { z } from 'zod';
import { AgentName } from '../../evidence/report.ts';
import { DeployError, type RootShell } from './shell.ts';
import type { WantedFile } from './wanted.ts';

/** What stands at a path: nothing, a file by its SHA-256, mode and owner, or something else. */
export type Found =
  | { readonly is: 'absent' | 'other' }
  | { readonly is: 'file'; readonly digest: string; readonly mode: string; readonly owner: string };

export interface Inspected {
  /** The name that it reports under unless its settings say otherwise. */
  readonly name: string;
  readonly isEnrolled: boolean;
  readonly hasPrevious: boolean;
  readonly timer: 'active' | 'inactive' | 'no-systemd';
  readonly found: ReadonlyMap<string, Found>;
}

const Facts = z.object({
  uid: z.string(),
  hostname: z.string().toLowerCase().pipe(AgentName),
  enrolled: z.enum(['yes', 'no']),
  previous: z.enum(['yes', 'no']),
  timer: z.enum(['active', 'inactive', 'no-systemd']),
});

/**
 * Looks at a host, and changes nothing.
 * @throws DeployError
 */
export async function inspect(shell: RootShell, paths: readonly string[]): Promise<Inspected> {
  const told = await shell.script('inspect.sh', paths);
  const pairs = told.split('\n').flatMap((line): [string, string][] => {
    const equals = line.indexOf('=');
    return equals === -1 ? [] : [[line.slice(0, equals), line.slice(equals + 1)]];
  });
  const facts = Facts.safeParse(Object.fromEntries(pairs));
  if (!facts.success) throw new DeployError('it does not tell what it is: is its shell another one than sh?');
  if (facts.data.uid !== '0') throw new DeployError('only root can install: log in as root, or give --sudo');
  return {
    name: facts.data.hostname,
    isEnrolled: facts.data.enrolled === 'yes',
    hasPrevious: facts.data.previous === 'yes',
    timer: facts.data.timer,
    found: new Map(pairs.flatMap(([key, value]) => foundIn(key, value))),
  };
}

function foundIn(key: string, value: string): [string, Found][] {
  if (key === 'absent' || key === 'other') return [[value, { is: key }]];
  const [, digest, mode, owner, path] = /^([0-9a-f]{64}) (\d+) (\S+) (.*)$/.exec(value) ?? [];
  if (key !== 'file' || digest === undefined || mode === undefined || owner === undefined || path === undefined)
    return [];
  return [[path, { is: 'file', digest, mode, owner }]];
}

/** The files that are not as they shall be. */
export function differing(wanted: readonly WantedFile[], found: ReadonlyMap<string, Found>): WantedFile[] {
  return wanted.filter(({ path, digest, mode, owner, isKept }) => {
    const there = found.get(path);
    if (there?.is !== 'file') return true;
    return !isKept && (there.digest !== digest || there.mode !== mode || there.owner !== owner);
  });
}
