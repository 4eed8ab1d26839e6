import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** Long runs, and each with another seed. */
const SOAK = 'soak';
const SOAK_SEED = process.env.TEST_SEED ?? String(randomInt(2 ** 31));

/** Collections that others made, beside this project and not part of it: their tests run where they are. */
const HAS_COLLECTIONS = existsSync(new URL('../shared/conformance', import.meta.url));

// The core is pure, so that tests need no processes of their own: that is several times faster.
export default defineConfig(({ mode }) => ({
  test: {
    // It stands beside each file, so that what failed can be made again.
    ...(mode === SOAK ? { name: `TEST_SEED=${SOAK_SEED}` } : {}),
    include: ['test/**/*.test.ts'],
    exclude: [
      ...(HAS_COLLECTIONS ? [] : ['test/**/*conformance.test.ts']),
      ...(process.platform === 'win32' ? [] : ['test/windows/**']),
    ],
    isolate: false,
    setupFiles: ['test/support/setup.ts'],
    pool: 'forks',
    // In a process that has made many patterns, as one that runs many tests has, V8 makes the next ones so: some then need stack
    // for every character that they take. Which tests that would be is luck, so that all of them do with what is least.
    execArgv: ['--no-regexp-optimization'],
    // Only what hangs takes so long, on whatever machine.
    testTimeout: mode === SOAK ? 600_000 : 120_000,
    hookTimeout: 120_000,
    // The long runs of property and fuzz tests ask for the first.
    env: mode === SOAK ? { SLOW: '1', TEST_SEED: SOAK_SEED } : {},
  },
}));
