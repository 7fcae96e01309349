import type { Language } from '../../../policies/schema.ts';
import type { ComplianceReport } from '../model.ts';
import type { Bar } from './bar.ts';
import { controlViews, type ControlView } from './controls.ts';
import { evidenceView, type HostRow, type WaiverRow } from './evidence.ts';
import { front, type Figure, type Fact, type Headline } from './front.ts';
import type { GapRow, GapsView } from './gaps.ts';
import { peopleView, type PeopleView } from './people.ts';
import { policyViews, type PolicyView } from './summary.ts';
import { verifyView, type VerifyView } from './verify.ts';

/** A report in one language, in the order in which it is read: all that HTML and PDF have to lay out. */
export interface ReportView extends GapsView {
  readonly language: Language;
  readonly title: string;
  readonly headline: Headline;
  readonly facts: readonly Fact[];
  readonly figures: readonly Figure[];
  readonly policies: readonly PolicyView[];
  /** Controls that were not always kept. */
  readonly findings: readonly ControlView[];
  readonly kept: readonly ControlView[];
  readonly waivers: readonly WaiverRow[];
  /** Undefined where the organisation itself has no part in it. */
  readonly people: PeopleView | undefined;
  readonly hosts: readonly HostRow[];
  readonly verify: VerifyView;
}

export function viewOf(report: ComplianceReport, language: Language): ReportView {
  const controls = controlViews(report, language);
  return {
    language,
    ...front(report, language),
    policies: policyViews(report, language),
    findings: controls.filter(({ isKept }) => !isKept),
    kept: controls.filter(({ isKept }) => isKept),
    ...evidenceView(report, language),
    people: peopleView(report, language),
    verify: verifyView(report, language),
  };
}

export type { Bar, ControlView, Fact, Figure, GapRow, Headline, HostRow, PolicyView, VerifyView, WaiverRow };
