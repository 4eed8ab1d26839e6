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

for (const stream of [process.stdout, process.stderr]) {
  // A reader that has seen enough (`| head`) is no failure of ours.
  stream.on('error', (error) => {
    if (error.code !== 'EPIPE') throw error;
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
  const cli = loadCli();
  process.exitCode = cli === null ? 70 : await cli.main(args);
}

/** The command line, with the compiled code of an earlier run or of the build; null, and said so, when it is not built. */
function loadCli() {
  try {
    if (enableCompileCache !== undefined) {
      enableCompileCache();
      return require(CLI);
    }
    const { compileBundle, runBundle } = require('./bundle.js');
    return runBundle(compileBundle(CLI, readFileSync(CLI, 'latin1'), readFileSync(`${CLI}.cache`)), CLI);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'MODULE_NOT_FOUND') throw error;
    process.stderr.write(`anchorctl: ${error.message.split('\n', 1)}\nanchorctl: hint: run "npm run build" first\n`);
    return null;
  }
}
