/** `check --git` and `--changed-since`. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { issue } from '../support/certificates.ts';
import { anchorctl, type Call } from '../support/cli.ts';
import { makeWorkTree, NO_GIT, type WorkTree } from '../support/git.ts';

const AT = '2026-11-01T00:00:00Z';
const good = issue({ subject: 'CN=Good', notAfter: new Date('2030-01-01T00:00:00Z') }).pem;
const expired = issue({ subject: 'CN=Expired', notAfter: new Date('2025-01-01T00:00:00Z') }).pem;

let tree: WorkTree;
beforeEach(() => {
  tree = makeWorkTree();
});
afterEach(() => tree.remove());

const check = (...argv: readonly string[]): Promise<Call> => anchorctl(['check', tree.path, '--at', AT, ...argv]);

describe.skipIf(NO_GIT)('--git', () => {
  test('passes over what git ignores', async () => {
    tree.write({ '.gitignore': 'build/\n', 'a.pem': good, 'build/old.pem': expired });
    expect((await check()).status).toBe(1);
    const call = await check('--git');
    expect(call.status).toBe(0);
    expect(call.stdout).toContain('1 certificate in 2 files: 1 ok\n');
  });

  test('in no work tree is an error of its own, beside what else there is', async () => {
    tree.write({ 'a.pem': good });
    const call = await check(join(tree.path, '.git'), '--git', '--json');
    expect(call.status).toBe(3);
    expect(call.json()).toMatchObject({
      summary: { files: 1, certificates: 1, errors: 1 },
      findings: [{ code: 'git/no-work-tree', severity: 'error', source: { input: join(tree.path, '.git') } }],
    });
  });

  test('a folder in which all is ignored is as empty as an empty one', async () => {
    tree.write({ '.gitignore': '*\n', 'a.pem': good });
    expect((await check('--git')).status).toBe(3);
    expect((await check('--git', '--allow-empty')).status).toBe(0);
  });
});

describe.skipIf(NO_GIT)('--changed-since', () => {
  beforeEach(() => {
    tree.write({ 'old.pem': expired, 'notes.txt': 'one' });
    tree.commit();
  });

  test('nothing changed is good, and the answer says that this is why', async () => {
    const call = await check('--changed-since', 'main');
    expect(call).toMatchObject({ status: 0, stdout: '0 certificates in 0 files changed since main\n', stderr: '' });
    const document = await check('--changed-since', 'main', '--json');
    expect(document.json()).toMatchObject({ changedSince: 'main', summary: { files: 0, certificates: 0, errors: 0 } });
    const nagios = await check('--changed-since', 'main', '--format', 'nagios');
    expect(nagios.status).toBe(0);
    expect(nagios.stdout).toMatch(/^CERTIFICATES OK: nothing found in files changed since main \|/);
    const markdown = await check('--changed-since', 'main', '--format', 'markdown');
    expect(markdown.stdout).toContain('Only files `changed since main`\n');
    const page = await check('--changed-since', 'main', '--format', 'html');
    expect(page.stdout).toContain('<p>Only files changed since main.</p>\n');
  });

  test('changed files without a certificate are good, too', async () => {
    tree.write({ 'notes.txt': 'two' });
    const call = await check('--changed-since', 'main');
    expect(call).toMatchObject({ status: 0, stdout: '0 certificates in 1 file changed since main\n' });
  });

  test('what has changed is judged, and nothing else', async () => {
    tree.write({ 'new.pem': good });
    const call = await check('--changed-since', 'HEAD');
    expect(call.status).toBe(0);
    expect(call.stdout).toContain('1 certificate in 1 file changed since HEAD: 1 ok\n');
    tree.write({ 'worse.pem': expired });
    expect((await check('--changed-since', 'HEAD')).status).toBe(1);
  });

  test('a name that leads nowhere stays an error', async () => {
    expect((await check(join(tree.path, 'missing.pem'), '--changed-since', 'HEAD')).status).toBe(3);
    expect((await check(join(tree.path, '*.jks'), '--changed-since', 'HEAD')).status).toBe(3);
  });

  test.each(['nowhere', '--git', ''])('%j is no revision: usage, and no answer', async (revision) => {
    const call = await check(`--changed-since=${revision}`);
    expect(call).toMatchObject({ status: 2, stdout: '' });
    expect(call.stderr).toContain('[usage/bad-value]');
  });

  test('the merge of its shards equals the whole, nothing changed included', async () => {
    const folder = mkdtempSync(`${tree.path}-shards`);
    const shards = async () => {
      const documents = [1, 2, 3].map((index) => join(folder, `${index}.json`));
      for (const [index, path] of documents.entries()) {
        const call = await check('--changed-since', 'main', '--shard', `${index + 1}/3`, '--json');
        expect(call.status).toBe(0);
        writeFileSync(path, call.stdout);
      }
      return documents;
    };
    for (const files of [{}, { 'new.pem': good, 'x.txt': 'x', 'z.pem': good }]) {
      tree.write(files);
      const merged = await anchorctl(['check', '--merge', ...(await shards()), '--json']);
      const whole = await check('--changed-since', 'main', '--json');
      expect(merged).toMatchObject({ status: 0, stdout: whole.stdout });
    }
    rmSync(folder, { recursive: true });
  });
});
