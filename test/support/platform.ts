/**
 * What a test may need and Windows does not have: there it is left out (`test.skipIf`), and `npm run test:windows` names it.
 */
const isWindows = process.platform === 'win32';

/** Windows has access lists instead of mode bits and numbered owners; Node.js can neither read nor write them. */
export const NO_MODES: boolean = isWindows;
/** On Windows a link takes a right that few have, and Wine cannot follow those that it makes. */
export const NO_SYMLINKS: boolean = isWindows;
/** On Windows no folder holds pipes and devices. */
export const NO_PIPES_AND_DEVICES: boolean = isWindows;
/** A path below a file, a name that is too long: Windows says of both that there is no such file. */
export const ONE_ERROR_FOR_BAD_PATHS: boolean = isWindows;
/** Windows has no file with a line break in its name. */
export const NO_CONTROL_CHARACTERS_IN_NAMES: boolean = isWindows;
/** Windows has no shell of Unix. */
export const NO_BASH: boolean = isWindows;
/** On Windows a signal ends a process without a word. */
export const NO_SIGNALS: boolean = isWindows;
/** On Windows a file that a program holds open is held under all of its names, so that a backup is never one of them. */
export const HELD_IN_COMMON: boolean = isWindows;
