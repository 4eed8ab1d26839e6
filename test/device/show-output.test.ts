import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseShowOutput } from '../../src/device/show-output.ts';

function read(text: string) {
  return parseShowOutput(text).map(
    ({ usage, subject, serialNumber, notBefore, notAfter, sha1, trustpoints, source }) => ({
      usage,
      subject,
      serialNumber,
      valid: [notBefore, notAfter].map((date) => date?.toISOString().slice(0, 19) ?? null),
      sha1: sha1?.slice(0, 8) ?? null,
      trustpoints,
      line: source.line,
    }),
  );
}

const VERBOSE = `R1#show crypto pki certificates verbose ROOT
CA Certificate
  Status: Available
  Version: 3
  Certificate Serial Number (hex): 00DC
  Certificate Usage: Signature
  Issuer: 
    cn=Root, with a comma
    dc=example
    dc=com
  Subject: 
    Name: R1.example.com
    IP Address: 192.0.2.1
    Serial Number: FTX1234
    cn=Root, with a comma
    dc=example
    dc=com
  Validity Date: 
    start date: 09:17:52 CEST Jun 2 2022
    end   date: 9:17:52 CEST Jun 22 2032
  Fingerprint MD5: 0CD2F9E0 DA1773E9 ED864DA5 E370E74E 
  Fingerprint SHA1: CABD2A79 A1076A31 F21D2536 35CB039D 4329A5E8 
  X509v3 extensions:
    X509v3 Subject Alternative Name:

        IP Address : 192.0.2.1
    X509v3 Subject Key ID: 31DEF8AC 8ED9E5F0 CDBC4749 61BED767 0CF75DB2 
  Associated Trustpoints: a.b-1 ROOT Trustpool 
`;

const ROOT = {
  usage: 'ca',
  subject: 'CN=Root\\, with a comma,DC=example,DC=com',
  serialNumber: '00dc',
  valid: ['2022-06-02T09:17:52', '2032-06-22T09:17:52'],
  sha1: 'cabd2a79',
  trustpoints: ['a.b-1', 'ROOT', 'Trustpool'],
  line: 2,
};

describe('show crypto pki certificates', () => {
  test('gives all that is printed', () => {
    expect(read(VERBOSE)).toEqual([ROOT]);
    expect(parseShowOutput(VERBOSE, 'r1.log')[0]).toMatchObject({
      complete: false,
      issuer: 'CN=Root\\, with a comma,DC=example,DC=com',
      md5: '0cd2f9e0da1773e9ed864da5e370e74e',
      subjectKeyIdentifier: '31def8ac8ed9e5f0cdbc474961bed7670cf75db2',
      source: { input: 'r1.log', member: null, line: 2, alias: null, trustpoint: 'a.b-1' },
    });
  });

  test('is the same without its indentation, with CR LF, and padded', () => {
    expect(read(VERBOSE.replace(/^ +/gm, ''))).toEqual([ROOT]);
    expect(read(VERBOSE.replaceAll('\n', '\r\n'))).toEqual([ROOT]);
    expect(read(VERBOSE.replaceAll('\n', '      \n'))).toEqual([ROOT]);
  });

  test.each([
    '--More--',
    '\x1b[7m--More--\x1b[m',
    '\n*Nov 22 10:00:00.123 CET: %SYS-5-CONFIG_I: Configured from console by vty0 (10.0.0.1)',
  ])('is the same with a line of the console in any place: %j', (between) => {
    const lines = VERBOSE.replace('cn=Root, with', 'cn=Root\n     with').split('\n');
    for (let at = 2; at < lines.length; at++) expect(read(lines.toSpliced(at, 0, between).join('\n'))).toEqual([ROOT]);
  });

  test('has names in any language, and attributes by their other names', () => {
    const text = VERBOSE.replaceAll('dc=example', 'o=Zürich 東京').replaceAll(
      'dc=com',
      'hostname=r1\n    2.5.4.97=VAT-1',
    );
    const subject = 'CN=Root\\, with a comma,O=Zürich 東京,hostname=r1,organizationIdentifier=VAT-1';
    for (const form of [text, Buffer.from(text)]) expect(parseShowOutput(form)[0]?.subject).toBe(subject);
    const latin1 = Buffer.from(text.replaceAll(' 東京', ''), 'latin1');
    expect(parseShowOutput(latin1)[0]?.subject).toBe(subject.replace(' 東京', ''));
  });

  test('keeps every attribute of a name, and escapes what would act', () => {
    const text = VERBOSE.replaceAll('dc=com', 'ou=one\n    ou=two\n    2.5.4.99=\u001b[2J\u202e');
    expect(read(text)[0]?.subject).toBe(
      'CN=Root\\, with a comma,DC=example,OU=one,OU=two,2.5.4.99=\\1B[2J\\E2\\80\\AE',
    );
  });

  test('goes on with a value that the device broke at its comma, and with nothing else', () => {
    const broken = VERBOSE.replaceAll('dc=com', 'o=VeriSign\n     Inc.\n    c=US');
    const whole = { ...ROOT, subject: 'CN=Root\\, with a comma,DC=example,O=VeriSign\\, Inc.,C=US' };
    expect(read(broken)).toEqual([whole]);
    expect(read(broken.replace(/^ +/gm, ''))).toEqual([whole]);
    for (const line of [
      'R1#show clock',
      'R1(config)#end',
      '--More--',
      '\n*09:17:52.1: %SYS-5-CONFIG_I',
      'Key Label: x',
    ]) {
      expect(read(`${VERBOSE.replace(/ {2}Validity.*/s, '')}  ${line}\n`)[0]?.subject).toBe(ROOT.subject);
    }
  });

  test('of an ASA has other words', () => {
    const text = `CA Certificate
  Status: Available
  Certificate Serial Number: 6ecc7aa5a7032009b8cebcf4e952d491
  Certificate Usage: General Purpose
  Public Key Type: RSA (2048 bits)
  Signature Algorithm: SHA1 with RSA Encryption
  Issuer Name: 
    cn=VeriSign Class 3 Public Primary Certification Authority - G5
    o=VeriSign\\, Inc.
  Subject Name: 
    cn=VeriSign Class 3 Secure Server CA - G3
  Validity Date: 
    start date: 00:00:00 UTC Feb 8 2010
    end   date: 23:59:59 UTC Feb 7 2020
  Associated Trustpoints: _SmartCallHome_ServerCA 
`;
    expect(read(text)).toEqual([
      {
        usage: 'ca',
        subject: 'CN=VeriSign Class 3 Secure Server CA - G3',
        serialNumber: '6ecc7aa5a7032009b8cebcf4e952d491',
        valid: ['2010-02-08T00:00:00', '2020-02-07T23:59:59'],
        sha1: null,
        trustpoints: ['_SmartCallHome_ServerCA'],
        line: 1,
      },
    ]);
    const issuer = 'CN=VeriSign Class 3 Public Primary Certification Authority - G5,O=VeriSign\\, Inc.';
    for (const form of [text, text.replace('\\,', '\\\\,'), text.replace('VeriSign\\, Inc.', '"VeriSign, Inc."')]) {
      expect(parseShowOutput(form)[0]?.issuer).toBe(issuer);
    }
    expect(parseShowOutput(text.replace('\n    o=', ',o=').replace('Inc.', 'L=Inc.'))[0]?.issuer).toBe(
      issuer.replace('Inc.', 'L=Inc.'),
    );
  });
});

describe('what older releases of IOS print', () => {
  test('a serial number behind 0x', () => {
    const text = VERBOSE.replace('Serial Number (hex): 00DC', 'Serial Number: 0xDC');
    expect(read(text)).toEqual([{ ...ROOT, serialNumber: 'dc' }]);
    expect(read(text.replace('0xDC', '0x15C'))).toEqual([{ ...ROOT, serialNumber: '015c' }]);
  });

  test('certificates of a registration authority, which are not the CA above them', () => {
    const authority = (heading: string) => `${heading}
  Status: Available
  Certificate Serial Number: 34BCF8A0
  Key Usage: Signature
  Issuer:
    cn=Root
  Subject:
    cn=RA
  Associated Trustpoints: ROOT
`;
    const text = `${VERBOSE}\n${authority('RA Signature Certificate')}\n${authority('RA KeyEncipher Certificate')}`;
    const shown = { usage: 'identity', subject: 'CN=RA', serialNumber: '34bcf8a0' };
    expect(read(text)).toMatchObject([ROOT, shown, shown]);
  });

  test('the certificates that are to follow those in use', () => {
    const next = VERBOSE.replace(/^.*\n/, '').replace('00DC', '00DD');
    for (const [heading, usage] of [
      ['CA Certificate (Rollover)', 'ca'],
      ['Certificate (Rollover)', 'identity'],
    ] as const) {
      const text = `${VERBOSE}\n${next.replace('CA Certificate', heading)}`;
      expect(read(text)).toMatchObject([ROOT, { usage, serialNumber: '00dd' }]);
    }
  });

  test('a certificate that is asked for, and is none yet', () => {
    const pending = `Certificate
  Subject:
    Name: R28
    IP Address: 192.0.2.28
    Serial Number: 67109312
   Status: Pending
   Key Usage: General Purpose
   Certificate Request Fingerprint SHA1: 31DC7289 631C069D B24FACDB 364D6127 05473DAE
   Associated Trustpoint: ROOT
`;
    expect(read(`${VERBOSE}\n${pending}`)).toEqual([ROOT]);
  });
});

describe('show crypto pki trustpoints', () => {
  const TRUSTPOINTS = `Trustpoint ROOT:
    Subject Name: 
    cn=Root
    o=Example
          Serial Number (hex): 00DC
    Certificate configured.

Trustpoint EMPTY:

Trustpoint TP-self-signed-1:
    Subject Name: 
    cn=Self
          Serial Number (hex): 01
    Persistent self-signed certificate trust point
`;
  const SHOWN = [
    { usage: 'ca', subject: 'CN=Root,O=Example', serialNumber: '00dc', trustpoints: ['ROOT'], line: 1 },
    { usage: 'self-signed', subject: 'CN=Self', serialNumber: '01', trustpoints: ['TP-self-signed-1'], line: 10 },
  ];

  test('gives subject and serial number', () => {
    expect(read(TRUSTPOINTS)).toMatchObject(SHOWN);
    expect(read(TRUSTPOINTS.replaceAll(' (hex)', ''))).toMatchObject(SHOWN);
  });

  test('with status has the CA that is to follow as one of its own', () => {
    const status = `Trustpoint ROOT:
  Issuing CA certificate configured:
    Subject Name:
     cn=Root,o=Example
    Fingerprint SHA1: CABD2A79 A1076A31 F21D2536 35CB039D 4329A5E8 
  Issuing CA Rollover certificate configured:
    Subject Name:
     cn=Next,o=Example
    Fingerprint SHA1: DF717EAA 4AD94EC9 55849960 2D48DE5F BCF03A25 
`;
    expect(read(status)).toMatchObject([
      { usage: 'ca', subject: 'CN=Root,O=Example', sha1: 'cabd2a79', trustpoints: ['ROOT'] },
      { usage: 'ca', subject: 'CN=Next,O=Example', sha1: 'df717eaa', trustpoints: ['ROOT'] },
    ]);
  });

  test('adds nothing to a certificate that was described before', () => {
    expect(read(`${VERBOSE}${TRUSTPOINTS}`).slice(0, 1)).toEqual([ROOT]);
  });
});

test.each([
  ['a prompt', 'R1(config)#crypto pki authenticate NEW'],
  ['the prompt of IOS XR', 'RP/0/RSP0/CPU0:xr1#show platform'],
  ['the prompt of AireOS', '(WLC1) >show sysinfo'],
  ['the question about another certificate', 'Certificate has the following attributes:'],
  ['the same on ASA', 'INFO: Certificate has the following attributes:'],
  ['the input of NX-OS', 'input (cut & paste) CA certificate (chain) in PEM format;'],
])('what follows %s is not about the certificate above', (_, line) => {
  const other = 'SHA1 Fingerprint=00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33';
  const more = `${line}\n  Fingerprint SHA1: 00112233 44556677 8899AABB CCDDEEFF 00112233\n${other}\n`;
  expect(read(`${VERBOSE}${more}`)).toEqual(read(VERBOSE));
});

describe('show crypto ca certificates of NX-OS', () => {
  test('has names in the order of the certificate, and the chain', () => {
    const text = `Trustpoint: CHAIN
CA certificate 0:
subject= /C=US/O=Example, Inc./CN=Sub
issuer= /C=US/O=Example, Inc./CN=Root
serial=ABC
notBefore=Jul  4 14:34:40 2022 GMT
notAfter=Jul 24 14:34:40 2032 GMT
SHA1 Fingerprint=D7:D5:C8:2B:58:C4:9A:62:79:04:3F:09:05:A8:F4:A0:FB:8B:58:05
purposes: sslserver sslclient 

CA certificate 1:
subject= /CN=Root
issuer= /CN=Root
serial=01
notBefore=Jul 24 14:34:40 2022 GMT
notAfter=Jul 24 14:34:40 2032 GMT
MD5 Fingerprint=65:84:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E
`;
    expect(read(text)).toMatchObject([
      {
        usage: 'ca',
        subject: 'CN=Sub,O=Example\\, Inc.,C=US',
        serialNumber: '0abc',
        valid: ['2022-07-04T14:34:40', '2032-07-24T14:34:40'],
        sha1: 'd7d5c82b',
        trustpoints: ['CHAIN'],
      },
      { usage: 'ca', subject: 'CN=Root', sha1: null, trustpoints: ['CHAIN'] },
    ]);
    const later = text.replace('/C=US/O=Example, Inc./CN=Sub', 'C = US, O = "Example, Inc.", CN = Sub');
    expect(read(later)[0]).toMatchObject({ subject: expect.stringMatching(/^CN=Sub,O=.*,C=US$/), sha1: 'd7d5c82b' });
  });
});

describe('show crypto ca certificates of IOS XR', () => {
  const TEXT = `RP/0/RP0/CPU0:xr1#show crypto ca certificates
Wed Aug 17 09:39:47.023 UTC

Trustpoint       : ROOT
==================================================
CA certificate
  Serial Number  : 0A:01:42:80:00
  Subject:
	CN=Root CA 1,O=Example
  Issued By      :
	CN=Root CA 1,O=Example
  Validity Start : 18:12:23 UTC Thu Jan 16 2014
  Validity End   : 18:12:23 UTC Mon Jan 16 2034
  SHA1 Fingerprint:
         DF717EAA4AD94EC9558499602D48DE5FBCF03A25
Router certificate
  Key usage      : General Purpose
  Status         : Available
  Serial Number  : 38:6B:C6:B8
  Subject:
	Name: xr1.example.com
	IP Address: 192.0.2.1
	Serial Number: 8cd96b64
	CN= xr1.example.com
  Issued By      :
	CN= Root CA 1
  Validity Start : 08:30:03 UTC Mon Apr 10 2026
  Validity End   : 08:40:03 UTC Tue Apr 10 2029
  CRL Distribution Point
	http://192.0.2.9/root.crl
Associated Trustpoint: ROOT

RP/0/RP0/CPU0:xr1#`;
  const SHOWN = [
    {
      usage: 'ca',
      subject: 'CN=Root CA 1,O=Example',
      serialNumber: '0a01428000',
      valid: ['2014-01-16T18:12:23', '2034-01-16T18:12:23'],
      sha1: 'df717eaa',
      trustpoints: ['ROOT'],
      line: 6,
    },
    {
      usage: 'identity',
      subject: 'CN=xr1.example.com',
      serialNumber: '386bc6b8',
      valid: ['2026-04-10T08:30:03', '2029-04-10T08:40:03'],
      sha1: null,
      trustpoints: ['ROOT'],
      line: 16,
    },
  ];

  test('has the digits of the fingerprint on a line of their own', () => {
    expect(read(TEXT)).toEqual(SHOWN);
    expect(read(TEXT.replace(/^[ \t]+/gm, ''))).toEqual(SHOWN);
  });

  test('takes nothing else for a fingerprint', () => {
    for (const other of ['', 'DF717EAA', 'CN=DF717EAA4AD94EC9558499602D48DE5FBCF03A25']) {
      expect(read(TEXT.replace(/(?<=Fingerprint:\n).*/, other))[0]).toMatchObject({ sha1: null, usage: 'ca' });
    }
  });
});

test('show crypto pki trustpoints has the CA of each under its name', () => {
  const text = `R1#show crypto pki trustpoints
Trustpoint SLA-TrustPoint:
    Subject Name:
    cn=Cisco Licensing Root CA
    o=Cisco
          Serial Number (hex): 01
    Certificate configured.

Trustpoint EMPTY:

Trustpoint OLD:
    Subject Name: 
    cn=Old Root
          Serial Number (hex): 00DC
    Certificate configured.
`;
  const known = { usage: 'ca', valid: [null, null], sha1: null };
  expect(read(text)).toEqual([
    {
      ...known,
      subject: 'CN=Cisco Licensing Root CA,O=Cisco',
      serialNumber: '01',
      trustpoints: ['SLA-TrustPoint'],
      line: 2,
    },
    { ...known, subject: 'CN=Old Root', serialNumber: '00dc', trustpoints: ['OLD'], line: 11 },
  ]);
});

describe('what is no certificate', () => {
  test.each([
    'Certificate\n',
    'CA Certificate\n  Status: Available\n',
    'Trustpoint A:\n  Issuing CA certificate not configured.\n',
    'serial=01\nsubject=CN = x\n',
    'start date: 09:17:52 UTC Jun 22 2022\n',
  ])('%j', (text) => {
    expect(read(text)).toEqual([]);
  });

  test.each(['09:17:52 UTC Jux 22 2022', '22 Jun 2022', 'never', ''])('a date like "%s" is not known', (date) => {
    const text = VERBOSE.replace(/start date: .*/, `start date: ${date}`);
    expect(read(text)[0]?.valid[0]).toBeNull();
  });

  test('a line of megabytes', () => {
    const text = `Certificate\nserial=01\nIssuer:\n  cn=x\n  ${'1.1'.repeat(8_000_000)}\n`;
    expect(parseShowOutput(text)).toMatchObject([{ serialNumber: '01', issuer: 'CN=x' }]);
  });

  test('any text is read without a throw', () => {
    const line = fc.constantFrom(
      ...VERBOSE.split('\n'),
      'CA certificate 0:',
      'subject= /CN=x',
      'serial=1',
      'Trustpoint X:',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(line, fc.string()), { maxLength: 40 }), (lines) => {
        for (const { subject, issuer } of parseShowOutput(lines.join('\n'))) {
          expect(`${subject}${issuer}`).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
        }
      }),
    );
  });
});
