import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { CommandResult } from '../../agent/host/host.ts';
import { root } from './sources.ts';

/** What a real machine said: files by path, commands by their whole line. */
export interface Situation {
  readonly files: Readonly<Record<string, string>>;
  readonly commands: Readonly<Record<string, Partial<CommandResult>>>;
  /** Of files where that tells something. */
  readonly modifiedAt: Readonly<Record<string, Date>>;
  /** When that was. */
  readonly at: Date;
}

const Moment = z.iso.datetime().transform((text) => new Date(text));

const Told = z.object({
  from: z.string(),
  situations: z.record(
    z.string(),
    z.object({
      at: Moment,
      files: z.record(z.string(), z.string()),
      modifiedAt: z.record(z.string(), Moment).default({}),
      commands: z.record(
        z.string(),
        z.object({ exitCode: z.int(), stdout: z.string(), stderr: z.string().optional() }).transform((told) => {
          return { ...told, stderr: told.stderr ?? '' };
        }),
      ),
    }),
  ),
});

/**
 * Finds what real tools said, by the name of a situation. Which tools those were, and of which system, the file says itself.
 * @param name of a file in test/fixtures/recorded, without its ending
 */
export function recordedIn(name: string): (situation: string) => Situation {
  const { situations } = Told.parse(
    JSON.parse(readFileSync(join(root, `test/fixtures/recorded/${name}.json`), 'utf8')),
  );
  return (situation) => {
    const found = situations[situation];
    if (found === undefined) throw new Error(`${name}.json has no situation called ${situation}`);
    return found;
  };
}
