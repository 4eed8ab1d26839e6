/**
 * Validation of one complete path, top to bottom (RFC 5280 6.1), as far as it depends on more than a single certificate:
 * name constraints, policies, and signatures by keys that inherit their parameters. What holds for each
 * certificate by itself has been checked when the path was built.
 *
 * The anchor limits what is below it as any CA does (RFC 5937): a root's own name constraints, path length and policy
 * constraints are promises that its key will not be used for more.
 *
 * @module
 */
import type { Certificate } from '../x509/certificate.js';
import { inheritsParameters } from '../x509/public-key.js';
import type { Budget } from './budget.js';
import { decodedExtensions } from './decoded-extensions.js';
import { checkNameConstraints } from './name-constraints.js';
import { PolicyGraph, type PolicyInputs, type PolicyStep } from './policy-graph.js';
import { type Reason, reason } from './reason.js';
import { type SignatureChecks, workingPublicKey } from './signature-checks.js';

/** What a path is validated with, besides the certificates. */
export interface PathInputs extends PolicyInputs {
  /** How many intermediates there may be, self-issued ones not counted. */
  readonly maxIntermediates: number;
  /** Whether the end entity is a CA that is to issue itself, so that it counts for the path lengths above it. */
  readonly endEntityIssues: boolean;
}

/**
 * Validates a path that `buildPaths` built.
 *
 * @param path - the end entity first, the anchor last
 * @returns all reasons against it; none means that it is valid but for revocation
 * @throws {BudgetExceeded}
 */
export function checkPath(
  path: readonly Certificate[],
  inputs: PathInputs,
  signatures: SignatureChecks,
  budget: Budget,
): readonly Reason[] {
  return [...checkInheritedKeys(path, signatures), ...checkNames(path, budget), ...checkPolicies(path, inputs, budget)];
}

/**
 * 6.1.4 (l) and (m): no CA has more intermediates below it than its path length allows, and there are no more than were asked
 * for. Asked of each issuer as a path grows.
 *
 * @param path - what stands below the issuer, the end entity first
 * @returns the reasons against the issuer in this place
 */
export function checkLength(
  path: readonly Certificate[],
  issuer: Certificate,
  isAnchor: boolean,
  { maxIntermediates, endEntityIssues }: PathInputs,
): readonly Reason[] {
  const [endEntity, ...issuers] = path;
  const intermediates = issuers.filter(({ selfIssued }) => !selfIssued).length;
  const below = intermediates + (endEntityIssues && endEntity?.selfIssued === false ? 1 : 0);
  const allowed = issuer.basicConstraints?.pathLength ?? Infinity;
  if (below > allowed) return [reason('path/too-long', `${below} CAs are below one that allows ${allowed}`, issuer)];
  const count = intermediates + (isAnchor || issuer.selfIssued ? 0 : 1);
  return count > maxIntermediates
    ? [reason('path/too-long', `${count} intermediates, at most ${maxIntermediates} expected`)]
    : [];
}

/** 6.1.3 (a) (1), where the issuer's key was not complete without the path above it. */
function checkInheritedKeys(path: readonly Certificate[], signatures: SignatureChecks): readonly Reason[] {
  return path.slice(0, -1).flatMap((certificate, i) => {
    const issuers = path.slice(i + 1);
    if (!inheritsParameters((issuers[0] as Certificate).subjectPublicKeyInfo)) return [];
    return signatures.verify(certificate, workingPublicKey(issuers)) === 'valid'
      ? []
      : [reason('path/bad-signature', 'the key of the issuer does not verify the signature', certificate)];
  });
}

/** 6.1.3 (b) and (c): self-issued certificates are exempt, unless they end the path. */
function checkNames(path: readonly Certificate[], budget: Budget): readonly Reason[] {
  return path.slice(0, -1).flatMap((certificate, i) => {
    const isFinal = i === 0;
    if (certificate.selfIssued && !isFinal) return [];
    return checkNameConstraints(certificate, path.slice(i + 1), isFinal, budget);
  });
}

/** 6.1.3 (d)–(f), 6.1.4 (a), (b), (h)–(j), 6.1.5 (a), (b), (g). */
function checkPolicies(path: readonly Certificate[], inputs: PathInputs, budget: Budget): readonly Reason[] {
  const graph = new PolicyGraph(inputs, path.length - 1, budget);
  graph.startAt(policyStepOf(path.at(-1) as Certificate));
  for (let i = path.length - 2; i >= 0; i--) {
    const certificate = path[i] as Certificate;
    const step = policyStepOf(certificate);
    graph.process(step, i === 0);
    if (!graph.acceptable) return [reason('path/policy', 'no policy is left that all issuers share', certificate)];
    if (i > 0) graph.prepareNext(step);
    else if (!graph.wrapUp(step)) {
      return [reason('path/policy', 'the path is not valid for any of the policies asked for', certificate)];
    }
  }
  return [];
}

function policyStepOf(certificate: Certificate): PolicyStep {
  const { certificatePolicies, policyMappings, policyConstraints, inhibitAnyPolicy } = decodedExtensions(certificate);
  return {
    policies: certificatePolicies?.policies ?? null,
    mappings: policyMappings,
    constraints: policyConstraints,
    inhibitAnyPolicy,
    selfIssued: certificate.selfIssued,
  };
}
