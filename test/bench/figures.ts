/** One line of figures, aligned with the others. */
export function tell(what: string, figure: string): void {
  process.stdout.write(`  ${what.padEnd(58)} ${figure}\n`);
}

/** Seconds that some work took. */
export async function secondsOf(work: () => Promise<void> | void): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}

/** The value below which that share of the figures lies. */
export function percentile(figures: readonly number[], share: number): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
