import { sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { contextTag, encodeElement, encodeInteger, encodeOid, TAG } from '../../src/encoding/der.ts';
import { verifyCmsSignatures } from '../../src/input/cms-signature.ts';
import { type Issued, issue } from '../support/certificates.ts';

const OID = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  sha256: '2.16.840.1.101.3.4.2.1',
  rsa: '1.2.840.113549.1.1.11',
};
const sequence = (...parts: readonly Uint8Array[]) => encodeElement(TAG.sequence, ...parts);
const set = (...parts: readonly Uint8Array[]) => encodeElement(TAG.set, ...parts);
const algorithm = (oid: string) => sequence(encodeOid(oid), Uint8Array.of(TAG.null, 0));

/** SignedData (RFC 5652 5.1) without signed attributes: the signature covers the content itself. */
function bundle(signers: readonly Issued[], signed: string, content = signed, certificates = signers): Uint8Array {
  const signerInfos = signers.map(({ certificate, privateKey }) =>
    sequence(
      encodeInteger(1),
      sequence(certificate.issuerName.der, encodeElement(TAG.integer, Buffer.from(certificate.serialNumber, 'hex'))),
      algorithm(OID.sha256),
      algorithm(OID.rsa),
      encodeElement(TAG.octetString, sign('sha256', Buffer.from(signed), privateKey)),
    ),
  );
  const signedData = sequence(
    encodeInteger(1),
    set(...signers.slice(0, 1).map(() => algorithm(OID.sha256))),
    sequence(encodeOid(OID.data), encodeElement(contextTag(0), encodeElement(TAG.octetString, Buffer.from(content)))),
    encodeElement(contextTag(0), ...certificates.map(({ der }) => der)),
    set(...signerInfos),
  );
  return sequence(encodeOid(OID.signedData), encodeElement(contextTag(0), signedData));
}

const signer = issue({ subject: 'CN=Bundle Signer', key: 'rsa2048' });

test('a signature that fits is valid, and names its signer', async () => {
  const [signature, ...others] = await verifyCmsSignatures(bundle([signer], 'roots'));
  expect([signature?.verdict, signature?.signer?.sha256, others]).toEqual(['valid', signer.certificate.sha256, []]);
});

test('a changed content is not what was signed', async () => {
  expect((await verifyCmsSignatures(bundle([signer], 'roots', 'r00ts'))).map(({ verdict }) => verdict)).toEqual([
    'invalid',
  ]);
});

test('a signer whose certificate is not there cannot be checked', async () => {
  const stranger = issue({ subject: 'CN=Stranger', key: 'rsa2048', serialNumber: 7n });
  expect(await verifyCmsSignatures(bundle([signer], 'roots', 'roots', [stranger]))).toEqual([
    { signer: null, verdict: 'unsupported' },
  ]);
});

test('a bundle without signers has no signatures, and 300 certificates are not too many', async () => {
  const many = Array.from({ length: 300 }, () => signer);
  expect(await verifyCmsSignatures(bundle([], '', '', many))).toEqual([]);
});
