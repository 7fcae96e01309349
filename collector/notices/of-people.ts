import { z } from 'zod';
import type { Organisation } from '../../evidence/organisation.ts';
import { spanOfWaiver } from '../../evidence/waivers.ts';
import type { OpenCase, OrganisationWindow, ShownOrganisation, ShownOrganisationControl } from '../people/shown.ts';
import { isCompliant } from '../state/host-state.ts';
import { condition, type Condition, type Outcome, type Source } from './condition.ts';
import { toldReasons } from './of-fleet.ts';
import { endingOf } from './endings.ts';

/** So long before its end somebody is reminded of a waiver, in seconds. */
const waiverReminder = 14 * 86_400;
/** A certificate takes months to renew. */
const certificateReminder = 60 * 86_400;

/** A term is told as near when a quarter of it is left: at least two hours, and three days at most. */
const nearest = { least: 2 * 3600, most: 3 * 86_400 } as const;

export interface PeopleSourceInput {
  readonly window: Pick<OrganisationWindow, 'at' | 'waivers' | 'waiverTitles'>;
  readonly book: { readonly organisation: Pick<Organisation, 'waivers' | 'records'> };
}

/** Controls of the organisation, terms of cases, and what people stated that ends. */
export class PeopleSource implements Source {
  readonly kinds = [
    ...(['organisation-fails', 'document-unread', 'term-overdue', 'term-near'] as const),
    ...(['attestation-ends', 'waiver-ends', 'waiver-ended', 'waiver-waits'] as const),
    ...(['certificate-ends', 'certificate-ended'] as const),
  ];
  readonly #input: PeopleSourceInput;

  constructor(input: PeopleSourceInput) {
    this.#input = input;
  }

  *conditions(at: Date): Iterable<Condition> {
    const shown = this.#input.window.at(at);
    for (const one of shown.controls) yield* ofControl(one);
    for (const { policy, version } of shown.unread) {
      yield condition('document-unread', policy, { severity: 'critical', policy, values: { version } });
    }
    for (const one of shown.cases) yield* ofCase(one, at);
    yield* this.#waivers(at);
    yield* this.#certificates(at);
  }

  outcome({ kind, policy, control }: Condition, at: Date): Outcome {
    const shown = this.#input.window.at(at);
    if (kind === 'document-unread') return isRead(shown, policy) ? 'well' : 'gone';
    if (kind !== 'organisation-fails') return 'gone';
    const found = shown.controls.find((one) => one.policy === policy && one.control === control);
    if (found === undefined || found.verdict === 'waived') return 'gone';
    return isCompliant(found.verdict) ? 'well' : 'open';
  }

  *#waivers(at: Date): Iterable<Condition> {
    const { window, book } = this.#input;
    if (book.organisation.waivers.size === 0) return;
    const titles = window.waiverTitles();
    for (const waiver of book.organisation.waivers.values()) {
      const { id, policy, control } = waiver.asked;
      const span = spanOfWaiver(waiver);
      if (span === undefined || waiver.revoked !== null) continue;
      const until = new Date(span.until).toISOString();
      const ending = endingOf(until, at, waiverReminder);
      const more = { policy, control, title: titles.get(id) ?? null, values: { id, until } };
      if (ending !== undefined) yield condition(ending === 'near' ? 'waiver-ends' : 'waiver-ended', id, more);
    }
    for (const { waiver, state, title } of window.waivers(at)) {
      const { id, policy, control } = waiver.asked;
      if (state !== 'awaits-approval') continue;
      yield condition('waiver-waits', id, { policy, control, title, values: { id, asked: waiver.recorded } });
    }
  }

  *#certificates(at: Date): Iterable<Condition> {
    for (const { id, record } of this.#input.book.organisation.records.values()) {
      if (record.of !== 'certificate' || record.until === null) continue;
      const { standard, until } = record;
      const ending = endingOf(until, at, certificateReminder);
      const more = { values: { standard, until } };
      // A line that is written anew with another end is another matter.
      const about = `${id} ${until}`;
      if (ending !== undefined)
        yield condition(ending === 'near' ? 'certificate-ends' : 'certificate-ended', about, more);
    }
  }
}

function isRead({ unread }: ShownOrganisation, policy: string | null): boolean {
  return unread.every((document) => document.policy !== policy);
}

const EndsSoon = z.looseObject({ until: z.string() });

function* ofControl(shown: ShownOrganisationControl): Iterable<Condition> {
  const { policy, control, definition, verdict, reasons } = shown;
  const more = { policy, control, severity: definition.severity, title: definition.title };
  if (verdict === 'fail') {
    const told = reasons.filter((reason) => reason.verdict === 'fail').slice(0, toldReasons);
    yield condition('organisation-fails', `${policy} ${control}`, { ...more, reasons: told });
  }
  for (const reason of reasons) {
    if (reason.code !== 'attestation.ends-soon') continue;
    const values = EndsSoon.safeParse(reason.values).data;
    if (values === undefined) continue;
    const about = `${policy} ${control} ${reason.subject ?? ''} ${values.until}`;
    yield condition('attestation-ends', about, { ...more, values: { until: values.until } });
  }
}

function* ofCase({ about: { id, of, began, urgency }, due }: OpenCase, at: Date): Iterable<Condition> {
  for (const { step, policy, control, until } of due) {
    const left = (Date.parse(until) - at.getTime()) / 1000;
    const length = (Date.parse(until) - Date.parse(began)) / 1000;
    const near = Math.min(Math.max(length / 4, nearest.least), nearest.most);
    const values = { id, of, step, until, ...(urgency === null ? {} : { urgency }) };
    if (left <= 0) {
      yield condition('term-overdue', `${id} ${step}`, { severity: 'critical', policy, control, values });
    } else if (left <= near) {
      yield condition('term-near', `${id} ${step}`, { policy, control, values });
    }
  }
}
