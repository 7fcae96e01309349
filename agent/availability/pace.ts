/** How often is looked, and how long is waited; all in seconds. */
export interface Pace {
  readonly interval: number;
  /** For one probe, from the name to the last byte. */
  readonly patience: number;
  /** Before a probe that failed is repeated. */
  readonly repeatAfter: number;
}

export const patience = 10;

/** Two probes of a service that is down, and what lies between them, end before the next round. */
export const usualPace: Pace = { interval: 30, patience, repeatAfter: 5 };

/** Seconds between two looks beyond which nobody can say what was in between. */
export const longestUnseen = 90;
