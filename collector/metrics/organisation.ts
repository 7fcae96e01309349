import type { OpenCase, OrganisationWindow, ShownOrganisation } from '../people/shown.ts';
import type { ListedWaiver } from '../people/standing-waivers.ts';
import { caseKinds } from '../../policies/checks/cases.ts';
import { isCompliant } from '../state/host-state.ts';
import { timestampSeconds } from './families.ts';
import { LineBook, type Lines } from './line-book.ts';

/**
 * What people show, as Prometheus scrapes it: made anew only where it changed. Labels are words of policy documents, and
 * never what a person wrote, nor ids: so they stay few.
 */
export class OrganisationMetrics {
  readonly #window: OrganisationWindow;
  #made: { readonly of: ShownOrganisation; readonly lines: Lines } | undefined;

  constructor(window: OrganisationWindow) {
    this.#window = window;
  }

  render(at: Date): Lines {
    const organisation = this.#window.at(at);
    if (this.#made?.of !== organisation) this.#made = { of: organisation, lines: render(organisation) };
    return new Map([...this.#made.lines, ...renderWaivers(this.#window.waivers(at))]);
  }
}

function render({ controls, cases, unread }: ShownOrganisation): Lines {
  const lines = new LineBook();
  for (const { policy, control, definition, verdict, attestedUntil } of controls) {
    const { severity } = definition;
    const value = isCompliant(verdict) ? 1 : 0;
    lines.add('waarborg_organisation_control_compliant', { policy, control, severity, verdict }, value);
    if (attestedUntil === null) continue;
    const until = timestampSeconds(attestedUntil);
    lines.add('waarborg_organisation_attestation_until_timestamp_seconds', { policy, control }, until);
  }
  lines.add('waarborg_organisation_documents_unread', {}, unread.length);
  for (const kind of caseKinds) {
    const ofKind = cases.filter(({ about }) => about.of === kind);
    // Every kind has its series, so that one which vanishes is seen as 0 and not as absent.
    lines.add('waarborg_cases_open', { kind }, ofKind.length);
    for (const [step, until] of soonest(ofKind)) {
      lines.add('waarborg_case_due_timestamp_seconds', { kind, step }, timestampSeconds(until));
    }
  }
  return lines.texts();
}

/** The soonest term of each step. */
function soonest(cases: readonly OpenCase[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const { step, until } of cases.flatMap(({ due }) => due)) {
    const known = found.get(step);
    if (known === undefined || Date.parse(until) < Date.parse(known)) found.set(step, until);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function renderWaivers(listed: readonly ListedWaiver[]): Lines {
  const lines = new LineBook();
  const holding = listed.filter(({ state }) => state === 'holds');
  const byControl = Map.groupBy(holding, ({ waiver: { asked } }) => JSON.stringify([asked.policy, asked.control]));
  for (const [, waivers] of [...byControl].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [first] = waivers;
    if (first === undefined) continue;
    const { policy, control } = first.waiver.asked;
    lines.add('waarborg_waivers', { policy, control }, waivers.length);
    lines.add('waarborg_waiver_until_timestamp_seconds', { policy, control }, timestampSeconds(first.until));
  }
  return lines.texts();
}
