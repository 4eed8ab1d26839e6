/**
 * Gets a clone ready to run: installs the packages and builds, each only when it is needed.
 *
 * Uses Node alone, for it runs before anything is installed.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top folder of the project. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What the build is made from, and the file that it writes last. */
const BUILD_INPUTS = [
  'src',
  'bin',
  'scripts/build.mjs',
  'scripts/warm-up.mjs',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];
const BUILD_STAMP = 'dist/THIRD-PARTY-NOTICES.txt';

const NEVER = Number.NEGATIVE_INFINITY;

/** Installs what the lock file names and builds `dist/`; says a line about each and nothing where all is in place. */
export function prepareWorkspace() {
  if (!isInstalled()) {
    console.error('Installing packages …');
    runQuietly('npm ci', ...npm('ci'));
  }
  if (changedAt(BUILD_STAMP) < Math.max(...BUILD_INPUTS.map(changedAt))) {
    console.error('Building …');
    runQuietly('the build', process.execPath, [join(ROOT, 'scripts/build.mjs')]);
  }
}

/**
 * Whether `node_modules` holds what the lock file names, by npm's own list of what it put there. (The times of the two
 * files tell nothing: npm writes them in either order.) Packages for other platforms are not installed and not missed.
 */
function isInstalled() {
  const installed = lockedPackages('node_modules/.package-lock.json');
  return Object.entries(lockedPackages('package-lock.json')).every(
    ([path, { version, optional }]) => path === '' || version === installed[path]?.version || optional === true,
  );
}

function lockedPackages(file) {
  if (changedAt(file) === NEVER) return {};
  return JSON.parse(readFileSync(join(ROOT, file), 'utf8')).packages;
}

/** When a file, or anything in a folder, changed last (ms); `NEVER` for what does not exist. */
function changedAt(path) {
  const full = join(ROOT, path);
  const stats = statSync(full, { throwIfNoEntry: false });
  if (stats === undefined) return NEVER;
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(full).map((name) => changedAt(join(path, name))));
}

/** How npm is called: by the path that npm itself hands to its scripts, or by name (a batch file on Windows). */
export function npm(...args) {
  const script = process.env.npm_execpath;
  if (script?.endsWith('npm-cli.js')) return [process.execPath, [script, ...args]];
  return ['npm', args, { shell: process.platform === 'win32' }];
}

/** Runs a command in the top folder and shows its output only when it fails; then this process ends as well. */
function runQuietly(name, command, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8', ...options });
  if (status === 0) return;
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
  console.error(`${name} failed${error === undefined ? '' : `: ${error.message}`}`);
  process.exit(status ?? 1);
}
