import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const SOAK = 'soak';

/** Collections that others made, beside this project and not part of it: their tests run where they are. */
const HAS_COLLECTIONS = existsSync(new URL('../shared/conformance', import.meta.url));

// The core is pure, so tests need no isolation from one another: that is several times faster.
export default defineConfig(({ mode }) => ({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      ...(HAS_COLLECTIONS ? [] : ['test/**/*conformance.test.ts']),
      ...(process.platform === 'win32' ? [] : ['test/windows/**']),
    ],
    isolate: false,
    pool: 'forks',
    // Only what hangs takes so long, on whatever machine.
    testTimeout: mode === SOAK ? 600_000 : 120_000,
    hookTimeout: 120_000,
    // The long runs of property and fuzz tests ask for this variable.
    env: mode === SOAK ? { SLOW: '1' } : {},
  },
}));
