#!/usr/bin/env node
/**
 * The command `anchorctl`: says its version at once; for all else it hands over.
 *
 * CommonJS, by the package.json beside it: starting the loader of ES modules would cost more than saying the version.
 */
'use strict';
const { readFileSync, writeSync } = require('node:fs');
const { join } = require('node:path');

const args = process.argv.slice(2);

if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  const { version } = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8'));
  try {
    writeSync(1, `${version}\n`);
  } catch (error) {
    const { loseOutput } = require('./run.js');
    loseOutput('stdout', error);
  }
} else {
  const { run } = require('./run.js');
  run(args);
}
