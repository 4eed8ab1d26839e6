/**
 * The layers of docs/architecture.md as tests: who may import whom, what stays at the edge, how files are laid out.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** Which layers each layer may import, besides itself. `src/errors.ts` and `src/index.ts` are layers of one file. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  encoding: ['errors'],
  x509: ['errors', 'encoding'],
  catalog: ['errors', 'encoding', 'x509'],
  path: ['errors', 'encoding', 'x509'],
  store: ['errors', 'encoding', 'x509'],
  device: ['errors', 'encoding', 'x509'],
  check: ['errors', 'encoding', 'x509', 'catalog', 'path', 'store', 'device'],
  input: ['errors', 'encoding', 'x509', 'catalog', 'store', 'device'],
  rotation: ['errors', 'encoding', 'x509', 'catalog', 'path', 'store', 'device', 'check', 'input'],
  report: ['errors', 'encoding', 'x509', 'check'],
  io: ['errors'],
  cli: [
    ...['errors', 'encoding', 'x509', 'catalog', 'path', 'store', 'device', 'check', 'input', 'rotation', 'report'],
    'io',
  ],
  index: [
    ...['errors', 'encoding', 'x509', 'catalog', 'path', 'store', 'device', 'check', 'input', 'rotation', 'report'],
    'io',
  ],
};

/** Of these a layer may import types alone: what they hold is rendered, what they do is not called. */
const MAY_IMPORT_TYPES: Readonly<Record<string, readonly string[]>> = {
  report: ['catalog', 'path', 'store', 'device', 'input', 'rotation'],
};

/** The layers that may touch files, sockets, processes, the clock and the terminal. */
const EDGE = ['io', 'cli'];
/** What all others may use of Node: bytes and arithmetic. `node:module` is there to load a CommonJS package on demand. */
const PURE_MODULES = ['node:buffer', 'node:crypto', 'node:module', 'node:util', 'node:zlib'];
const TERMINAL_PACKAGES = ['yargs', 'ora'];

const LINES_AT_MOST = 500;

/** An entry of `overrides` in biome.json, as far as it is of interest here. */
interface LinterOverride {
  readonly includes: readonly string[];
  readonly linter?: { readonly rules?: { readonly style?: { readonly noRestrictedImports?: unknown } } };
}

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

interface SourceFile {
  /** From the top folder, with slashes: `src/store/jks.ts`. */
  readonly path: string;
  readonly layer: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

const sources: readonly SourceFile[] = filesBelow('src')
  .filter((path) => path.endsWith('.ts'))
  .map((path) => {
    const text = readFileSync(join(ROOT, path), 'utf8');
    return { path, layer: layerOf(path), text, imports: importsOf(text) };
  });

describe('layers', () => {
  test('every file is in a layer of the table', () => {
    expect(sources.filter(({ layer }) => MAY_IMPORT[layer] === undefined)).toEqual([]);
    expect(sources.length).toBeGreaterThan(0);
  });

  test.each(Object.keys(MAY_IMPORT))('%s imports only what the table allows', (layer) => {
    const allowed = [layer, ...(MAY_IMPORT[layer] ?? [])];
    const typesAllowed = [...allowed, ...(MAY_IMPORT_TYPES[layer] ?? [])];
    const violations = violationsOf(layer, ({ specifier, typeOnly }, path) => {
      if (!specifier.startsWith('.')) return false;
      const target = posix.join(posix.dirname(path), specifier);
      if (target === 'package.json') return layer !== 'cli';
      return !(typeOnly ? typesAllowed : allowed).includes(layerOf(target));
    });
    expect(violations).toEqual([]);
  });

  test.each(Object.keys(MAY_IMPORT).filter((layer) => !EDGE.includes(layer)))(
    '%s stays away from the edge',
    (layer) => {
      const isAtEdge = ({ specifier }: Import) =>
        specifier.startsWith('node:') ? !PURE_MODULES.includes(specifier) : TERMINAL_PACKAGES.includes(specifier);
      expect(violationsOf(layer, isAtEdge)).toEqual([]);
    },
  );

  test('io leaves the terminal to cli', () => {
    expect(violationsOf('io', ({ specifier }) => TERMINAL_PACKAGES.includes(specifier))).toEqual([]);
  });

  test('outside io and cli, clock, randomness and environment are arguments', () => {
    const impure = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\brandom(?:Bytes|UUID|Int)\(|\bprocess\.|\bconsole\./;
    const violations = sources
      .filter(({ layer }) => !EDGE.includes(layer))
      .flatMap(({ path, text }) =>
        withoutComments(text)
          .split('\n')
          .filter((line) => impure.test(line))
          .map((line) => `${path}: ${line.trim()}`),
      );
    expect(violations).toEqual([]);
  });

  test('the linter has the same table', () => {
    const { overrides } = JSON.parse(readFileSync(join(ROOT, 'biome.json'), 'utf8'));
    const inLinter = overrides.filter((override: LinterOverride) => override.linter?.rules?.style?.noRestrictedImports);
    expect(inLinter).toEqual(Object.keys(MAY_IMPORT).map(linterOverride));
  });
});

describe('layout', () => {
  const handWritten = ['src', 'bin', 'test']
    .flatMap(filesBelow)
    .filter((path) => /\.(?:ts|js|mjs)$/.test(path))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));

  test(`no file has more than ${LINES_AT_MOST} lines`, () => {
    expect(
      handWritten.filter(({ text }) => text.split('\n').length > LINES_AT_MOST + 1).map(({ path }) => path),
    ).toEqual([]);
  });

  test('folders are named for a subject, and files are imported where they are', () => {
    const folders = new Set(sources.map(({ path }) => basename(dirname(path))));
    expect(['utils', 'util', 'helpers', 'types', 'common', 'lib'].filter((name) => folders.has(name))).toEqual([]);
    expect(sources.map(({ path }) => path).filter((path) => /.\/index\.ts$/.test(path.slice('src/'.length)))).toEqual(
      [],
    );
  });

  test('there are no default exports', () => {
    expect(sources.filter(({ text }) => /^export default\b/m.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test('every source file says first what it is', () => {
    const opening = /^\/\*\*\n(?: \*.*\n)+? \* @module\n \*\/\n/;
    expect(sources.filter(({ text }) => !opening.test(text)).map(({ path }) => path)).toEqual([]);
  });
});

describe('documents', () => {
  test('docs/errors.md lists every code with its status, and no other', async () => {
    const { CODES } = await import('../src/errors.ts');
    const page = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8');
    const listed = [...page.matchAll(/^\| `([a-z0-9-]+\/[a-z0-9-]+)` \| (\d+) \|/gm)].map(([, code, status]) => [
      code,
      Number(status),
    ]);
    expect(listed.sort()).toEqual(Object.entries(CODES).sort());
  });
});

describe('the reader of imports', () => {
  test('tells types from values', () => {
    const text = [
      "import type { A } from './a.js';",
      "import { type B, type C } from './b.js';",
      "import { type D, e } from './c.js';",
      "export type { F } from './d.js';",
      "export { g } from './e.js';",
      "import h, * as i from 'h';",
      "import './f.js';",
      "import {\n  j,\n} from './g.js';",
      "const k = await import('./k.js');",
      "// import { l } from './l.js';",
      "type M = typeof import('./m.js');",
    ].join('\n');
    expect(importsOf(text)).toEqual([
      { specifier: './a.js', typeOnly: true },
      { specifier: './b.js', typeOnly: true },
      { specifier: './c.js', typeOnly: false },
      { specifier: './d.js', typeOnly: true },
      { specifier: './e.js', typeOnly: false },
      { specifier: 'h', typeOnly: false },
      { specifier: './f.js', typeOnly: false },
      { specifier: './g.js', typeOnly: false },
      { specifier: './k.js', typeOnly: false },
      { specifier: './m.js', typeOnly: true },
    ]);
  });
});

/** What biome.json says of a layer, so that an editor shows at once what this test would find. */
function linterOverride(layer: string): LinterOverride {
  const allowed = [layer, ...(MAY_IMPORT[layer] ?? []), ...(MAY_IMPORT_TYPES[layer] ?? [])];
  const forbidden = Object.keys(MAY_IMPORT).filter((other) => !allowed.includes(other));
  const isFile = (name: string) => name === 'errors' || name === 'index';
  const anyOf = (names: readonly string[]) => `{${names.join(',')}}`;
  const folders = forbidden.filter((name) => !isFile(name));
  const files = forbidden.filter(isFile);
  const group = [
    ...(folders.length === 0 ? [] : [`**/${anyOf(folders)}/**`]),
    ...(files.length === 0 ? [] : [`**/${anyOf(files)}.js`]),
    ...(layer === 'cli' ? [] : TERMINAL_PACKAGES),
    ...(EDGE.includes(layer) ? [] : ['node:*', 'node:*/**', `!${anyOf(PURE_MODULES)}`]),
  ];
  const message = `${layer} may not import this: see docs/architecture.md`;
  return {
    includes: [isFile(layer) ? `src/${layer}.ts` : `src/${layer}/**`],
    linter: {
      rules: { style: { noRestrictedImports: { level: 'error', options: { patterns: [{ group, message }] } } } },
    },
  };
}

/** Imports of the files of a layer that a rule forbids, as `file imports module`. */
function violationsOf(layer: string, forbids: (module: Import, path: string) => boolean): readonly string[] {
  return sources
    .filter((source) => source.layer === layer)
    .flatMap(({ path, imports }) =>
      imports.filter((module) => forbids(module, path)).map(({ specifier }) => `${path} imports ${specifier}`),
    );
}

/** Static and dynamic imports and re-exports, in their order. */
function importsOf(text: string): readonly Import[] {
  const pattern =
    /^(?:import|export)\s+(?:(type\s)?([^;'"]*?)\s*from\s*)?'([^']+)'|(typeof\s+)?\bimport\(\s*'([^']+)'\s*\)/gm;
  return [...withoutComments(text).matchAll(pattern)].map(([, type, names, specifier, typeOf, dynamic]) => ({
    specifier: specifier ?? dynamic ?? '',
    typeOnly: type !== undefined || typeOf !== undefined || namesTypesOnly(names),
  }));
}

/** `{ type A, type B }` brings in types alone. */
function namesTypesOnly(names = ''): boolean {
  const list = /^\{(.*)\}$/s.exec(names)?.[1]?.split(',') ?? [];
  const named = list.map((name) => name.trim()).filter((name) => name !== '');
  return named.length > 0 && named.every((name) => name.startsWith('type '));
}

/** Block comments, and comments that have a line to themselves, are left out. */
function withoutComments(text: string): string {
  return text.replace(/^\s*\/\*[\s\S]*?\*\//gm, '').replace(/^\s*\/\/.*$/gm, '');
}

/** The first folder below `src`, or the name of a file that stands in `src` itself. */
function layerOf(path: string): string {
  return (path.split('/')[1] ?? '').replace(/\.[jt]s$/, '');
}

/** Every file below a folder of the project, from its top. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(ROOT.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();
}
