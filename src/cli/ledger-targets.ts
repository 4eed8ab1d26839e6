/**
 * The targets of a ledger, one at a time, so that thousands of configurations are never in memory together: files, folders
 * and globs, `-`, and the members of archives, each a target of its own.
 *
 * @module
 */
import { findHeader } from '../device/config-header.js';
import { findNamingLines } from '../device/naming-lines.js';
import { type ArchiveKind, detectArchive, unpackArchive } from '../encoding/archive.js';
import { asBuffer } from '../encoding/buffer.js';
import { UnpackBudget } from '../encoding/unpack.js';
import { expectTrustError, TrustError } from '../errors.js';
import { configurationIn } from '../input/configuration.js';
import { findDeviceLines } from '../input/device-layout.js';
import { INPUT_LIMITS, type InputLimits } from '../input/limits.js';
import { nestedTooDeep, readCertificates } from '../input/read-certificates.js';
import type { InputKind } from '../input/read-result.js';
import { decodeText, textOf } from '../input/text.js';
import { InputReader } from '../io/read-input.js';
import { type Walk, walkInputs } from '../io/walk.js';
import type { ReadTarget } from '../rotation/ledger.js';
import { decodeKeystore, detectBinaryKeystore } from '../store/codecs.js';
import { trustedCertificates } from '../store/select.js';
import { unreadParts } from '../store/unread.js';
import { intactOf } from './input-contents.js';
import { isInterruption, SHORT_BYTES, takeTurns, untilItIsInterrupted } from './interruption.js';
import type { Io } from './io.js';
import { withRaise } from './limits.js';
import { NO_SIGN } from './single-input.js';
import { asksForCertificates, heldContent } from './target-text.js';

/** One step of reading: a target, a problem beside it, or a file that is none. */
export interface LedgerStep {
  /** Null for a file without any sign of being a target. */
  readonly target: ReadTarget | null;
  readonly errors: readonly TrustError[];
  /** Whether it is a file without any sign of a certificate. */
  readonly isPassedOver?: true;
}

/** A file or member, before it is looked at. */
interface Item {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Whether the user named it, so that it is a target whatever it holds. */
  readonly isNamed: boolean;
}

/** How targets are read. */
export interface TargetOptions {
  readonly password: string | null;
  /** Those that are not as usual. */
  readonly limits: Partial<InputLimits>;
  readonly allowEmpty: boolean;
}

/** Takes one step after the other, each before the next is read, which is read into the same memory. */
type TakeStep = (step: LedgerStep) => void;

/** How a target is opened, and who takes it. */
interface Opening {
  readonly password: string | null;
  readonly limits: InputLimits;
  readonly take: TakeStep;
}

/** What is passed down while archives are unwrapped. */
interface Reading extends Opening {
  readonly budget: UnpackBudget;
}

/**
 * Reads every target of the arguments.
 *
 * @throws {TrustError} `usage/bad-value` for an endpoint, `run/interrupted`
 */
export function readTargets(
  args: readonly string[],
  io: Io,
  { password, limits: raised, allowEmpty }: TargetOptions,
  take: TakeStep,
): Promise<void> {
  const opening = { password, limits: { ...INPUT_LIMITS, ...raised }, take };
  return untilItIsInterrupted(io, async (signal) => {
    const interrupts = { io, signal, turn: takeTurns() };
    for (const arg of args) {
      if (signal.aborted) return;
      if (arg === '-') await readStdin(io, opening);
      else if (arg.startsWith('tls://')) throw noEndpoint(arg);
      else await readPath(arg, opening, { ...interrupts, allowEmpty });
    }
  });
}

async function readStdin(io: Io, opening: Opening): Promise<void> {
  const { limits, take } = opening;
  try {
    readItem({ name: '-', bytes: await io.readStdin(limits.size), isNamed: true }, opening);
  } catch (error) {
    const refusal = expectTrustError(error);
    if (isInterruption(refusal)) throw refusal;
    take(unreadable('-', 'unknown', [withRaise(refusal, limits).within({ source: '-' })]));
  }
}

/** A row for it would say that it lacks what it never shows. */
function noEndpoint(arg: string): TrustError {
  return new TrustError('usage/bad-value', `${arg} is an endpoint, and a server does not say what it trusts`, {
    hint: 'name its keystore or configuration; anchorctl inspect shows what the endpoint sends',
  });
}

/** How the files of an argument are read. */
interface PathReading {
  readonly io: Io;
  readonly signal: AbortSignal;
  readonly turn: ReturnType<typeof takeTurns>;
  readonly allowEmpty: boolean;
}

async function readPath(arg: string, opening: Opening, { io, signal, turn, allowEmpty }: PathReading): Promise<void> {
  const { limits, take } = opening;
  const walk = await io.atOneStretch(() => tryWalk(arg));
  if (walk instanceof TrustError) {
    if (!allowEmpty || walk.code !== 'input/no-match') take({ target: null, errors: [walk] });
    return;
  }
  if (walk.problems.length > 0) take({ target: null, errors: walk.problems });
  const reader = new InputReader();
  for (const { path, isFromFolder, isRegular } of walk.files) {
    try {
      const bytes = reader.read(path, limits.size, isRegular);
      const work = () => {
        if (!signal.aborted) readItem({ name: path, bytes, isNamed: !isFromFolder }, opening);
      };
      if (bytes.length > SHORT_BYTES) await io.atOneStretch(work);
      else work();
    } catch (error) {
      take(unreadable(path, 'unknown', [withRaise(expectTrustError(error), limits).within({ source: path })]));
    }
    const waiting = turn();
    if (waiting !== undefined) await waiting;
    if (signal.aborted) return;
  }
}

async function tryWalk(arg: string): Promise<Walk | TrustError> {
  try {
    return await walkInputs(arg);
  } catch (error) {
    return expectTrustError(error);
  }
}

function readItem(item: Item, opening: Opening): void {
  unwrap(item, 0, { ...opening, budget: new UnpackBudget(item.bytes.length, opening.limits) });
}

function unwrap(item: Item, depth: number, reading: Reading): void {
  const { budget, take } = reading;
  const { nesting } = reading.limits;
  const kind = detectArchive(item.bytes);
  if (kind === null) take(readTarget(item, reading));
  else if (depth === nesting) take(unreadable(item.name, kind, [nestedTooDeep(nesting).within({ source: item.name })]));
  // The archive that reached a limit has said so.
  else if (budget.isExhausted) take(unreadable(item.name, kind, []));
  else readMembers(item, kind, depth, reading);
}

function readMembers({ name, bytes, isNamed }: Item, kind: ArchiveKind, depth: number, reading: Reading): void {
  const { members, rejected } = unpackArchive(bytes, kind, reading.budget);
  const errors = rejected.map(({ error }) => error.within({ source: name }));
  let hasTarget = false;
  const take = (step: LedgerStep) => {
    hasTarget ||= step.target !== null;
    reading.take(step);
  };
  for (const member of members) {
    // A file that is only compressed is the one that the user named.
    const item = member.name === null ? { name, isNamed } : { name: `${name}!/${member.name}`, isNamed: false };
    unwrap({ ...item, bytes: member.bytes }, depth + 1, { ...reading, take });
  }
  const all = isNamed && !hasTarget && errors.length === 0 ? [holdsNoTarget(name, kind)] : errors;
  reading.take(!hasTarget && all.length > 0 ? unreadable(name, kind, all) : { target: null, errors });
}

/** Of an archive that the user named: without a row, the devices that it is of would not be missed. */
function holdsNoTarget(name: string, kind: ArchiveKind): TrustError {
  return new TrustError('input/no-certificate', `the ${kind} holds no configuration, keystore or bundle`, {
    at: { source: name },
    hint: 'name the archive that holds them; the backup may have failed',
  });
}

/** A keystore is what it makes its programs trust: keys and what Java does not see count for nothing. */
function readKeystore(name: string, bytes: Uint8Array, kind: InputKind, password: string | null): LedgerStep {
  try {
    const keystore = decodeKeystore(bytes, { password });
    const errors = unreadParts(keystore).map((error) => error.within({ source: name }));
    const certificates = trustedCertificates(keystore.entries);
    return { target: { ...NOTHING, target: name, kind, certificates, problems: errors.map(renderProblem) }, errors };
  } catch (error) {
    return unreadable(name, kind, [expectTrustError(error).within({ source: name })]);
  }
}

function readTarget({ name, bytes, isNamed }: Item, { password, limits }: Opening): LedgerStep {
  const keystore = detectBinaryKeystore(bytes);
  if (keystore !== null) return readKeystore(name, bytes, keystore, password);
  const read = readCertificates(bytes, { name, password, limits, mayHoldNothing: !isNamed });
  const { kind } = read;
  const { certificates: intact, errors: copies } = intactOf(read);
  const { certificates, described, errors: unclear } = heldContent(name, bytes, { ...read, certificates: intact });
  const errors = [...read.errors, ...copies, ...unclear];
  const damage = errors.filter(({ code }) => !NO_SIGN.has(code));
  const isEmpty = certificates.length + described.length === 0;
  const configuration = isEmpty ? configurationIn(bytes) : null;
  const isConfiguration = configuration !== null;
  const saysNothing = read.certificates.length + read.described.length === 0 && !isConfiguration;
  const isAsked = saysNothing && asksForCertificates(bytes);
  if (saysNothing && !isAsked) {
    const isTarget = isNamed || damage.length > 0;
    return isTarget ? unreadable(name, kind, errors) : { target: null, errors: [], isPassedOver: true };
  }
  const target: ReadTarget = {
    target: name,
    kind: isConfiguration ? 'device-config' : isAsked ? 'device-show' : kind,
    certificates,
    described,
    findUses: (trustpoints: readonly string[]) => {
      const text = trustpoints.length === 0 ? null : (configurationIn(bytes) ?? configurationWithin(bytes));
      return text === null ? NO_USES : findNamingLines(text, trustpoints);
    },
    // A configuration without any certificate is understood: it has none. One whose certificates are damaged is not.
    unreadable: isEmpty && damage.length > 0,
    problems: [...damage.map(renderProblem), ...(configuration === null ? [] : notShownIn(configuration))],
  };
  return { target, errors: damage };
}

/** The configuration of a text in which none of its lines stands by itself: in a log with times, in strings. */
function configurationWithin(bytes: Uint8Array): Uint8Array | null {
  const text = decodeText(bytes);
  const lines = text === null ? null : findDeviceLines(asBuffer(text.bytes));
  return lines === null ? null : configurationIn(lines.text);
}

/** What a configuration without any certificate does not say; no error, since such a configuration is whole. */
function notShownIn(configuration: Uint8Array): readonly string[] {
  const header = findHeader(textOf(configuration.subarray(0, HEADER)));
  if (header === null || !header.isWithoutCertificates) return [];
  return [`${header.title} shows no certificates in its configuration: give the output of show crypto ca certificates`];
}

/** The headers of a configuration stand in its first lines. */
const HEADER = 16 * 1024;

const NO_USES: ReadonlyMap<string, readonly string[]> = new Map();
const NOTHING = { certificates: [], described: [], findUses: () => NO_USES, unreadable: false, problems: [] };

function unreadable(name: string, kind: InputKind, errors: readonly TrustError[]): LedgerStep {
  const target = { ...NOTHING, target: name, kind, unreadable: true, problems: errors.map(renderProblem) };
  return { target, errors };
}

/** What is wrong with a part of a target, and where in it. */
function renderProblem({ message, at }: TrustError): string {
  return at?.line === undefined ? message : `line ${at.line}: ${message}`;
}
