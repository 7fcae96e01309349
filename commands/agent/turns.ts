/** Hosts that are checked at one time: each keeps its connection and what it reads in memory. */
export const maximumRuns = 4;
