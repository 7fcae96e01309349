import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { Problem } from '../problem.ts';
import type { Source } from './condition.ts';
import { asHtml, asText } from './forms.ts';
import { Mail } from './mail.ts';
import { composeTrial } from './message.ts';
import { Outbox, type Message } from './outbox.ts';
import { describe, PostOffice, type Counter } from './post-office.ts';
import type { NoticesSettings, Receiver } from './settings.ts';
import { Watch } from './watch.ts';
import { Webhook } from './webhook.ts';

/** How often it is looked what changed, in milliseconds. */
const lookInterval = 5000;

/** So many messages are listed. */
const listed = 200;

export interface NoticesInput {
  /** Left out: nobody is told anything. */
  readonly settings: NoticesSettings | undefined;
  readonly data: string;
  readonly origin: string;
  readonly sources: readonly Source[];
  readonly now: () => Date;
  readonly log: Logger;
}

/** Somebody who is told, and how that goes. */
export interface ReceiverView {
  readonly name: string;
  readonly by: 'mail' | 'webhook';
  readonly language: Receiver['language'];
  readonly severity: Receiver['severity'];
  readonly about: Receiver['about'];
  /** Notices that are in no message yet. */
  readonly pending: number;
  readonly waiting: number;
  readonly sent: number;
  readonly failed: number;
}

/** Tells people of what changes, by mail and webhook. */
export class Notices {
  readonly #input: NoticesInput;
  readonly #outbox: Outbox;
  readonly #counters: readonly Counter[];
  readonly #watch: Watch;
  readonly #office: PostOffice;
  readonly #ending = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;

  constructor(input: NoticesInput) {
    const { settings, data, origin, sources, now, log } = input;
    this.#input = input;
    this.#outbox = new Outbox(data);
    this.#counters = (settings?.receivers ?? []).map((receiver) => ({ receiver, channel: channelOf(receiver, input) }));
    const outbox = this.#outbox;
    this.#watch = new Watch({ outbox, sources, receivers: settings?.receivers ?? [] });
    const { url, giveUpAfter = 0 } = settings ?? {};
    this.#office = new PostOffice({ outbox, counters: this.#counters, origin, url, giveUpAfter, now, log });
  }

  /** Looks from now on; without receivers there is nothing to look for. */
  begin(): void {
    if (this.#counters.length === 0) return;
    this.#timer = setInterval(() => void this.round(), lookInterval).unref();
  }

  /** Looks what changed and sends what is due; a round that is under way is not begun twice. */
  round(): Promise<void> {
    this.#round ??= this.#go().finally(() => (this.#round = undefined));
    return this.#round;
  }

  async #go(): Promise<void> {
    const { log, now } = this.#input;
    try {
      this.#watch.look(now());
      await this.#office.round(this.#ending.signal);
    } catch (error) {
      log.error({ code: 'notices.failed', err: error }, 'notices could not be looked after; it is tried again');
    }
  }

  /**
   * Sends a trial at once.
   * @throws Problem `notice.receiver`, `notice.refused`
   */
  async trial(name: string): Promise<void> {
    const counter = this.#counters.find(({ receiver }) => receiver.name === name);
    if (counter === undefined) {
      throw new Problem(404, 'notice.receiver', `no receiver ${name} in collector.yaml`);
    }
    const { origin, settings, now } = this.#input;
    const { language } = counter.receiver;
    const composed = composeTrial({ receiver: name, language, origin, url: settings?.url });
    const content = { text: asText(composed), html: asHtml(composed), notices: [] };
    const message = { id: randomUUID(), made: now().toISOString(), subject: composed.subject, content };
    let note: string | null;
    try {
      note = await counter.channel.send(message, this.#ending.signal);
    } catch (error) {
      note = describe(error);
    }
    if (note !== null) throw new Problem(502, 'notice.refused', `${name} did not take it: ${note}`);
  }

  /** Of each, what it wants to be told and how many messages it had. */
  receivers(): ReceiverView[] {
    return this.#counters.map(({ receiver }) => {
      const { name, language, severity, about, mail } = receiver;
      const by = mail === undefined ? 'webhook' : 'mail';
      return { ...{ name, by, language, severity, about }, ...this.#outbox.counts(name) };
    });
  }

  /** Newest first. */
  messages(): Message[] {
    return this.#outbox.messages(listed);
  }

  /** Ends what is under way: it is tried again after the next start. */
  async stop(): Promise<void> {
    if (this.#ending.signal.aborted) return;
    clearInterval(this.#timer);
    this.#ending.abort();
    await this.#round;
    this.#outbox[Symbol.dispose]();
  }
}

function channelOf(receiver: Receiver, { settings, origin, now }: NoticesInput): Counter['channel'] {
  const { mail: to, webhook, language } = receiver;
  if (webhook !== undefined) return new Webhook({ settings: webhook, language, origin, now });
  if (to !== undefined && settings?.mail !== undefined) return new Mail({ settings: settings.mail, to, origin });
  // The settings are refused before they come here.
  throw new Problem(500, 'notice.receiver', `${receiver.name} has neither mail nor webhook`);
}
