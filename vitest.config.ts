import { defineConfig } from 'vitest/config';

// The core is pure, so tests need no isolation from one another: that is several times faster.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    isolate: false,
    pool: 'forks',
    testTimeout: 30_000,
  },
});
