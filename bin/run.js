/**
 * Runs the command line, and sees to it that the status does not say what is not so.
 */
'use strict';
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const DIST = join(__dirname, '..', 'dist');

/** What cannot be written is lost, and the status must not say that it was. */
const CANNOT_WRITE = 6;
/** The call has not come to an answer. */
const BUG = 70;
/** What a call that lost output says all the same: these stand before a write that failed (docs/errors.md). */
const WORSE = [BUG, 130, 2];

/**
 * Half of them look up names. A lookup that a name server does not answer keeps its thread longer than any server is waited for,
 * and with the two of four that are usual, two such names kept every other from being found.
 */
const THREADS = '64';

/** The streams whose output was lost. */
const lost = new Set();
/** Whether errors of the call are JSON. */
let wantsJson = () => false;

/**
 * Runs a call. The status is set, not exited with, so that piped output is written to its end.
 *
 * @param {readonly string[]} args - the words after the program's name
 */
exports.run = async (args) => {
  for (const name of ['stdout', 'stderr']) watch(name);
  process.once('beforeExit', giveUp);
  if (args.some((word) => /^(?:tls:\/\/|--aia|--ocsp)/.test(word))) process.env.UV_THREADPOOL_SIZE ??= THREADS;
  // No certificate is accepted or refused by a handshake here; Node.js would warn among errors in JSON that all are accepted.
  delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  try {
    const bundle = load(bundleFor(args));
    wantsJson = () => bundle.wantsJson(args);
    process.exitCode = await bundle.main(args);
  } catch (error) {
    const [status, hint] = remedyFor(error);
    process.stderr.write(`anchorctl: ${error.message.split('\n', 1)}\nanchorctl: hint: ${hint}\n`);
    process.exitCode = status;
  }
  process.off('beforeExit', giveUp);
  // When all is written and nothing is left to be done, Node would give back its memory piece by piece, which the system does at
  // once: that is a twentieth of a short call. Output may be lost later than the call has ended, and its status must not hide it.
  process.once('beforeExit', () => {
    if (lost.size > 0) failToWrite();
    process.exit(process.exitCode);
  });
};

function failToWrite() {
  if (!WORSE.includes(process.exitCode)) process.exitCode = CANNOT_WRITE;
}

/** A call that waits while there is nothing left that could come would end as if all were good. */
function giveUp() {
  process.stderr.write(
    'anchorctl: this is a bug in anchorctl, not a fault of your files: the call waits for what never comes [internal]\nanchorctl: hint: report it with the call and the output of anchorctl --version\n',
  );
  process.exitCode = BUG;
}

/**
 * First words of calls that have a bundle of their own, with what they need and nothing else: those that scripts make once for
 * each file. The build makes them.
 */
exports.OWN_BUNDLES = ['check', 'inspect', 'keystore'];

/** A call that names no command asks for help, for which little of the code is needed. */
function bundleFor(args) {
  if (exports.OWN_BUNDLES.includes(args[0])) return join(DIST, `${args[0]}.cjs`);
  return join(DIST, args.every((word) => word.startsWith('-')) ? 'help.cjs' : 'cli.cjs');
}

/** A bundle, with the compiled code of an earlier run or of the build. */
function load(bundle) {
  if (Number.parseInt(process.versions.node, 10) >= 22) {
    require('node:module').enableCompileCache();
    return require(bundle);
  }
  const { compileBundle, runBundle } = require('./bundle.js');
  return runBundle(compileBundle(bundle, readFileSync(bundle), readFileSync(`${bundle}.cache`)), bundle);
}

/** What keeps the command line from starting; whatever goes wrong later it reports itself. */
function remedyFor(error) {
  if (error.syscall === 'uv_cwd') return [3, 'the current folder was removed; change to another one'];
  if (error.code === 'ENOENT' || error.code === 'MODULE_NOT_FOUND') return [BUG, 'run "npm run build" first'];
  throw error;
}

/** Looks out for what cannot be written, from when a stream is first used: making one takes longer than a short answer. */
function watch(name) {
  const property = Object.getOwnPropertyDescriptor(process, name);
  let stream;
  Object.defineProperty(process, name, {
    ...property,
    get() {
      stream ??= property.get.call(process).on('error', (error) => exports.loseOutput(name, error));
      return stream;
    },
  });
}

/**
 * What becomes of the status when output is lost.
 *
 * @param {'stdout' | 'stderr'} name
 * @param {NodeJS.ErrnoException} error
 */
exports.loseOutput = (name, error) => {
  // A reader that has seen enough (`| head`) is no failure of ours.
  if (error.code === 'EPIPE' || lost.has(name)) return;
  lost.add(name);
  failToWrite();
  if (name !== 'stdout') return;
  const code = 'file/cannot-write';
  const message = `the answer cannot be written: ${error.message}`;
  const hint = 'what the command changed, it has changed; make room and call again';
  const document = { schema: 'anchorctl/error/1', code, message, hint, status: CANNOT_WRITE, others: [], findings: [] };
  process.stderr.write(
    wantsJson()
      ? `${JSON.stringify(document, null, 2)}\n`
      : `anchorctl: ${message} [${code}]\nanchorctl: hint: ${hint}\n`,
  );
};
