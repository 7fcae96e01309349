import type { Collector } from './collector.ts';

/** Every collector, one line each. */
export const collectors: readonly Collector[] = [];
