import { setImmediate } from 'node:timers/promises';

/** Milliseconds of work after which others have the thread. */
const leastAtOnce = 2;
const mostAtOnce = 20;

/** Where others took long before it was our turn again, we may take this part of that: so none waits for ever. */
const part = 1 / 3;

/**
 * Makes things one after the other, as they are asked for, and lets whoever else waits for this thread go between: what
 * is not urgent slows down others by a third at most, and goes on however busy they are.
 */
export async function* paced<Thing>(things: Iterable<Thing>): AsyncGenerator<Thing> {
  let [begun, atOnce] = [performance.now(), leastAtOnce];
  for (const thing of things) {
    yield thing;
    const ended = performance.now();
    if (ended - begun < atOnce) continue;
    await setImmediate();
    begun = performance.now();
    atOnce = Math.min(Math.max((begun - ended) * part, leastAtOnce), mostAtOnce);
  }
}
