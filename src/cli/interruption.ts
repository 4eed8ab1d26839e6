/**
 * Letting a long list of things be interrupted between any two of them.
 *
 * @module
 */
import process from 'node:process';
import { TrustError } from '../errors.js';
import type { Io } from './io.js';

/** Synchronous reads leave the event loop no turn, in which interrupts come in and a spinner turns. */
const TURN_SECONDS = 0.05;

/** What is worked through in a moment, so that an interrupt need not end the process meanwhile (`Io.atOneStretch`). */
export const SHORT_BYTES: number = 1024 * 1024;

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
export async function untilInterrupted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const interrupt = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([work, interrupt]);
}

/** Whether an error is that of an interrupt. */
export function isInterruption({ code }: TrustError): boolean {
  return code === 'run/interrupted';
}

/**
 * Does something that changes nothing and stops once its signal is aborted: an interrupt ends it with an error.
 *
 * @throws {TrustError} `run/interrupted`; what the work says of it, where it says something
 */
export function untilItIsInterrupted<T>(io: Io, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return io.interruptible(async (signal) => {
    const result = work(signal);
    await untilInterrupted(result, signal);
    if (!signal.aborted) return result;
    // Whatever waits for a person or for standard input gives up by itself, and says so.
    await Promise.race([result, new Promise((resolve) => setImmediate(resolve))]);
    throw new TrustError('run/interrupted', 'interrupted; nothing was changed', { hint: 'call again' });
  });
}
