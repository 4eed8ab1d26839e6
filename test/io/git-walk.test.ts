/** What git knows of files, asked in real repositories. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { walkWithGit } from '../../src/io/git-walk.ts';
import { makeWitness, makeWorkTree, NO_GIT, type WorkTree } from '../support/git.ts';
import { NO_CONTROL_CHARACTERS_IN_NAMES, NO_SYMLINKS } from '../support/platform.ts';

let tree: WorkTree;
beforeEach(() => {
  tree = makeWorkTree();
});
afterEach(() => tree.remove());

afterEach(() => vi.unstubAllEnvs());

/** The names found, from the work tree, with slashes. */
async function walk(since: string | null, argument = ''): Promise<readonly string[]> {
  const { files, problems } = await walkWithGit(since)(join(tree.path, argument));
  expect(problems).toEqual([]);
  return files.map(({ path }) => path.slice(tree.path.length + 1).replaceAll(sep, '/'));
}

describe.skipIf(NO_GIT)('what git tracks or does not ignore', () => {
  test('in the order of a walk, without what is ignored or deleted', async () => {
    tree.write({
      '.gitignore': 'build/\n*.log\n!kept.log\n',
      'a-b.pem': '',
      'a/c.pem': '',
      'a/x.log': '',
      'gone.pem': '',
    });
    tree.commit();
    rmSync(join(tree.path, 'gone.pem'));
    tree.write({ 'new.pem': '', 'build/out.pem': '', 'kept.log': '', 'forced.log': '' });
    tree.git('add', '--force', 'forced.log');
    expect(await walk(null)).toEqual(['.gitignore', 'a/c.pem', 'a-b.pem', 'forced.log', 'kept.log', 'new.pem']);
    expect(await walk(null, 'a')).toEqual(['a/c.pem']);
  });

  test('of a pattern what it matches; a file that is named is taken as it is', async () => {
    tree.write({ '.gitignore': 'build/\n', 'a.pem': '', 'sub/b.pem': '', 'sub/c.txt': '', 'build/out.pem': '' });
    expect(await walk(null, '**/*.pem')).toEqual(['a.pem', 'sub/b.pem']);
    expect(await walk(null, '{sub,build}')).toEqual(['sub/b.pem', 'sub/c.txt']);
    expect(await walk(null, 'build/out.pem')).toEqual(['build/out.pem']);
  });

  test('a folder of which git has nothing holds nothing', async () => {
    tree.write({ '.gitignore': 'build/\n', 'build/out.pem': '' });
    await expect(walk(null, 'build')).rejects.toMatchObject({ code: 'input/no-match' });
  });

  test('a conflict is one file', async () => {
    tree.write({ 'a.pem': 'one\n' });
    tree.commit();
    tree.git('checkout', '--quiet', '-b', 'other');
    tree.write({ 'a.pem': 'two\n' });
    tree.commit();
    tree.git('checkout', '--quiet', 'main');
    tree.write({ 'a.pem': 'three\n' });
    tree.commit();
    expect(() => tree.git('merge', 'other')).toThrow();
    expect(await walk(null)).toEqual(['a.pem']);
    expect(await walk('HEAD')).toEqual(['a.pem']);
  });

  test('no work tree is an error that says so', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'anchorctl-no-git-'));
    vi.stubEnv('GIT_CEILING_DIRECTORIES', tmpdir());
    await expect(walkWithGit(null)(folder)).rejects.toMatchObject({ code: 'git/no-work-tree', at: { source: folder } });
    rmSync(folder, { recursive: true });
    await expect(walkWithGit(null)(join(tree.path, '.git'))).rejects.toMatchObject({ code: 'git/no-work-tree' });
  });

  test.skipIf(NO_CONTROL_CHARACTERS_IN_NAMES)('hostile names are names', async () => {
    const names = ['--help', ':(top)x', '"q"', 'a\nb.pem', 'back\\slash', 'ä\u202e.pem', '*.pem'];
    tree.write(Object.fromEntries(names.map((name) => [name, ''])));
    expect([...(await walk(null))].sort()).toEqual([...names].sort());
    tree.commit();
    expect(await walk('HEAD')).toEqual([]);
    for (const name of names) writeFileSync(join(tree.path, name), 'changed');
    expect([...(await walk('HEAD'))].sort()).toEqual([...names].sort());
  });

  test.skipIf(NO_CONTROL_CHARACTERS_IN_NAMES)('a name that is no UTF-8 is a problem beside the others', async () => {
    tree.write({ 'a.pem': '' });
    writeFileSync(Buffer.concat([Buffer.from(`${tree.path}/`), Buffer.from([0xff, 0xfe])]), '');
    const { files, problems } = await walkWithGit(null)(tree.path);
    expect(files).toHaveLength(1);
    expect(problems).toMatchObject([{ code: 'input/not-readable', message: 'the name of the file is not UTF-8' }]);
  });

  test.skipIf(NO_SYMLINKS)(
    'links to files are read, links to folders are not followed, links to nothing are a problem',
    async () => {
      tree.write({ 'a/c.pem': '' });
      symlinkSync('a/c.pem', join(tree.path, 'file.pem'));
      symlinkSync('a', join(tree.path, 'folder'));
      tree.commit();
      expect(await walk(null)).toEqual(['a/c.pem', 'file.pem']);
      symlinkSync('nowhere', join(tree.path, 'broken'));
      expect((await walkWithGit(null)(tree.path)).problems).toMatchObject([{ code: 'input/not-found' }]);
    },
  );
});

describe.skipIf(NO_GIT)('what has changed', () => {
  test('committed, staged, unstaged, untracked and renamed, and nothing else', async () => {
    tree.write({
      '.gitignore': 'build/\n',
      'same.pem': 's',
      'committed.pem': '1',
      'staged.pem': '1',
      'old.pem': 'rename me',
    });
    tree.write({ 'unstaged.pem': '1', 'gone.pem': '1', 'sub/same.pem': '1', 'sub/deep.pem': '1' });
    tree.commit();
    tree.git('tag', 'v1');
    expect(await walk('v1')).toEqual([]);
    tree.write({ 'committed.pem': '2' });
    tree.git('mv', 'old.pem', 'new-name.pem');
    tree.commit();
    tree.write({ 'staged.pem': '2' });
    tree.git('add', 'staged.pem');
    tree.write({ 'unstaged.pem': '2', 'sub/deep.pem': '2', 'untracked.pem': '', 'build/out.pem': '' });
    rmSync(join(tree.path, 'gone.pem'));
    const changed = ['committed.pem', 'new-name.pem', 'staged.pem', 'sub/deep.pem', 'unstaged.pem', 'untracked.pem'];
    expect(await walk('v1')).toEqual(changed);
    expect(await walk('HEAD')).toEqual(['staged.pem', 'sub/deep.pem', 'unstaged.pem', 'untracked.pem']);
    expect(await walk('v1', 'sub')).toEqual(['sub/deep.pem']);
    expect(await walk('v1', '*.pem')).toEqual(changed.filter((name) => !name.includes('/')));
  });

  test('a file touched and not changed has not changed', async () => {
    tree.write({ 'a.pem': '1' });
    tree.commit();
    utimesSync(join(tree.path, 'a.pem'), 1_000_000, 1_000_000);
    expect(await walk('HEAD')).toEqual([]);
  });

  test('a named file counts where it has changed, or git knows nothing of it', async () => {
    tree.write({ '.gitignore': 'build/\n', 'a.pem': '1', 'b.pem': '1' });
    tree.commit();
    tree.write({ 'b.pem': '2', 'new.pem': '', 'build/out.pem': '' });
    expect(await walk('HEAD', 'a.pem')).toEqual([]);
    for (const name of ['b.pem', 'new.pem', 'build/out.pem']) expect(await walk('HEAD', name)).toEqual([name]);
  });

  test.each(['nowhere', 'HEAD~99', '--output=x', '-h', 'HEAD:a.pem'])('%s is no commit: usage', async (revision) => {
    tree.write({ 'a.pem': '1' });
    tree.commit();
    await expect(walk(revision)).rejects.toMatchObject({ code: 'usage/bad-value' });
    await expect(walk(revision, 'a.pem')).rejects.toMatchObject({ code: 'usage/bad-value' });
    expect(existsSync(join(tree.path, 'x'))).toBe(false);
  });
});

describe.skipIf(NO_GIT)('submodules and other repositories inside', () => {
  let library: WorkTree;
  beforeEach(() => {
    library = makeWorkTree();
    library.write({ 'root.pem': '1', '.gitignore': 'built\n' });
    library.commit();
    tree.write({ 'a.pem': '1' });
    tree.git('submodule', '--quiet', 'add', library.path, 'lib');
    tree.commit();
    makeWorkTree(join(tree.path, 'vendor/nested')).write({ 'own.pem': '1' });
    writeFileSync(join(tree.path, 'lib/built'), '');
  });
  afterEach(() => library.remove());

  test('are walked by their own rules', async () => {
    expect(await walk(null)).toEqual([
      '.gitmodules',
      'a.pem',
      'lib/.gitignore',
      'lib/root.pem',
      'vendor/nested/own.pem',
    ]);
  });

  test('one that is not checked out has no files', async () => {
    tree.git('submodule', '--quiet', 'deinit', '--force', 'lib');
    expect(await walk(null)).toEqual(['.gitmodules', 'a.pem', 'vendor/nested/own.pem']);
  });

  test('count whole with another commit, else by what differs from theirs', async () => {
    expect(await walk('HEAD')).toEqual(['vendor/nested/own.pem']);
    writeFileSync(join(tree.path, 'lib/new.pem'), '');
    expect(await walk('HEAD')).toEqual(['lib/new.pem', 'vendor/nested/own.pem']);
    library.write({ 'second.pem': '1' });
    library.commit();
    tree.git('-C', 'lib', 'pull', '--quiet', 'origin', 'main');
    expect(await walk('HEAD')).toEqual([
      ...['lib/.gitignore', 'lib/new.pem', 'lib/root.pem', 'lib/second.pem'],
      'vendor/nested/own.pem',
    ]);
  });
});

describe.skipIf(NO_GIT)('a hostile repository', () => {
  test.skipIf(process.platform === 'win32')('runs nothing', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'anchorctl-witness-'));
    const { program, sign } = makeWitness(outside);
    tree.write({ '.gitattributes': '* filter=evil diff=evil\n', 'a.pem': '1', 'b.pem': '1' });
    tree.commit();
    const settings = [
      ...['core.fsmonitor', 'diff.external', 'diff.evil.command', 'diff.evil.textconv', 'core.pager', 'core.editor'],
      ...['filter.evil.clean', 'filter.evil.smudge', 'filter.evil.process', 'core.sshCommand', 'core.askPass'],
    ];
    for (const setting of settings) tree.git('config', setting, program);
    for (const [key, value] of [
      ['filter.evil.required', 'true'],
      ['core.untrackedCache', 'true'],
      ['core.hooksPath', outside],
    ] as const) {
      tree.git('config', key, value);
    }
    for (const hook of ['post-index-change', 'fsmonitor-watchman']) symlinkSync(program, join(outside, hook));
    // Of the same size and date as what the index has: only the content tells.
    writeFileSync(join(tree.path, 'a.pem'), '2');
    const later = new Date(Date.now() + 60_000);
    utimesSync(join(tree.path, 'b.pem'), later, later);
    expect(await walk(null)).toEqual(['.gitattributes', 'a.pem', 'b.pem']);
    expect(await walk('HEAD')).toEqual(['a.pem']);
    expect(await walk('HEAD', 'a.pem')).toEqual(['a.pem']);
    expect(existsSync(sign)).toBe(false);
    // The witness itself is sound: git as it is runs it.
    try {
      tree.git('status', '--short');
    } catch {
      // What the witness answers is none of the languages that it is asked in.
    }
    expect(existsSync(sign)).toBe(true);
    rmSync(outside, { recursive: true });
  });

  test.skipIf(process.platform === 'win32')('runs nothing for a submodule either', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'anchorctl-witness-'));
    const { program, sign } = makeWitness(outside);
    const library = makeWorkTree();
    library.write({ '.gitattributes': '* filter=evil\n', 'root.pem': '1' });
    library.commit();
    tree.git('submodule', '--quiet', 'add', library.path, 'lib');
    tree.commit();
    for (const setting of ['core.fsmonitor', 'filter.evil.clean']) tree.git('-C', 'lib', 'config', setting, program);
    writeFileSync(join(tree.path, 'lib/root.pem'), '2');
    expect(await walk('HEAD')).toEqual(['lib/root.pem']);
    expect(await walk(null)).toContain('lib/root.pem');
    expect(existsSync(sign)).toBe(false);
    library.remove();
    rmSync(outside, { recursive: true });
  });

  test('nothing is fetched for a clone that lacks what is asked for', async () => {
    tree.write({ 'a.pem': '1' });
    tree.commit();
    tree.write({ 'a.pem': '2' });
    tree.commit();
    tree.git('config', 'uploadpack.allowFilter', 'true');
    const clone = join(tree.path, 'clone');
    tree.git('clone', '--quiet', '--filter=tree:0', `file://${tree.path}`, clone);
    tree.git('-C', clone, 'config', 'protocol.file.allow', 'always');
    await expect(walk('HEAD~1', 'clone')).rejects.toMatchObject({ code: 'git/failed' });
    expect(tree.git('-C', clone, 'diff', '--name-only', 'HEAD~1')).toBe('a.pem\n');
    expect(await walk('HEAD~1', 'clone')).toEqual(['clone/a.pem']);
  });

  test.skipIf(process.platform === 'win32')('runs no filter without a name', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'anchorctl-witness-'));
    const { program, sign } = makeWitness(outside);
    tree.write({ 'a.pem': '1' });
    tree.commit();
    tree.write({ '.gitattributes': '*.pem filter=\n', 'a.pem': '2' });
    appendFileSync(
      join(tree.path, '.git/config'),
      `[filter]\n\tclean = ${program}\n[filter ""]\n\tclean = ${program}\n`,
    );
    expect(await walk('HEAD')).toEqual(['.gitattributes', 'a.pem']);
    expect(existsSync(sign)).toBe(false);
    tree.git('diff', '--name-only', 'HEAD');
    expect(existsSync(sign)).toBe(true);
    rmSync(outside, { recursive: true });
  });

  test.each([
    { title: 'with an equals sign in its name', name: Buffer.from('a=b') },
    { title: 'with a name that is no UTF-8', name: Buffer.of(0x61, 0xff) },
  ])('that has a filter $title, which cannot be switched off, is not asked what has changed', async ({ name }) => {
    tree.write({ 'a.pem': '1' });
    tree.commit();
    const filter = [Buffer.from('[filter "'), name, Buffer.from('"]\n\tclean = cat\n')];
    appendFileSync(join(tree.path, '.git/config'), Buffer.concat(filter));
    await expect(walk('HEAD')).rejects.toMatchObject({ code: 'git/failed' });
    expect(await walk(null)).toEqual(['a.pem']);
  });

  test.skipIf(process.platform === 'win32')('of which git does not say what filters it has is not asked', async () => {
    tree.write({ 'a.pem': '1' });
    tree.commit();
    const bin = mkdtempSync(join(tmpdir(), 'anchorctl-git-'));
    const settings = 'case " $* " in *" --get-regexp "*) echo "fatal: out of memory" >&2; exit 128;; esac';
    writeFileSync(join(bin, 'git'), `#!/bin/sh\n${settings}\nPATH=\${PATH#*:} exec git "$@"\n`, { mode: 0o755 });
    vi.stubEnv('PATH', `${bin}:${process.env.PATH}`);
    await expect(walk('HEAD')).rejects.toMatchObject({ code: 'git/failed', message: 'git says: fatal: out of memory' });
    expect(await walk(null)).toEqual(['a.pem']);
    rmSync(bin, { recursive: true });
  });

  test('the environment does not lead to another one', async () => {
    tree.write({ 'a.pem': '1' });
    const other = makeWorkTree();
    other.write({ 'other.pem': '1' });
    other.commit();
    vi.stubEnv('GIT_DIR', join(other.path, '.git'));
    vi.stubEnv('GIT_INDEX_FILE', join(other.path, '.git/index'));
    vi.stubEnv('GIT_LITERAL_PATHSPECS', '0');
    vi.stubEnv('GIT_EXTERNAL_DIFF', 'false');
    expect(await walk(null)).toEqual(['a.pem']);
    other.remove();
  });

  test('a bare one inside is no work tree', async () => {
    tree.git('init', '--quiet', '--bare', 'bare.git');
    await expect(walk(null, 'bare.git')).rejects.toMatchObject({ code: 'git/no-work-tree' });
  });
});

describe.skipIf(NO_SYMLINKS || NO_GIT)('without git', () => {
  test('the error says so, and no program of the current folder is taken for it', async () => {
    mkdirSync(join(tree.path, 'bin'));
    const { program, sign } = makeWitness(tree.path);
    symlinkSync(program, join(tree.path, 'bin/git'));
    vi.stubEnv('PATH', ['bin', '', '.'].join(':'));
    await expect(walkWithGit(null)(tree.path)).rejects.toMatchObject({ code: 'git/not-installed' });
    expect(existsSync(sign)).toBe(false);
  });
});
