import { createHmac } from 'node:crypto';
import { secretIn } from './mail.ts';
import { sentenceOf } from './message.ts';
import { Refusal, type Channel, type Outgoing } from './sending.ts';
import type { WebhookSettings } from './settings.ts';
import type { Language } from '../../policies/schema.ts';

export interface WebhookInput {
  readonly settings: WebhookSettings;
  readonly language: Language;
  readonly origin: string;
  readonly now: () => Date;
}

/**
 * Posts messages as JSON, signed by the convention of standardwebhooks.com: HMAC-SHA256 over id, time and body. How to
 * check that is in docs/notices.md.
 */
export class Webhook implements Channel {
  readonly #input: WebhookInput;

  constructor(input: WebhookInput) {
    this.#input = input;
  }

  async send(message: Outgoing, signal: AbortSignal): Promise<string | null> {
    const { settings, now } = this.#input;
    const body = this.#bodyOf(message);
    const timestamp = Math.floor(now().getTime() / 1000);
    const answer = await fetch(settings.url, {
      method: 'POST',
      // To where an answer points nothing is sent: it may be anywhere.
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(settings.timeout * 1000)]),
      headers: {
        'content-type': 'application/json',
        'user-agent': 'waarborg',
        'webhook-id': message.id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': signatureOf(keyIn(settings.secretFile), { id: message.id, timestamp, body }),
      },
      body,
    });
    await answer.body?.cancel();
    if (answer.ok) return null;
    const told = `HTTP ${answer.status}`;
    throw isRefusal(answer.status) ? new Refusal(told) : new Error(told);
  }

  #bodyOf({ id, made, subject, content }: Outgoing): string {
    const { origin, language } = this.#input;
    const notices = content.notices.map((notice) => {
      const { kind, severity, policy, control, host, reasons, values } = notice.condition;
      const told = { kind, severity, policy, control, host, reasons, values };
      return { change: notice.change, at: notice.at, text: sentenceOf(notice, language), ...told };
    });
    return JSON.stringify({ v: 1, type: 'waarborg.notices', id, origin, made, subject, text: content.text, notices });
  }
}

/** Request Timeout, Too Early and Too Many Requests (RFC 9110, RFC 8470, RFC 6585) say nothing of what was sent. */
function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && ![408, 425, 429].includes(status);
}

export interface Signed {
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
}

/** `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`. */
export function signatureOf(key: Uint8Array, { id, timestamp, body }: Signed): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

/** @throws Error where the file holds no secret of `whsec_` and base64 of 24 to 64 bytes */
function keyIn(file: string): Buffer {
  const text = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secretIn(file))?.[1];
  const key = Buffer.from(text ?? '', 'base64');
  if (key.length >= 24 && key.length <= 64) return key;
  throw new Error(`${file}: expected whsec_ and 24 to 64 bytes in base64`);
}
