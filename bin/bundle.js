/**
 * Runs the bundle of the command line with the compiled code that the build keeps beside it.
 *
 * Node 20 compiles a program anew in every run, and for a short command that is half of the time above Node's own start.
 * Node 22 keeps compiled code by itself and has no use for this file.
 */
'use strict';
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');

const HEAD = Buffer.from('(function (exports, require, module, __filename, __dirname) { ');
const TAIL = Buffer.from('\n})');

/**
 * Compiles a CommonJS bundle, or takes its compiled code from the cache. Code that another version of Node compiled is not used:
 * V8 looks at that itself.
 *
 * @param {string} file
 * @param {Buffer} source - what is in it, which is ASCII
 * @param {Buffer} [cachedData] - what `script.createCachedData()` gave for the same source
 */
exports.compileBundle = (file, source, cachedData) => {
  // Put together as bytes: a text of pieces is copied into the heap of V8, which then is tidied up at once.
  const text = Buffer.concat([HEAD, source, TAIL]).toString('latin1');
  return new Script(text, { filename: file, cachedData });
};

/** Runs a compiled bundle; gives what it exports. */
exports.runBundle = (script, file) => {
  const folder = dirname(file);
  // Not `createRequire`, whose module brings the whole loader of ES modules along.
  const requireFrom = (name) => require(name.startsWith('.') ? join(folder, name) : name);
  const bundle = { exports: {} };
  script.runInThisContext()(bundle.exports, requireFrom, bundle, file, folder);
  return bundle.exports;
};
