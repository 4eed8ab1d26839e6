/** Paths and CRLs for the tests of revocation: an end entity below a CA below a root, and another CA beside that. */
import { Budget } from '../../src/path/budget.ts';
import type { Reason } from '../../src/path/reason.ts';
import { checkRevocation } from '../../src/path/revocation.ts';
import { type RevocationMode, revocationContext } from '../../src/path/revocation-context.ts';
import type { Certificate } from '../../src/x509/certificate.ts';
import type { CertificateRevocationList } from '../../src/x509/crl.ts';
import { AT, type Issued, type IssueOptions, issue } from '../support/certificates.ts';
import { type CrlOptions, distributionPoints, issueCrl, type PointOptions } from '../support/crls.ts';

export const DAY = 86_400_000;

export const root = issue({ subject: 'CN=Root' });
export const ca = issue({ subject: 'CN=CA', issuer: root, serialNumber: 2n });
/** Another CA below the same root. */
export const other = issue({ subject: 'CN=Other', issuer: root, serialNumber: 3n });

export const END_ENTITY = 7n;

export function endEntity(options: IssueOptions = {}, ...points: readonly PointOptions[]): Issued {
  return issue({
    subject: 'CN=End',
    issuer: ca,
    serialNumber: END_ENTITY,
    basicConstraints: null,
    keyUsage: ['digitalSignature'],
    extensions: points.length === 0 ? [] : [distributionPoints(points)],
    ...options,
  });
}

export const end = endEntity();

/** That says nothing of the CA: the other half of what `require-crl` asks for. */
export const rootCrl = issueCrl({ issuer: root });

export const caCrl = (options: Partial<CrlOptions> = {}) => issueCrl({ issuer: ca, ...options });

export interface Given {
  readonly path?: readonly Issued[];
  readonly mode?: RevocationMode;
  readonly at?: Date;
  /** Outside the path, each with the certificates above it. */
  readonly signers?: readonly (readonly Issued[])[];
  readonly budget?: Budget;
}

/** The codes against a path: by default the end entity, its CA and the root, in the mode that asks for all. */
export function codesFor(crls: readonly CertificateRevocationList[], given: Given = {}): readonly string[] {
  return reasonsFor(crls, given).map(({ code }) => code);
}

export function reasonsFor(crls: readonly CertificateRevocationList[], given: Given = {}): readonly Reason[] {
  const { path = [end, ca, root], mode = 'require-crl', at = AT, signers = [], budget = new Budget() } = given;
  const paths = signers.map((signer) => signer.map(({ certificate }) => certificate));
  const context = revocationContext({
    crls,
    at,
    mode,
    budget,
    signerCandidates: paths.flatMap(([signer]) => signer ?? []),
    findSignerPaths: (signer: Certificate) => paths.filter(([first]) => first === signer),
  });
  return checkRevocation(
    path.map(({ certificate }) => certificate),
    context,
  );
}

export const listing = { revoked: [{ serialNumber: END_ENTITY }] };
