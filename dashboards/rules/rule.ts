import type { Severity } from '../../policies/schema.ts';

/** An alert: who is told, what, and where it says what to do. */
export interface Alert {
  /** Its page is docs/runbooks/<alert>.md. Alerts of one name differ in severity. */
  readonly alert: string;
  readonly severity: Severity;
  readonly expr: string;
  readonly for: string;
  /** One sentence. */
  readonly summary: string;
  /** What it means for whoever reads it first. */
  readonly description: string;
}

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

/** Rules that are evaluated together, one after the other. */
export interface RuleGroup<Rule> {
  readonly name: string;
  /** Left out: as Prometheus evaluates all others. */
  readonly interval?: string;
  readonly rules: readonly Rule[];
}

export const hour = 3600;
export const day = 86_400;
