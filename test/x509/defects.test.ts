/** What RFC 5280 rules out in a certificate, and is read all the same: what it counts for, who is told, and that no path leads over it. */
import { describe, expect, test } from 'vitest';
import { checkTrustAnchor } from '../../src/check/rules.ts';
import { encodeElement, encodeInteger, encodeOid, TAG } from '../../src/encoding/der.ts';
import { readCertificates } from '../../src/input/read-certificates.ts';
import { validatePath } from '../../src/path/validate-path.ts';
import { decodeKeystore } from '../../src/store/codecs.ts';
import { decodeCertificate } from '../../src/x509/certificate.ts';
import { EXTENSION } from '../../src/x509/oids.ts';
import { javaKeystore, PASSWORD } from '../store/builders.ts';
import { AT, type IssueOptions, issue, issueIdentified, toPem } from '../support/certificates.ts';

const NULL: Uint8Array = Uint8Array.of(TAG.null, 0);
const utcTime = (text: string) => encodeElement(TAG.utcTime, Buffer.from(text));
const generalizedTime = (text: string) => encodeElement(TAG.generalizedTime, Buffer.from(text));

/** A certificate whose one extension of that name is something else. */
function withBadExtension(name: keyof typeof EXTENSION, { critical = true, value = NULL } = {}): IssueOptions {
  return {
    ...(name === 'basicConstraints' ? { basicConstraints: null } : {}),
    ...(name === 'keyUsage' ? { keyUsage: null } : {}),
    ...(name === 'subjectKeyIdentifier' ? { subjectKeyIdentifier: false } : {}),
    extensions: [{ oid: EXTENSION[name], critical, value }],
  };
}

const NAMES = [
  'basicConstraints',
  'keyUsage',
  'extendedKeyUsage',
  'subjectKeyIdentifier',
  'authorityKeyIdentifier',
] as const;

/** One of each kind. */
const DEFECTIVE: readonly { readonly name: string; readonly options: IssueOptions }[] = [
  { name: 'a version of the future', options: { version: 4 } },
  { name: 'a date without seconds', options: { endOfValidity: utcTime('3607010000Z') } },
  ...NAMES.map((name) => ({ name, options: withBadExtension(name, { critical: false }) })),
];

describe('a date in another form', () => {
  // As Java 17 and OpenSSL 3.0 read them; later releases of OpenSSL refuse those without seconds.
  test.each([
    { time: utcTime('2607010000Z'), instant: '2026-07-01T00:00:00.000Z' },
    { time: utcTime('260701000000+0200'), instant: '2026-06-30T22:00:00.000Z' },
    { time: utcTime('2607010000-0500'), instant: '2026-07-01T05:00:00.000Z' },
    { time: utcTime('491231235959-1159'), instant: '2050-01-01T11:58:59.000Z' },
    { time: generalizedTime('20560811122001.5Z'), instant: '2056-08-11T12:20:01.500Z' },
    { time: generalizedTime('20560811122001.999Z'), instant: '2056-08-11T12:20:01.999Z' },
    { time: generalizedTime('205608111220Z'), instant: '2056-08-11T12:20:00.000Z' },
    { time: generalizedTime('205608111220+0130'), instant: '2056-08-11T10:50:00.000Z' },
    { time: generalizedTime('20560811122001-0600'), instant: '2056-08-11T18:20:01.000Z' },
    { time: generalizedTime('20560811122001.123-0600'), instant: '2056-08-11T18:20:01.123Z' },
  ])('is the instant that it names: $instant', ({ time, instant }) => {
    const { certificate } = issue({ endOfValidity: time });
    expect(certificate.notAfter.toISOString()).toBe(instant);
    expect(certificate.defects).toEqual([
      { field: 'notAfter', message: 'notAfter is not in the form that RFC 5280 asks for' },
    ]);
  });

  test.each([
    utcTime('260701000000'),
    utcTime('2607010000'),
    utcTime('26070100Z'),
    utcTime('260701000000.5Z'),
    utcTime('260701000000+02'),
    utcTime('260701000000+2400'),
    utcTime('260701000000+0060'),
    utcTime('2602290000Z'),
    utcTime('2607012400Z'),
    utcTime('260701000060+0000'),
    utcTime('2607010000Z '),
    generalizedTime('20560811122001'),
    generalizedTime('2056081112Z'),
    generalizedTime('20560811122001.Z'),
    generalizedTime('20560811122001.1234567891Z'),
    generalizedTime('205608111220.5Z'),
    generalizedTime('20560631000000+0000'),
    generalizedTime(`${'2'.repeat(1000)}Z`),
    encodeElement(TAG.visibleString, Buffer.from('2607010000Z')),
  ])('that names no instant, or has a form that no program reads, is refused (case %#)', (endOfValidity) => {
    expect(() => issue({ endOfValidity })).toThrow(expect.objectContaining({ code: 'certificate/malformed' }));
  });
});

describe('an extension that cannot be read', () => {
  test.each([
    { name: 'basicConstraints', counts: { ca: false, basicConstraints: { ca: false, pathLength: null } } },
    { name: 'keyUsage', counts: { ca: true, keyUsage: new Set() } },
    { name: 'extendedKeyUsage', counts: { ca: true, extendedKeyUsage: [] } },
    { name: 'subjectKeyIdentifier', counts: { ca: true, subjectKeyIdentifier: null } },
    { name: 'authorityKeyIdentifier', counts: { ca: true, authorityKeyIdentifier: null } },
  ] as const)('allows nothing: $name', ({ name, counts }) => {
    const { certificate } = issue(withBadExtension(name));
    expect(certificate).toMatchObject(counts);
    expect(certificate.defects).toEqual([{ field: name, message: expect.stringMatching(`^${name} cannot be read: `) }]);
  });

  test('does not hide the others', () => {
    const value = encodeElement(TAG.sequence, encodeOid('1.3.6.1.5.5.7.3.1'));
    const { extensions } = withBadExtension('authorityKeyIdentifier');
    const purpose = { oid: EXTENSION.extendedKeyUsage, value };
    const { certificate } = issue({ extensions: [...(extensions ?? []), purpose] });
    expect(certificate.extendedKeyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect([...(certificate.keyUsage ?? [])]).toEqual(['keyCertSign', 'cRLSign']);
  });

  test('leaves one that comes twice what the first one is', () => {
    const good = encodeElement(TAG.sequence, encodeOid('1.2.3'));
    const oid = EXTENSION.extendedKeyUsage;
    const order = (...values: readonly Uint8Array[]) =>
      issue({ extensions: values.map((value) => ({ oid, value })) }).certificate.extendedKeyUsage;
    expect(order(NULL, good)).toEqual([]);
    expect(order(good, NULL)).toEqual(['1.2.3']);
  });

  test('is refused where the list of extensions is broken', () => {
    const { der } = issue(withBadExtension('keyUsage', { value: Uint8Array.of(TAG.null, 0, 0, 0) }));
    const broken = Uint8Array.from(der);
    // The length of the OCTET STRING around the value, which then ends outside of the extension.
    broken[Buffer.from(der).indexOf(Buffer.from([TAG.octetString, 4, TAG.null, 0, 0, 0])) + 1] = 0x40;
    expect(() => decodeCertificate(broken)).toThrow(expect.objectContaining({ code: 'certificate/malformed' }));
  });
});

test.each([4, 5, 100])('version %d is read', (version) => {
  const { certificate } = issue({ version });
  expect(certificate.version).toBe(version);
  expect(certificate.defects).toEqual([{ field: 'version', message: `version ${version} is none that X.509 has` }]);
});

test.each([101, 0])('version %d is refused', (version) => {
  expect(() => issue({ version })).toThrow(expect.objectContaining({ code: 'certificate/malformed' }));
});

describe.each(DEFECTIVE)('with $name', ({ options }) => {
  const validate = (anchor: IssueOptions, intermediate: IssueOptions, leaf: IssueOptions) => {
    const root = issueIdentified(anchor);
    const sub = issueIdentified({ subject: 'CN=Sub', issuer: root, ...intermediate });
    const end = issueIdentified({
      ...{ subject: 'CN=Leaf', issuer: sub, basicConstraints: null, keyUsage: null },
      ...leaf,
    });
    return validatePath(end.certificate, {
      ...{ trustAnchors: [root.certificate], intermediates: [sub.certificate], at: AT },
      ...{ purpose: 'any', profile: 'rfc5280' },
    });
  };

  test('no path leads over it', () => {
    expect(validate({}, {}, {}).valid).toBe(true);
    expect(validate(options, {}, {}).valid).toBe(false);
    expect(validate({}, options, {}).valid).toBe(false);
    expect(validate({}, {}, options).valid).toBe(false);
  });

  test('it is noted where it is found, and an error to those who are strict', () => {
    const { pem, certificate } = issue(options);
    const text = Buffer.from(`Root:\n${pem}`);
    const message = `CN=Test Root: ${certificate.defects[0]?.message}`;
    const { certificates, notes, errors } = readCertificates(text, { name: 'a.pem' });
    expect(certificates.map(({ sha256 }) => sha256)).toEqual([certificate.sha256]);
    expect(notes).toContainEqual({ code: 'certificate/defect', message, line: 2 });
    expect(errors).toEqual([]);
    expect(readCertificates(text, { name: 'a.pem', strict: true }).errors).toContainEqual(
      expect.objectContaining({ code: 'input/tolerated', message: `${message} (certificate/defect)` }),
    );
  });

  test('a copy whose own signature fails is a damaged one', () => {
    const { der } = issue({ ...options, badSignature: true });
    const { certificates, notes, errors } = readCertificates(der, { name: 'a.der' });
    expect(certificates).toHaveLength(1);
    expect(notes).toEqual([]);
    expect(errors).toMatchObject([
      {
        code: 'certificate/malformed',
        message: expect.stringMatching(/^a damaged copy of CN=Test Root: its own signature fails, and /),
      },
    ]);
  });

  test('an entry of a keystore says so', () => {
    const { der, certificate } = issue(options);
    const bytes = javaKeystore({ entries: [{ alias: 'odd', certificates: [der] }] });
    const [entry] = decodeKeystore(bytes, { password: PASSWORD }).entries;
    expect(entry).toMatchObject({ note: certificate.defects[0]?.message });
    expect(readCertificates(bytes, { password: PASSWORD }).notes.map(({ message }) => message)).toEqual([
      `"odd", CN=Test Root: ${certificate.defects[0]?.message}`,
    ]);
  });
});

describe('an anchor', () => {
  const findingsOf = (options: IssueOptions) => checkTrustAnchor(issue(options).certificate, { at: AT });
  test.each([
    { options: { version: 4 }, expected: 'error anchor/bad-version: version 4, expected 3' },
    {
      options: { endOfValidity: utcTime('3607010000Z') },
      expected: 'warning anchor/not-der: notAfter is not in the form that RFC 5280 asks for',
    },
    {
      options: withBadExtension('basicConstraints'),
      expected: 'error anchor/not-a-ca: not a CA certificate: basicConstraints cannot be read: ',
    },
    { options: withBadExtension('keyUsage'), expected: 'error anchor/no-cert-sign: keyUsage cannot be read: ' },
    {
      options: withBadExtension('extendedKeyUsage'),
      expected: 'warning anchor/bad-extension: extendedKeyUsage cannot be read: ',
    },
    {
      options: withBadExtension('subjectKeyIdentifier', { critical: false }),
      expected: 'warning anchor/bad-extension: subjectKeyIdentifier cannot be read: ',
    },
    {
      options: withBadExtension('authorityKeyIdentifier', { critical: false }),
      expected: 'warning anchor/bad-extension: authorityKeyIdentifier cannot be read: ',
    },
  ])('of case %# is $expected', ({ options, expected }) => {
    const said = findingsOf(options).map(({ severity, code, message }) => `${severity} ${code}: ${message}`);
    expect(said.filter((line) => line.startsWith(expected))).toHaveLength(1);
  });

  test('is not said to be for purposes where they cannot be read', () => {
    const found = findingsOf(withBadExtension('extendedKeyUsage', { critical: false })).map(({ code }) => code);
    expect(found).toEqual(['anchor/bad-extension']);
  });

  test('with a path length below zero is no CA', () => {
    const value = encodeElement(TAG.sequence, encodeElement(TAG.boolean, Uint8Array.of(0xff)), encodeInteger(-1));
    expect(findingsOf(withBadExtension('basicConstraints', { value })).map(({ code }) => code)).toContain(
      'anchor/not-a-ca',
    );
  });
});

test('of very many certificates some are told of, and all are read', () => {
  const { der } = issue({ version: 4 });
  const { certificates, notes } = readCertificates(Buffer.from(toPem(der).repeat(1500)));
  expect(certificates).toHaveLength(1500);
  expect(notes.length).toBeLessThanOrEqual(1000);
});
