/**
 * The trust decisions of a call, with the person at the terminal as the last resort; and the refusal, when some
 * certificate is not accepted.
 *
 * @module
 */
import { hasErrors } from '../check/finding.js';
import { TrustError } from '../errors.js';
import { decideTrust, type TrustDecision, type TrustOptions } from '../rotation/trust.js';
import type { Certificate } from '../x509/certificate.js';
import { canAsk, confirmTrust } from './confirm.js';
import type { Io } from './io.js';

/** What a call goes on with. */
export interface Accepted {
  readonly accepted: readonly TrustDecision[];
  /** What `--skip-unfit` leaves out. */
  readonly leftOut: readonly TrustDecision[];
}

/**
 * Decides, and asks about what nothing vouches for when there is somebody to ask.
 *
 * @param options - without `confirmed`, which is asked for here
 */
export async function decideWithOperator(
  certificates: readonly Certificate[],
  options: Omit<TrustOptions, 'confirmed'>,
  io: Io,
): Promise<readonly TrustDecision[]> {
  const first = decideTrust(certificates, { ...options, confirmed: new Set() });
  const unknown = first.filter(({ verdict }) => verdict === 'unknown');
  if (unknown.length === 0 || !canAsk(io)) return first;
  // Roots first: a yes to one may vouch for the intermediates below it.
  const roots = await confirmTrust(
    unknown.filter(({ role }) => role === 'root').map(({ certificate }) => certificate),
    io,
  );
  const second = decideTrust(certificates, { ...options, confirmed: roots });
  const left = second.filter(({ verdict, role }) => verdict === 'unknown' && role === 'intermediate');
  const others = await confirmTrust(
    left.map(({ certificate }) => certificate),
    io,
  );
  return decideTrust(certificates, { ...options, confirmed: new Set([...roots, ...others]) });
}

/**
 * Splits decisions into what goes on and what is left out.
 *
 * @param skipUnfit - without it, one certificate that is not accepted refuses the call
 * @returns the errors that refuse the call, one a certificate, or what to go on with
 */
export function settle(decisions: readonly TrustDecision[], skipUnfit: boolean): Accepted | readonly TrustError[] {
  const accepted = decisions.filter(({ verdict }) => verdict === 'accepted');
  const leftOut = decisions.filter(({ verdict }) => verdict !== 'accepted');
  if (leftOut.length > 0 && (!skipUnfit || accepted.length === 0)) return leftOut.map(toError);
  return { accepted, leftOut };
}

function toError({ certificate, verdict, findings }: TrustDecision): TrustError {
  const { source, subject, sha256 } = certificate;
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
    return new TrustError('trust/unfit', `${subject} is not fit to be installed: ${reasons.join('; ')}`, {
      ...at,
      hint: 'nothing was changed; --skip-unfit goes on without it',
    });
  }
  return new TrustError('trust/not-established', `nothing vouches for ${subject}, SHA-256 ${sha256}`, {
    ...at,
    hint: 'nothing was changed; compare the SHA-256 with what its owner told you by another way, and pass it with --expect-sha256',
  });
}
