import { createHash } from 'node:crypto';
import { z } from 'zod';
import { LogPlace } from './wal.ts';

/** A manifest's moments: always in GMT, whatever zone the server's other texts are in. */
const Moment = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d GMT$/)
  .transform((text) => new Date(`${text.slice(0, 10)}T${text.slice(11, 19)}Z`))
  .refine((moment) => !Number.isNaN(moment.getTime()), { error: 'expected a moment' });

const Document = z.object({
  'PostgreSQL-Backup-Manifest-Version': z.union([z.literal(1), z.literal(2)]),
  Files: z.array(
    z.object({
      /** In its place `Encoded-Path` for names that are no UTF-8. */
      Path: z.string().optional(),
      Size: z.int().min(0),
      'Last-Modified': Moment,
    }),
  ),
  'WAL-Ranges': z.array(z.object({ Timeline: z.int().min(1), 'Start-LSN': LogPlace, 'End-LSN': LogPlace })),
});

/** What a base backup says that it consists of. */
export interface Manifest {
  /** The sum of all that it says, in hexadecimal: no other copy has it. */
  readonly sum: string;
  /** When its label was written, at its beginning. */
  readonly startedAt: Date;
  /** Bytes of all files together. */
  readonly size: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
  /** The log that it takes to make the files consistent. */
  readonly ranges: readonly { readonly timeline: number; readonly from: bigint; readonly to: bigint }[];
  readonly isIncremental: boolean;
}

/**
 * Reads a `backup_manifest` (PostgreSQL's manual, "Backup Manifest Format").
 * @returns `damaged` where it is not what its own sum says, or is cut short
 * @throws z.ZodError where it is whole and of an unknown form
 */
export function parseManifest(text: string): Manifest | 'damaged' {
  const end = text.lastIndexOf('"Manifest-Checksum"');
  const sum = /^"Manifest-Checksum": "([0-9a-f]{64})"\}\s*$/.exec(text.slice(Math.max(end, 0)))?.[1];
  if (sum === undefined || createHash('sha256').update(text.slice(0, end)).digest('hex') !== sum) return 'damaged';
  const document = Document.parse(JSON.parse(text));
  const label = document.Files.find(({ Path }) => Path === 'backup_label');
  if (label === undefined) return 'damaged';
  const files = document.Files.flatMap(({ Path: path, Size: size }) => (path === undefined ? [] : [{ path, size }]));
  return {
    sum,
    startedAt: label['Last-Modified'],
    size: document.Files.reduce((total, { Size: size }) => total + size, 0),
    files,
    ranges: document['WAL-Ranges'].map((range) => ({
      timeline: range.Timeline,
      from: range['Start-LSN'],
      to: range['End-LSN'],
    })),
    isIncremental: files.some(({ path }) => /(^|\/)INCREMENTAL\.[^/]*$/.test(path)),
  };
}
