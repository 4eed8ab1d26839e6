/**
 * How a command ends: the answer on stdout, what is wrong beside it on stderr, and the exit status of it all.
 *
 * @module
 */
import type { Finding, Severity } from '../check/finding.js';
import { renderDocument } from '../encoding/json-text.js';
import { type ExitStatus, type TrustError, worstStatus } from '../errors.js';
import { renderFinding } from '../report/certificate-text.js';
import { renderDocumentParts } from '../report/json.js';
import type { Source } from '../x509/source.js';
import { type Failure, renderError, renderFailureJson } from './failure.js';
import type { Io } from './io.js';
import type { CommonArgs } from './options.js';

/** The answer as a document; its first key is `schema`. */
type Document = Readonly<Record<string, unknown>> & { readonly schema: string };

/** What a command has to say. */
export interface Answer {
  /** The document, or what makes it where that takes its time. */
  readonly json: Document | (() => Document);
  /** The same for a person. */
  readonly text: string | Uint8Array;
  readonly findings?: readonly Finding[];
  readonly errors?: readonly TrustError[];
}

/**
 * Writes an answer.
 *
 * Information is for terminals only; warnings and errors go to stderr whoever reads it, and stand in the document too.
 * Where JSON was asked for, errors on stderr are JSON as well.
 *
 * @returns the status of the errors; findings are the command's to judge
 */
export function answer({ json, text, ...rest }: Answer, args: CommonArgs, io: Io): ExitStatus {
  writeFindings(rest, args, io);
  if (args.json) io.stdout(renderDocument(typeof json === 'function' ? json() : json));
  else io.stdout(text);
  return writeErrors(rest, args, io);
}

/** An answer that may be long: its parts are made while it is written. */
interface LongAnswer extends Omit<Answer, 'text'> {
  /** Lists in it may be any iterables. */
  readonly json: Document;
  readonly text: Iterable<string>;
}

/** Large enough that writing costs little, small enough to be kept in memory. */
const WRITTEN_AT_ONCE = 64 * 1024;

/** As `answer`, and never more of it in memory than the reader is behind. */
export async function answerAtLength(
  { json, text, ...rest }: LongAnswer,
  args: CommonArgs,
  io: Io,
): Promise<ExitStatus> {
  writeFindings(rest, args, io);
  await writeParts(args.json ? renderDocumentParts(json) : text, io);
  return writeErrors(rest, args, io);
}

/** Writes what is made while it is written, and never has more of it in memory than the reader is behind. */
export class PartWriter {
  readonly #io: Io;
  #pending = '';

  constructor(io: Io) {
    this.#io = io;
  }

  /** Writes parts, the last of them maybe not before there are more. */
  async write(parts: Iterable<string>): Promise<void> {
    for (const part of parts) {
      this.#pending += part;
      if (this.#pending.length < WRITTEN_AT_ONCE) continue;
      this.end();
      await this.#io.drained();
    }
  }

  /** Writes what is left. */
  end(): void {
    this.#io.stdout(this.#pending);
    this.#pending = '';
  }
}

/** Writes parts with a writer of their own. */
export async function writeParts(parts: Iterable<string>, io: Io): Promise<void> {
  const writer = new PartWriter(io);
  await writer.write(parts);
  writer.end();
}

type Messages = Pick<Answer, 'findings' | 'errors'>;

/** Writes findings to stderr: information for terminals only, warnings unless the call is to be quiet. */
export function writeFindings({ findings = [], errors = [] }: Messages, { json, quiet }: CommonArgs, io: Io): void {
  const isShown = ({ severity }: Finding) =>
    severity === 'error' || (!quiet && (severity === 'warning' || io.terminal.stderr));
  if (!json || errors.length === 0) io.stderr(findings.filter(isShown).map(renderFinding).join(''));
}

/**
 * Writes the errors of an answer to stderr: in JSON with the findings, since it is one document.
 *
 * @returns their status
 */
export function writeErrors({ findings = [], errors = [] }: Messages, { json }: CommonArgs, io: Io): ExitStatus {
  const isAllJson = json && errors.length > 0;
  io.stderr(isAllJson ? renderFailureJson({ errors, findings }) : errors.map(renderError).join(''));
  return worstStatus(errors.map(({ exitStatus }) => exitStatus));
}

/**
 * Writes why a call does nothing: one document where JSON was asked for, lines otherwise.
 *
 * @returns the status of the errors
 */
export function refuse(failure: Failure, args: CommonArgs, io: Io): ExitStatus {
  writeFindings(failure, args, io);
  return writeErrors(failure, args, io);
}

/**
 * Errors as findings, for a document that stands although something in it could not be read.
 *
 * @param inputs - what the user named, and files below it: what stands inside of one of them has it for its input, as
 *   certificates there have
 */
export function toFindings(errors: readonly TrustError[], inputs: readonly string[] = []): readonly Finding[] {
  const named = new Set(inputs);
  return errors.map(({ code, message, hint, at }) => ({
    code,
    severity: 'error',
    message,
    ...(hint === undefined ? {} : { hint }),
    source:
      at?.source === undefined
        ? null
        : { ...partOf(at.source, named), line: at.line ?? null, alias: at.entry ?? null, trustpoint: null },
  }));
}

/** What an error says of its place in one string, as the input and what is inside of that. */
function partOf(place: string, inputs: ReadonlySet<string>): Pick<Source, 'input' | 'member'> {
  for (let end = place.indexOf('!/'); end >= 0; end = place.indexOf('!/', end + 1)) {
    const input = place.slice(0, end);
    if (inputs.has(input)) return { input, member: place.slice(end + 2) };
  }
  return { input: place, member: null };
}

/** The status that `--fail-on` gives findings: 1 when one is at least that severe. */
export function statusOf(findings: readonly Finding[], failOn: Severity): ExitStatus {
  const ranks: readonly Severity[] = ['info', 'warning', 'error'];
  return findings.some(({ severity }) => ranks.indexOf(severity) >= ranks.indexOf(failOn)) ? 1 : 0;
}
