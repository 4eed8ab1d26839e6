/**
 * Where the answer of `check` goes besides stdout: the files of `--output`, and the summary of a job.
 *
 * @module
 */
import type { CheckReport } from '../check/check-report.js';
import { expectTrustError, TrustError } from '../errors.js';
import { appendText, sizeOf } from '../io/append-text.js';
import type { CheckFormat, RenderContext } from '../report/check/check-format.js';
import { loadCheckFormat } from '../report/check/formats.js';
import type { Io } from './io.js';
import { requireFree, writeOutput } from './output.js';

/** A form of the answer and the file that it goes to. */
export interface CheckOutput {
  readonly format: CheckFormat;
  readonly path: string;
}

/**
 * Reads what `--output` says.
 *
 * @param force - whether files that are there may be replaced
 * @throws {TrustError} `usage/bad-value`; `usage/conflict` where two have one path; `output/exists` without `force`: before
 *   anything is read, which may take its time
 */
export async function parseOutputs(texts: readonly string[], force: boolean): Promise<readonly CheckOutput[]> {
  const outputs = await Promise.all(texts.map(parseOutput));
  requireFree(outputs, force);
  return outputs;
}

async function parseOutput(text: string): Promise<CheckOutput> {
  const [, name, path] = /^([a-z0-9-]+)=(.+)$/s.exec(text) ?? [];
  if (name === undefined || path === undefined) {
    throw new TrustError('usage/bad-value', `"${text.slice(0, 80)}" is not FORMAT=FILE`, {
      hint: 'write for example --output junit=expiry.xml',
    });
  }
  return { format: await loadCheckFormat(name), path };
}

/**
 * Writes every output, each whole or not at all; one that cannot be written keeps no other from its place.
 *
 * @returns what could not be written
 */
export async function writeCheckOutputs(
  outputs: readonly CheckOutput[],
  report: CheckReport,
  context: RenderContext,
  force: boolean,
  io: Io,
): Promise<readonly TrustError[]> {
  const errors: TrustError[] = [];
  for (const { format, path } of outputs) {
    try {
      await writeOutput(path, [...format.render(report, context)].join(''), force, io);
    } catch (error) {
      errors.push(expectTrustError(error).within({ source: path }));
    }
  }
  return errors;
}

/** GitHub takes a summary of at most 1 MiB for all that a step says, and drops a longer one. */
const SUMMARY_BYTES = 1024 * 1024;
/** What stands at its end where it is cut off. */
const CUT_OFF = '\n**More was found than a summary takes.**\n';

/**
 * Appends the tables to the file that GitHub shows on the page of a job, where there is one.
 *
 * @throws {TrustError} `file/cannot-write`
 */
export async function writeJobSummary(report: CheckReport, context: RenderContext, io: Io): Promise<void> {
  const path = io.env.GITHUB_STEP_SUMMARY;
  if (path === undefined || path === '') return;
  const { render } = await loadCheckFormat('markdown');
  // What another call of the same step has said stands before it.
  const room = SUMMARY_BYTES - sizeOf(path);
  let text = '';
  let length = CUT_OFF.length;
  for (const part of render(report, context)) {
    length += Buffer.byteLength(part);
    if (length > room) break;
    text += part;
  }
  if (length <= room) appendText(path, text);
  else if (CUT_OFF.length <= room) appendText(path, text + CUT_OFF);
}
