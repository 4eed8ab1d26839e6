/**
 * How a call that yields no document says why: text for people, JSON where JSON was asked for. Always on stderr.
 *
 * @module
 */
import type { Finding } from '../check/finding.js';
import { renderDocument } from '../encoding/json-text.js';
import { toPrintable } from '../encoding/printable.js';
import { expectTrustError, type Position, TrustError, worstFirst } from '../errors.js';
import { toLostFolder } from '../io/system-error.js';

/** Errors of one call, in the order in which they were met, with what rules found on the way. */
export interface Failure {
  readonly errors: readonly TrustError[];
  readonly findings?: readonly Finding[];
}

/** The error that a check ends with, which is one of several of a call; none where it is content. */
export function errorOf(check: () => void): readonly TrustError[] {
  try {
    check();
    return [];
  } catch (error) {
    return [expectTrustError(error)];
  }
}

/** Lines for a terminal: the message with its code and place, then what to do. */
export function renderFailure({ errors }: Pick<Failure, 'errors'>): string {
  return errors.map(renderError).join('');
}

/** One document: the error that decides the status on top, the others and the findings below. */
export function renderFailureJson({ errors, findings = [] }: Failure): string {
  const [first, ...others] = worstFirst(errors).map(toErrorJson);
  return renderDocument({ schema: 'anchorctl/error/1', ...first, others, findings });
}

/** `anchorctl: message [code] at place`, and the hint on a line of its own. */
export function renderError(error: TrustError): string {
  const place = renderPosition(error.at);
  const hint = error.hint === undefined ? '' : `anchorctl: hint: ${toPrintable(error.hint)}\n`;
  return `anchorctl: ${toPrintable(error.message)} [${error.code}]${place === '' ? '' : ` at ${place}`}\n${hint}`;
}

/** An error in a document. */
export function toErrorJson(error: TrustError): Record<string, unknown> {
  const { code, message, hint, at, exitStatus } = error;
  return {
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(at === undefined ? {} : { at }),
    status: exitStatus,
  };
}

/** What went wrong in our own code: the stack, and what to do with it. */
export function renderBug(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `anchorctl: this is a bug in anchorctl, not a fault of your files [internal]\n${stack}\nanchorctl: hint: report it with the lines above and the output of anchorctl --version\n`;
}

function renderPosition(at: Position | undefined): string {
  if (at === undefined) return '';
  return [
    ...(at.source === undefined ? [] : [toPrintable(at.source)]),
    ...(at.entry === undefined ? [] : [`entry ${toPrintable(at.entry)}`]),
    ...(at.line === undefined ? [] : [`line ${at.line}`]),
    ...(at.column === undefined ? [] : [`column ${at.column}`]),
    ...(at.offset === undefined ? [] : [`byte ${at.offset}`]),
  ].join(' ');
}

/** What was caught, as an error of ours: one of ours already, of yargs, or of the folder of the call; null for a bug. */
export function toKnownError(error: unknown): TrustError | null {
  if (error instanceof TrustError) return error;
  return error instanceof Error && error.name === 'YError'
    ? new TrustError('usage/bad-value', firstLine(error.message))
    : toLostFolder(error);
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
