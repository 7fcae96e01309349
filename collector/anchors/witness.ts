import { readAtMost } from '../../agent/post.ts';
import { formatAddCheckpoint, parseRecordedSize, sizeMediaType } from '../../evidence/add-checkpoint.ts';
import { parseCheckpoint } from '../../evidence/checkpoint.ts';
import { openCosignature } from '../../evidence/note.ts';
import type { WitnessKey } from '../../evidence/vkey.ts';
import { clockToleranceSeconds, secondsBetween } from '../../policies/quantities.ts';
import { LogContradictedError, type AnchoredLog, type Anchoring, type AnchorSource } from './anchors.ts';

export interface WitnessSettings {
  /** The prefix under which it serves `add-checkpoint`. */
  readonly url: string;
  readonly key: WitnessKey;
}

/** A witness did not sign, or not what it was asked to. */
export class WitnessError extends Error {
  readonly code: 'witness.refused' | 'witness.answer' | 'witness.signature' | 'witness.clock';
  constructor(code: WitnessError['code'], message: string) {
    super(message);
    this.name = 'WitnessError';
    this.code = code;
  }
}

/** Bytes of an answer: some signature lines. */
const maximumAnswer = 16_384;

/** A first question with what is remembered, and others with the sizes that the witness tells. */
const maximumQuestions = 3;

/** Asks a witness to sign the log's head (C2SP tlog-witness 1.0.0). */
export function witnessSource({ url, key }: WitnessSettings, everySeconds: number, now: () => Date): AnchorSource {
  /** Of the head that it signed last, as far as is known: the witness tells where that is wrong. */
  let recorded = 0;
  return {
    name: key.name,
    everySeconds,
    async ask(log, signal) {
      const size = log.head.size;
      for (let questions = 0; questions < maximumQuestions; questions += 1) {
        if (recorded > size) throw contradicted(key, recorded, size);
        const answer = await ask(url, recorded, log, signal);
        if (answer.status === 200) {
          const { at, anchoring } = openAnswer(answer.body, log, key);
          recorded = size;
          assertClock(key, at, now());
          return anchoring;
        }
        const known = answer.type === sizeMediaType ? parseRecordedSize(answer.body) : undefined;
        if (answer.status === 409 && known !== undefined && known !== recorded) {
          recorded = known;
          continue;
        }
        throw refusal(answer, { key, recorded, size });
      }
      throw new WitnessError('witness.answer', `${key.name} tells another size each time it is asked`);
    },
  };
}

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly body: string;
}

async function ask(url: string, old: number, log: AnchoredLog, signal: AbortSignal): Promise<Answer> {
  const proof = old === log.head.size ? [] : log.proveConsistency(old);
  const response = await fetch(`${url.replace(/\/$/, '')}/add-checkpoint`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: formatAddCheckpoint({ old, proof, checkpoint: log.head.checkpoint }),
    redirect: 'error',
    signal,
  });
  const body = (await readAtMost(response, maximumAnswer)).toString();
  return { status: response.status, type: response.headers.get('content-type'), body };
}

/** @throws WitnessError where the answer holds no signature of this witness over this head */
function openAnswer(lines: string, { head }: AnchoredLog, key: WitnessKey): { at: Date; anchoring: Anchoring } {
  const text = head.checkpoint.slice(0, head.checkpoint.lastIndexOf('\n\n') + 1);
  const { size, root } = parseCheckpoint(text);
  for (const line of lines.trimEnd().split('\n')) {
    const signature = openLine(text, line, key);
    if (signature.type === 'unknown') continue;
    return { at: signature.at, anchoring: { size, root, by: { type: 'witness', cosignature: line } } };
  }
  throw new WitnessError('witness.signature', `${key.name} answered without a signature of its own`);
}

function openLine(text: string, line: string, key: WitnessKey): ReturnType<typeof openCosignature> {
  try {
    return openCosignature(text, line, [key]);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new WitnessError('witness.signature', `${key.name} answered with no good signature: ${why}`);
  }
}

/** An auditor would take it for a sign that the log was dated back or forward. */
function assertClock({ name }: WitnessKey, at: Date, now: Date): void {
  if (Math.abs(secondsBetween(at, now)) <= clockToleranceSeconds) return;
  throw new WitnessError(
    'witness.clock',
    `${name} dated its signature ${at.toISOString()}, and here it is ${now.toISOString()}: one of the two clocks is wrong`,
  );
}

function refusal(
  { status, body }: Answer,
  { key, recorded, size }: { key: WitnessKey; recorded: number; size: number },
): Error {
  // It was asked from the very size that it told: then the heads differ, or the proof would hold.
  if (status === 422 || (status === 409 && recorded === size)) {
    return new LogContradictedError(
      'log.forked',
      `${key.name} signed a head of ${recorded} entries of this log that the log does not continue: it was forked, or set back and written anew`,
    );
  }
  const said = body.replaceAll(/\p{Cc}/gu, ' ').slice(0, 200);
  return new WitnessError('witness.refused', `${key.name} answered ${status}: ${said}`);
}

function contradicted({ name }: WitnessKey, recorded: number, size: number): LogContradictedError {
  return new LogContradictedError(
    'log.behind',
    `${name} signed a head of ${recorded} entries of this log, which has ${size}: it was set back to an older state`,
  );
}
