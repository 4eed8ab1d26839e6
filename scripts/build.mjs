/**
 * Builds `dist/`: the command line and the library bundled by esbuild, the declarations by tsc, and the notices of the
 * packages that went into the bundles.
 *
 * Bundled, because opening some hundred small files is most of what starting a Node program costs. Not minified: that
 * gains 3 % of a short command and costs every line number in a report.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { OWN_BUNDLES } from '../bin/run.js';
import { ROOT } from './workspace.mjs';

const DIST = join(ROOT, 'dist');

/**
 * Puts an answer for plain ASCII before every copy of `string-width`, which yargs and ora measure their columns with.
 * The package itself is the same, but starts only when a text asks for it: its table of emoji and its word segmenter
 * take 40 ms, more than all the rest of yargs.
 */
const asciiFirstStringWidth = {
  name: 'ascii-first-string-width',
  setup({ onResolve, onLoad, resolve }) {
    onResolve({ filter: /^string-width$/ }, async ({ path, pluginData, ...importer }) => {
      if (pluginData === 'itself') return undefined;
      const itself = await resolve(path, { ...importer, pluginData: 'itself' });
      return { path: itself.path, namespace: 'ascii-first' };
    });
    onLoad({ filter: /.*/, namespace: 'ascii-first' }, ({ path }) => ({
      contents: `export default function stringWidth(text, options) {
        if (typeof text === 'string' && /^[ -~]*$/.test(text)) return text.length;
        return require(${JSON.stringify(path)}).default(text, options);
      }`,
      resolveDir: ROOT,
    }));
  },
};

/**
 * What yargs does in every run and nobody sees here: it reads the working folder and all above it in search of a
 * package.json, to guess a version that we state; it renders the help page once a command has started; it looks for
 * translations in a folder that is not there; and it checks the arguments of every call of its own functions, which types do.
 */
const LEFT_OUT = [
  [/[\\/]yargs[\\/]build[\\/]lib[\\/]argsert\.js$/, '(arg1, arg2, arg3) {', '(arg1, arg2, arg3) { return;'],
  [
    /[\\/]yargs[\\/]lib[\\/]platform-shims[\\/]esm\.mjs$/,
    "import escalade from 'escalade/sync'",
    'const escalade = null',
  ],
  [/[\\/]yargs[\\/]lib[\\/]platform-shims[\\/]esm\.mjs$/, 'fileURLToPath(import.meta.url)', '__filename'],
  [/[\\/]yargs[\\/]build[\\/]lib[\\/]usage\.js$/, 'cachedHelpMessage = this.help();', ''],
  [/[\\/]y18n[\\/]build[\\/]lib[\\/]platform-shims[\\/]node\.js$/, ' readFileSync,\n', " readFileSync: () => '{}',\n"],
];

const leanYargs = {
  name: 'lean-yargs',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/](yargs|y18n)[\\/]/ }, ({ path }) => {
      const edits = LEFT_OUT.filter(([file]) => file.test(path));
      const source = readFileSync(path, 'utf8');
      const missing = edits.filter(([, text]) => !source.includes(text));
      if (missing.length > 0)
        return { errors: missing.map(([, text]) => ({ text: `${path} no longer has: ${text}` })) };
      return { contents: edits.reduce((contents, [, from, to]) => contents.replace(from, to), source) };
    });
  },
};

/** The packages that check the signature of a PKCS#7 bundle are half of all code: a file of their own, read when needed. */
const cmsOnDemand = {
  name: 'cms-on-demand',
  setup({ onResolve }) {
    onResolve({ filter: /^(asn1js|pkijs)$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './cms.cjs', external: true } : undefined,
    );
  },
};

/** What stands in a bundle for a module of Node: it loads the module when something of it is used. */
const ON_DEMAND = {
  ...Object.fromEntries(['crypto', 'net', 'os', 'tls', 'tty', 'zlib'].map((name) => [name, whenRead(name)])),
  // For the message of an assertion that fails; yargs makes some in every run.
  assert: [whenWrong('strictEqual', '!Object.is(a, b)'), whenWrong('notStrictEqual', 'Object.is(a, b)')].join('\n'),
  // A bundle makes a copy of a module of Node for each file that imports its default.
  process: 'export default globalThis.process;',
  // Taken at the start, used later if at all.
  module: "exports.createRequire = (file) => (name) => require('node:module').createRequire(file)(name);",
};

/**
 * A named import looks for its name in the prototype, and finds it in itself from then on: what imports has an object of its own
 * with this prototype (`__toESM` of esbuild).
 */
function whenRead(builtin) {
  return `const load = { get: (_, name, asked) => (asked[name] = require('node:${builtin}')[name]) };
    module.exports = Object.create(new Proxy({}, load));`;
}

function whenWrong(name, condition) {
  return `exports.${name} = (a, b, message) => { if (${condition}) require('node:assert').${name}(a, b, message); };`;
}

/**
 * Loads the modules of Node that few calls use, and that take long to start, not when a module that imports them starts, but
 * when something of theirs is first used.
 */
const builtinsOnDemand = {
  name: 'builtins-on-demand',
  setup({ onResolve, onLoad }) {
    const filter = new RegExp(`^(node:)?(${Object.keys(ON_DEMAND).join('|')})$`);
    onResolve({ filter }, ({ path, namespace }) =>
      namespace === 'on-demand' ? undefined : { path: path.replace(/^node:/, ''), namespace: 'on-demand' },
    );
    onLoad({ filter: /.*/, namespace: 'on-demand' }, ({ path }) => ({ contents: ON_DEMAND[path] }));
  },
};

/** What the source requires by `createRequire` is no part of a bundle: large packages that few calls need. */
const COMMON = {
  absWorkingDir: ROOT,
  outdir: DIST,
  bundle: true,
  metafile: true,
  platform: 'node',
  target: 'node20',
  plugins: [asciiFirstStringWidth],
};

/** CommonJS starts faster, and its compiled code can be kept (see bin/bundle.js). Modules run when they are asked for. */
const COMMON_JS = {
  ...COMMON,
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  supported: { 'dynamic-import': false },
};

/** Characters of a member of the catalog's data that is worth no file of its own. */
const MAX_IN_BUNDLE = 1000;

/**
 * The catalog's data as files beside the bundle, read when a call first asks for them: in the bundle they are a third of what
 * is loaded at every start.
 */
const catalogOnDemand = {
  name: 'catalog-on-demand',
  setup({ onResolve, onLoad }) {
    onLoad({ filter: /[\\/]catalog[\\/]\w+\.json$/ }, ({ path }) => {
      const file = `catalog-${basename(path)}`;
      const data = JSON.parse(readFileSync(path, 'utf8'));
      writeFileSync(join(DIST, file), toAscii(JSON.stringify(data)));
      const getters = Object.entries(data).map(([key, value]) => {
        const text = JSON.stringify(value);
        return `get ${key}() { return ${text.length <= MAX_IN_BUNDLE ? text : `read().${key}`}; }`;
      });
      return {
        contents: `let data;
          const read = () => (data ??= require('./${file}'));
          module.exports = { ${getters.join(', ')} };`,
      };
    });
    onResolve({ filter: /^\.\/catalog-\w+\.json$/ }, ({ path }) => ({ path, external: true }));
  },
};

/** JSON in which every character takes one byte, which V8 reads twice as fast. */
function toAscii(json) {
  return json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const CLI = {
  ...COMMON_JS,
  entryPoints: { cli: 'src/cli/main.ts' },
  plugins: [asciiFirstStringWidth, leanYargs, cmsOnDemand, catalogOnDemand, builtinsOnDemand],
  define: { 'import.meta.url': '__filename' },
};

/** A bundle of the command line for calls whose first word is that, or which have none: without the code of all other commands. */
function bundleFor(name) {
  const kept = new RegExp(`^\\./commands/${name}(-[\\w-]+)?\\.js$`);
  const withoutOthers = {
    name: 'without-others',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.\/commands\/[\w-]+\.js$/ }, ({ path }) =>
        kept.test(path) ? undefined : { path, namespace: 'left-out' },
      );
      onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: '' }));
    },
  };
  return { ...CLI, entryPoints: { [name]: 'src/cli/main.ts' }, plugins: [withoutOthers, ...CLI.plugins] };
}

const PARTS = ['help', ...OWN_BUNDLES].map(bundleFor);

const CMS = {
  ...COMMON_JS,
  stdin: {
    contents: "export * from 'asn1js'; export * from 'pkijs';",
    resolveDir: ROOT,
    sourcefile: 'cms',
  },
  entryNames: 'cms',
};

const LIBRARY = {
  ...COMMON,
  entryPoints: { index: 'src/index.ts' },
  chunkNames: 'chunks/[name]-[hash]',
  format: 'esm',
  splitting: true,
};

rmSync(DIST, { recursive: true, force: true });
mkdirSync(DIST);
// What esbuild and tsc have to say they print themselves.
const [, ...bundles] = await Promise.all([
  runNode('node_modules/typescript/bin/tsc'),
  ...[CLI, ...PARTS, CMS, LIBRARY].map((options) => build(options)),
]).catch(() => process.exit(1));
await runNode('scripts/warm-up.mjs', { stdio: ['ignore', 'ignore', 'inherit'] });
const inputs = new Set(bundles.flatMap(({ metafile }) => Object.keys(metafile.inputs)));
writeFileSync(join(DIST, 'THIRD-PARTY-NOTICES.txt'), thirdPartyNotices([...inputs]));

/** Runs a program of this project to its end. */
async function runNode(program, options = { stdio: 'inherit' }) {
  const child = spawn(process.execPath, [join(ROOT, program)], { cwd: ROOT, ...options });
  const status = await new Promise((resolve) => child.on('close', resolve));
  if (status !== 0) throw new Error(`${program} ended with status ${status}`);
}

/** The licence texts of all packages of which something is in the bundles, in the order of their names. */
function thirdPartyNotices(bundledFiles) {
  const folders = new Set(
    bundledFiles.flatMap((file) => /^(?:[^:]*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []),
  );
  const notices = [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
    const files = readdirSync(join(ROOT, folder)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
    const texts = files.map((file) => readFileSync(join(ROOT, folder, file), 'utf8').trim());
    return [`${name} ${version} (${license})`, ...texts].join('\n\n');
  });
  const rule = `\n\n${'-'.repeat(80)}\n\n`;
  return `${['The bundles in this folder hold code of these packages.', ...[...new Set(notices)].sort()].join(rule)}\n`;
}
