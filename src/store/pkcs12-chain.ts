/**
 * Which certificates of a PKCS#12 file belong to which key, found as Java finds them
 * (sun.security.pkcs12.PKCS12KeyStore): the file itself only marks the end entity certificate, and not always that.
 *
 * @module
 */
import { encodeHex } from '../encoding/hex.js';
import { TrustError } from '../errors.js';
import type { Certificate } from '../x509/certificate.js';
import { comparableName } from '../x509/name.js';
import { verifyCertificateSignature } from '../x509/signature.js';
import { foldAlias } from './alias.js';
import type { StoredCertificate } from './entry.js';

/** A certificate bag, with what it can be found by. */
export interface CertificateBag {
  readonly stored: StoredCertificate;
  readonly localKeyId: Uint8Array | null;
  readonly friendlyName: string | null;
  /** A trusted certificate may issue, but is never the end entity of a key. */
  readonly trusted: boolean;
}

/** Chains have a handful of certificates; the limit keeps many keys with long chains from exhausting the memory. */
const MAX_CHAIN_LENGTH = 64;

/** The certificates of one subject. */
interface Namesakes {
  readonly first: CertificateBag;
  readonly byKeyIdentifier: Map<string, CertificateBag>;
  lastWithoutIdentifier: CertificateBag | undefined;
}

/** All certificates of a file, indexed for building the chains of its keys. */
export class ChainBuilder {
  readonly #byIdAndName = new Map<string, CertificateBag>();
  readonly #byId = new Map<string, CertificateBag>();
  readonly #byName = new Map<string, CertificateBag>();
  readonly #bySubject = new Map<string, Namesakes>();
  /** Many keys may have one chain, and a certificate is decoded anew each time. */
  readonly #issuers = new Map<CertificateBag, CertificateBag | undefined>();

  /** @param certificates - in the order of the file, which decides between equals */
  constructor(certificates: readonly CertificateBag[]) {
    for (const bag of certificates) {
      if (!bag.trusted) this.#indexEndEntity(bag);
      this.#indexIssuer(bag);
    }
  }

  /**
   * The chain of a key, from the end entity up to a self-signed certificate or as far as the file goes.
   *
   * The end entity is the first certificate with the key's localKeyID and name, else the last with its localKeyID, else
   * the last with its name.
   *
   * @returns nothing when the file has no certificate for the key
   */
  chainOf(localKeyId: Uint8Array, alias: string): StoredCertificate[] {
    const id = encodeHex(localKeyId);
    const name = foldAlias(alias);
    let next = this.#byIdAndName.get(`${id} ${name}`) ?? this.#byId.get(id) ?? this.#byName.get(name);
    const chain = new Map<string, StoredCertificate>();
    while (next !== undefined && chain.size < MAX_CHAIN_LENGTH) {
      const key = encodeHex(next.stored.der);
      if (chain.has(key)) break;
      chain.set(key, next.stored);
      next = this.#nextOf(next);
    }
    return [...chain.values()];
  }

  #nextOf(bag: CertificateBag): CertificateBag | undefined {
    if (this.#issuers.has(bag)) return this.#issuers.get(bag);
    const { decoded } = bag.stored;
    const found = decoded instanceof TrustError ? undefined : this.#issuerOf(decoded);
    // Mostly that is the certificate itself, and then no signature has to be looked at.
    const isEnd = found === bag || decoded instanceof TrustError || (found !== undefined && isSelfSigned(decoded));
    const issuer = isEnd ? undefined : found;
    this.#issuers.set(bag, issuer);
    return issuer;
  }

  #indexEndEntity(bag: CertificateBag): void {
    const id = bag.localKeyId === null ? null : encodeHex(bag.localKeyId);
    const name = bag.friendlyName === null ? null : foldAlias(bag.friendlyName);
    if (id !== null) this.#byId.set(id, bag);
    if (name !== null) this.#byName.set(name, bag);
    if (id !== null && name !== null && !this.#byIdAndName.has(`${id} ${name}`)) {
      this.#byIdAndName.set(`${id} ${name}`, bag);
    }
  }

  #indexIssuer(bag: CertificateBag): void {
    const { decoded } = bag.stored;
    if (decoded instanceof TrustError) return;
    const subject = comparableName(decoded.subjectName);
    let namesakes = this.#bySubject.get(subject);
    if (namesakes === undefined) {
      namesakes = { first: bag, byKeyIdentifier: new Map(), lastWithoutIdentifier: undefined };
      this.#bySubject.set(subject, namesakes);
    }
    const { subjectKeyIdentifier } = decoded;
    if (subjectKeyIdentifier === null) namesakes.lastWithoutIdentifier = bag;
    else if (!namesakes.byKeyIdentifier.has(subjectKeyIdentifier)) {
      namesakes.byKeyIdentifier.set(subjectKeyIdentifier, bag);
    }
  }

  /** By name and key identifier; without an identifier in the certificate the first with the name. */
  #issuerOf({ issuerName, authorityKeyIdentifier }: Certificate): CertificateBag | undefined {
    const namesakes = this.#bySubject.get(comparableName(issuerName));
    if (namesakes === undefined || authorityKeyIdentifier === null) return namesakes?.first;
    return namesakes.byKeyIdentifier.get(authorityKeyIdentifier) ?? namesakes.lastWithoutIdentifier;
  }
}

/**
 * By its name and by its signature, as `sun.security.tools.KeyStoreUtil.isSelfSigned`: a CA that has changed its key has
 * certificates under its own name that its other key signed (RFC 4210 section 4.4).
 */
function isSelfSigned(certificate: Certificate): boolean {
  return (
    certificate.selfIssued && verifyCertificateSignature(certificate, certificate.subjectPublicKeyInfo) === 'valid'
  );
}
