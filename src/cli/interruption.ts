/**
 * Letting a long list of things be interrupted between any two of them.
 *
 * @module
 */
import process from 'node:process';

/** Synchronous reads leave the event loop no turn, in which interrupts come in and a spinner turns. */
const TURN_SECONDS = 0.05;

/**
 * Gives the event loop its turns.
 *
 * @returns to be called between any two things: gives a promise where it is time for a turn, which is to be awaited
 */
export function takeTurns(): () => Promise<void> | undefined {
  let last = process.uptime();
  return () => {
    if (process.uptime() - last < TURN_SECONDS) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        last = process.uptime();
        resolve();
      });
    });
  };
}

/** Waits for the end of some work, or for the interrupt: what the work still waits for is then given up. */
export async function untilInterrupted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const interrupt = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([work, interrupt]);
}
