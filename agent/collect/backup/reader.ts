import { z } from 'zod';
import type { BackupSet } from '../../../policies/checks/backup/facts.ts';
import type { CollectContext } from '../collector.ts';

/** What every set says of itself in agent.yaml, whatever its tool. */
export interface SetRequest {
  readonly set: string;
  readonly requiredPaths: readonly string[];
  readonly timeZone: string;
}

/** What a reader finds out about a set. */
export type SetReading = Pick<
  BackupSet,
  'location' | 'encrypted' | 'minimumSize' | 'ofHost' | 'otherHosts' | 'points' | 'list' | 'lock'
>;

/** Reads the points of one backup tool. A new tool is a file with one of these, and its line in `readers.ts`. */
export interface ReaderDefinition<Source extends z.ZodType> {
  /** Its key under `source` in agent.yaml, and `tool` in the facts. */
  readonly tool: string;
  /** What agent.yaml holds under that key. */
  readonly source: Source;
  /** Never writes to what it reads, and waits for no lock. Points come sorted by time. */
  read(context: CollectContext, request: SetRequest, source: z.output<Source>): Promise<SetReading>;
}

/** A reader as the collector handles it. */
export interface BackupReader {
  readonly tool: string;
  readonly source: z.ZodType;
  read(context: CollectContext, request: SetRequest, source: unknown): Promise<SetReading>;
}

export function defineReader<Source extends z.ZodType>(definition: ReaderDefinition<Source>): BackupReader {
  return {
    ...definition,
    read: (context, request, source) => definition.read(context, request, definition.source.parse(source)),
  };
}

/** The form of a path in agent.yaml: absolute and plain, so that two spellings never mean the same place. */
export const AbsolutePath = z
  .string()
  .max(1024)
  .regex(/^\/(?!.*\/\/)(?!.*(^|\/)\.{1,2}(\/|$)).*$/, 'expected an absolute path without //, . or ..')
  .regex(/^(\/|.*[^/])$/, 'expected no / at the end');
