/** Runs before each test file: what it leaves to chance is the same in every run, whatever ran before it. */
import fc from 'fast-check';
import { vi } from 'vitest';
import { SEED } from './keys.ts';

fc.configureGlobal({ seed: SEED });
// Else the modules that make certificates would have made them before some files, and not before others.
vi.resetModules();
