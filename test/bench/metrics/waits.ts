/** Milliseconds that others waited at most for this thread while some work was done: what a report would have waited. */
export async function longestWait(work: () => Promise<unknown>): Promise<number> {
  let [longest, before] = [0, performance.now()];
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - before);
    before = now;
  };
  const turn = (): void => {
    look();
    immediate = setImmediate(turn);
  };
  let immediate = setImmediate(turn);
  await work();
  clearImmediate(immediate);
  look();
  return longest;
}
