import { z } from 'zod';
import type { Point } from '../../policies/checks/backup/facts.ts';
import type { Reading, Unreadable } from '../../policies/reading.ts';
import type { CollectContext } from '../collect/collector.ts';

/** A file in a copy. */
export interface CopiedFile {
  /** As the copy names it; restored, it lies under this name in the folder. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly modifiedAt: Date;
  /** The path that it was copied from, where the copy tells. */
  readonly source?: string;
}

/** The copy was opened, and the tool could not do its work on it: what restoring it in earnest would come to as well. */
export interface Failed {
  readonly state: 'failed';
  readonly why: string;
}

export interface Restored {
  readonly state: 'restored';
  /** Whether the tool held every file's content against a hash or checksum that it recorded when it copied it. */
  readonly isVerified: boolean;
}

/** One copy, opened. */
export interface Copy {
  /** Every file in it that is not empty: an empty one shows nothing. Links and devices are left out. */
  files(): Promise<Reading<readonly CopiedFile[]> | Failed>;
  /**
   * Restores those files into an empty folder, or all of them. Writes nowhere else.
   * @returns an obstacle where it could not be tried: the program is missing, the time is over
   */
  restore(files: readonly CopiedFile[] | 'all', folder: string): Promise<Restored | Failed | Unreadable>;
}

/** What a restorer may use; `scratch` is a folder for the tool's own notes and the like. */
export interface RestoreContext extends Pick<CollectContext, 'host' | 'at' | 'signal'> {
  readonly scratch: string;
  /** Seconds that one command may take. */
  readonly timeout: number;
  readonly timeZone: string;
}

/** Restores what one backup tool copied. A new tool is a file with one of these, and its line in `restorers.ts`. */
export interface RestorerDefinition<Source> {
  /** The name of its reader. */
  readonly tool: string;
  /** What it reads of the settings that the reader declares. */
  readonly source: z.ZodType<Source>;
  /** Never writes to what it opens, and waits for no lock. */
  open(context: RestoreContext, source: Source, point: Point): Promise<Reading<Copy>>;
}

export interface Restorer {
  readonly tool: string;
  open(context: RestoreContext, source: unknown, point: Point): Promise<Reading<Copy>>;
}

export function defineRestorer<Source>(definition: RestorerDefinition<Source>): Restorer {
  return {
    tool: definition.tool,
    open: (context, source, point) => definition.open(context, definition.source.parse(source), point),
  };
}

/** Bytes of a listing of files: about a million files. */
export const maximumListing = 400 * 2 ** 20;

/** A listing that is one JSON object a line; lines for which `fileOf` says undefined are left out. */
export function parseLines<Schema extends z.ZodType>(
  stdout: string,
  schema: Schema,
  fileOf: (line: z.output<Schema>) => CopiedFile | undefined,
): CopiedFile[] | undefined {
  const files: CopiedFile[] = [];
  for (const line of stdout.split('\n')) {
    if (line === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      return undefined;
    }
    const parsed = schema.safeParse(value);
    if (!parsed.success) return undefined;
    const file = fileOf(parsed.data);
    if (file !== undefined && file.size > 0) files.push(file);
  }
  return files;
}
