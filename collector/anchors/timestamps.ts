import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { readAtMost } from '../../agent/post.ts';
import { parseCheckpoint } from '../../evidence/checkpoint.ts';
import { Malformed } from '../../evidence/der/bytes.ts';
import { EvidenceError } from '../../evidence/error.ts';
import { Authorities } from '../../evidence/timestamp/authorities.ts';
import { verifyTimestamp, type Timestamp } from '../../evidence/timestamp/verify.ts';
import { clockToleranceSeconds, secondsBetween } from '../../policies/quantities.ts';
import { CollectorConfigError, type TimestampSettings } from '../config.ts';
import type { AnchorSource } from './anchors.ts';
import { decodeResponse, encodeRequest } from './timestamp-exchange.ts';

/** An authority did not stamp, or not as it was asked to. What is wrong with a token itself is an EvidenceError. */
export class TimestampError extends Error {
  readonly code:
    | 'timestamp.http'
    | 'timestamp.answer'
    | 'timestamp.refused'
    | 'timestamp.nonce'
    | 'timestamp.clock'
    | 'timestamp.untrusted'
    | 'timestamp.too-long';
  constructor(code: TimestampError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** From one token to the next: what a report can be back-dated by is at most about this. */
const everySeconds = 3600;

/** For question and answer. */
const patienceSeconds = 20;

/** Bytes of an answer, and of the token in it: as much as an entry of the log holds. */
const maximumAnswer = 65_536;
const maximumToken = 24_576;

/**
 * The authorities of the settings, with their certificates read.
 * @throws CollectorConfigError where certificates cannot be read
 */
export function timestampSources(
  settings: readonly TimestampSettings[],
  { log, now }: { log: Logger; now: () => Date },
): AnchorSource[] {
  if (settings.length === 1) {
    const message = 'one timestamp authority is set: should its key be stolen, all it ever signed is in doubt; set two';
    log.warn({ code: 'timestamps.one' }, message);
  }
  return settings.map((setting) => timestampSource(setting, readAuthorities(setting), now));
}

/** Asks an authority for a time stamp over the head's checkpoint, of which it is sent the SHA-256 and nothing else. */
export function timestampSource(
  { name, url }: Pick<TimestampSettings, 'name' | 'url'>,
  authorities: Authorities,
  now: () => Date,
): AnchorSource {
  return {
    name,
    everySeconds,
    async ask({ head }, signal) {
      const text = head.checkpoint.slice(0, head.checkpoint.lastIndexOf('\n\n') + 1);
      const { size, root } = parseCheckpoint(text);
      const nonce = positiveNonce();
      const answer = await post(url, encodeRequest(text, nonce), signal);
      const token = tokenOf(answer);
      verifyAnswer(verifyTimestamp(token, text, authorities), nonce, now());
      const by = { type: 'rfc3161', authority: name, token: Buffer.from(token).toString('base64') } as const;
      return { size, root, by };
    },
  };
}

function readAuthorities({ name, ca }: TimestampSettings): Authorities {
  try {
    return new Authorities([readFileSync(ca, 'utf8')]);
  } catch (error) {
    const why = error instanceof EvidenceError ? error.message : 'it cannot be read';
    throw new CollectorConfigError(`timestamps: ${ca} of ${name}: ${why}; expected certificates in PEM`);
  }
}

/** RFC 3161 3.4. Redirects are not followed: what is sent is for the authority that the operator named. */
async function post(url: string, request: Buffer, signal: AbortSignal): Promise<Buffer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/timestamp-query' },
      body: new Uint8Array(request),
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(patienceSeconds * 1000)]),
    });
    if (response.ok) return await readAtMost(response, maximumAnswer);
    await response.body?.cancel();
    throw new TimestampError('timestamp.http', `${url} answered with HTTP status ${response.status}`);
  } catch (error) {
    if (error instanceof TimestampError) throw error;
    throw new TimestampError('timestamp.http', `no answer from ${url}`, { cause: error });
  }
}

function tokenOf(response: Buffer): Uint8Array {
  let answer;
  try {
    answer = decodeResponse(response);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new TimestampError('timestamp.answer', `the answer is no TimeStampResp: ${error.message}`);
  }
  if (answer.outcome === 'refused') {
    throw new TimestampError(
      'timestamp.refused',
      `refused with status ${answer.status}: ${answer.words || 'no words'}`,
    );
  }
  if (answer.token.length <= maximumToken) return answer.token;
  const message = `a token of ${answer.token.length} bytes; the log takes ${maximumToken}`;
  throw new TimestampError('timestamp.too-long', message);
}

/** That the token is the answer to this very question, asked now, by an authority that is trusted. */
function verifyAnswer({ token, at, authority }: Timestamp, nonce: Buffer, now: Date): void {
  if (token.info.nonce === undefined || !nonce.equals(token.info.nonce)) {
    throw new TimestampError('timestamp.nonce', 'the token is the answer to another question');
  }
  if (authority === undefined) {
    throw new TimestampError('timestamp.untrusted', 'no certificate in the ca file vouches for the signer');
  }
  if (Math.abs(secondsBetween(now, at)) <= clockToleranceSeconds) return;
  const message = `the authority says that it is ${at.toISOString()}, the clock here ${now.toISOString()}: one of them is wrong`;
  throw new TimestampError('timestamp.clock', message);
}

/** 64 bits as the content of a positive INTEGER in DER: the first byte is neither 0 nor of a negative one. */
function positiveNonce(): Buffer {
  const nonce = randomBytes(8);
  nonce.writeUInt8((nonce.readUInt8(0) & 0x7f) | 0x40, 0);
  return nonce;
}
