import type { Severity } from '../../../policies/schema.ts';

/** What is scraped for a while, and which alerts of a name then fire: none where it is to stay silent. */
export interface RuleCase {
  readonly alert: string;
  readonly what: string;
  /** In the form of promtool: the value of each minute, or of each `interval`, from 1970 on. */
  readonly series: Readonly<Record<string, string>>;
  readonly interval?: string;
  /** When it is looked, after the beginning. */
  readonly at: string;
  readonly fires: readonly Firing[];
}

export interface Firing {
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
}

/** The moments in the cases are seconds from the beginning; before it they are negative. */
export const hour = 3600;
export const day = 86_400;

/** A value that stays, for some hours of minutes. */
export function steady(value: number, minutes = 600): string {
  return `${value}x${minutes}`;
}
