import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { z } from 'zod';
import { openDatabase, transact, type Migrations } from '../store/database.ts';
import { Condition, type Urgency } from './condition.ts';

const tables: Migrations = [
  `
  CREATE TABLE conditions (key TEXT PRIMARY KEY, condition TEXT NOT NULL, begun TEXT NOT NULL) STRICT;
  CREATE TABLE notices (
    id INTEGER PRIMARY KEY, receiver TEXT NOT NULL, urgency TEXT NOT NULL, due TEXT NOT NULL, notice TEXT NOT NULL,
    message TEXT
  ) STRICT;
  CREATE INDEX notices_waiting ON notices (receiver) WHERE message IS NULL;
  CREATE TABLE messages (
    id TEXT PRIMARY KEY, receiver TEXT NOT NULL, made TEXT NOT NULL, notices INTEGER NOT NULL, content TEXT NOT NULL,
    subject TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, next TEXT NOT NULL, ended TEXT, error TEXT
  ) STRICT;
  CREATE INDEX messages_by_time ON messages (made);
  CREATE INDEX messages_waiting ON messages (receiver, made) WHERE state = 'waiting';
  `,
  `
  ALTER TABLE messages ADD COLUMN aside INTEGER NOT NULL DEFAULT 0;
  `,
];

/** That something is the matter, or is over. */
export const Notice = z.strictObject({ change: z.enum(['begun', 'over']), at: z.string(), condition: Condition });
export type Notice = z.output<typeof Notice>;

/** A notice on its way to somebody. */
export interface AddressedNotice {
  readonly receiver: string;
  readonly urgency: Urgency;
  /** From when on it may be sent. */
  readonly due: Date;
  readonly notice: Notice;
}

const states = ['waiting', 'sent', 'failed'] as const;
export type MessageState = (typeof states)[number];

/** What is sent at once to one receiver. */
export interface Message {
  /** The same however often it is tried: whoever gets it twice can tell. */
  readonly id: string;
  readonly receiver: string;
  readonly made: string;
  /** How many notices are in it. */
  readonly notices: number;
  readonly subject: string;
  readonly state: MessageState;
  readonly attempts: number;
  /** When it is tried next. */
  readonly next: string;
  /** When it was sent or given up; null while it waits. */
  readonly ended: string | null;
  /** What went wrong the last time; null where nothing did. */
  readonly error: string | null;
}

/** A message that is still to be sent. */
export interface WaitingMessage extends Message {
  readonly content: string;
  /** The receiver would not have it, so that those after it do not wait for it. */
  readonly isAside: boolean;
}

/** How long it is kept what was sent, in milliseconds. */
const kept = 90 * 86_400_000;

type Row = NonNullable<ReturnType<StatementSync['get']>>;

/** What is to be told and was told, on disk: a message that was not handed over yet outlives a restart. */
export class Outbox implements Disposable {
  readonly #database: DatabaseSync;
  readonly #sql: ReturnType<typeof prepare>;

  constructor(data: string) {
    this.#database = openDatabase(join(data, 'notices.db'), tables);
    this.#sql = prepare(this.#database);
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  /** All that is known to be the matter, by key. */
  conditions(): Map<string, Condition> {
    const rows = this.#sql.conditions.all();
    return new Map(rows.map((row) => [String(row.key), Condition.parse(JSON.parse(String(row.condition)))]));
  }

  /** What changed, and who is to be told of it: both are on disk, or neither. */
  note(
    { begun, ended }: { readonly begun: readonly Condition[]; readonly ended: readonly string[] },
    notices: readonly AddressedNotice[],
    at: Date,
  ): void {
    transact(this.#database, () => {
      for (const key of ended) this.#sql.forget.run(key);
      for (const one of begun) this.#sql.remember.run(one.key, JSON.stringify(one), at.toISOString());
      for (const { receiver, urgency, due, notice } of notices) {
        this.#sql.address.run(receiver, urgency, due.toISOString(), JSON.stringify(notice));
      }
    });
  }

  /** What waits for one receiver, in the order in which it came up: of very much what presses, and then reminders. */
  pending(receiver: string): (Omit<AddressedNotice, 'receiver'> & { readonly id: number })[] {
    return this.#sql.pending.all(receiver).map((row) => ({
      id: Number(row.id),
      urgency: row.urgency === 'urgent' ? 'urgent' : 'reminder',
      due: new Date(String(row.due)),
      notice: Notice.parse(JSON.parse(String(row.notice))),
    }));
  }

  /** Puts notices together into one message; `content` is what will be sent, word for word. */
  enclose(
    { receiver, subject, content }: { readonly receiver: string; readonly subject: string; readonly content: string },
    notices: readonly number[],
    at: Date,
  ): void {
    const id = randomUUID();
    const made = at.toISOString();
    transact(this.#database, () => {
      this.#sql.make.run(id, receiver, made, notices.length, content, subject, made);
      for (const notice of notices) this.#sql.enclose.run(id, notice);
    });
  }

  /** Messages of a receiver that wait, the oldest first, and then those that were set aside. */
  waiting(receiver: string): WaitingMessage[] {
    return this.#sql.waiting
      .all(receiver)
      .map((row) => ({ ...messageOf(row), content: String(row.content), isAside: row.aside === 1 }));
  }

  /** How many messages were made for a receiver since a moment. */
  countSince(receiver: string, since: Date): number {
    return Number(this.#sql.countSince.get(receiver, since.toISOString())?.count);
  }

  /** @param note what did not go well although it was taken */
  sent(id: string, at: Date, note: string | null): void {
    this.#sql.end.run('sent', at.toISOString(), note, id);
  }

  /** Lets those after it go on before it. */
  setAside(id: string): void {
    this.#sql.setAside.run(id);
  }

  /** @param next when it is tried again; null where it is given up */
  tried(id: string, error: string, at: Date, next: Date | null): void {
    if (next === null) this.#sql.end.run('failed', at.toISOString(), error, id);
    else this.#sql.retry.run(next.toISOString(), error, id);
  }

  /** Newest first. */
  messages(limit: number): Message[] {
    return this.#sql.messages.all(limit).map(messageOf);
  }

  /** Of one receiver: messages by state, and notices that are in no message yet. */
  counts(receiver: string): Readonly<Record<MessageState, number>> & { readonly pending: number } {
    const counted = new Map(this.#sql.counts.all(receiver).map(({ state, count }) => [String(state), Number(count)]));
    const [waiting = 0, sent = 0, failed = 0] = states.map((state) => counted.get(state) ?? 0);
    return { waiting, sent, failed, pending: Number(this.#sql.countPending.get(receiver)?.count) };
  }

  /** Names for which something waits. */
  receivers(): string[] {
    return this.#sql.receivers.all().map(({ receiver }) => String(receiver));
  }

  /** Somebody who is no receiver any more is told nothing more. */
  drop(receiver: string, at: Date): void {
    transact(this.#database, () => {
      this.#sql.dropNotices.run(receiver);
      this.#sql.dropMessages.run(at.toISOString(), receiver);
    });
  }

  prune(at: Date): void {
    const before = new Date(at.getTime() - kept).toISOString();
    transact(this.#database, () => {
      this.#sql.pruneNotices.run(before);
      this.#sql.pruneMessages.run(before);
    });
  }
}

function messageOf(row: Row): Message {
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return {
    id: String(row.id),
    receiver: String(row.receiver),
    made: String(row.made),
    notices: Number(row.notices),
    subject: String(row.subject),
    state: z.enum(states).parse(row.state),
    attempts: Number(row.attempts),
    next: String(row.next),
    ended: text(row.ended),
    error: text(row.error),
  };
}

function prepare(database: DatabaseSync) {
  return {
    conditions: database.prepare('SELECT key, condition FROM conditions'),
    remember: database.prepare('INSERT OR REPLACE INTO conditions (key, condition, begun) VALUES (?, ?, ?)'),
    forget: database.prepare('DELETE FROM conditions WHERE key = ?'),
    address: database.prepare('INSERT INTO notices (receiver, urgency, due, notice) VALUES (?, ?, ?, ?)'),
    pending: database.prepare(
      `SELECT * FROM (
         SELECT * FROM notices WHERE receiver = ? AND message IS NULL ORDER BY urgency = 'urgent' DESC, id LIMIT 5000
       ) ORDER BY id`,
    ),
    make: database.prepare(
      `INSERT INTO messages (id, receiver, made, notices, content, subject, state, attempts, next)
       VALUES (?, ?, ?, ?, ?, ?, 'waiting', 0, ?)`,
    ),
    enclose: database.prepare('UPDATE notices SET message = ? WHERE id = ?'),
    waiting: database.prepare(
      "SELECT * FROM messages WHERE receiver = ? AND state = 'waiting' ORDER BY aside, made, rowid",
    ),
    setAside: database.prepare('UPDATE messages SET aside = 1 WHERE id = ?'),
    countSince: database.prepare('SELECT count(*) AS count FROM messages WHERE receiver = ? AND made > ?'),
    end: database.prepare('UPDATE messages SET state = ?, ended = ?, error = ?, attempts = attempts + 1 WHERE id = ?'),
    retry: database.prepare('UPDATE messages SET next = ?, error = ?, attempts = attempts + 1 WHERE id = ?'),
    messages: database.prepare('SELECT * FROM messages ORDER BY made DESC, rowid DESC LIMIT ?'),
    counts: database.prepare('SELECT state, count(*) AS count FROM messages WHERE receiver = ? GROUP BY state'),
    countPending: database.prepare('SELECT count(*) AS count FROM notices WHERE receiver = ? AND message IS NULL'),
    receivers: database.prepare(
      "SELECT receiver FROM notices WHERE message IS NULL UNION SELECT receiver FROM messages WHERE state = 'waiting'",
    ),
    dropNotices: database.prepare('DELETE FROM notices WHERE receiver = ? AND message IS NULL'),
    dropMessages: database.prepare(
      "UPDATE messages SET state = 'failed', ended = ?, error = 'no receiver any more' WHERE receiver = ? AND state = 'waiting'",
    ),
    pruneNotices: database.prepare(
      "DELETE FROM notices WHERE message IN (SELECT id FROM messages WHERE made < ? AND state <> 'waiting')",
    ),
    pruneMessages: database.prepare("DELETE FROM messages WHERE made < ? AND state <> 'waiting'"),
  };
}
