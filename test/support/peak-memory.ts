/** How much memory a piece of work needs at its worst, as far as the process shows it. */
import { memoryUsage, resourceUsage } from 'node:process';

/**
 * Runs work, and says by how much the process grew to a new peak meanwhile: 0 where it stayed below an earlier one.
 *
 * @returns octets
 */
export function growthDuring(work: () => void): number {
  const [before, peakBefore] = [memoryUsage.rss(), resourceUsage().maxRSS];
  work();
  const peak = resourceUsage().maxRSS;
  // maxRSS counts in kilobytes.
  return peak > peakBefore ? peak * 1024 - before : 0;
}
