/** A work tree of git in a temporary folder, made with the program that is installed and nobody's settings. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Without it the tests of what it says are left out. */
export const NO_GIT: boolean = spawnSync('git', ['--version']).status !== 0;

/** One work tree. */
export interface WorkTree {
  readonly path: string;
  /** Calls git in it; gives what it prints. */
  readonly git: (...argv: readonly string[]) => string;
  /** Writes files by name, with folders as needed. */
  readonly write: (files: Readonly<Record<string, string>>) => void;
  /** Adds everything and commits it. */
  readonly commit: () => void;
  readonly remove: () => void;
}

const IDENTITY = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'protocol.file.allow=always'];

/** @param path - where; a temporary folder where none is given */
export function makeWorkTree(path: string = mkdtempSync(join(tmpdir(), 'anchorctl-git-'))): WorkTree {
  mkdirSync(path, { recursive: true });
  const folder = realpathSync(path);
  const env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const git = (...argv: readonly string[]) =>
    execFileSync('git', [...IDENTITY, ...argv], {
      cwd: folder,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  git('init', '--quiet', '--initial-branch=main');
  return {
    path: folder,
    git,
    write: (files) => {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), text);
      }
    },
    commit: () => {
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '--message', 'State');
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A program that leaves a file when it is run, and gives back what it gets. */
export function makeWitness(folder: string): { readonly program: string; readonly sign: string } {
  const [program, sign] = [join(folder, 'witness.sh'), join(folder, 'witness.ran')];
  writeFileSync(program, `#!/bin/sh\ntouch '${sign}'\ncat\n`);
  chmodSync(program, 0o755);
  return { program, sign };
}
