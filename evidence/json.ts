import type { z } from 'zod';
import { decodeUtf8 } from './encoding.ts';

/**
 * How much structure JSON from elsewhere may have. Values in memory take many times the bytes they are written in, and a
 * schema's complaints many times that: so both are counted before anything is built. Facts of the longest part that may be, written with the
 * names of their members, have fewer values than this.
 */
const maximumDepth = 64;
const maximumValues = 2 ** 21;

/** The bytes of JSON that count, as ASCII has them. */
const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** A value of JSON in UTF-8; undefined where the bytes are none, or nest deeper or hold more than the limits. */
export function parseJson(bytes: Uint8Array): unknown {
  return isWithinLimits(bytes) ? parseUncounted(bytes) : undefined;
}

function parseUncounted(bytes: Uint8Array): unknown {
  const text = decodeUtf8(bytes);
  return text === undefined ? undefined : parseText(text);
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * Reads JSON that has one spelling only: without spaces, each member once and in the order of the schema. Another
 * spelling could be read in another way by another program, and then two verifiers of one signature would disagree.
 * @returns undefined where the bytes are not that spelling of a value of this schema
 */
export function parseExactJson<Schema extends z.ZodType>(
  schema: Schema,
  bytes: Uint8Array,
): z.output<Schema> | undefined {
  return readExactJson(bytes, (json) => schema.safeParse(json).data);
}

/**
 * As `parseExactJson`, by a reader of its own.
 * @param read answers undefined where the value is not of its form, and else gives its members in their order
 */
export function readExactJson<Value>(bytes: Uint8Array, read: (json: unknown) => Value | undefined): Value | undefined {
  // Whatever nests deeper than a form goes is none of it, so depth need not be counted; and what is short holds no more
  // values than the limit.
  if (bytes.length > maximumValues && !isWithinLimits(bytes)) return undefined;
  const text = decodeUtf8(bytes);
  if (text === undefined) return undefined;
  const value = read(parseText(text));
  return value !== undefined && JSON.stringify(value) === text ? value : undefined;
}

/** Counts without parsing: brackets and commas outside strings. What is no JSON at all is left to the parser. */
function isWithinLimits(bytes: Uint8Array): boolean {
  let depth = 0;
  let values = 1;
  let isInString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === quote) isInString = !isInString;
    else if (isInString) at += byte === backslash ? 1 : 0;
    else if (byte === comma) values += 1;
    else if (byte === openBracket || byte === openBrace) {
      depth += 1;
      values += 1;
      if (depth > maximumDepth) return false;
    } else if (byte === closeBracket || byte === closeBrace) depth -= 1;
    if (values > maximumValues) return false;
  }
  return true;
}
