/** Hosts that report, and over how many connections. */
export interface Fleet {
  readonly hosts: number;
  readonly connections: number;
}

/** Controls of the policy, so observations of each report. */
export const observationsEach = 40;

export function hostName(number: number): string {
  return `host${number}.example.nl`;
}
