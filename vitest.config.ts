import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores: tests start real servers, and more files at a time only make them wait for each other.
    maxWorkers: 2,
    env: { TZ: 'UTC', NO_COLOR: '1' },
    reporters: ['default', './test/support/closing-line.ts'],
  },
});
