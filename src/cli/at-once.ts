/**
 * Doing what is mostly waiting for somebody else, some of it at the same time.
 *
 * @module
 */

/**
 * How many servers or responders are waited for at the same time: most of a fleet in a few rounds, and no more than a small
 * one of them has to bear.
 */
export const AT_ONCE = 16;

/**
 * Begins with as many items as may be waited for at once, in their order, and with the next one whenever one is done.
 *
 * @returns what comes of each, in the order of the items. Whoever stops at one of them may leave the others alone
 */
export function startAtOnce<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): readonly Promise<Result>[] {
  let free = AT_ONCE;
  const waiting: (() => void)[] = [];
  const started = items.map(async (item) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work(item);
    } finally {
      // Whoever waits takes the place over.
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  });
  // What ends one of them is met where it is waited for.
  for (const one of started) one.catch(() => {});
  return started;
}
