/**
 * Sums up the results of test runs, in the form of vitest's JSON report: `node scripts/summary.mjs FILE…` prints
 * `N passed, N failed, N skipped`.
 *
 * A file that is missing, or a test file that could not even be loaded, counts as one failure. The status is 1 when
 * anything failed, or when the first run, for which every tool was installed, skipped a test.
 */
import { existsSync, readFileSync } from 'node:fs';

const runs = process.argv.slice(2).map(countsOf);
const sum = (what) => runs.reduce((total, counts) => total + counts[what], 0);

console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
process.exitCode = sum('failed') > 0 || runs[0].skipped > 0 ? 1 : 0;

function countsOf(path) {
  if (!existsSync(path)) return { passed: 0, failed: 1, skipped: 0 };
  const report = JSON.parse(readFileSync(path, 'utf8'));
  const notLoaded = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + notLoaded.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
