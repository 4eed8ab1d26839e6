/**
 * The signatures on a signed PKCS#7 bundle (CMS SignedData, RFC 5652 5.4), such as the trustpool bundles that Cisco
 * signs: who signed, and whether the signature fits the content. That the signer deserves trust is not said by this.
 *
 * pkijs and asn1js do the work and are loaded only here, because a bundle without signers needs neither.
 *
 * @module
 */
import { TAG } from '../encoding/der.js';
import { decodePem } from '../encoding/pem.js';
import { type Certificate, decodeCertificate } from '../x509/certificate.js';
import type { Note } from './read-result.js';

/** One signer of a bundle. */
export interface CmsSignature {
  /** The signer's certificate, or null where the bundle does not hold it. */
  readonly signer: Certificate | null;
  readonly verdict: 'valid' | 'invalid' | 'unsupported';
}

/**
 * Verifies every signature on a bundle.
 *
 * @param der - a ContentInfo that holds SignedData; anything else has no signatures
 * @returns one result a signer, in the order of the bundle
 */
export async function verifyCmsSignatures(der: Uint8Array): Promise<readonly CmsSignature[]> {
  const [{ fromBER }, { ContentInfo, SignedData }] = await Promise.all([import('asn1js'), import('pkijs')]);
  // asn1js stops at 10,000 nodes by default; no element is shorter than two octets, so this admits any whole bundle.
  const { result, offset } = fromBER(der, { maxNodes: der.length });
  if (offset === -1) return [];
  const signedData = new SignedData({ schema: new ContentInfo({ schema: result }).content });
  return Promise.all(signedData.signerInfos.map((_, index) => verifyOne(signedData, index)));
}

/**
 * What there is to say about the signatures of a PKCS#7 input.
 *
 * @param bytes - DER, or PEM blocks with the labels PKCS7 or CMS
 */
export async function noteSignatures(bytes: Uint8Array): Promise<readonly Note[]> {
  const bundles =
    bytes[0] === TAG.sequence
      ? [bytes]
      : decodePem(bytes)
          .filter(({ label }) => BUNDLE_LABELS.has(label))
          .map(({ der }) => der);
  const signatures = await Promise.all(bundles.map(verifyCmsSignatures));
  return signatures.flat().map(toNote);
}

const BUNDLE_LABELS: ReadonlySet<string> = new Set(['PKCS7', 'CMS']);

function toNote({ signer, verdict }: CmsSignature): Note {
  const by =
    signer === null ? 'somebody whose certificate it does not hold' : `${signer.subject}, SHA-256 ${signer.sha256}`;
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

async function verifyOne(signedData: import('pkijs').SignedData, signer: number): Promise<CmsSignature> {
  try {
    const { signatureVerified, signerCertificate } = await signedData.verify({
      signer,
      checkChain: false,
      extendedMode: true,
    });
    return { signer: toCertificate(signerCertificate), verdict: signatureVerified === true ? 'valid' : 'invalid' };
  } catch (thrown) {
    const { code, signerCertificate } = thrown as {
      readonly code?: number;
      readonly signerCertificate?: PkijsCertificate;
    };
    return { signer: toCertificate(signerCertificate), verdict: MISMATCHES.has(code) ? 'invalid' : 'unsupported' };
  }
}

type PkijsCertificate = import('pkijs').Certificate | null | undefined;

/** pkijs: mandatory attributes are missing (9, 10), the digest or the signature does not fit (15). */
const MISMATCHES: ReadonlySet<number | undefined> = new Set([9, 10, 15]);

function toCertificate(certificate: PkijsCertificate): Certificate | null {
  return certificate == null ? null : decodeCertificate(new Uint8Array(certificate.toSchema(true).toBER()));
}
