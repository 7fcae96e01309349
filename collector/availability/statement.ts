import { AvailabilityParameters, hasEnoughControls } from '../../policies/checks/availability.ts';
import type { Window } from '../../policies/checks/availability/facts.ts';
import {
  allowanceOf,
  excluded,
  lengthOf,
  monthNamed,
  without,
  type Month,
  type Piece,
  type State,
} from '../../policies/checks/availability/month.ts';
import { parsePolicy, type Policy } from '../../policies/load.ts';
import type { Control } from '../../policies/schema.ts';
import { selectControls } from '../../policies/select.ts';
import type { ReportedEvidence } from '../reports/evidence.ts';
import { seenBy, seenByAll, type Agreement } from './combine.ts';
import { creditAmount, creditShare } from './credit.ts';
import { isOn, type RegisteredWork } from './registered.ts';
import { heardOf, type Heard, type Place, type Told } from './told.ts';

export interface StatementOrder {
  /** `2026-10` */
  readonly month: string;
  readonly policy: string;
  readonly agreement: Agreement;
  readonly fee?: Fee;
}

export interface Fee {
  /** In hundredths of the currency. */
  readonly amount: number;
  readonly currency: string;
}

/** A month of availability, as reports in the log tell it: docs/checks/availability.md. Seconds. */
export interface AvailabilityStatement {
  readonly v: 1;
  readonly month: string;
  readonly policy: string;
  readonly version: number;
  /** Of the document. */
  readonly digest: string;
  readonly agreement: Agreement;
  readonly fee: Fee | null;
  readonly promises: readonly AvailabilityPromise[];
  /** What it rests on. */
  readonly entries: readonly Pick<Place, 'index' | 'digest' | 'host' | 'issuedAt'>[];
  /** Work that the register announced and that was left out of account, by the act that wrote it down. */
  readonly work: readonly RegisteredLine[];
}

export interface RegisteredLine {
  readonly id: string;
  readonly index: number;
  readonly from: string;
  readonly until: string;
}

export interface AvailabilityPromise {
  readonly control: string;
  readonly target: string;
  readonly service: string;
  /** Where the newest report says that it is. */
  readonly what: string;
  /** That looked at it. */
  readonly vantages: readonly string[];
  readonly minimum: number;
  readonly up: number;
  readonly down: number;
  readonly unknown: number;
  readonly maintenance: number;
  /** Up, of up and down; rounded down, so that no promise is kept by rounding. Null where nothing was seen. */
  readonly percent: number | null;
  readonly allowance: number;
  /** Of the allowance; negative where more was lost. */
  readonly left: number;
  readonly outcome: 'kept' | 'broken' | 'unknown';
  readonly credit: Credit;
  /** If all of the unknown time had been down. */
  readonly creditAtMost: Credit;
}

export interface Credit {
  /** Percent of the fee. */
  readonly share: number;
  /** In hundredths of the currency; null where no fee was given. */
  readonly amount: number | null;
}

/** No report of the month names the policy, or its document is not there. */
export class StatementError extends Error {
  readonly code = 'availability.nothing';
}

/**
 * Makes the statement of a month, from nothing but the evidence.
 * @throws StatementError, DocumentError
 */
export function availabilityStatement(
  evidence: Pick<ReportedEvidence, 'entries' | 'part' | 'document'>,
  order: StatementOrder,
): AvailabilityStatement {
  // The longest month of any zone: which zone counts, the document says, and which document, the reports.
  const around = monthNamed(order.month, 'UTC');
  const day = 86_400_000;
  const heard = heardOf(evidence, { from: around.from - day, until: around.until + day });
  const document = documentOf(heard.told, around, order, evidence);
  const made = document.controls.flatMap((control) => promisesOf(control, document, heard, order));
  const places = new Map(made.flatMap(({ places }) => places.map((place) => [place.index, place] as const)));
  return {
    v: 1,
    month: order.month,
    policy: document.policy,
    version: document.version,
    digest: document.digest,
    agreement: order.agreement,
    fee: order.fee ?? null,
    promises: made.map(({ promise }) => promise),
    entries: [...places.values()]
      .sort((a, b) => a.index - b.index)
      .map(({ index, digest, host, issuedAt }) => ({ index, digest, host, issuedAt })),
    work: heard.work.filter((one) => made.some(({ work }) => work.includes(one))).map(lineOf),
  };
}

/** The document that the last report before the end of the month judged by; else the first after it. */
function documentOf(
  told: readonly Told[],
  month: Month,
  { policy, month: name }: StatementOrder,
  evidence: Pick<ReportedEvidence, 'document'>,
): Policy {
  const naming = told.flatMap(({ policies, first }) => {
    const named = policies.find((one) => one.policy === policy);
    return named === undefined ? [] : [{ digest: named.digest, at: Date.parse(first.issuedAt) }];
  });
  const digest = (naming.findLast(({ at }) => at < month.until) ?? naming[0])?.digest;
  if (digest === undefined)
    throw new StatementError(`no report of ${name} tells of the availability that ${policy} asks`);
  const text = evidence.document(digest);
  if (text === undefined) throw new StatementError(`the document ${policy} (${digest}) is not in the evidence`);
  return parsePolicy(text, policy);
}

interface Made {
  readonly promise: AvailabilityPromise;
  readonly places: readonly Place[];
  /** Of the register, what counts for it. */
  readonly work: readonly RegisteredWork[];
}

function lineOf({ id, index, window: { from, until } }: RegisteredWork): RegisteredLine {
  return { id, index, from, until };
}

function promisesOf(
  control: Control,
  document: Policy,
  { told, work: registered }: Heard,
  order: StatementOrder,
): Made[] {
  if (control.check !== 'availability') return [];
  const { minimum, zone, notice, purpose } = AvailabilityParameters.parse(control.with);
  if (minimum === undefined) return [];
  const month = monthNamed(order.month, zone);
  const asked = told.filter(({ labels }) => selectControls(document, labels).some(({ id }) => id === control.id));
  const targets = new Map(
    asked
      .filter((one) => isOfMonth(one, month))
      .flatMap(({ facts }) =>
        facts.targets.state === 'read'
          ? facts.targets.value
              .filter((target) => (purpose ?? target.purpose) === target.purpose)
              .map((target) => [`${target.target}\n${target.service}`, target] as const)
          : [],
      ),
  );
  const windows = announced(asked, month);
  return [...targets]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { target, service, what }]) => {
      const counting = registered.filter(
        (one) => isOn(one, { target, what }) && excluded([one.window], target, notice, month).length > 0,
      );
      const work = excluded([...windows, ...counting.map(({ window }) => window)], target, notice, month);
      const { vantages, pieces, places } = seenOf(asked, { target, service }, month, order.agreement);
      const figures = figuresOf(pieces, { month, work, minimum, fee: order.fee });
      return { promise: { control: control.id, target, service, what, vantages, ...figures }, places, work: counting };
    });
}

function isOfMonth({ last }: Told, month: Month): boolean {
  return Date.parse(last.issuedAt) >= month.from;
}

interface Asked {
  readonly target: string;
  readonly service: string;
}

/** A vantage point counts where it had two controls: else it could not tell an outage from its own. */
function seenOf(told: readonly Told[], asked: Asked, month: Month, agreement: Agreement) {
  const speaking = told.flatMap((one) => {
    const { targets, controls } = one.facts;
    if (targets.state !== 'read' || !hasEnoughControls(controls) || !isOfMonth(one, month)) return [];
    const found = targets.value.find(({ target, service }) => target === asked.target && service === asked.service);
    return found === undefined ? [] : [{ one, word: { stretches: found.stretches, issuedAt: one.last.issuedAt } }];
  });
  const byHost = Map.groupBy(speaking, ({ one }) => one.first.host);
  const vantages = [...byHost.keys()].sort();
  const seen = [...byHost.values()].map((words) =>
    seenBy(
      words.map(({ word }) => word),
      month,
    ),
  );
  const places = speaking.flatMap(({ one }) => [one.first, one.last]);
  return { vantages, pieces: seenByAll(seen, month, agreement), places };
}

/**
 * The work that was announced when it began. What counts as the moment at which it was known is when a report that names
 * it was received: that the collector's own clock tells.
 */
function announced(told: readonly Told[], month: Month): Window[] {
  const received = new Map<string, string>();
  const windows = new Map<string, Window>();
  for (const { facts, first } of told) {
    for (const { seenAt: _, ...window } of facts.maintenance) {
      const key = JSON.stringify(window);
      if (!received.has(key)) received.set(key, first.receivedAt);
      windows.set(key, { ...window, seenAt: received.get(key) ?? first.receivedAt });
    }
  }
  return [...windows].flatMap(([key, window]) => {
    const begin = Math.max(Date.parse(window.from), month.from);
    const isKept = [...Map.groupBy(told, ({ first }) => first.host).values()].some((ofHost) => {
      const then = ofHost.findLast(({ first }) => Date.parse(first.issuedAt) <= begin);
      return then?.facts.maintenance.some(({ seenAt: _, ...one }) => JSON.stringify(one) === key) === true;
    });
    return isKept ? [window] : [];
  });
}

interface Terms {
  readonly month: Month;
  readonly work: ReturnType<typeof excluded>;
  readonly minimum: number;
  readonly fee: Fee | undefined;
}

function figuresOf(pieces: readonly Piece[], { month, work, minimum, fee }: Terms) {
  const counted = without(pieces, work);
  const inState = (state: State): number => lengthOf(counted.filter((piece) => piece.state === state));
  const [up, down, unknown] = [inState('up'), inState('down'), inState('unknown')];
  const allowance = allowanceOf(month, work, minimum);
  const creditOf = (milliseconds: number): Credit => {
    const share = creditShare(milliseconds / 1000);
    return { share, amount: fee === undefined ? null : creditAmount(fee.amount, share) };
  };
  const seconds = { up, down, unknown, maintenance: lengthOf(work), allowance, left: allowance - down };
  return {
    minimum,
    ...(Object.fromEntries(Object.entries(seconds).map(([name, value]) => [name, value / 1000])) as typeof seconds),
    percent: up + down === 0 ? null : Math.floor((up / (up + down)) * 100_000) / 1000,
    outcome: outcomeOf(down, unknown, allowance),
    credit: creditOf(down),
    creditAtMost: creditOf(down + unknown),
  };
}

function outcomeOf(down: number, unknown: number, allowance: number): AvailabilityPromise['outcome'] {
  if (down > allowance) return 'broken';
  return down + unknown > allowance ? 'unknown' : 'kept';
}
