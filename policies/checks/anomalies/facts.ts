import { z } from 'zod';
import { Moment } from '../../quantities.ts';
import { readingOf } from '../../reading.ts';
import { isTimeZone } from '../updates/local-time.ts';

/** Messages; a queue is told as the first of these that it does not pass. */
export const queueSteps: readonly number[] = [10, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 50_000];
/** Closed days that facts hold at most. */
export const keptDays = 36;

const Name = z.string().max(256);
const Count = z.int().min(0);

const day = {
  /** In the host's zone. */
  day: z.iso.date(),
  /** Whether the agent read all of it: from before it began, and without a gap. */
  isWhole: z.boolean(),
};

/** Days that are over, oldest first: of these nothing changes any more. */
function daysOf<Figures extends z.ZodRawShape>(figures: Figures) {
  return z.strictObject({
    /** The first look. Null where nothing is remembered from one run to the next. */
    since: Moment.nullable(),
    days: z.array(z.strictObject({ ...day, ...figures })).max(keptDays),
  });
}

const Logins = daysOf({
  /** Records of any kind in the log. */
  records: Count,
  /** Refused logins by service, sorted. */
  failed: z.array(z.strictObject({ service: Name, count: Count })).max(32),
  /** Logins over SSH and at the console. */
  accepted: Count,
  root: Count,
  /** Logins outside of the host's hours; null where agent.yaml gives none. */
  odd: Count.nullable(),
  /** Addresses that the agent never saw before, as pseudonyms. */
  unseen: z.array(Name).max(32),
  /** Logins that wtmp(5) tells of and the log does not. */
  unlogged: Count,
}).extend({
  /** The log that was read, or `journal`. */
  source: Name,
  /** Since when addresses are remembered. */
  addressesSince: Moment.nullable(),
  /** Whether wtmp was there to hold the log against. */
  isCrossChecked: z.boolean(),
});
export type Logins = z.output<typeof Logins>;

const Sent = daysOf({
  records: Count,
  /** Messages that accounts of this host handed in. */
  sent: Count,
  /** Those with the most, as pseudonyms. */
  accounts: z.array(z.strictObject({ account: Name, sent: Count })).max(10),
}).extend({ source: Name });
export type Sent = z.output<typeof Sent>;

const Traffic = daysOf({
  /** Sent by the interfaces that lead to the Internet: mebibytes. */
  sent: Count,
}).extend({ interfaces: z.array(Name).max(32) });
export type Traffic = z.output<typeof Traffic>;

const Storage = daysOf({
  /** Mebibytes at the last look of the day, sorted by mount. */
  mounts: z.array(z.strictObject({ mount: Name, used: Count, size: Count })).max(128),
});
export type Storage = z.output<typeof Storage>;

/** Whatever a control asks for; null where the host has no mail. */
export const Facts = z.strictObject({
  zone: readingOf(z.string().max(64).refine(isTimeZone, 'expected an IANA time zone')),
  logins: readingOf(Logins).optional(),
  mail: readingOf(
    z.strictObject({
      program: z.enum(['postfix', 'exim']),
      /** A step of `queueSteps`; null above the last. */
      queue: readingOf(z.number().nullable()),
      sent: readingOf(Sent),
    }),
  )
    .nullable()
    .optional(),
  traffic: readingOf(Traffic).optional(),
  storage: readingOf(Storage).optional(),
});
export type AnomaliesFacts = z.output<typeof Facts>;
