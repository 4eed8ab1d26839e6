/**
 * From the arguments of a command to what was read: paths, globs, folders, `-` and `tls://` endpoints. One bad input
 * never hides the others.
 *
 * @module
 */
import { findRoot } from '../catalog/catalog.js';
import type { Finding } from '../check/finding.js';
import { expectTrustError, TrustError } from '../errors.js';
import { BundleReader } from '../input/bundle-reader.js';
import type { InputLimits } from '../input/limits.js';
import { readCertificates } from '../input/read-certificates.js';
import type { InputKind, ReadResult } from '../input/read-result.js';
import { InputReader, MAX_INPUT_BYTES, readInput } from '../io/read-input.js';
import type { StartTlsProtocol } from '../io/starttls.js';
import { type Walk, walkInputs } from '../io/walk.js';
import { countPlaces } from '../report/repair.js';
import { type Certificate, decodeCertificate } from '../x509/certificate.js';
import { renderSource, sourceOf } from '../x509/source.js';
import { canAsk } from './confirm.js';
import type { Io } from './io.js';
import { withRaise } from './limits.js';
import { askPassword } from './password.js';

/** One input as it was read: a file named or walked, standard input, or an endpoint. */
export interface ReadInput {
  /** What the user named, or a file below it. */
  readonly input: string;
  readonly kind: InputKind | 'endpoint';
  readonly certificates: readonly Certificate[];
  readonly notes: ReadResult['notes'];
  readonly damaged: ReadResult['damaged'];
  readonly recovered: ReadResult['recovered'];
  readonly described: ReadResult['described'];
  readonly members: ReadResult['members'];
  readonly untrusted: ReadResult['untrusted'];
  readonly errors: readonly TrustError[];
  /** Of an endpoint, the name or address that was connected to. */
  readonly host?: string;
}

/** How inputs are read. */
export interface ReadOptions {
  readonly password: string | null;
  /** Whether everything tolerated is an error. */
  readonly strict: boolean;
  /** Whether to say what the signatures of a signed bundle are worth. */
  readonly signatures?: boolean;
  /** Whether certificates of which only a description is there are good enough; else they are an error. */
  readonly descriptions?: boolean;
  /** Whether a folder or glob that holds nothing is no error. */
  readonly allowEmpty?: boolean;
  /** Limits other than those that are usual. */
  readonly limits?: Partial<InputLimits>;
  /**
   * Fingerprints by which a certificate that is recovered from a damaged copy is one that was meant; left out, or none, where
   * nothing is searched.
   */
  readonly recover?: ReadonlySet<string> | undefined;
  /** Told the name of every file of a folder that has no sign of a certificate, and what files are in it where it is an archive. */
  readonly onPassedOver?: (path: string, members: readonly string[]) => void;
  /** Whether a file that the user named is passed over like one of a folder where it has no sign of a certificate. */
  readonly passOverNamed?: boolean;
  /** What endpoints speak before TLS, if anything. */
  readonly startTls?: StartTlsProtocol | undefined;
  /** By what name endpoints are asked, where it is not their own. */
  readonly serverName?: string | undefined;
  /** Ends the wait for a server. */
  readonly signal?: AbortSignal;
  /** How paths, globs and folders become files; `walkInputs` where it is absent. */
  readonly walk?: ((argument: string) => Promise<Walk>) | undefined;
  /** Which inputs are read: asked once for each, in their order. All of them where it is absent. */
  readonly takes?: ((input: string) => boolean) | undefined;
  /** Whether a large file may come in parts, each of them as if it were an input. */
  readonly inParts?: boolean;
  /** Whether it is no error that no file has a certificate, because these are not all files. */
  readonly isPart?: boolean;
}

/** What was read, and how much of what was walked had no sign of a certificate. */
export interface ReadInputs {
  readonly inputs: readonly ReadInput[];
  readonly passedOver: number;
}

/** Errors that say only that a file is something else: no fault of a file that was walked rather than named. */
export const NO_SIGN: ReadonlySet<string> = new Set(['input/empty', 'input/no-certificate', 'input/unrecognised']);

/**
 * Reads every argument of a command.
 *
 * @param args - paths, globs, folders, `-`, `tls://host:port`
 */
export async function readInputs(args: readonly string[], io: Io, options: ReadOptions): Promise<ReadInputs> {
  const inputs: ReadInput[] = [];
  let passedOver = 0;
  await readArguments(args, io, options, readInput, (input) => {
    if (input === null) passedOver++;
    else inputs.push(input);
  });
  return { inputs, passedOver };
}

/**
 * Takes an input, or null for a file of a folder that has no sign of a certificate. What it returns is waited for: a promise for
 * each of many files would take longer than reading them.
 */
export type TakeInput = (input: ReadInput | null) => Promise<void> | undefined | void;

/**
 * The same one at a time, for calls that keep little of many. Files are read into the same memory: what is to be kept of an
 * input has to be copied before the next one is read (`CertificatePool`). Once the signal is aborted, no other one is.
 *
 * @throws whatever `take` throws
 */
export function readEachInput(args: readonly string[], io: Io, options: ReadOptions, take: TakeInput): Promise<void> {
  const reader = new InputReader();
  return readArguments(args, io, options, (path, maxBytes, isRegular) => reader.read(path, maxBytes, isRegular), take);
}

/** Reads a file; `isRegular` as for `InputReader`. */
type ReadFile = (path: string, maxBytes: number, isRegular: boolean) => Uint8Array;

async function readArguments(
  args: readonly string[],
  io: Io,
  options: ReadOptions,
  readFile: ReadFile,
  take: TakeInput,
): Promise<void> {
  const { signal } = options;
  let isEmpty = true;
  let passedOver = 0;
  for (const arg of args) {
    const { files, others } = await findInputs(arg, io, options);
    isEmpty &&= others.length === 0;
    for (const other of others) {
      if (signal?.aborted === true) return;
      await take(other);
    }
    for (const { path, isFromFolder, isRegular } of files) {
      if (!isTaken(path, options)) continue;
      const mayBePassedOver = isFromFolder || options.passOverNamed === true;
      const bytes = tryReading(path, () => readFile(path, options.limits?.size ?? MAX_INPUT_BYTES, isRegular), options);
      const bundle = options.inParts === true && bytes instanceof Uint8Array ? bundleOf(path, bytes, options) : null;
      if (bundle !== null) for (const part of bundle.parts()) await take({ input: path, ...part });
      const given = bundle?.given ?? 0;
      isEmpty &&= given === 0;
      if (bundle?.isWhole === true) continue;
      let read = bytes instanceof Uint8Array ? readBytes(path, bytes, options, mayBePassedOver) : bytes;
      if (bytes instanceof Uint8Array && isUnfinished(read, io, options)) read = await finish(read, bytes, io, options);
      if (given > 0) read = { ...read, certificates: read.certificates.slice(given) };
      if (signal?.aborted === true) return;
      const isPassedOver = mayBePassedOver && hasNoSign(read);
      if (isPassedOver) {
        options.onPassedOver?.(path, read.members);
        passedOver++;
      } else {
        isEmpty = false;
      }
      const taken = take(isPassedOver ? null : read);
      if (taken !== undefined) await taken;
    }
  }
  if (isEmpty && options.allowEmpty !== true && options.isPart !== true) await take(nothingFound(args, passedOver));
}

/** What stands in the place of everything where no input has a sign of a certificate. */
export function nothingFound(args: readonly string[], passedOver: number): ReadInput {
  const nothing = new TrustError('input/no-match', `none of ${passedOver} files has a sign of a certificate`, {
    at: { source: args.join(' ') },
    hint: 'name a file that holds one',
  });
  return failed(args.join(' '), nothing);
}

/** Whether an input is to be read. */
function isTaken(input: string, { takes }: ReadOptions): boolean {
  return takes === undefined || takes(input);
}

/** The files behind an argument, and what it has beside them: what was read already, or could not be. */
async function findInputs(
  arg: string,
  io: Io,
  options: ReadOptions,
): Promise<{ readonly files: Walk['files']; readonly others: readonly ReadInput[] }> {
  if (arg === '-' || arg.startsWith('tls://')) {
    const others = isTaken(arg, options) ? [await readOther(arg, io, options)] : [];
    return { files: [], others };
  }
  try {
    const { files, problems } = await (options.walk ?? walkInputs)(arg);
    const failures = problems.map((problem) => failed(problem.at?.source ?? arg, problem));
    return { files, others: failures.filter(({ input }) => isTaken(input, options)) };
  } catch (error) {
    const refusal = expectTrustError(error);
    // What is wrong with an option is wrong with the whole call.
    if (refusal.exitStatus === 2 && options.walk !== undefined) throw refusal;
    const isAllowed = options.allowEmpty === true && refusal.code === 'input/no-match';
    return { files: [], others: !isAllowed && isTaken(arg, options) ? [failed(arg, refusal)] : [] };
  }
}

/** Standard input, or an endpoint. */
async function readOther(arg: string, io: Io, options: ReadOptions): Promise<ReadInput> {
  try {
    if (arg !== '-') return await readServer(arg, options);
    const bytes = await io.readStdin(options.limits?.size ?? MAX_INPUT_BYTES);
    const read = readBytes(arg, bytes, options, false);
    return isUnfinished(read, io, options) ? await finish(read, bytes, io, options) : read;
  } catch (error) {
    return refused(arg, error, options);
  }
}

/** Every certificate that was read, in order, with its source. */
export function certificatesOf(inputs: readonly ReadInput[]): readonly Certificate[] {
  return inputs.flatMap(({ certificates }) => certificates);
}

/** The first occurrence of each certificate, in order. */
export function distinct(certificates: readonly Certificate[]): readonly Certificate[] {
  const seen = new Set<string>();
  return certificates.filter(({ sha256 }) => !seen.has(sha256) && seen.add(sha256));
}

/** What went wrong with the inputs. */
export function errorsOf(inputs: readonly ReadInput[]): readonly TrustError[] {
  return inputs.flatMap(({ errors }) => errors);
}

/** What was put right on the way, as warnings: a damaged copy was read as the genuine certificate it is a copy of. */
export function restorationsOf(inputs: readonly ReadInput[]): readonly Finding[] {
  return inputs.flatMap(({ damaged, recovered, certificates }) => [
    ...damaged.map(({ source, root, certificate, differences }) => ({
      code: 'input/restored-from-catalog' as const,
      severity: 'warning' as const,
      message: `a damaged copy of ${root.name} (${countPlaces(differences.length)}); the genuine certificate of the catalog is used`,
      hint: 'see anchorctl repair for every character',
      source,
      sha256: certificate.sha256,
    })),
    ...recovered
      .filter(({ certificate }) => certificates.includes(certificate))
      .map(({ source, certificate, differences }) => ({
        code: 'input/recovered' as const,
        severity: 'warning' as const,
        message: `a damaged copy of ${certificate.subject} (${countPlaces(differences.length)}), put right so that its own signature verifies; its SHA-256 is an expected one`,
        hint: 'see anchorctl repair for every character',
        source,
        sha256: certificate.sha256,
      })),
  ]);
}

/**
 * What a program finds that reads an input as it stands: a damaged copy, for which elsewhere the genuine root is taken, is no
 * certificate to it.
 */
export function intactOf({ certificates, damaged }: Pick<ReadResult, 'certificates' | 'damaged'>): {
  readonly certificates: readonly Certificate[];
  readonly errors: readonly TrustError[];
} {
  if (damaged.length === 0) return { certificates, errors: [] };
  const restored = new Set(damaged.map(({ certificate }) => certificate));
  return {
    certificates: certificates.filter((certificate) => !restored.has(certificate)),
    errors: damaged.map(({ source, root, differences }) => {
      const message = `a damaged copy of ${root.name} (${countPlaces(differences.length)}), in which no program finds that root`;
      return new TrustError('pem/damaged', message, {
        at: { source: renderSource({ ...source, line: null }), ...(source.line === null ? {} : { line: source.line }) },
        hint: 'put the genuine one in its place: anchorctl repair writes it',
      });
    }),
  };
}

/** Whether a certificate is a known public root. */
export function isKnownRoot({ sha256 }: { readonly sha256: string }): boolean {
  return findRoot(sha256) !== null;
}

function tryReading(input: string, read: () => Uint8Array, options: ReadOptions): Uint8Array | ReadInput {
  try {
    return read();
  } catch (error) {
    return refused(input, error, options);
  }
}

function bundleOf(input: string, bytes: Uint8Array, { strict, limits = {} }: ReadOptions): BundleReader {
  return new BundleReader(bytes, { name: input, strict, limits });
}

/** What an input holds, as far as nobody has to be asked. */
function readBytes(
  input: string,
  bytes: Uint8Array,
  { password, strict, descriptions = false, limits = {}, recover }: ReadOptions,
  mayHoldNothing: boolean,
): ReadInput {
  const read = {
    input,
    ...readCertificates(bytes, {
      ...{ name: input, password, strict, limits, mayHoldNothing },
      ...(recover === undefined ? {} : { recover: { expected: recover } }),
    }),
  };
  return descriptions || !isOnlyDescribed(read) ? read : { ...read, errors: [...read.errors, withoutBytes(read)] };
}

/** Whether a person may know the password of what was read, or what its signatures are worth is still to be said. */
function isUnfinished(read: ReadInput, io: Io, { password, signatures = false }: ReadOptions): boolean {
  return (password === null && isLocked(read) && canAsk(io)) || (signatures && read.kind === 'pkcs7');
}

async function finish(read: ReadInput, bytes: Uint8Array, io: Io, options: ReadOptions): Promise<ReadInput> {
  const { input } = read;
  try {
    if (isLocked(read)) return readBytes(input, bytes, { ...options, password: await askPassword(input, io) }, false);
    const { noteSignatures } = await import('../input/cms-signature.js');
    return { ...read, notes: [...read.notes, ...(await noteSignatures(bytes))] };
  } catch (error) {
    return refused(input, error, options);
  }
}

function isLocked({ errors }: ReadInput): boolean {
  return errors.some(({ code }) => code === 'keystore/password-missing');
}

/** What a configuration names beside certificates that it holds is noted; all else that is only described would be missed. */
function isOnlyDescribed({ kind, certificates, described }: ReadInput): boolean {
  return described.length > 0 && (certificates.length === 0 || kind === 'device-show');
}

function withoutBytes({ input, described }: ReadInput): TrustError {
  const [first] = described;
  const what = described.length === 1 ? 'a certificate is' : `${described.length} certificates are`;
  return new TrustError('input/no-bytes', `${what} only described here, without the bytes`, {
    at: { source: input, ...(first?.source.line == null ? {} : { line: first.source.line }) },
    hint: 'take them from show running-config or show crypto pki certificates pem, or from their CA',
  });
}

async function readServer(input: string, { startTls, serverName, signal }: ReadOptions): Promise<ReadInput> {
  const { parseEndpoint, readEndpoint } = await import('../io/endpoint.js');
  const { host } = parseEndpoint(input);
  const certificates: Certificate[] = [];
  const errors: TrustError[] = [];
  for (const [index, der] of (await readEndpoint(input, { startTls, serverName, signal })).entries()) {
    try {
      certificates.push(decodeCertificate(der, sourceOf(input)));
    } catch (error) {
      const refusal = expectTrustError(error).within({ source: input });
      // What it sends first is its own: without that, nothing is known of the server.
      if (index === 0) throw refusal;
      errors.push(refusal);
    }
  }
  return { ...NOTHING, input, kind: 'endpoint', host, certificates, errors };
}

function refused(input: string, error: unknown, { limits = {} }: ReadOptions): ReadInput {
  return failed(input, withRaise(expectTrustError(error), limits).within({ source: input }));
}

function failed(input: string, error: TrustError): ReadInput {
  return {
    ...NOTHING,
    input,
    kind: 'unknown',
    errors: [error],
  };
}

const NOTHING = {
  certificates: [],
  notes: [],
  damaged: [],
  recovered: [],
  described: [],
  members: [],
  untrusted: [],
} as const;

function hasNoSign({ certificates, described, errors }: ReadInput): boolean {
  return certificates.length + described.length === 0 && errors.every(({ code }) => NO_SIGN.has(code));
}
