/**
 * What a certificate is to the roots of the catalog. Only the SHA-256 makes it one of them. A name can be given to any
 * certificate, so the name of a root with another key is what an impostor has; the key of a root is what a certificate issued
 * anew or cross-signed has; and what a root issued is known by its signature.
 *
 * @module
 */
import { groupBy } from '../encoding/group-by.js';
import { type Certificate, decodeCertificate } from '../x509/certificate.js';
import { attributeOf, comparableName, type DistinguishedName } from '../x509/name.js';
import { ATTRIBUTE } from '../x509/oids.js';
import { verifyCertificateSignature } from '../x509/signature.js';
import { type CatalogEntry, catalogRecords, findRoot, genuineBodies, genuineRoot } from './catalog.js';

/**
 * What a certificate is:
 *
 * - `root`: a root of the catalog, by its SHA-256
 * - `same-key`: another certificate with the key of a root: cross-signed, or issued anew
 * - `same-name`: another certificate with the name of a root; with another key, or one that cannot be compared
 * - `below`: issued below a root, by its signature or through other certificates of the input
 * - `false-issuer`: it names a root as its issuer, whose key did not sign it; a damaged copy of the root as well
 * - `unknown`: none of these
 */
export type RelationKind = 'root' | 'same-key' | 'same-name' | 'below' | 'false-issuer' | 'unknown';

/** A certificate and the root that it has to do with. */
export interface Relation {
  readonly certificate: Certificate;
  readonly kind: RelationKind;
  /** Null for `unknown` alone. */
  readonly root: CatalogEntry | null;
  /** `same-name`: whether the catalog holds the root's key, so that it is known to be another. */
  readonly keyCompared: boolean;
}

/** Signature checks for one certificate; more issuers of the same name are not tried. */
const MAX_ISSUERS = 8;
/** The longest way to a root that is followed. */
const MAX_DEPTH = 8;

/** A root whose certificate the catalog holds. */
interface HeldRoot {
  readonly certificate: Certificate;
  readonly spki: string;
}

/** Who signed a certificate, of those that are at hand. */
interface Signers {
  readonly signers: readonly Certificate[];
  /** Whether this runtime could check the signature with the key of each that has the issuer's name. */
  readonly isChecked: boolean;
}

/**
 * Relates every certificate to the catalog.
 *
 * @param certificates - of one input: what stands between one of them and a root is looked for among them
 * @returns in the same order
 */
export function relateToCatalog(certificates: readonly Certificate[]): readonly Relation[] {
  const context = new RelationContext(certificates);
  return certificates.map((certificate) => context.relate(certificate));
}

class RelationContext {
  readonly #roots: readonly HeldRoot[];
  readonly #byName: ReadonlyMap<string, readonly HeldRoot[]>;
  readonly #issuers: ReadonlyMap<string, readonly Certificate[]>;
  readonly #byShownName = rootsByShownName();
  readonly #signers = new Map<string, Signers>();

  constructor(certificates: readonly Certificate[]) {
    this.#roots = [...genuineBodies().keys()].map((sha256) => {
      const certificate = decodeCertificate(genuineRoot(sha256) ?? new Uint8Array());
      return { certificate, spki: keyOf(certificate) };
    });
    this.#byName = groupBy(this.#roots, ({ certificate }) => comparableName(certificate.subjectName));
    const distinct = [...new Map(certificates.map((certificate) => [certificate.sha256, certificate])).values()];
    this.#issuers = groupBy(
      distinct.filter(({ ca }) => ca),
      ({ subjectName }) => comparableName(subjectName),
    );
  }

  relate(certificate: Certificate): Relation {
    const itself = findRoot(certificate.sha256);
    if (itself !== null) return { certificate, kind: 'root', root: itself, keyCompared: true };
    const spki = keyOf(certificate);
    const twin = this.#roots.find((root) => root.spki === spki);
    if (twin !== undefined) {
      const kind = isForgedTwin(certificate, twin.certificate) ? 'false-issuer' : 'same-key';
      return this.#related(certificate, kind, twin.certificate.sha256);
    }
    const above = this.#rootAbove(certificate);
    if (above !== null) return this.#related(certificate, 'below', above);
    const namesake = this.#namesake(certificate);
    if (namesake !== null) return namesake;
    const claimed = this.#byName.get(comparableName(certificate.issuerName))?.[0];
    if (claimed !== undefined && this.#signersOf(certificate).isChecked)
      return this.#related(certificate, 'false-issuer', claimed.certificate.sha256);
    return { certificate, kind: 'unknown', root: null, keyCompared: false };
  }

  #related(certificate: Certificate, kind: RelationKind, sha256: string, keyCompared = true): Relation {
    return { certificate, kind, root: findRoot(sha256), keyCompared };
  }

  /**
   * A root of the same name; else one of the same common name and organization, which is what people look at: an impostor
   * may order them otherwise, and of some roots the catalog knows no more.
   */
  #namesake(certificate: Certificate): Relation | null {
    const held = this.#byName.get(comparableName(certificate.subjectName))?.[0];
    const sha256 = held?.certificate.sha256 ?? this.#byShownName.get(shownName(certificate.subjectName));
    return sha256 === undefined ? null : this.#related(certificate, 'same-name', sha256, genuineBodies().has(sha256));
  }

  /** SHA-256 of the root that a certificate was issued below by the shortest way, or null. */
  #rootAbove(certificate: Certificate): string | null {
    const seen = new Set<string>();
    let level: readonly Certificate[] = [certificate];
    for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
      const signers = level.flatMap((one) => this.#signersOf(one).signers);
      const root = signers.find(({ sha256 }) => findRoot(sha256) !== null);
      if (root !== undefined) return root.sha256;
      level = signers.filter(({ sha256 }) => !seen.has(sha256) && seen.add(sha256));
    }
    return null;
  }

  /** Worked out once, because signatures are what costs. */
  #signersOf(certificate: Certificate): Signers {
    const known = this.#signers.get(certificate.sha256);
    if (known !== undefined) return known;
    const issuer = comparableName(certificate.issuerName);
    const roots = (this.#byName.get(issuer) ?? []).map((root) => root.certificate);
    const checked = [...roots, ...(this.#issuers.get(issuer) ?? [])].slice(0, MAX_ISSUERS).map((signer) => ({
      signer,
      verdict: verifyCertificateSignature(certificate, signer.subjectPublicKeyInfo),
    }));
    const found = {
      signers: checked.filter(({ verdict }) => verdict === 'valid').map(({ signer }) => signer),
      isChecked: checked.every(({ verdict }) => verdict !== 'unsupported'),
    };
    this.#signers.set(certificate.sha256, found);
    return found;
  }
}

/** Whether it says that the root issued it, and its signature does not: a damaged copy, or one that was changed. */
function isForgedTwin(certificate: Certificate, root: Certificate): boolean {
  return (
    comparableName(certificate.issuerName) === comparableName(root.subjectName) &&
    verifyCertificateSignature(certificate, root.subjectPublicKeyInfo) === 'invalid'
  );
}

function keyOf({ subjectPublicKeyInfo }: Certificate): string {
  return Buffer.from(subjectPublicKeyInfo).toString('base64');
}

/** SHA-256 of the roots by common name and organization; of several, one of which the catalog holds the certificate. */
function rootsByShownName(): ReadonlyMap<string, string> {
  const named = catalogRecords().filter(({ facts }) => facts.commonName !== null);
  const heldLast = named.toSorted((a, b) => Number(a.hasCertificate) - Number(b.hasCertificate));
  return new Map(heldLast.map(({ sha256, facts }) => [joinNames(facts.commonName, facts.organization), sha256]));
}

function shownName(name: DistinguishedName): string {
  return joinNames(attributeOf(name, ATTRIBUTE.commonName), attributeOf(name, ATTRIBUTE.organizationName));
}

function joinNames(commonName: string | null, organization: string | null): string {
  return JSON.stringify([commonName, organization].map((text) => text?.normalize('NFKC').toLowerCase() ?? null));
}
