/** What CI takes from this repository: the action, the hook of pre-commit, and the examples of docs/ci.md. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { issue } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';
import { NO_BASH } from '../support/platform.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchorctl-ci-'));
  writeFileSync(join(folder, 'good.pem'), issue({ notAfter: new Date('2199-01-01T00:00:00Z') }).pem);
  writeFileSync(join(folder, 'key.pem'), '-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

function writeExpired(name: string): void {
  const notBefore = new Date('2019-01-01T00:00:00Z');
  writeFileSync(join(folder, name), issue({ notBefore, notAfter: new Date('2020-01-01T00:00:00Z') }).pem);
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly runs: {
    readonly using: string;
    readonly steps: readonly { readonly env: Readonly<Record<string, string>>; readonly run: string }[];
  };
}

describe('the action', () => {
  const { inputs, runs } = parse(read('action.yml')) as Action;
  const [step] = runs.steps;

  test('hands every input over by the environment, and none by the text of the script', () => {
    expect(runs.using).toBe('composite');
    expect(step?.run).not.toContain('${{');
    const handed = Object.entries(step?.env ?? {}).filter(([name]) => name !== 'ACTION_PATH');
    expect(handed.map(([, value]) => value)).toEqual(Object.keys(inputs).map((name) => `\${{ inputs.${name} }}`));
    for (const [name] of handed) expect(read('scripts/action.sh')).toContain(name);
  });

  /** As the runner calls it: defaults, and what `with` says. */
  const call = (given: Readonly<Record<string, string>>) => {
    const defaults = Object.entries(inputs).map(([name, { default: value }]) => [name, given[name] ?? value] as const);
    const env = Object.fromEntries(
      defaults.map(([name, value]) => [`INPUT_${name.toUpperCase().replaceAll('-', '_')}`, value]),
    );
    return spawnSync('bash', ['-c', step?.run ?? ''], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, ...env, ACTION_PATH: ROOT, GITHUB_STEP_SUMMARY: join(folder, 'summary') },
    });
  };

  test.skipIf(NO_BASH)('annotates, writes the summary, and fails where something has expired', () => {
    writeExpired('old.pem');
    const { status, stdout } = call({ output: 'sarif=out.sarif\n\njunit=out.xml\n' });
    expect(status).toBe(1);
    expect(stdout).toMatch(/^::error file=old\.pem,line=1,title=expiry\/expired::/);
    expect(readFileSync(join(folder, 'summary'), 'utf8')).toContain('## Certificates as of');
    expect(existsSync(join(folder, 'out.sarif')) && existsSync(join(folder, 'out.xml'))).toBe(true);
    expect(call({ paths: 'good.pem\r\n', output: 'junit=out.xml' }).status).toBe(0);
  });

  test.skipIf(NO_BASH)('builds itself with the packages for development, whatever NODE_ENV a job has', () => {
    const here = join(folder, 'action');
    for (const name of ['bin', 'scripts', 'path']) mkdirSync(join(here, name), { recursive: true });
    copyFileSync(join(ROOT, 'scripts/action.sh'), join(here, 'scripts/action.sh'));
    writeFileSync(join(here, 'bin/anchorctl.js'), '');
    writeFileSync(join(here, 'path/npm'), '#!/bin/sh\necho "$@"\n', { mode: 0o755 });
    const env = { ...process.env, PATH: `${join(here, 'path')}:${process.env.PATH}` };
    const { stderr } = spawnSync('bash', [join(here, 'scripts/action.sh')], { cwd: folder, env, encoding: 'utf8' });
    expect(stderr).toMatch(/^ci --include=dev .*\nrun build\n$/);
  });

  test.skipIf(NO_BASH)('says nothing of thresholds that the policy has', () => {
    const policy = (warn: string) => `version: 1\nthresholds:\n  - { warn: ${warn} }\n`;
    writeFileSync(join(folder, 'anchorctl.yaml'), policy('100%'));
    writeFileSync(join(folder, 'other.yaml'), policy('1d'));
    const warned = 'title=expiry/warning';
    expect(call({ paths: 'good.pem' }).stdout).toContain(warned);
    expect(call({ paths: 'good.pem', policy: 'other.yaml' }).stdout).not.toContain(warned);
    expect(call({ paths: 'good.pem', warn: '60d' }).stdout).not.toContain(warned);
  });

  test.skipIf(NO_BASH)('an input is never a command or an option', () => {
    const hostile = `$(touch ${folder}/pwned); \`touch ${folder}/pwned\` "; touch ${folder}/pwned #`;
    for (const name of Object.keys(inputs)) {
      const { status } = call({ [name]: hostile });
      expect(existsSync(join(folder, 'pwned'))).toBe(false);
      expect([0, 2, 3]).toContain(status);
    }
    // A path that looks like an option is a path, which is not there.
    expect(call({ paths: '--help' }).status).toBe(3);
    expect(call({ warn: '60d --allow-empty' }).status).toBe(2);
  });
});

interface Hook {
  readonly entry: string;
  readonly args: readonly string[];
  readonly files: string;
}

describe('the hook of pre-commit', () => {
  const [hook] = parse(read('.pre-commit-hooks.yaml')) as readonly Hook[];
  const [program, ...entry] = (hook?.entry ?? '').split(' ');
  const words = [...entry, ...(hook?.args ?? [])];

  test('takes the files that changed, and passes over a key among them', async () => {
    expect(program).toBe('anchorctl');
    // A name that looks like an option is a name.
    expect((await anchorctl([...words, '--help'])).status).toBe(3);
    const files = ['good.pem', 'key.pem'];
    const call = () => anchorctl([...words, ...files.map((name) => join(folder, name))]);
    expect((await call()).status).toBe(0);
    writeExpired('old.pem');
    files.push('old.pem');
    expect((await call()).status).toBe(1);
  });

  test('is asked about certificates only', () => {
    const files = new RegExp(hook?.files ?? '');
    for (const name of ['a.pem', 'b/c.crt', 'd.cer', 'e.der', 'f.p7b', 'g.jks']) expect(name).toMatch(files);
    for (const name of ['a.p12', 'pem.txt', 'crt']) expect(name).not.toMatch(files);
  });
});

describe('docs/ci.md', () => {
  const blocks = [...read('docs/ci.md').matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, kind, text]) => ({
    kind: kind ?? '',
    text: text ?? '',
  }));

  test('its YAML is YAML', () => {
    const yaml = blocks.filter(({ kind }) => kind === 'yaml');
    expect(yaml.length).toBeGreaterThan(2);
    for (const { text } of yaml) expect(parse(text)).toBeTruthy();
  });

  test('every call in it is one that the program takes', async () => {
    const calls = blocks.flatMap(({ text }) => [...text.matchAll(/anchorctl (check [^\n]*)/g)]);
    expect(calls.length).toBeGreaterThanOrEqual(4);
    // What Nagios puts in, and folders and servers that are not here.
    const macros: Readonly<Record<string, string>> = { $ARG1$: folder, $ARG2$: '30', $ARG3$: '14' };
    for (const [, line = ''] of calls) {
      const words = line.replaceAll(/["']/g, '').split(' ');
      const paths = words.map((word) => {
        const output = /^(\w+=)(?:.*\/)?([^/]+)$/.exec(word);
        if (output !== null) return `${output[1]}${join(folder, output[2] ?? '')}`;
        return /^(?:tls:|\/|certs$|\.$)/.test(word) ? folder : (macros[word] ?? word);
      });
      const { status, stderr } = await anchorctl([...paths, '--at', '2026-11-01T00:00:00Z']);
      expect({ line, status, stderr }).toEqual({ line, status: 0, stderr: '' });
    }
  });
});
