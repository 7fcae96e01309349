import { ByteReader, Malformed } from './bytes.ts';

/** Tags of the elements that are read here (X.690). */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  sequence: 0x30,
  set: 0x31,
} as const;

export interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
}

/**
 * The next DER element (X.690 8.1); of the tags only those of one byte.
 * @throws Malformed where there is none or its length has no DER form
 */
export function nextElement(reader: ByteReader): Element {
  const tag = reader.number(1);
  const length = reader.number(1);
  if (length < 0x80) return { tag, content: reader.take(length) };
  if (length === 0x80 || length > 0x84) throw new Malformed('a length has no DER form');
  return { tag, content: reader.vector(length - 0x80) };
}

/**
 * The content of the next element, which must have this tag.
 * @throws Malformed where it has not
 */
export function element(reader: ByteReader, tag: number): Uint8Array {
  const next = nextElement(reader);
  if (next.tag !== tag) throw new Malformed('another element was expected');
  return next.content;
}

/** The content of the next element where it has this tag; else undefined, and the reader stays where it is. */
export function optionalElement(reader: ByteReader, tag: number): Uint8Array | undefined {
  return reader.peek() === tag ? element(reader, tag) : undefined;
}

/** Every element of a content. */
export function elementsOf(content: Uint8Array): Element[] {
  const reader = new ByteReader(content);
  const elements: Element[] = [];
  while (reader.remaining > 0) elements.push(nextElement(reader));
  return elements;
}

/** Every element of a content, each with its own tag and length. */
export function rawElementsOf(content: Uint8Array): Uint8Array[] {
  const reader = new ByteReader(content);
  const elements: Uint8Array[] = [];
  while (reader.remaining > 0) {
    const from = content.length - reader.remaining;
    nextElement(reader);
    elements.push(content.subarray(from, content.length - reader.remaining));
  }
  return elements;
}

/**
 * The content of the one element that these bytes are.
 * @throws Malformed where they are another, or more
 */
export function onlyElement(bytes: Uint8Array, tag: number): Uint8Array {
  const reader = new ByteReader(bytes);
  const content = element(reader, tag);
  expectEnd(reader);
  return content;
}

/** @throws Malformed where something is left */
export function expectEnd(reader: ByteReader): void {
  if (reader.remaining > 0) throw new Malformed('something follows its end');
}

/** An object identifier's content in dots: `2.5.29.19` (X.690 8.19). */
export function dotted(content: Uint8Array): string {
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of content) {
    arc = arc * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const [first = 0, ...rest] = arcs;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...rest].join('.');
}
