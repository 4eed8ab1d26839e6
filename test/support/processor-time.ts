/** How much work something is: what a busy machine makes wait does not work more. */
import { cpuUsage } from 'node:process';

/**
 * Begins to count.
 *
 * @returns gives the milliseconds of processor time that this process has taken since
 */
export function processorTime(): () => number {
  const before = cpuUsage();
  return () => {
    const { user, system } = cpuUsage(before);
    return (user + system) / 1000;
  };
}
