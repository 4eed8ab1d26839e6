/**
 * Which certificates of very many can matter to the path of one: who may stand above it, by name, and who may sign CRLs. A
 * validation looks through all that it is given, so that thousands of validations among the same thousands
 * would take time without end.
 *
 * @module
 */
import { groupBy } from '../encoding/group-by.js';
import type { Certificate } from '../x509/certificate.js';
import type { CertificateRevocationList } from '../x509/crl.js';
import { comparableName } from '../x509/name.js';

/** The certificates of a call, sorted once for all paths that are looked for among them. */
export class PossibleIssuers {
  readonly #bySubject: ReadonlyMap<string, readonly Certificate[]>;
  readonly #byKeyIdentifier: ReadonlyMap<string | null, readonly Certificate[]>;
  /** The place of each in what was given: of equally likely issuers the first is tried first. */
  readonly #places: ReadonlyMap<Certificate, number>;
  /** Those that may have signed a CRL, by name. */
  readonly #signers: readonly Certificate[];

  /** @param crls - whose signers may be among the certificates */
  constructor(certificates: readonly Certificate[], crls: readonly CertificateRevocationList[]) {
    this.#bySubject = groupBy(certificates, ({ subjectName }) => comparableName(subjectName));
    this.#byKeyIdentifier = groupBy(certificates, ({ subjectKeyIdentifier }) => subjectKeyIdentifier);
    this.#places = new Map(certificates.map((certificate, place) => [certificate, place]));
    const crlIssuers = new Set(crls.map(({ issuerName }) => comparableName(issuerName)));
    this.#signers = [...crlIssuers].flatMap((name) => this.#bySubject.get(name) ?? []);
  }

  /**
   * All that can matter to the path of a certificate, in the order in which they were given.
   *
   * @param more - what else is at hand, and may itself have an issuer among the certificates
   */
  of(certificate: Certificate, more: readonly Certificate[] = []): readonly Certificate[] {
    const found = new Set<Certificate>(this.#signers);
    const asked = new Set<string>();
    const alike = new Set<Certificate>();
    for (const below of [certificate, ...more]) this.#addAbove(below, found, asked, alike);
    // A set goes on with what is added to it on the way.
    for (const below of found) this.#addAbove(below, found, asked, alike);
    return [...new Set([...found, ...alike])]
      .filter(({ sha256 }) => sha256 !== certificate.sha256)
      .sort((a, b) => this.#placeOf(a) - this.#placeOf(b));
  }

  /** @param alike - gets those that have the key identifier alone, which the account of a search names */
  #addAbove(
    { issuerName, authorityKeyIdentifier }: Certificate,
    found: Set<Certificate>,
    asked: Set<string>,
    alike: Set<Certificate>,
  ): void {
    const key = `${authorityKeyIdentifier} ${comparableName(issuerName)}`;
    if (asked.has(key)) return;
    asked.add(key);
    for (const issuer of this.#bySubject.get(comparableName(issuerName)) ?? []) found.add(issuer);
    if (authorityKeyIdentifier === null) return;
    for (const other of this.#byKeyIdentifier.get(authorityKeyIdentifier) ?? []) alike.add(other);
  }

  #placeOf(certificate: Certificate): number {
    return this.#places.get(certificate) ?? 0;
  }
}
