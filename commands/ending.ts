import type { Logger } from 'pino';

const graceMilliseconds = 2000;

/**
 * Ends the process a moment after its work is done, where something that was left open would keep it: a socket that a check
 * gave up on, a command that cannot be killed. A timer's next run would wait for it for ever. What is left is said, because
 * whoever left it has to mend that. Only for work that is on disk and a log that is written at once: output that is still on
 * its way would be cut off.
 */
export function endAllTheSame(log: Logger): void {
  const end = (): void => {
    log.warn({ left: process.getActiveResourcesInfo() }, 'something was left open; ended all the same');
    process.exit();
  };
  // It keeps nothing open itself: a process that has nothing left ends before.
  setTimeout(end, graceMilliseconds).unref();
}
