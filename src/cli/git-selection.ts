/**
 * The options of a call that looks at what git knows, or at what has changed.
 *
 * @module
 */
import type { Options } from 'yargs';
import { TrustError } from '../errors.js';
import type { Walk } from '../io/walk.js';
import { coercion } from './coercion.js';
import { single } from './options.js';

/** What the options give. */
export interface GitArgs {
  readonly git: boolean;
  readonly changedSince: string | undefined;
}

/** `--git` and `--changed-since`. */
export const gitOptions: Readonly<Record<'git' | 'changed-since', Options>> = {
  git: { type: 'boolean', default: false, describe: 'Pass over what git ignores' },
  'changed-since': {
    type: 'string',
    requiresArg: true,
    describe: 'Look only at files that differ from this revision of git, committed or not',
    coerce: coercion((value) => parseRevision(single('changed-since', value))),
  },
};

/** How the call finds its files; undefined where git has no say. */
export function gitWalkOf({ git, changedSince }: GitArgs): ((argument: string) => Promise<Walk>) | undefined {
  if (!git && changedSince === undefined) return undefined;
  let walk: Promise<(argument: string) => Promise<Walk>> | undefined;
  return async (argument) => {
    walk ??= import('../io/git-walk.js').then(({ walkWithGit }) => walkWithGit(changedSince ?? null));
    return (await walk)(argument);
  };
}

/** No revision begins with a hyphen or has a control character (git-check-ref-format(1)); an option of git does begin so. */
function parseRevision(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this must find
  if (text !== '' && !/^-|[\u0000-\u001f\u007f]/.test(text)) return text;
  throw new TrustError('usage/bad-value', `"${text.slice(0, 80)}" is no revision of git`, {
    hint: 'name a branch, tag or commit, for example origin/main or HEAD~1',
  });
}
