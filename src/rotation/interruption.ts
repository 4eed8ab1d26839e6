/**
 * Interrupts of a run: a signal is seen where the work can stop, and nowhere else.
 *
 * @module
 */

/**
 * Whether a signal was aborted. The work of a run is synchronous for long stretches, in which nothing that came in from
 * outside is looked at: this gives it a turn first.
 */
export async function isInterrupted(signal: AbortSignal | undefined): Promise<boolean> {
  if (signal === undefined) return false;
  // Two, since the first may begin behind the place where the event loop looks for signals.
  for (let turns = 0; turns < 2; turns++) await new Promise((resolve) => setImmediate(resolve));
  return signal.aborted;
}
