/**
 * The trust decisions of a call that adds certificates: the options that they hang on, the person at the terminal as the
 * last resort, and the refusal when some certificate is not accepted.
 *
 * @module
 */
import type { Options } from 'yargs';
import { hasErrors } from '../check/finding.js';
import { TrustError } from '../errors.js';
import { ALLOWANCES, type Allowance, decideTrust, type TrustDecision, type TrustOptions } from '../rotation/trust.js';
import type { Certificate } from '../x509/certificate.js';
import { canAsk, confirmTrust } from './confirm.js';
import type { Failure } from './failure.js';
import type { Io } from './io.js';
import { allowOptions, expectOption } from './options.js';

/** What `trustOptions` declares. */
export interface TrustArgs {
  readonly expectSha256: string[] | undefined;
  readonly intermediates: boolean;
  readonly [allowance: `allow-${string}`]: unknown;
}

/** Options of commands that put certificates into keystores. */
export const trustOptions: Readonly<Record<'expect-sha256' | 'intermediates' | `allow-${Allowance}`, Options>> = {
  'expect-sha256': expectOption,
  intermediates: { type: 'boolean', default: false, describe: 'Put intermediate CAs into keystores too' },
  ...allowOptions,
};

/** For those that take several certificates. */
export const skipUnfitOption = {
  type: 'boolean',
  default: false,
  describe: 'Go on without what is not accepted; status 5 where nothing is left',
} as const;

/** What the `--allow-…` options of a call lift. */
export function allowancesOf(args: TrustArgs): ReadonlySet<Allowance> {
  return new Set(ALLOWANCES.filter((allowance) => args[`allow-${allowance}`] === true));
}

/** What a call goes on with. */
export interface Accepted {
  readonly accepted: readonly TrustDecision[];
  /** What `--skip-unfit` leaves out. */
  readonly leftOut: readonly TrustDecision[];
}

/** Says which certificates deserve trust although nothing vouches for them; gives their SHA-256. */
export type Confirm = (certificates: readonly Certificate[]) => Promise<ReadonlySet<string>>;

/**
 * Decides, and asks about what nothing vouches for when there is somebody to ask.
 *
 * @param options - without `confirmed`, which is asked for here
 * @param confirm - who says yes; without it the person at the terminal
 */
export async function decideWithOperator(
  certificates: readonly Certificate[],
  options: Omit<TrustOptions, 'confirmed'>,
  io: Io,
  confirm?: Confirm,
): Promise<readonly TrustDecision[]> {
  const first = decideTrust(certificates, { ...options, confirmed: new Set() });
  const unknown = first.filter(({ verdict }) => verdict === 'unknown');
  if (unknown.length === 0 || (confirm === undefined && !canAsk(io))) return first;
  const ask = confirm ?? ((asked) => confirmTrust(asked, io));
  // Roots first: a yes to one may vouch for the intermediates below it.
  const roots = await ask(unknown.filter(({ role }) => role !== 'intermediate').map(({ certificate }) => certificate));
  const second = decideTrust(certificates, { ...options, confirmed: roots });
  const left = second.filter(({ verdict, role }) => verdict === 'unknown' && role === 'intermediate');
  const others = await ask(left.map(({ certificate }) => certificate));
  return decideTrust(certificates, { ...options, confirmed: new Set([...roots, ...others]) });
}

/** What a call has whose inputs could not all be read. */
export interface PartlyRead {
  /** Why not. */
  readonly errors: readonly TrustError[];
  /** Those that could be read, without duplicates. */
  readonly certificates: readonly Certificate[];
  readonly skipUnfit: boolean;
  /** As for `settle`. */
  readonly hasOthers: boolean;
}

/**
 * Refuses a call whose inputs could not all be read, and names what would refuse it besides. Nobody is asked about trust that
 * would come to nothing.
 *
 * @param confirm - who says yes instead of a person
 */
export async function refusePartlyRead(
  { errors, certificates, skipUnfit, hasOthers }: PartlyRead,
  options: Omit<TrustOptions, 'confirmed'>,
  io: Io,
  confirm: Confirm = nobody,
): Promise<Failure> {
  const decisions = await decideWithOperator(certificates, options, io, confirm);
  // What could not be read may be the root of an intermediate.
  const certain = decisions.filter(({ verdict, role }) => verdict !== 'unknown' || role !== 'intermediate');
  const settled = settle(certain, skipUnfit, hasOthers || skipUnfit);
  const refusals = 'accepted' in settled ? [] : settled;
  return { errors: [...errors, ...refusals], findings: certain.flatMap(({ findings }) => findings) };
}

const nobody: Confirm = () => Promise.resolve(new Set<string>());

/**
 * Splits decisions into what goes on and what is left out.
 *
 * @param skipUnfit - without it, one certificate that is not accepted refuses the call
 * @param hasOthers - whether there is something to go on with besides them
 * @returns the errors that refuse the call, one a certificate, or what to go on with
 */
export function settle(
  decisions: readonly TrustDecision[],
  skipUnfit: boolean,
  hasOthers = false,
): Accepted | readonly TrustError[] {
  const accepted = decisions.filter(({ verdict }) => verdict === 'accepted');
  const leftOut = decisions.filter(({ verdict }) => verdict !== 'accepted');
  const canGoOn = accepted.length > 0 || hasOthers;
  if (leftOut.length > 0 && !(skipUnfit && canGoOn)) return leftOut.map((decision) => toError(decision, canGoOn));
  return { accepted, leftOut };
}

/** @param canGoOn - whether there is something that `--skip-unfit` could go on with */
function toError({ certificate, verdict, findings }: TrustDecision, canGoOn: boolean): TrustError {
  const { source, displaySubject, sha256 } = certificate;
  const at =
    source === null
      ? {}
      : {
          at: {
            source: source.member === null ? source.input : `${source.input}!/${source.member}`,
            ...(source.line === null ? {} : { line: source.line }),
          },
        };
  if (verdict === 'unfit') {
    const reasons = findings
      .filter((finding) => hasErrors([finding]))
      .map(({ message, code }) => `${message} (${code})`);
    return new TrustError('trust/unfit', `${displaySubject} is not fit to be installed: ${reasons.join('; ')}`, {
      ...at,
      hint: `nothing was changed${canGoOn ? '; --skip-unfit goes on without it' : ''}`,
    });
  }
  return new TrustError('trust/not-established', `nothing vouches for ${displaySubject}, SHA-256 ${sha256}`, {
    ...at,
    hint: 'nothing was changed; compare the SHA-256 with what its owner told you by another way, and pass it with --expect-sha256',
  });
}
