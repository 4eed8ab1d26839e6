import { sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { contextTag, encodeElement, encodeInteger, encodeOid, TAG } from '../../src/encoding/der.ts';
import { noteSignatures, verifyCmsSignatures } from '../../src/input/cms-signature.ts';
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

test.each([
  { what: 'data', oid: OID.data, content: encodeElement(TAG.octetString, Buffer.from('text')) },
  {
    what: 'a message to somebody',
    oid: '1.2.840.113549.1.7.3',
    content: sequence(encodeInteger(0), set(), sequence()),
  },
  { what: 'a digest', oid: '1.2.840.113549.1.7.5', content: sequence(encodeInteger(0)) },
  { what: 'signed data that is none', oid: OID.signedData, content: Uint8Array.of(TAG.null, 0) },
])('$what has no signatures', async ({ oid, content }) => {
  expect(await verifyCmsSignatures(sequence(encodeOid(oid), encodeElement(contextTag(0), content)))).toEqual([]);
});

test('a bundle that is cut short, or has no structure, has no signatures', async () => {
  const whole = bundle([signer], 'roots');
  expect(await verifyCmsSignatures(whole.subarray(0, whole.length - 9))).toEqual([]);
  expect(await verifyCmsSignatures(sequence())).toEqual([]);
});

test('what pkijs cannot read is not checked', async () => {
  const oddity = { der: sequence(sequence(), sequence(), Uint8Array.of(TAG.null, 0)) };
  const odd = bundle([signer], 'roots', 'roots', [signer, { ...signer, ...oddity }]);
  expect(await verifyCmsSignatures(odd)).toMatchObject([{ signer: { der: signer.der }, verdict: 'unsupported' }]);
});

test('what is wrong with the certificates does not hide that it is signed', async () => {
  const beyondItsEnd = { ...signer, der: Uint8Array.of(TAG.sequence, 0x7f) };
  expect(await verifyCmsSignatures(bundle([signer], 'roots', 'roots', [beyondItsEnd]))).toEqual([
    { signer: null, verdict: 'unsupported' },
  ]);
});

test('two certificates of the same issuer and number name nobody', async () => {
  const oddity = { der: sequence(sequence(), sequence(), Uint8Array.of(TAG.null, 0)) };
  const other = issue({ subject: 'CN=Bundle Signer' });
  const odd = bundle([signer], 'roots', 'roots', [signer, other, { ...signer, ...oddity }]);
  expect(await verifyCmsSignatures(odd)).toEqual([{ signer: null, verdict: 'unsupported' }]);
});

test('a broken block hides no signature of another', async () => {
  const base64 = Buffer.from(bundle([signer], 'roots')).toString('base64');
  const block = (label: string) => `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;
  const text = `${block('PKCS7')}${block('PKCS #7 SIGNED DATA')}-----BEGIN CMS-----\n&&&&\n-----END CMS-----\n`;
  expect((await noteSignatures(Buffer.from(text))).map(({ code }) => code)).toEqual(['pkcs7/signed', 'pkcs7/signed']);
});
