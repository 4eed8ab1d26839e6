/**
 * What git says about the files of a folder, from the program `git` itself: its rules for what is ignored are too many to
 * be told again.
 *
 * A repository may be anybody's, and its configuration can name programs that git runs (gitconfig(5)): a file system monitor,
 * hooks, external diffs, filters, transports. All of them are switched off here, no shell is between, the arguments are
 * fixed, and what the environment says about another repository is not handed on.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import process from 'node:process';
import { TrustError } from '../errors.js';

/** A file that the index of git has. */
interface TrackedFile {
  /** From the folder that was asked about, with slashes. */
  readonly name: string;
  /** A submodule: the folder of another repository (gitsubmodules(7)). */
  readonly isSubmodule: boolean;
}

/** More names than this are not taken from git: 256 MB of them. */
const MAX_OUTPUT = 256 * 1024 * 1024;

/** What git says in one line of an error; the rest is advice about git. */
const MAX_MESSAGE = 200;

const OPTIONS = [
  ...['--no-pager', '--no-optional-locks', '--literal-pathspecs'],
  // Empty, which every version of git reads as none; the word false was the name of a program to versions before 2.36.
  ...['-c', 'core.fsmonitor='],
  ...['-c', 'core.hooksPath=/dev/null'],
  ...['-c', 'safe.bareRepository=explicit'],
];

/** What of the variables of git holds for any repository; all others of them would change what is answered. */
const KEPT_VARIABLES =
  /^GIT_(?:CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+)|CEILING_DIRECTORIES|DISCOVERY_ACROSS_FILESYSTEM|EXEC_PATH)$/;

/**
 * Makes sure that git has a work tree around a folder.
 *
 * @throws {TrustError} `git/no-work-tree`, `git/not-installed`
 */
export async function requireWorkTree(folder: string): Promise<void> {
  const { status, stdout, message } = await callGit(folder, ['rev-parse', '--is-inside-work-tree']);
  if (status === 0 && stdout.toString('latin1').trim() === 'true') return;
  const reason = message === '' ? 'the folder is in no work tree of git' : `git finds no work tree here: ${message}`;
  throw new TrustError('git/no-work-tree', reason, {
    at: { source: folder },
    hint: 'name a folder or file inside a work tree that git may read, or leave --git and --changed-since away',
  });
}

/**
 * The files below a folder that the index has, there or not.
 *
 * @throws {TrustError} `git/failed`
 */
export async function listTracked(folder: string): Promise<readonly TrackedFile[]> {
  const entries = await list(folder, ['ls-files', '-z', '--stage']);
  // `mode object stage\tname` (git-ls-files(1)); a conflict has a name up to three times.
  const modes = new Map(entries.map((entry) => [entry.slice(entry.indexOf('\t') + 1), entry.slice(0, 6)]));
  return [...modes].map(([name, mode]) => ({ name, isSubmodule: mode === '160000' }));
}

/**
 * The files below a folder that git neither tracks nor ignores; a repository among them is a name that ends in a slash.
 *
 * @throws {TrustError} `git/failed`
 */
export function listUntracked(folder: string): Promise<readonly string[]> {
  return list(folder, ['ls-files', '-z', '--others', '--exclude-standard']);
}

/**
 * The tracked files below a folder that are not as they were at a revision, submodules with another commit among them. Without its
 * filters git may take a file that has one for changed.
 *
 * @param revision - as gitrevisions(7) has it
 * @throws {TrustError} `usage/bad-value` for a revision that is not there; `git/failed`
 */
export async function listDifferent(folder: string, revision: string): Promise<readonly string[]> {
  const commit = await resolveRevision(folder, revision);
  const how = ['--name-only', '-z', '--relative', '--no-renames', '--no-color', '--no-ext-diff', '--no-textconv'];
  // What is going on inside a submodule git would find out by running itself there, with the filters of that repository.
  const argv = ['diff', ...how, '--ignore-submodules=dirty', commit, '--'];
  return list(folder, [...(await withoutFilters(folder)), ...argv]);
}

async function resolveRevision(folder: string, revision: string): Promise<string> {
  const argv = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
  const { status, stdout } = await callGit(folder, argv);
  const commit = stdout.toString('latin1').trim();
  if (status === 0 && /^[0-9a-f]{40,64}$/.test(commit)) return commit;
  throw new TrustError('usage/bad-value', `"${revision.slice(0, 80)}" is no commit of this repository`, {
    at: { source: folder },
    hint: 'name a branch, tag or commit; a shallow clone has few: fetch the one that is meant first',
  });
}

/** How git ends where a repository has none of the settings that it is asked for (git-config(1)). */
const NO_SETTING = 1;

/** Options that leave every filter of the repository without a program. */
async function withoutFilters(folder: string): Promise<readonly string[]> {
  const answer = await callGit(folder, ['config', '-z', '--name-only', '--get-regexp', '^filter\\.']);
  const settings = answer.status === NO_SETTING ? [] : namesIn(outputOf(answer, folder));
  // A key without a second dot is of no filter; between two there may be nothing, which is a name as well.
  const keys = settings.filter((key) => key.indexOf('.') < key.lastIndexOf('.'));
  const names = new Set(keys.map((key) => key.slice('filter.'.length, key.lastIndexOf('.'))));
  return [...names].flatMap((name) => {
    if (/[=\ufffd]/.test(name))
      throw failed(folder, 'the configuration of git names a filter that cannot be switched off');
    return ['clean=', 'process=', 'required=false'].flatMap((setting) => ['-c', `filter.${name}.${setting}`]);
  });
}

async function list(folder: string, argv: readonly string[]): Promise<readonly string[]> {
  return namesIn(outputOf(await callGit(folder, argv), folder));
}

function outputOf({ status, stdout, message }: GitAnswer, folder: string): Buffer {
  const end = status === null ? 'git was ended by a signal' : `git ended with status ${status}`;
  if (status !== 0) throw failed(folder, message === '' ? end : `git says: ${message}`);
  return stdout;
}

function namesIn(output: Buffer): readonly string[] {
  return output.toString('utf8').split('\0').slice(0, -1);
}

/** How a call of git ended. */
interface GitAnswer {
  /** Null where it was ended by a signal. */
  readonly status: number | null;
  readonly stdout: Buffer;
  /** What it says is wrong, in one line; empty where it says nothing. */
  readonly message: string;
}

function callGit(folder: string, argv: readonly string[]): Promise<GitAnswer> {
  const program = findGit();
  const settings = { cwd: folder, env: environment(), encoding: 'buffer', maxBuffer: MAX_OUTPUT } as const;
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      [...OPTIONS, ...argv],
      { ...settings, windowsHide: true },
      (error, stdout, stderr) => {
        const lines = stderr.toString('utf8').split('\n');
        const message = lines.find((line) => /^(?:fatal|error): /.test(line)) ?? lines[0] ?? '';
        if (error === null || typeof error.code === 'number' || error.signal != null) {
          resolve({ status: child.exitCode, stdout, message: message.slice(0, MAX_MESSAGE) });
        } else {
          reject(failed(folder, `git could not be run to its end: ${error.code ?? error.message}`));
        }
      },
    );
    child.stdin?.end();
  });
}

/** Looked up here, because a system may look into the current folder first, which may hold anything. */
function findGit(): string {
  const name = process.platform === 'win32' ? 'git.exe' : 'git';
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  const program = folders.map((folder) => join(folder, name)).find(isProgram);
  if (program !== undefined) return program;
  throw new TrustError('git/not-installed', 'there is no git on this machine, or not on the PATH', {
    hint: 'install git, or leave --git and --changed-since away',
  });
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function environment(): NodeJS.ProcessEnv {
  const own = { GIT_ALLOW_PROTOCOL: 'none', GIT_NO_LAZY_FETCH: '1', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
  const kept = Object.entries(process.env).filter(([name]) => !/^GIT_/i.test(name) || KEPT_VARIABLES.test(name));
  return { ...Object.fromEntries(kept), ...own };
}

function failed(folder: string, what: string): TrustError {
  return new TrustError('git/failed', what, {
    at: { source: folder },
    hint: 'run git status there to see what is wrong',
  });
}
