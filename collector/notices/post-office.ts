import type { Logger } from 'pino';
import { asHtml, asText } from './forms.ts';
import { compose } from './message.ts';
import type { Message, Outbox } from './outbox.ts';
import { Content, type Channel } from './sending.ts';
import type { Receiver } from './settings.ts';
import { backOff } from './times.ts';

export interface Counter {
  readonly receiver: Receiver;
  readonly channel: Channel;
}

export interface PostOfficeInput {
  readonly outbox: Outbox;
  readonly counters: readonly Counter[];
  /** The log's name. */
  readonly origin: string;
  readonly url: string | undefined;
  /** Seconds after which a message that nobody took is given up. */
  readonly giveUpAfter: number;
  readonly now: () => Date;
  readonly log: Logger;
}

const hour = 3_600_000;

/** Puts notices into messages and hands these over, each until somebody took it. */
export class PostOffice {
  readonly #input: PostOfficeInput;

  constructor(input: PostOfficeInput) {
    this.#input = input;
    this.#dropStrangers();
  }

  /** Makes the messages that are due, and sends what waits; receivers do not wait for each other. */
  async round(signal: AbortSignal): Promise<void> {
    await Promise.all(
      this.#input.counters.map(async (counter) => {
        this.#enclose(counter.receiver);
        await this.#send(counter, signal);
      }),
    );
    if (!isEnding(signal)) this.#input.outbox.prune(this.#input.now());
  }

  /** What presses goes with all that presses; reminders go when their time has come. */
  #enclose(receiver: Receiver): void {
    const { outbox, origin, url, now } = this.#input;
    const { name, language, perHour } = receiver;
    const at = now();
    const pending = outbox.pending(name);
    const isDue = pending.some(({ due }) => due <= at);
    if (!isDue || outbox.countSince(name, new Date(at.getTime() - hour)) >= perHour) return;
    const together = pending.filter(({ urgency, due }) => urgency === 'urgent' || due <= at);
    const notices = together.map(({ notice }) => notice);
    const composed = compose(notices, { receiver: name, language, origin, url });
    const content: Content = { text: asText(composed), html: asHtml(composed), notices };
    const message = { receiver: name, subject: composed.subject, content: JSON.stringify(content) };
    outbox.enclose(
      message,
      together.map(({ id }) => id),
      at,
    );
  }

  async #send({ receiver, channel }: Counter, signal: AbortSignal): Promise<void> {
    const { outbox, now } = this.#input;
    for (const message of outbox.waiting(receiver.name)) {
      if (isEnding(signal) || new Date(message.next) > now()) return;
      const { id, made, subject } = message;
      const content = Content.parse(JSON.parse(message.content));
      try {
        const note = await channel.send({ id, made, subject, content }, signal);
        if (!isEnding(signal)) outbox.sent(id, now(), note);
        if (note !== null)
          this.#input.log.warn({ receiver: receiver.name, message: id, note }, 'a notice went to some only');
      } catch (error) {
        // What was under way when the collector ended is tried again after the next start.
        if (!isEnding(signal)) this.#postpone(message, error);
        return;
      }
    }
  }

  #postpone({ id, receiver, made, attempts, notices }: Message, error: unknown): void {
    const { outbox, now, log, giveUpAfter } = this.#input;
    const at = now();
    const why = describe(error);
    const isGivenUp = at.getTime() - Date.parse(made) >= giveUpAfter * 1000;
    outbox.tried(id, why, at, isGivenUp ? null : new Date(at.getTime() + backOff(attempts + 1)));
    const told = { code: isGivenUp ? 'notices.given-up' : 'notices.postponed', receiver, message: id, notices, why };
    if (isGivenUp) log.error(told, 'a notice could not be delivered and is given up');
    else log.warn(told, 'a notice could not be delivered; it is tried again');
  }

  #dropStrangers(): void {
    const { outbox, counters, now, log } = this.#input;
    const names = new Set(counters.map(({ receiver }) => receiver.name));
    for (const name of outbox.receivers()) {
      if (names.has(name)) continue;
      outbox.drop(name, now());
      log.warn({ receiver: name }, 'what waited for a receiver that collector.yaml has no more is dropped');
    }
  }
}

/** To be asked again after each wait: by then it may be. */
function isEnding(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** What went wrong, in one line without secrets: servers may repeat what they were told. */
export function describe(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  const text = error instanceof Error ? `${error.message}${cause}` : String(error);
  return text.replace(/\s+/g, ' ').slice(0, 300);
}
