import { hash } from 'node:crypto';
import { ByteReader, Malformed } from '../../evidence/der/bytes.ts';
import { encodeElement, encodeOid } from '../../evidence/der/encode.ts';
import { element, expectEnd, nextElement, onlyElement, rawElementsOf, tags } from '../../evidence/der/elements.ts';
import { sha256Oid } from '../../evidence/timestamp/algorithms.ts';

/**
 * A TimeStampReq (RFC 3161 2.4.1): the SHA-256 of the text and nothing of it, and the wish for the signer's certificate.
 * @param nonce to be found in the answer, as the content of a positive INTEGER
 */
export function encodeRequest(text: string, nonce: Uint8Array): Buffer {
  const algorithm = encodeElement(tags.sequence, encodeOid(sha256Oid), encodeElement(0x05));
  const imprint = encodeElement(
    tags.sequence,
    algorithm,
    encodeElement(tags.octetString, hash('sha256', text, 'buffer')),
  );
  const version = encodeElement(tags.integer, Buffer.of(1));
  const certReq = encodeElement(tags.boolean, Buffer.of(0xff));
  return encodeElement(tags.sequence, version, imprint, encodeElement(tags.integer, nonce), certReq);
}

/** What an authority answered (RFC 3161 2.4.2). */
export type TimestampAnswer =
  | { readonly outcome: 'granted'; readonly token: Uint8Array }
  /** With the authority's own words, where it gives any. */
  | { readonly outcome: 'refused'; readonly status: number; readonly words: string };

/**
 * A TimeStampResp. Nothing of the token has been verified.
 * @throws Malformed
 */
export function decodeResponse(response: Uint8Array): TimestampAnswer {
  const [info = Buffer.alloc(0), token, ...more] = rawElementsOf(onlyElement(response, tags.sequence));
  const reader = new ByteReader(onlyElement(info, tags.sequence));
  const status = statusOf(element(reader, tags.integer));
  if (status > grantedWithMods) return { outcome: 'refused', status, words: wordsOf(reader) };
  if (token === undefined || more.length > 0) throw new Malformed('it grants a token and has none, or more than one');
  return { outcome: 'granted', token };
}

/** PKIStatus: 0 is granted, 1 is granted with changes, of which each that matters is looked at in the token. */
const grantedWithMods = 1;

function statusOf(content: Uint8Array): number {
  const [status = 255, ...more] = content;
  return more.length === 0 ? status : 255;
}

/** PKIFreeText: UTF-8, cut to what fits a line. */
function wordsOf(reader: ByteReader): string {
  if (reader.peek() !== tags.sequence) return '';
  const texts = new ByteReader(element(reader, tags.sequence));
  const { content } = nextElement(texts);
  expectEnd(texts);
  return Buffer.from(content)
    .toString()
    .replace(/\p{Cc}/gu, ' ')
    .slice(0, 200);
}
