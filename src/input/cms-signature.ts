/**
 * The signatures on a signed PKCS#7 bundle (CMS SignedData, RFC 5652 5.4), such as the trustpool bundles that Cisco
 * signs: who signed, and whether the signature fits the content. That the signer deserves trust is not said by this.
 *
 * pkijs and asn1js do the work and are loaded only here, because a bundle without signers needs neither.
 *
 * @module
 */

import { equalBytes } from '../encoding/byte-writer.js';
import { TAG } from '../encoding/der.js';
import { scanPem } from '../encoding/pem.js';
import { type Certificate, tryDecodeCertificate } from '../x509/certificate.js';
import { contentOfLabel } from './label.js';
import { countSigners, decodePkcs7 } from './pkcs7.js';
import type { Note } from './read-result.js';

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
  const signers = countSigners(der);
  if (signers === 0) return [];
  const signedData = await readSignedData(der);
  const indices = Array.from({ length: signers }, (_, index) => index);
  if (signedData === null) return indices.map(() => ({ signer: null, verdict: 'unsupported' }));
  const certificates = decodePkcs7(der).map((one) => tryDecodeCertificate(one));
  return Promise.all(indices.map((index) => verifyOne(signedData, index, certificates)));
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
      ? [bytes]
      : scanPem(bytes)
          .blocks.filter(({ label }) => contentOfLabel(label) === 'pkcs7')
          .map(({ der }) => der);
  const signatures = await Promise.all(bundles.map(verifyCmsSignatures));
  return signatures.flat().map(toNote);
}

function toNote({ signer, verdict }: CmsSignature): Note {
  const by =
    signer === null ? 'somebody whose certificate was not found in it' : `${signer.subject}, SHA-256 ${signer.sha256}`;
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
        message: `the bundle is signed by ${by}; the signature cannot be checked here`,
      };
  }
}

/** @param certificates - those of the bundle; null for each that is none */
async function verifyOne(
  signedData: SignedData,
  signer: number,
  certificates: readonly (Certificate | null)[],
): Promise<CmsSignature> {
  // pkijs would write the certificate anew: its own bytes are those of the bundle.
  const found = (signing: PkijsCertificate) =>
    signing == null
      ? null
      : (certificates.find((one) => one !== null && equalBytes(one.tbsCertificate, signing.tbsView)) ?? null);
  try {
    const { signatureVerified, signerCertificate } = await signedData.verify({
      signer,
      checkChain: false,
      extendedMode: true,
    });
    return { signer: found(signerCertificate), verdict: signatureVerified === true ? 'valid' : 'invalid' };
  } catch (thrown) {
    const { code, signerCertificate } = thrown as {
      readonly code?: number;
      readonly signerCertificate?: PkijsCertificate;
    };
    return { signer: found(signerCertificate), verdict: MISMATCHES.has(code) ? 'invalid' : 'unsupported' };
  }
}

type SignedData = import('pkijs').SignedData;

type PkijsCertificate = import('pkijs').Certificate | null | undefined;

/** pkijs: mandatory attributes are missing (9, 10), the digest or the signature does not fit (15). */
const MISMATCHES: ReadonlySet<number | undefined> = new Set([9, 10, 15]);
