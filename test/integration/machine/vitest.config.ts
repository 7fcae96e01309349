import { defineConfig } from 'vitest/config';

/** `npm run machine`: takes minutes, and so is no part of `npm test`. */
export default defineConfig({
  test: {
    include: ['test/integration/machine/*.machine.ts'],
    testTimeout: 1_500_000,
    hookTimeout: 1_500_000,
    // Each test goes on where the one before ended.
    bail: 1,
    env: { TZ: 'UTC', NO_COLOR: '1' },
    reporters: ['verbose'],
  },
});
