/**
 * Whether to colour what a person reads: in a terminal, unless the environment says otherwise. `NO_COLOR` and `FORCE_COLOR`
 * as no-color.org and Node have them.
 *
 * @module
 */

/**
 * @param env - of the process
 * @param isTerminal - whether the stream that is written to is one
 */
export function wantsColour(env: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  if ((env.NO_COLOR ?? '') !== '') return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return isTerminal && env.TERM !== 'dumb' && (env.CI ?? '') === '';
}
