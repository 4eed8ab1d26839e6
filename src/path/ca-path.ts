/**
 * The certification path of a CA certificate to a trust anchor, for one question: may this CA be installed because something
 * trusted already vouches for it? `validatePath` finds the path; this file says what may stand in it.
 *
 * The answer errs on the side of no, because whoever installs a CA makes it an anchor, of which keystores and devices keep the
 * name and the key, and few of the limits that were set to it. See docs/path-validation.md.
 *
 * @module
 */
import type { Certificate } from '../x509/certificate.js';
import { EXTENSION } from '../x509/oids.js';
import { usesOldHash } from '../x509/signature.js';
import { validatePath } from './validate-path.js';

/** Extensions that may be critical: they say that it is a CA. */
const OF_EVERY_CA: ReadonlySet<string> = new Set([EXTENSION.basicConstraints, EXTENSION.keyUsage]);
/** Extensions that limit what is below, critical or not. */
const LIMITING: ReadonlySet<string> = new Set([
  EXTENSION.nameConstraints,
  EXTENSION.policyConstraints,
  EXTENSION.policyMappings,
  EXTENSION.inhibitAnyPolicy,
]);

/** What a path is looked for with. */
export interface CaPathOptions {
  readonly trustAnchors: readonly Certificate[];
  /** Other CA certificates that may stand between. */
  readonly intermediates: readonly Certificate[];
  readonly at: Date;
}

/**
 * Finds a valid path from a CA certificate to an anchor (RFC 5280 6.1), over CAs without limits and signatures over hashes that
 * hold. Flaws of form are tolerated: private PKIs have them.
 *
 * @returns the certificates, the one asked about first and the anchor last, or null when there is none
 */
export function findCaPath(
  certificate: Certificate,
  { trustAnchors, intermediates, at }: CaPathOptions,
): readonly Certificate[] | null {
  if (!mayVouch(certificate)) return null;
  const verdict = validatePath(certificate, {
    trustAnchors: trustAnchors.filter((anchor) => !hasLimits(anchor)),
    intermediates: intermediates.filter(mayVouch),
    at,
    toleratesForm: true,
    endEntityIssues: true,
  });
  return verdict.valid ? verdict.path : null;
}

function mayVouch(certificate: Certificate): boolean {
  const isOrdinary = certificate.extensions.every(({ oid, critical }) => !critical || OF_EVERY_CA.has(oid));
  return isOrdinary && !hasLimits(certificate) && !usesOldHash(certificate);
}

function hasLimits({ extensions }: Certificate): boolean {
  return extensions.some(({ oid }) => LIMITING.has(oid));
}
