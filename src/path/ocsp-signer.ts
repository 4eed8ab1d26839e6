/**
 * Who may have signed an OCSP response about a certificate (RFC 6960 4.2.2.2), and whether it has.
 *
 * @module
 */
import type { Certificate } from '../x509/certificate.js';
import { comparableName, renderName } from '../x509/name.js';
import { keyHash } from '../x509/ocsp-request.js';
import type { BasicOcspResponse, ResponderId } from '../x509/ocsp-response.js';
import { OCSP } from '../x509/oids.js';
import { ANY_POLICY } from '../x509/policies.js';
import type { SignatureVerdict } from '../x509/signature.js';
import { checkCertificate } from './certificate-rules.js';
import { checkPath, type PathInputs } from './check-path.js';
import { type Reason, sortReasons } from './reason.js';
import { type RevocationContext, type RevocationSubject, SIGNERS_AT_MOST, verifyOnce } from './revocation-context.js';
import { oldHash, strongKey, strongSignature } from './rules/keys.js';
import { SignatureChecks } from './signature-checks.js';

type Failure = Pick<Reason, 'code' | 'message'>;

/** RFC 5280 6.1.1 with nothing asked for: what a delegate's path is validated with. */
const NOTHING_ASKED: PathInputs = {
  maxIntermediates: Infinity,
  initialPolicies: [ANY_POLICY],
  requireExplicitPolicy: false,
  inhibitPolicyMapping: false,
  inhibitAnyPolicy: false,
  endEntityIssues: false,
};

/**
 * Whether a response was signed by one who may speak of the subject: its issuer, or a delegate of its issuer that is valid
 * at the instant and not revoked itself. A delegate with id-pkix-ocsp-nocheck (4.2.2.2.1) is not asked about; any other is,
 * with what is at hand and as strictly as the subject.
 *
 * @param reasonAgainst - the check of revocation, for the certificate of a delegate
 * @returns why not, or null when it was
 * @throws {BudgetExceeded}
 */
export function authenticateResponse(
  response: BasicOcspResponse,
  subject: RevocationSubject,
  context: RevocationContext,
  reasonAgainst: (subject: RevocationSubject, context: RevocationContext) => Reason | null,
): Failure | null {
  const title = `the OCSP response of ${titleOfResponder(response)}`;
  const hash = oldHash(response, context.profile);
  if (hash !== null) return { code: 'path/ocsp-unusable', message: `${title} is signed over ${hash}` };
  const failures: Failure[] = [];
  for (const { path, isDelegate } of signers(response, subject, context)) {
    const verdict = verifyResponse(response, context.workingPublicKey(path), context);
    const failure =
      verdict !== 'valid'
        ? badSignature(title, verdict)
        : isDelegate
          ? failureOfDelegate(title, path, subject, context, reasonAgainst)
          : null;
    if (failure === null) return null;
    failures.push(failure);
  }
  const message = `the key that signed ${title} is that of no certificate at hand that may sign it`;
  return sortReasons(failures)[0] ?? { code: 'path/ocsp-signer-not-found', message };
}

/** What the responder calls itself, for messages. */
export function titleOfResponder({ responderId }: BasicOcspResponse): string {
  return responderId.kind === 'name' ? renderName(responderId.name) : `the key ${responderId.hash}`;
}

/** Somebody whom a response names, with those above: the issuer of the subject, or a delegate put below it. */
interface OcspSigner {
  readonly path: readonly Certificate[];
  readonly isDelegate: boolean;
}

/**
 * Those that the response names as its signer: the issuer of the subject, then certificates that came with the
 * response or are at hand under that name. Whether one of these belongs below the issuer is checked when its key fits.
 */
function* signers(
  { responderId, certificates }: BasicOcspResponse,
  { path, pending }: RevocationSubject,
  { candidatesByName }: RevocationContext,
): Generator<OcspSigner> {
  const issuers = path.slice(1);
  if (isNamed(responderId, issuers[0] as Certificate)) yield { path: issuers, isDelegate: false };
  const atHand = responderId.kind === 'name' ? (candidatesByName.get(comparableName(responderId.name)) ?? []) : [];
  // A certificate whose status waits for this answer cannot vouch for it.
  const tried = new Set([...pending, ...path.map(({ sha256 }) => sha256)]);
  for (const candidate of [...certificates, ...atHand]) {
    if (tried.has(candidate.sha256) || !isNamed(responderId, candidate)) continue;
    tried.add(candidate.sha256);
    yield { path: [candidate, ...issuers], isDelegate: true };
  }
}

function isNamed(responderId: ResponderId, { subjectName, subjectPublicKeyInfo }: Certificate): boolean {
  return responderId.kind === 'name'
    ? comparableName(responderId.name) === comparableName(subjectName)
    : responderId.hash === keyHash(subjectPublicKeyInfo);
}

function badSignature(title: string, verdict: SignatureVerdict): Failure {
  const message =
    verdict === 'unsupported'
      ? `the signature on ${title} cannot be checked here`
      : `the signature on ${title} does not verify`;
  return { code: 'path/ocsp-bad-signature', message };
}

/** @param path - the delegate, then the issuer of the subject and those above it */
function failureOfDelegate(
  title: string,
  path: readonly Certificate[],
  subject: RevocationSubject,
  context: RevocationContext,
  reasonAgainst: (subject: RevocationSubject, context: RevocationContext) => Reason | null,
): Failure | null {
  const delegate = path[0] as Certificate;
  const refusal = whyNotEntitled(path, context);
  if (refusal !== null) return { code: 'path/ocsp-signer-not-entitled', message: `${title}: ${refusal}` };
  if (delegate.extension(OCSP.noCheck) !== undefined) return null;
  const code = 'path/ocsp-signer-status';
  const pending = new Set([...subject.pending, (subject.path[0] as Certificate).sha256]);
  if (pending.size > SIGNERS_AT_MOST) return { code, message: `${title}: its signer depends on too many others` };
  const against = reasonAgainst({ path, pending }, context);
  return against === null ? null : { code, message: `${title}: its signer does not count: ${against.message}` };
}

function whyNotEntitled(path: readonly Certificate[], context: RevocationContext): string | null {
  const [delegate, issuer] = path as readonly [Certificate, Certificate];
  const { keyUsage, extendedKeyUsage } = delegate;
  if (extendedKeyUsage?.includes(OCSP.signing) !== true) return 'its signer has no extendedKeyUsage OCSPSigning';
  // Of these RFC 5280 4.2.1.12 calls at least one consistent with OCSPSigning.
  if (keyUsage !== null && !keyUsage.has('digitalSignature') && !keyUsage.has('nonRepudiation')) {
    return 'the keyUsage of its signer is none that goes with OCSPSigning';
  }
  if (comparableName(delegate.issuerName) !== comparableName(issuer.subjectName)) {
    return `its signer was issued by ${delegate.issuer}, not by ${issuer.subject}`;
  }
  const { profile, at, budget, workingPublicKey } = context;
  budget.spend('crlSigners');
  // What webpki asks besides of keys and hashes holds for signers too; its other rules are about server certificates.
  // Its form is nobody's business here: it is installed nowhere, and no search for its issuer depends on it.
  const place = { role: 'end-entity', purpose: 'any', at, toleratesForm: true } as const;
  const [flaw] = [
    ...checkCertificate(delegate, { ...place, profile: 'rfc5280' }),
    ...strongKey(delegate, { ...place, profile }),
    ...strongSignature(delegate, { ...place, profile }),
  ];
  if (flaw !== undefined) return `its signer does not count: ${flaw.message}`;
  const signatures = new SignatureChecks(budget);
  if (signatures.verify(delegate, workingPublicKey(path.slice(1))) !== 'valid') {
    return `its signer was not issued by the key of ${issuer.subject}`;
  }
  const [reason] = checkPath(path, NOTHING_ASKED, signatures, budget);
  return reason === undefined ? null : `its signer does not count: ${reason.message}`;
}

function verifyResponse(
  response: BasicOcspResponse,
  signerSpki: Uint8Array,
  context: RevocationContext,
): SignatureVerdict {
  const { tbsResponseData: tbs, signatureAlgorithmDer, signature } = response;
  return verifyOnce(response, { tbs, signatureAlgorithmDer, signature }, signerSpki, context);
}
