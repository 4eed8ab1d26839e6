#!/usr/bin/env node
/**
 * The command `anchorctl`: says its version at once; for all else it loads the bundle and hands over.
 *
 * CommonJS, by the package.json beside it: starting the loader of ES modules would cost more than saying the version.
 */
'use strict';
const { readFileSync } = require('node:fs');
const { enableCompileCache } = require('node:module');
const { join } = require('node:path');

const CLI = join(__dirname, '..', 'dist', 'cli.cjs');

const args = process.argv.slice(2);

/** What cannot be written is lost, and the status must not say that it was. */
const CANNOT_WRITE = 6;

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    // A reader that has seen enough (`| head`) is no failure of ours.
    if (error.code === 'EPIPE') return;
    process.exitCode = CANNOT_WRITE;
    // Node sets the status of a run that ends later than this error; it must not hide it.
    process.once('exit', () => {
      process.exitCode = CANNOT_WRITE;
    });
    if (stream === process.stdout) {
      process.stderr.write(
        `anchorctl: the answer cannot be written: ${error.message} [file/cannot-write]\nanchorctl: hint: what the command changed, it has changed; make room and call again\n`,
      );
    }
  });
}

if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  const { version } = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8'));
  process.stdout.write(`${version}\n`);
} else {
  run();
}

/** Runs the command line. The status is set, not exited with, so that piped output is written to its end. */
async function run() {
  try {
    process.exitCode = await loadCli().main(args);
  } catch (error) {
    const [status, hint] = remedyFor(error);
    process.stderr.write(`anchorctl: ${error.message.split('\n', 1)}\nanchorctl: hint: ${hint}\n`);
    process.exitCode = status;
  }
}

/** The command line, with the compiled code of an earlier run or of the build. */
function loadCli() {
  if (enableCompileCache !== undefined) {
    enableCompileCache();
    return require(CLI);
  }
  const { compileBundle, runBundle } = require('./bundle.js');
  return runBundle(compileBundle(CLI, readFileSync(CLI, 'latin1'), readFileSync(`${CLI}.cache`)), CLI);
}

/** What keeps the command line from starting; whatever goes wrong later it reports itself. */
function remedyFor(error) {
  if (error.syscall === 'uv_cwd') return [3, 'the current folder was removed; change to another one'];
  if (error.code === 'ENOENT' || error.code === 'MODULE_NOT_FOUND') return [70, 'run "npm run build" first'];
  throw error;
}
