/**
 * Sums up the results of test runs, in the form of vitest's JSON report: `node scripts/summary.mjs FILE…` prints each
 * test that failed, with the first lines of why, and then `N passed, N failed, N skipped`.
 *
 * A file that is missing, or a test file that could not even be loaded, counts as one failure. The status is 1 when
 * anything failed, or when the first run, for which every tool was installed, skipped a test.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** Enough for what was expected and what came instead; the whole of it is where the test ran. */
const LINES_OF_A_FAILURE = 12;
const IN_THE_RUNNER = /^ +at .*(node_modules|node:internal|new Promise)/;

const runs = process.argv.slice(2).map(summaryOf);
for (const failure of runs.flatMap(({ failures }) => failures)) console.log(failure);
const sum = (what) => runs.reduce((total, counts) => total + counts[what], 0);

console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
process.exitCode = sum('failed') > 0 || runs[0].skipped > 0 ? 1 : 0;

function summaryOf(path) {
  const run = basename(path, '.json');
  if (!existsSync(path)) return { passed: 0, failed: 1, skipped: 0, failures: [`✗ ${run}: it left no report`] };
  const { testResults, ...report } = JSON.parse(readFileSync(path, 'utf8'));
  const failures = testResults.flatMap((file) => failuresOf(file).map((failure) => `✗ ${run}: ${failure}`));
  return {
    passed: report.numPassedTests,
    failed: failures.length,
    skipped: report.numPendingTests + report.numTodoTests,
    failures,
  };
}

/** One text for each test of the file that failed, or one for the file where it could not be loaded. */
function failuresOf({ name, status, message, assertionResults }) {
  const file = relative('.', name);
  const failed = assertionResults.filter((assertion) => assertion.status === 'failed');
  if (failed.length === 0) return status === 'failed' ? [describe(file, message)] : [];
  return failed.map(({ fullName, failureMessages }) => describe(`${file}: ${fullName}`, failureMessages.join('\n')));
}

function describe(what, why) {
  const lines = stripVTControlCharacters(why ?? '')
    .split('\n')
    .filter((line) => !IN_THE_RUNNER.test(line))
    .slice(0, LINES_OF_A_FAILURE);
  return [what, ...lines.map((line) => `    ${line}`)].join('\n');
}
