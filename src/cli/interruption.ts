/**
 * Letting a long list of things be interrupted between any two of them.
 *
 * @module
 */
import process from 'node:process';

/** Synchronous reads leave the event loop no turn, in which interrupts come in and a spinner turns. */
const TURN_SECONDS = 0.05;

/**
 * The same things one after another, until the signal is aborted: also while the next one is awaited, which is then given
 * up.
 */
export async function* untilInterrupted<T>(things: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = things[Symbol.asyncIterator]();
  let giveUp = (): void => {};
  signal.addEventListener('abort', () => giveUp(), { once: true });
  let lastTurn = process.uptime();
  while (!signal.aborted) {
    const next = await new Promise<IteratorResult<T> | null>((resolve, reject) => {
      giveUp = () => resolve(null);
      iterator.next().then(resolve, reject);
    });
    if (next === null || next.done === true) return;
    yield next.value;
    if (process.uptime() - lastTurn < TURN_SECONDS) continue;
    await new Promise((resolve) => setImmediate(resolve));
    lastTurn = process.uptime();
  }
}
