/**
 * A spinner while something takes its time: on a terminal only, on stderr, and never with `--quiet`. ora prints its text
 * even where there is no terminal, so it is not loaded at all then.
 *
 * @module
 */
import process from 'node:process';
import type { Io } from './io.js';
import type { CommonArgs } from './options.js';

/** Says what is being done now. */
export type Progress = (text: string) => void;

/** Work faster than this shows nothing: a spinner that flashes up disturbs. */
const DELAY_MS = 300;

/**
 * Does something and shows, once it takes longer than a moment, what is going on.
 *
 * @param work - told how to say what it is doing
 */
export async function withProgress<T>(
  { quiet, json }: CommonArgs,
  io: Io,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  // ora would wait for ever for a line to end that has no columns, as in a session that is only recorded.
  if (quiet || json || !io.terminal.stderr || process.stderr.columns === 0) return work(() => {});
  let text = '';
  let spinner: { text: string; stop: () => unknown } | undefined;
  const timer = setTimeout(async () => {
    const { default: ora } = await import('ora');
    // By default, ora takes the terminal's input: what is typed ahead would be lost, and a job in the background stopped for it.
    if (text !== '') spinner = ora({ text, stream: process.stderr, discardStdin: false }).start();
  }, DELAY_MS);
  try {
    return await work((next) => {
      text = next;
      if (spinner !== undefined) spinner.text = next;
    });
  } finally {
    clearTimeout(timer);
    text = '';
    spinner?.stop();
  }
}
