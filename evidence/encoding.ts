import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { isText } from '../policies/shapes.ts';

/**
 * Strict readers of the encodings that evidence is written in. Each accepts exactly one spelling of a value: were there
 * two, one signed text could be passed off in another form. All answer undefined where the text is not that spelling.
 */

/** RFC 4648 section 4: with padding, no line ends, and zeros in the unused bits. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** A size or an index: no sign, no leading zeros, at most 2^53 - 1. */
export function decodeDecimal(text: string): number | undefined {
  if (!/^(0|[1-9][0-9]{0,15})$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** A byte order mark stays what it is, a character: left out, the text would no longer be what was signed. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  return isUtf8(bytes) ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8') : undefined;
}

/** As long as an entry of the log can be. */
const longestBase64 = 65_535;

/** Bytes in base64, no longer than an entry of the log can be, as a schema. */
export const Base64 = z
  .string()
  .max(longestBase64)
  .refine((text) => decodeBase64(text) !== undefined, 'expected base64 with padding');

/** What `Base64` says, quickly. */
export function isBase64(json: unknown): json is string {
  return isText(json, longestBase64) && decodeBase64(json) !== undefined;
}

/** So many bytes in base64, as a schema. */
export function base64Of(length: number): z.ZodType<string, string> {
  return z
    .string()
    .length(Math.ceil(length / 3) * 4, `expected ${length} bytes in base64`)
    .refine((text) => decodeBase64(text)?.length === length, `expected ${length} bytes in base64`);
}
