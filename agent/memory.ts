import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How V8 lets the heap of an agent grow: by a fifth at a time, where it would double it. */
export const heapFlag = '--heap-growing-percent=20';

/**
 * Holds less memory for more of the processor: an agent has all night, and the memory belongs to the host's own work. Called
 * once the program is loaded, because V8 takes no code that was compiled under other flags than its own.
 */
export function spareMemory(): void {
  setFlagsFromString(heapFlag);
  // The fifth is of what the last collection left, and V8 puts off the first until the heap is twice the program.
  collectGarbage();
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
}
