import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // What hangs ends in the end. A machine with other work takes several times as long as one without, and fails nothing by it.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 15_000 } },
    // Two cores: tests start real servers, and more files at a time only make them wait for each other.
    maxWorkers: 2,
    // Tools that tests start speak English, whatever the language of whoever runs them.
    env: { TZ: 'UTC', LC_ALL: 'C.UTF-8', NO_COLOR: '1' },
    reporters: ['default', './test/support/closing-line.ts'],
  },
});
