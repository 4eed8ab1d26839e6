/**
 * What a person should know about a rotation besides that it works.
 *
 * @module
 */
import { asWarning, type Finding } from '../check/finding.js';
import { findingOfRemark } from '../check/keystore-remark.js';
import { findingAbout } from '../check/rule.js';
import { checkStoreLocation } from '../check/store-location.js';
import type { Certificate } from '../x509/certificate.js';
import { displayName } from '../x509/name.js';
import { sourceOf } from '../x509/source.js';
import type { RotationPlan } from './plan.js';
import type { StorePlan } from './store-plan.js';
import type { TrustDecision } from './trust.js';

/**
 * The findings of the decisions, and those of the plan.
 *
 * @param intermediates - whether intermediates go into keystores
 */
export function checkRotation(
  plan: RotationPlan,
  decisions: readonly TrustDecision[],
  intermediates: boolean,
): readonly Finding[] {
  return [
    ...checkDecisions(decisions),
    ...(plan.stores.length === 0 || intermediates ? [] : decisions.flatMap(checkLeftOutOfStores)),
    ...plan.stores.flatMap((store) => [
      ...checkStoreLocation(store.path, store.name),
      ...checkRemoved(store),
      ...store.refusals.map((remark) => findingOfRemark(remark, store.name)),
    ]),
    ...plan.notFound.map(checkNotFound),
    ...plan.devices.flatMap(checkDevice),
  ];
}

/** What the rules say about the certificates of a call, with what one of them means for another, and what nothing vouches for. */
export function checkDecisions(decisions: readonly TrustDecision[]): readonly Finding[] {
  return decisions.flatMap((decision) => [
    ...checkVouched(decision),
    ...decision.findings.map((finding) =>
      nameSuccessor(decision.verdict === 'accepted' ? finding : asWarning(finding), decisions),
    ),
  ]);
}

function checkVouched({ certificate, verdict }: TrustDecision): readonly Finding[] {
  return verdict === 'unknown' ? [notEstablished(certificate, 'it was left out')] : [];
}

/**
 * The warning for a certificate that nothing vouches for.
 *
 * @param outcome - what became of it all the same
 */
export function notEstablished(certificate: Certificate, outcome: string): Finding {
  return findingAbout(
    certificate,
    'trust/not-established',
    'warning',
    `nothing vouches for ${certificate.displaySubject}, SHA-256 ${certificate.sha256}: ${outcome}`,
    'compare the SHA-256 with what its owner told you by another way, and pass it with --expect-sha256',
  );
}

/** Where the root that replaces a retired one is part of the same run, nothing is left to install. */
function nameSuccessor(finding: Finding, decisions: readonly TrustDecision[]): Finding {
  const successor = decisions.find(
    ({ certificate, verdict, trustedBy }) =>
      verdict === 'accepted' &&
      trustedBy === 'catalog' &&
      finding.hint?.includes(`install ${displayName(certificate.subjectName)},`) === true,
  );
  return successor === undefined
    ? finding
    : { ...finding, hint: `its successor ${displayName(successor.certificate.subjectName)} is part of this run` };
}

function checkLeftOutOfStores({ certificate, role, verdict }: TrustDecision): readonly Finding[] {
  if (role !== 'intermediate' || verdict !== 'accepted') return [];
  return [
    findingAbout(
      certificate,
      'rotate/intermediate-not-stored',
      'info',
      'an intermediate CA: it goes into device blocks and not into keystores',
      '--intermediates puts it into keystores too',
    ),
  ];
}

/** What is said of a certificate that is trusted as before although an entry with it goes: the keystore has it more than once. */
export function checkRemoved({
  name,
  type,
  stillTrusted,
}: Pick<StorePlan, 'name' | 'type' | 'stillTrusted'>): readonly Finding[] {
  return stillTrusted.map(({ alias, sha256, subject }) => ({
    code: 'keystore/still-trusted',
    severity: 'warning',
    message: `${subject} is still trusted: another entry has the same certificate`,
    hint: `anchorctl keystore remove --sha256 ${sha256} takes out every entry that has it`,
    // The aliases of a bundle are made anew when it is read again.
    source: sourceOf(name, type === 'pem' ? {} : { alias }),
    sha256,
  }));
}

function checkNotFound(selector: string): Finding {
  return {
    code: 'rotate/retire-not-found',
    severity: 'warning',
    message: `no keystore holds "${selector}", which was to be retired`,
    hint: 'see anchorctl keystore list for what is there; it may have been removed before',
    source: null,
  };
}

function checkDevice({ platform, trustpoint, notes }: RotationPlan['devices'][number]): readonly Finding[] {
  return notes.map(({ code, message, hint, sha256 }) => ({
    code,
    severity: 'warning',
    message: `${platform} ${trustpoint}: ${message}`,
    hint,
    source: null,
    ...(sha256 === undefined ? {} : { sha256 }),
  }));
}
