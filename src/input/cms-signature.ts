/**
 * The signatures on a signed PKCS#7 bundle (CMS SignedData, RFC 5652 5.4), such as the trustpool bundles that Cisco
 * signs: who signed, and whether the signature fits the content. That the signer deserves trust is not said by this.
 *
 * pkijs and asn1js do the work and are loaded only here, because a bundle without signers needs neither.
 *
 * @module
 */

import { equalBytes } from '../encoding/byte-writer.js';
import { childrenOf, contentOf, contextTag, type DerElement, encodingOf, TAG } from '../encoding/der.js';
import { encodeHex } from '../encoding/hex.js';
import { scanPem } from '../encoding/pem.js';
import { expectTrustError } from '../errors.js';
import { type Certificate, tryDecodeCertificate } from '../x509/certificate.js';
import { contentOfLabel } from './label.js';
import { decodePkcs7, signerInfosOf, splitPkcs7 } from './pkcs7.js';
import type { Note } from './read-result.js';

/** The tag of a signer's key identifier, `[0] IMPLICIT SubjectKeyIdentifier`. */
const KEY_IDENTIFIER = contextTag(0, false);

/** One signer of a bundle. */
export interface CmsSignature {
  /** The signer's certificate, or null where the bundle does not hold it. */
  readonly signer: Certificate | null;
  readonly verdict: 'valid' | 'invalid' | 'unsupported';
}

/**
 * Verifies every signature on a bundle. Never rejects: what pkijs cannot understand is unsupported.
 *
 * @param der - a ContentInfo that holds SignedData; anything else has no signatures
 * @returns one result a signer, in the order of the bundle
 */
export async function verifyCmsSignatures(der: Uint8Array): Promise<readonly CmsSignature[]> {
  const signers = signerInfosOf(der);
  if (signers.length === 0) return [];
  const signedData = await readSignedData(der);
  const certificates = certificatesOf(der);
  return Promise.all(
    signers.map(async (info, index) => {
      const { by, verdict } = await verifyOne(signedData, index);
      // pkijs would write the certificate anew: its own bytes are those of the bundle.
      const signer = by == null ? namedBy(info, certificates) : certificates.find((one) => isSame(one, by));
      return { signer: signer ?? null, verdict };
    }),
  );
}

/** Those that can be read: what is wrong with the others is said where the bundle is read. */
function certificatesOf(der: Uint8Array): readonly Certificate[] {
  try {
    return decodePkcs7(der).flatMap((one) => tryDecodeCertificate(one) ?? []);
  } catch (error) {
    expectTrustError(error);
    return [];
  }
}

function isSame({ tbsCertificate }: Certificate, { tbsView }: PkijsCertificate): boolean {
  return equalBytes(tbsCertificate, tbsView);
}

/** The one certificate that a SignerInfo names, by issuer and serial number or by key identifier (RFC 5652 5.3). */
function namedBy(info: DerElement, certificates: readonly Certificate[]): Certificate | null {
  const [, identifier] = elementsOf(info);
  if (identifier === undefined) return null;
  const isNamed = identifier.tag === TAG.sequence ? byIssuerAndSerialNumber(identifier) : byKeyIdentifier(identifier);
  const named = certificates.filter(isNamed);
  return named.length === 1 ? (named[0] ?? null) : null;
}

function byIssuerAndSerialNumber(identifier: DerElement): (certificate: Certificate) => boolean {
  const [issuer, number] = elementsOf(identifier);
  if (issuer === undefined || number === undefined) return () => false;
  const name = encodingOf(issuer);
  const serialNumber = encodeHex(contentOf(number));
  return (certificate) => certificate.serialNumber === serialNumber && equalBytes(certificate.issuerName.der, name);
}

function byKeyIdentifier(identifier: DerElement): (certificate: Certificate) => boolean {
  if (identifier.tag !== KEY_IDENTIFIER) return () => false;
  const keyIdentifier = encodeHex(contentOf(identifier));
  return ({ subjectKeyIdentifier }) => subjectKeyIdentifier === keyIdentifier;
}

/** None where there is nothing to be read inside. */
function elementsOf(element: DerElement): readonly DerElement[] {
  try {
    return childrenOf(element, 'ber');
  } catch (error) {
    expectTrustError(error);
    return [];
  }
}

/** Null where pkijs cannot understand it. */
async function readSignedData(der: Uint8Array): Promise<SignedData | null> {
  const [{ fromBER }, { ContentInfo, SignedData }] = await Promise.all([import('asn1js'), import('pkijs')]);
  try {
    // asn1js stops at 10,000 nodes by default; no element is shorter than two octets, so this admits any whole bundle.
    const { result } = fromBER(der, { maxNodes: der.length });
    return new SignedData({ schema: new ContentInfo({ schema: result }).content });
  } catch {
    return null;
  }
}

/**
 * What there is to say about the signatures of a PKCS#7 input.
 *
 * @param bytes - DER, or text with PEM blocks
 */
export async function noteSignatures(bytes: Uint8Array): Promise<readonly Note[]> {
  const bundles =
    bytes[0] === TAG.sequence
      ? splitPkcs7(bytes)
      : scanPem(bytes)
          .blocks.filter(({ label }) => contentOfLabel(label) === 'pkcs7')
          .map(({ der }) => der);
  const signatures = await Promise.all(bundles.map(verifyCmsSignatures));
  return signatures.flat().map(toNote);
}

function toNote({ signer, verdict }: CmsSignature): Note {
  const by =
    signer === null
      ? 'somebody whose certificate was not found in it'
      : `${signer.displaySubject}, SHA-256 ${signer.sha256}`;
  switch (verdict) {
    case 'valid':
      return { code: 'pkcs7/signed', message: `the bundle is signed by ${by}; the signature fits its content` };
    case 'invalid':
      return {
        code: 'pkcs7/bad-signature',
        message: `the bundle names ${by} as its signer, but the signature does not fit its content`,
      };
    case 'unsupported':
      return {
        code: 'pkcs7/unchecked-signature',
        message: `the bundle names ${by} as its signer; the signature cannot be checked here`,
      };
  }
}

/** What pkijs says of a signature, and whose it is as far as it says so. */
async function verifyOne(
  signedData: SignedData | null,
  signer: number,
): Promise<{ readonly by?: PkijsCertificate | null | undefined; readonly verdict: CmsSignature['verdict'] }> {
  if (signedData === null) return { verdict: 'unsupported' };
  try {
    const { signatureVerified, signerCertificate } = await signedData.verify({
      signer,
      checkChain: false,
      extendedMode: true,
    });
    return { by: signerCertificate, verdict: signatureVerified === true ? 'valid' : 'invalid' };
  } catch (thrown) {
    const { code, signerCertificate } = thrown as {
      readonly code?: number;
      readonly signerCertificate?: PkijsCertificate | null;
    };
    return { by: signerCertificate, verdict: MISMATCHES.has(code) ? 'invalid' : 'unsupported' };
  }
}

type SignedData = import('pkijs').SignedData;

type PkijsCertificate = import('pkijs').Certificate;

/** pkijs: mandatory attributes are missing (9, 10), the digest or the signature does not fit (15). */
const MISMATCHES: ReadonlySet<number | undefined> = new Set([9, 10, 15]);
