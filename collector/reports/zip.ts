import { strToU8, zipSync } from 'fflate';

/** A file of a report that is several. */
export interface ReportFile {
  readonly name: string;
  readonly content: string | Buffer;
}

/** An archive that is the same, byte for byte, for the same files. */
export function zip(files: readonly ReportFile[]): Buffer {
  const contents = files.map(({ name, content }) => [name, typeof content === 'string' ? strToU8(content) : content]);
  // Archives have local time, which is the same here wherever that is; none is earlier.
  const mtime = new Date(1980, 0, 1);
  return Buffer.from(zipSync(Object.fromEntries(contents) as Record<string, Uint8Array>, { mtime }));
}
