import { readFileSync } from 'node:fs';
import { z } from 'zod';

const Compiled = z.strictObject({ digest: z.string(), value: z.unknown() });

/**
 * What a document says, kept as JSON beside it when the program is bundled: reading the YAML of all that is shipped
 * takes a fifth of a second and 20 MB, at each start of an agent.
 * @param digest of the text as it is now: what was kept of another is not used
 * @param readText how a file is read; undefined where there is none
 * @returns undefined where nothing of that text is kept
 */
export function readCompiled(file: string, digest: string, readText = fileText): unknown {
  const compiled = Compiled.safeParse(parseJson(readText(compiledFile(file)))).data;
  return compiled?.digest === digest ? compiled.value : undefined;
}

function fileText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function parseJson(text = ''): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The text of what is kept. */
export function compiledText(digest: string, value: unknown): string {
  return `${JSON.stringify({ digest, value } satisfies z.output<typeof Compiled>)}\n`;
}

export function compiledFile(file: string): string {
  return file.replace(/\.yaml$/, '.json');
}
