import { expect, test } from 'vitest';
import { wantsColour } from '../../src/cli/colour.ts';

test.each([
  ['a terminal', {}, true, true],
  ['no terminal', {}, false, false],
  ['a terminal that cannot', { TERM: 'dumb' }, true, false],
  ['a build', { CI: 'true' }, true, false],
  ['NO_COLOR', { NO_COLOR: '1' }, true, false],
  ['NO_COLOR without a value', { NO_COLOR: '' }, true, true],
  ['FORCE_COLOR', { FORCE_COLOR: '1' }, false, true],
  ['FORCE_COLOR without a value', { FORCE_COLOR: '' }, false, true],
  ['FORCE_COLOR of 0', { FORCE_COLOR: '0' }, true, false],
  ['both', { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
])('%s', (_name, env, isTerminal, expected) => {
  expect(wantsColour(env, isTerminal)).toBe(expected);
});
