/**
 * How many milliseconds of processor time some work takes. Unlike the time on the clock, it does not grow with what else
 * the machine has to do, so that a test can hold an algorithm to it.
 */
export function effortOf(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}
