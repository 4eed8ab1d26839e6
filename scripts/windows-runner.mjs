/**
 * Runs tests on the Node of Windows: `node.exe windows-runner.mjs JOB`, started by scripts/test-windows.mjs.
 *
 * The tests, `expect` and the runner are vitest's own; only its command line, which needs native code for the system it
 * runs on, is left out: the tests come bundled, and run one file after the other in this process.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { TestRunner } from 'vitest';
import { startTests } from 'vitest/internal/browser';
import { VitestSnapshotEnvironment } from 'vitest/runtime';

/** `root`, the test files by their paths with the bundle of each, that of what runs before each, and where the report goes. */
const { root, files, setup, report } = JSON.parse(readFileSync(process.argv[2], 'utf8'));

/** What vitest's runner reads of its configuration. */
const config = {
  root,
  sequence: { hooks: 'stack', setupFiles: 'list' },
  setupFiles: [setup],
  testTimeout: 120_000,
  hookTimeout: 120_000,
  retry: 0,
  maxConcurrency: 1,
  passWithNoTests: true,
  tags: [],
  expect: {},
  experimental: { viteModuleRunner: false, importDurations: { limit: 0 } },
  snapshotOptions: {
    updateSnapshot: 'none',
    expand: false,
    snapshotFormat: {},
    snapshotEnvironment: new VitestSnapshotEnvironment(),
  },
};

/** Where vitest keeps what a process that runs tests is told by the one that started it. */
globalThis.__vitest_worker__ = {
  config,
  ctx: { pool: 'forks' },
  environment: { name: 'node' },
  metaEnv: process.env,
  // Bundles are evaluated once.
  evaluatedModules: { idToModuleMap: new Map() },
  rpc: { resolveSnapshotPath: (path) => `${path}.snap` },
  onCleanup() {},
};

const STATUSES = { pass: 'passed', fail: 'failed' };

class Runner extends TestRunner {
  importFile(path) {
    return import(pathToFileURL(files[path] ?? path));
  }

  // Reports snapshots to the process that started this one; there are none but files, which are compared at once.
  async onAfterRunSuite() {}
}

const runner = new Runner(config);
runner.__setTraces({ $: (_name, _attributes, work) => work() });

process.stdout.write(`Node ${process.version}, ${os.version()} ${os.release()}\n`);
const testResults = [];
for (const path of Object.keys(files)) {
  const [file] = await startTests([{ filepath: path }], runner);
  const result = resultOf(file);
  const seconds = ((file.result?.duration ?? 0) / 1000).toFixed(1);
  process.stdout.write(`${result.status === 'failed' ? '✗' : '✓'} ${file.name} ${seconds} s\n`);
  testResults.push(result);
}
writeFileSync(report, JSON.stringify(testResults));
// A bundle that something keeps alive is no reason to wait.
process.exit(0);

/** In the form of vitest's JSON report. */
function resultOf(file) {
  const assertionResults = testsIn(file).map(({ task, fullName }) => ({
    fullName,
    status: STATUSES[task.result?.state] ?? 'pending',
    failureMessages: messagesOf(task),
  }));
  return {
    name: file.name,
    status: file.result?.state === 'fail' ? 'failed' : 'passed',
    message: suitesIn(file).flatMap(messagesOf).join('\n'),
    assertionResults,
  };
}

function testsIn(suite, names = []) {
  return suite.tasks.flatMap((task) => {
    const path = [...names, task.name];
    return task.type === 'suite' ? testsIn(task, path) : [{ task, fullName: path.join(' ') }];
  });
}

function suitesIn(suite) {
  return [suite, ...suite.tasks.filter(({ type }) => type === 'suite').flatMap(suitesIn)];
}

function messagesOf({ result }) {
  return (result?.errors ?? []).map(({ stack, message, diff }) => [stack ?? message, diff].filter(Boolean).join('\n'));
}
