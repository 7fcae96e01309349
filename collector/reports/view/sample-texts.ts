import type { SpotCheck } from '../../../policies/checks/spot-checks.ts';
import type { Language } from '../../../policies/schema.ts';

/** What reports and pages say of spot checks; a language that lacks a text does not compile. */
interface SampleTexts {
  readonly title: string;
  readonly note: string;
  readonly none: string;
  readonly drawn: (lots: string, population: string, at: string) => string;
  readonly notDrawn: string;
  readonly tree: (entries: string, root: string) => string;
  readonly seed: (entry: string, seed: string) => string;
  readonly due: (at: string) => string;
  readonly month: string;
  readonly found: string;
  readonly foundOn: string;
  readonly states: Readonly<Record<SpotCheck['found'] | 'open', string>>;
  readonly dueHead: string;
}

export const sampleTexts: Readonly<Record<Language, SampleTexts>> = {
  en: {
    title: 'Spot checks',
    note: 'What somebody was to look at himself, drawn by lot from the log: whoever has the log can draw it again.',
    none: 'None was to be made.',
    drawn: (lots, population, at) => `${lots} of ${population}, drawn on ${at}`,
    notDrawn: 'nothing was drawn yet',
    tree: (entries, root) => `tree of ${entries} entries, root ${root}`,
    seed: (entry, seed) => `sealed by entry ${entry}, seed ${seed}`,
    due: (at) => `to be looked at by ${at}`,
    month: 'Month',
    found: 'Found',
    foundOn: 'Looked at (UTC)',
    states: { confirmed: 'as reported', deviates: 'otherwise than reported', open: 'not looked at' },
    dueHead: 'Due (UTC)',
  },
  nl: {
    title: 'Steekproeven',
    note: 'Wat iemand zelf moest bekijken, door het lot aangewezen uit het log: wie het log heeft kan het opnieuw trekken.',
    none: 'Er hoefde geen te worden gedaan.',
    drawn: (lots, population, at) => `${lots} van ${population}, getrokken op ${at}`,
    notDrawn: 'er is nog niets getrokken',
    tree: (entries, root) => `boom van ${entries} regels, wortel ${root}`,
    seed: (entry, seed) => `verzegeld door regel ${entry}, zaad ${seed}`,
    due: (at) => `te bekijken voor ${at}`,
    month: 'Maand',
    found: 'Bevonden',
    foundOn: 'Bekeken (UTC)',
    states: { confirmed: 'zoals gemeld', deviates: 'anders dan gemeld', open: 'niet bekeken' },
    dueHead: 'Termijn (UTC)',
  },
};
