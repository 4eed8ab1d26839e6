/**
 * `npm run bench [-- NAME…] [--runs N]`: how long whole commands take, beside what else does the same job.
 *
 * The commands of a row take turns (A B C A B C …), so that a machine whose load changes is unfair to none of them. A
 * ratio is the median of the ratios within each turn, and is the figure to look at; times are medians.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { rows } from './rows.mjs';

const { values, positionals } = parseArgs({
  options: { runs: { type: 'string', default: '15' } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => rows[name] === undefined);
if (unknown.length > 0 || !/^[1-9]\d*$/.test(values.runs)) {
  console.error(`usage: npm run bench -- [NAME…] [--runs N]; NAME is one of: ${Object.keys(rows).join(', ')}`);
  process.exitCode = 2;
} else {
  const names = positionals.length > 0 ? positionals : Object.keys(rows);
  for (const name of names) runRow(name, Number(values.runs));
}

/** Measures one row and prints it. */
function runRow(name, runs) {
  const folder = mkdtempSync(join(tmpdir(), 'anchorctl-bench-'));
  try {
    const { title, aim, commands } = rows[name](folder);
    const present = commands.filter(({ argv }) => spawnSync(argv[0], ['--version']).error === undefined);
    const samples = measure(present, runs);
    const reference = present.findIndex((command) => command.reference);
    console.log(`${name}: ${title}`);
    for (const [index, { label }] of present.entries()) {
      console.log(`  ${label.padEnd(34)}${describe(samples[index], samples[reference])}`);
    }
    console.log(`  ${verdict(aim, ratioOf(samples[0], samples[reference] ?? []), present[reference])}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The samples of each command; one turn more than asked for, which fills the caches and is not counted. */
function measure(commands, runs) {
  const samples = commands.map(() => []);
  for (let run = 0; run <= runs; run++) {
    for (const [index, command] of commands.entries()) {
      command.before?.();
      const sample = timed(command);
      command.after?.();
      if (run > 0) samples[index].push(sample);
    }
  }
  return samples;
}

/** Runs a command once: seconds on the clock and, as bash counts them for its children, of the processor. */
function timed({ label, argv, env }) {
  const script = 'TIMEFORMAT="%R %U %S"; exec 3>&2; { time "$@" >/dev/null 2>&3; } 2>&1';
  const { status, stdout, stderr, error } = spawnSync('bash', ['-c', script, 'bash', ...argv], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C', ...env },
  });
  if (status !== 0) throw new Error(`${label} failed: ${error?.message ?? stderr}`);
  const [wall, user, system] = stdout.trim().split(' ').map(Number);
  return { wall, processor: user + system };
}

function describe(samples, reference) {
  const walls = samples.map(({ wall }) => wall * 1000);
  const processor = median(samples.map((sample) => sample.processor * 1000));
  return [
    `${median(walls).toFixed(0).padStart(5)} ms (${Math.min(...walls).toFixed(0)}–${Math.max(...walls).toFixed(0)})`.padEnd(
      22,
    ),
    `processor ${processor.toFixed(0).padStart(5)} ms`,
    reference === undefined ? '' : `ratio ${ratioOf(samples, reference).toFixed(3)}`,
  ].join('   ');
}

function verdict(aim, ratio, reference) {
  if (reference === undefined) return `aim ${aim}: nothing here to compare with`;
  return `${ratio.toFixed(2)} of ${reference.label}, aim ${aim}: ${ratio <= aim ? 'met' : 'NOT MET'}`;
}

function ratioOf(samples, reference) {
  return median(samples.map(({ wall }, turn) => wall / reference[turn]?.wall));
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
