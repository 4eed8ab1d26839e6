/**
 * `npm run bench [-- NAME…] [--runs N]`: how long commands, or parts of the library, take, and how much memory, beside what
 * else does the same job.
 *
 * The commands of a row take turns (A B C A B C …), so that a machine whose load changes is unfair to none of them. A
 * ratio is the median of the ratios within each turn, and is the figure to look at; times are medians.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { leftOutSettings, measureFigure, measurePeak, measureTime } from './measure.mjs';
import { rows } from './rows.mjs';

const UNITS = { wall: 'of the time', processor: 'of the processor time', memory: 'of the peak memory' };

const { values, positionals } = parseArgs({
  options: { runs: { type: 'string', default: '15' } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => rows[name] === undefined);
if (unknown.length > 0 || !/^[1-9]\d*$/.test(values.runs)) {
  console.error(`usage: npm run bench -- [NAME…] [--runs N]; NAME is one of: ${Object.keys(rows).join(', ')}`);
  process.exitCode = 2;
} else {
  if (leftOutSettings.length > 0) console.log(`not passed on to the commands: ${leftOutSettings.join(', ')}\n`);
  const names = positionals.length > 0 ? positionals : Object.keys(rows);
  for (const name of names) await runRow(name, Number(values.runs));
}

/** Measures one row and prints it. */
async function runRow(name, runs) {
  const folder = mkdtempSync(join(tmpdir(), 'anchorctl-bench-'));
  try {
    const row = await rows[name](folder);
    if (row === null) {
      console.log(`${name}: its data is not here\n`);
      return;
    }
    const { title, aims, commands, runs: enough = runs } = row;
    const present = commands.filter(({ argv }) => spawnSync(argv[0], ['--version']).error === undefined);
    const withMemory = aims.some(({ measure }) => measure === 'memory');
    const samples = await measureAll(present, Math.min(runs, enough), withMemory);
    console.log(`${name}: ${title} (load ${loadavg()[0].toFixed(1)})`);
    const reference = samples.get(aims[0]?.of);
    for (const { label, times } of present) {
      const title = times === undefined ? label : `${label}, extrapolated`;
      console.log(`  ${title.padEnd(34)}${describe(samples.get(label), reference)}`);
    }
    for (const aim of aims) console.log(`  ${verdict(aim, samples, present[0].label)}`);
    console.log('');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The samples of each command by its label; one turn more than asked for, which fills the caches and is not counted. */
async function measureAll(commands, runs, withMemory) {
  const samples = new Map(commands.map(({ label }) => [label, []]));
  for (let run = withMemory ? 1 : 0; run <= runs; run++) {
    for (const command of commands) {
      const sample = await measureOnce(command, withMemory);
      if (run > 0) samples.get(command.label).push(sample);
    }
  }
  return samples;
}

async function measureOnce(command, withMemory) {
  const { before = () => {}, after = () => {}, times = 1 } = command;
  before();
  const { wall, processor, ...rate } = command.figure === undefined ? measureTime(command) : measureFigure(command);
  after();
  const time = { wall: wall * times, processor: processor * times, ...rate };
  if (!withMemory) return time;
  before();
  const memory = await measurePeak(command);
  after();
  return { ...time, memory };
}

function describe(samples, reference) {
  const walls = samples.map(({ wall }) => wall * 1000);
  const processor = medianOf(samples, 'processor') * 1000;
  const range = `(${milliseconds(Math.min(...walls))}–${milliseconds(Math.max(...walls))})`;
  const [{ memory, count, unit }] = samples;
  return [
    `${milliseconds(median(walls)).padStart(6)} ms ${range}`.padEnd(26),
    `processor ${milliseconds(processor).padStart(6)} ms`,
    ...(count === undefined ? [] : [`${((count * 1000) / median(walls)).toFixed(0).padStart(6)} ${unit}/s`]),
    ...(memory === undefined ? [] : [`peak ${megabytes(medianOf(samples, 'memory'))}`]),
    ...(reference === undefined ? [] : [`ratio ${ratioOf(samples, reference, 'wall').toFixed(3)}`]),
  ].join('   ');
}

function milliseconds(value) {
  return value.toFixed(value < 10 ? 1 : 0);
}

function verdict({ measure, limit, of, by: label }, samples, first) {
  const by = label ?? first;
  const own = samples.get(by);
  const aim = `aim ${limit}`;
  if (of.bytes !== undefined) {
    const peak = medianOf(own, 'memory');
    const node = medianOf(samples.get('node -e 0'), 'memory');
    const above = `${((peak - node) / of.bytes).toFixed(2)} without the ${megabytes(node)} of bare Node`;
    return `${by}: ${judge(peak / of.bytes, limit)} times the size of ${of.file} (${megabytes(of.bytes)}), ${aim}; ${above}`;
  }
  const reference = samples.get(of);
  if (reference === undefined) return `${by}: ${aim} ${UNITS[measure]} of ${of}: not here to compare with`;
  return `${by}: ${judge(ratioOf(own, reference, measure), limit)} ${UNITS[measure]} of ${of}, ${aim}`;
}

function judge(ratio, limit) {
  return `${ratio <= limit ? 'met' : 'NOT MET'}: ${ratio.toPrecision(3)}`;
}

function ratioOf(samples, reference, measure) {
  return median(samples.map((sample, turn) => sample[measure] / reference[turn]?.[measure]));
}

function medianOf(samples, measure) {
  return median(samples.map((sample) => sample[measure]));
}

function megabytes(bytes) {
  return `${(bytes / 1_000_000).toFixed(0)} MB`;
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
