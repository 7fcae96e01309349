import type { Logger } from 'pino';
import { asHtml, asText } from './forms.ts';
import { compose } from './message.ts';
import type { Message, Outbox, WaitingMessage } from './outbox.ts';
import { Content, Refusal, type Channel } from './sending.ts';
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

/** After so many tries of one message, an hour after the first, it is seen whether the next one fares better. */
const patience = 7;

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

  /**
   * Sends what is due, in the order in which it was made: that something is over is never told before that it began. So
   * who cannot be reached is asked for one message only. One that fails although he is there holds up no other.
   */
  async #send(counter: Counter, signal: AbortSignal): Promise<void> {
    const { outbox, now } = this.#input;
    let stuck: WaitingMessage | undefined;
    for (const message of outbox.waiting(counter.receiver.name)) {
      if (isEnding(signal)) return;
      if (new Date(message.next) > now()) {
        if (message.isAside) continue;
        return;
      }
      const outcome = await this.#try(counter, message, signal);
      if (outcome !== 'failed' && stuck !== undefined) outbox.setAside(stuck.id);
      if (outcome === 'taken') {
        stuck = undefined;
        continue;
      }
      // Each may take as long as the receiver may keep silent, and other receivers wait for the round's end.
      const isStuck = outcome === 'failed' && !message.isAside && message.attempts + 1 >= patience;
      if (!isStuck || stuck !== undefined) return;
      stuck = message;
    }
  }

  async #try(
    { receiver, channel }: Counter,
    message: WaitingMessage,
    signal: AbortSignal,
  ): Promise<'taken' | 'refused' | 'failed'> {
    const { outbox, now, log } = this.#input;
    const { id, made, subject } = message;
    const content = Content.parse(JSON.parse(message.content));
    try {
      const note = await channel.send({ id, made, subject, content }, signal);
      if (!isEnding(signal)) outbox.sent(id, now(), note);
      if (note !== null) log.warn({ receiver: receiver.name, message: id, note }, 'a notice went to some only');
      return 'taken';
    } catch (error) {
      const isRefused = error instanceof Refusal;
      // What was under way when the collector ended is tried again after the next start.
      if (!isEnding(signal)) {
        if (isRefused) outbox.setAside(id);
        this.#postpone(message, error);
      }
      return isRefused ? 'refused' : 'failed';
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
