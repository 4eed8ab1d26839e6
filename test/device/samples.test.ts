/**
 * Every sample of device output beside this project, against values that are written out here. They were taken from the
 * samples by other means than the code under test: rows of hex by openssl, descriptions by eye.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { parseDeviceConfig } from '../../src/device/running-config.ts';
import { readCertificates } from '../../src/input/read-certificates.ts';

const SAMPLES = '../shared/device-samples';

/** usage | line | subject | issuer | serial number | not before | not after | SHA-1 | MD5 | trustpoints */
const DESCRIBED: Readonly<Record<string, readonly string[]>> = {
  'cisco_ios/show_crypto_pki_certificates_c3850.txt': [
    'identity | 2 | CN=WS-C3850-24P-0057D21BC800,serialNumber=PID:WS-C3850-24P SN:FCW1947C0GF | CN=Cisco Manufacturing CA SHA2,O=Cisco | 793b572700000003750b | 2015-11-20T00:34:52 | 2025-11-20T00:44:52 |  |  | CISCO_IDEVID_SUDI',
    'ca | 21 | CN=Cisco Manufacturing CA SHA2,O=Cisco | CN=Cisco Root CA M2,O=Cisco | 02 | 2012-11-12T13:50:58 | 2037-11-12T13:00:17 |  |  | CISCO_IDEVID_SUDI Trustpool',
  ],
  'cisco_ios/show_crypto_pki_certificates_ntc2.txt': [
    'identity | 1 | hostname=ROUTERNAME.domain.com,serialNumber=1234ABCD | emailAddress=email.address@domain.com,CN=Apparently These Can Have Spaces In Them,OU=one two three,O=one two three,L=one two three,ST=one two three,C=one two three |  | 2022-06-22T09:17:52 | 2023-06-22T09:17:52 |  |  | caserver.domain.com',
    'ca | 27 | emailAddress=email.address@domain.com,CN=one two three,OU=one two three,O=one two three,L=one two three,ST=one two three,C=one two three | emailAddress=email.address@domain.com,CN=one two three,OU=one two three,O=one two three,L=one two three,ST=one two three,C=one two three |  | 2018-11-09T00:00:00 | 2028-11-09T00:00:00 |  |  | caserver.domain.com',
    'ca | 55 | emailAddress=email.address@domain.com,CN=one two three,OU=one two three,O=one two three,L=one two three,ST=one two three,C=one two three | emailAddress=email.address@domain.com,CN=one two three,OU=one two three,O=one two three,L=one two three,ST=one two three,C=one two three |  | 2018-11-05T00:00:00 | 2038-11-05T00:00:00 |  |  | ROOT-CA',
  ],
  'cisco_iosxe/show_crypto_pki_certificates_c3850.txt': [
    'identity | 2 | CN=WS-C3850-24P-0057D21BC800,serialNumber=PID:WS-C3850-24P SN:FCW1947C0GF | CN=Cisco Manufacturing CA SHA2,O=Cisco | 793b572700000003750b | 2015-11-20T00:34:52 | 2025-11-20T00:44:52 |  |  | CISCO_IDEVID_SUDI',
    'ca | 21 | CN=Cisco Manufacturing CA SHA2,O=Cisco | CN=Cisco Root CA M2,O=Cisco | 02 | 2012-11-12T13:50:58 | 2037-11-12T13:00:17 |  |  | CISCO_IDEVID_SUDI Trustpool',
  ],
  'cisco_iosxe/show_crypto_pki_certificates_ie3100_flat.txt': [
    'identity | 2 | CN=IE-3100-8P2C,OU=ACT-2 Lite SUDI,O=Cisco,serialNumber=PID:IE-3100-8P2C SN:FDO2912J66T | O=Cisco,CN=High Assurance SUDI CA | 03612596745103596f2c | 2025-04-24T02:55:32 | 2099-08-09T20:58:26 |  |  | CISCO_IDEVID_SUDI',
    'ca | 21 | O=Cisco,CN=High Assurance SUDI CA | CN=Cisco Root CA 2099,O=Cisco | 0a6475524cd8617c62 | 2016-08-11T20:28:08 | 2099-08-09T20:58:27 |  |  | CISCO_IDEVID_SUDI Trustpool',
    'ca | 38 | CN=Cisco Root CA 2099,O=Cisco | CN=Cisco Root CA 2099,O=Cisco | 019a335878ce16c1c1 | 2016-08-09T20:58:28 | 2099-08-09T20:58:28 |  |  | CISCO_IDEVID_SUDI0 Trustpool',
    'ca | 53 | O=Cisco,CN=High Assurance SUDI CA | CN=Cisco Root CA 2099,O=Cisco | 0a6475524cd8617c62 | 2016-08-11T20:28:08 | 2099-08-09T20:58:27 |  |  | CISCO_IDEVID_SUDI Trustpool',
  ],
  'cisco_iosxe/show_crypto_pki_certificates_verbose_csr.txt': [
    'identity | 1 | serialNumber=9HI3W7WA3K8,hostname=pki-reg7 | CN=ROOT | 02 | 2021-11-10T21:58:50 | 2022-11-10T21:58:50 | e8e0731cd31ea142a23066d74178d6962d9815e0 | d9e4599dc573463b07f2fbd6620db523 | client',
    'ca | 32 | CN=ROOT | CN=ROOT | 01 | 2021-11-10T21:57:41 | 2024-11-09T21:57:41 | 5c3c27595e925bea0b6c8ade7844278a49e2d60b | 4465ec15a40804efb989164b461b7e42 | client ROOT',
  ],
  'cisco_iosxe/show_crypto_pki_certificates_verbose_csr8kv.txt': [
    'identity | 1 | CN=ROUTER,OU=PKI,O=cisco | CN=RSA-CA,O=cisco | 03 | 2021-11-17T23:09:23 | 2026-11-16T23:09:23 | 8c78b5ed59b6ec2e645db494998657e6290da64c | 63b03b576adb6eb8a525e53af8478a34 | openssl_test',
    'ca | 33 | CN=RSA-CA,O=cisco | CN=RSA-CA,O=cisco | 4be62c7cf3a30ddb6f133b50b2cfdccd4f84d0b0 | 2021-11-17T23:08:44 | 2031-11-15T23:08:44 | 0a21682b2c484ac61ce099352132ca62686aca1d | 1e534c291dc463f69054420926c218f6 | openssl_test',
  ],
  'cisco_iosxe/show_crypto_pki_certificates_verbose_subj.txt': [
    'identity | 1 | CN=ROUTER,OU=PKI,O=cisco | CN=RSA-CA,O=cisco | 03 | 2021-11-20T15:33:15 | 2026-11-19T15:33:15 | 9e349a47a2227f86e87336ce3d260431d4f11472 | de8cc8fab9e4166531dded4a1a2a6191 | openssl_test',
    'ca | 39 | CN=RSA-CA,O=cisco | CN=RSA-CA,O=cisco | 55722ce2042fd3dd40c3013ff430616170845853 | 2021-11-20T15:32:34 | 2031-11-18T15:32:34 | ef28e98073b28c7f41f8080473b446ef5b1be3d4 | 1cfced1250e0e6db7da87be5926ecde3 | openssl_test',
  ],
  'cisco_iosxe/show_crypto_pki_trustpoints_status.txt': [
    'ca | 2 | CN=Cisco Licensing Root CA,O=Cisco |  |  |  |  | 5ca95fb6e2980ec15afb681bbb7e62b5ad3fa8b8 | 1468dc18250bdfcf769c29dfe1f7e5a8 | SLA-TrustPoint',
    'ca | 14 | CN=ACT2 SUDI CA,O=Cisco |  |  |  |  | f6969bbd48e5f6125b934d01e71fe9c27c6f547e | 542f6e7328da26118e50685deb4b7194 | CISCO_IDEVID_SUDI',
    'identity | 19 | CN=ISR4451-X/K9,OU=ACT-2 Lite SUDI,O=Cisco,serialNumber=PID:ISR4451-X/K9 SN:FOC23231DPE |  |  |  |  | 3aa661e0baee254d538639020321be1243989526 | 3ba7cde7f43cda288f96e131ab4482b9 | CISCO_IDEVID_SUDI',
    'ca | 31 | CN=Cisco Root CA 2048,O=Cisco Systems |  |  |  |  | de990ced99e0431f60edc3937e7cd5bf0ed9e5fa | be395abe078ab1121725cc1d46343cb2 | CISCO_IDEVID_SUDI0',
    'ca | 43 | CN=IOS-Self-Signed-Certificate-1215158049 |  |  |  |  | 8bf1439dc53f25c1b7fb1bf2aa44bdaa92fa4862 | 59348561e03f69d9b61814e6acd487b5 | TP-self-signed-1215158049',
    'identity | 48 | CN=IOS-Self-Signed-Certificate-1215158049 |  |  |  |  | 8bf1439dc53f25c1b7fb1bf2aa44bdaa92fa4862 | 59348561e03f69d9b61814e6acd487b5 | TP-self-signed-1215158049',
    'ca | 60 | CN=176vManCluster,OU=SDWAN-ENT,O=Cisco,L=BLR,ST=KA,C=IN |  |  |  |  | 54161dda2d5ad554a4dec0eba332996e0271151d | 2e34743592f56bc8493e82b27abff939 | PROXY-SIGNING-CA',
    'identity | 65 | CN=ISR4451-X/K9-FOC23231DPE |  |  |  |  | 7772b1966c35a7f648dd0d1fb3ff0744c1f507c4 | 1cdbda3ec1b9e7e15ae2c539056cbab1 | PROXY-SIGNING-CA',
    'ca | 78 | CN=OCSP-CA,DC=pki,DC=pki-dt,DC=com |  |  |  |  | db06d0f8799353eabbc47bb201321d54f5086289 | fffa04338b32a767e231978f54fdfc40 | PROXY-SIGNING-ROOT-CA',
  ],
  'cisco_iosxe/show_crypto_pki_trustpool_1.txt': [
    'ca | 1 | CN=Cisco Manufacturing CA III,O=Cisco | CN=Cisco Basic Assurance Root CA 2099,O=Cisco | 04302a0b364ce2da93 | 2017-07-05T19:28:06 | 2099-05-26T19:19:28 |  |  | Trustpool',
    'ca | 19 | CN=Cisco Basic Assurance Root CA 2099,O=Cisco | CN=Cisco Basic Assurance Root CA 2099,O=Cisco | 01a65af15ee994ebe1 | 2017-05-26T19:19:29 | 2099-05-26T19:19:29 |  |  | Trustpool',
    'ca | 35 | O=Cisco,CN=High Assurance SUDI CA | CN=Cisco Root CA 2099,O=Cisco | 0a6475524cd8617c62 | 2016-08-11T20:28:08 | 2099-08-09T20:58:27 |  |  | Trustpool',
    'ca | 53 | CN=Cisco Root CA 2099,O=Cisco | CN=Cisco Root CA 2099,O=Cisco | 019a335878ce16c1c1 | 2016-08-09T20:58:28 | 2099-08-09T20:58:28 |  |  | Trustpool',
    'ca | 69 | CN=IdenTrust Commercial Root CA 1,O=IdenTrust,C=US | CN=IdenTrust Commercial Root CA 1,O=IdenTrust,C=US | 0a0142800000014523c844b500000002 | 2014-01-16T18:12:23 | 2034-01-16T18:12:23 |  |  | Trustpool',
    'ca | 87 | CN=QuoVadis Root CA 2,O=QuoVadis Limited,C=BM | CN=QuoVadis Root CA 2,O=QuoVadis Limited,C=BM | 0509 | 2006-11-24T18:27:00 | 2031-11-24T18:23:33 |  |  | Trustpool',
    'ca | 105 | CN=VeriSign Class 3 Public Primary Certification Authority - G5,OU=(c) 2006 VeriSign\\, Inc. - For authorized use only,OU=VeriSign Trust Network,O=VeriSign\\, Inc.,C=US | CN=VeriSign Class 3 Public Primary Certification Authority - G5,OU=(c) 2006 VeriSign\\, Inc. - For authorized use only,OU=VeriSign Trust Network,O=VeriSign\\, Inc.,C=US | 18dad19e267de8bb4a2158cdcc6b3b4a | 2006-11-08T00:00:00 | 2036-07-16T23:59:59 |  |  | Trustpool',
    'ca | 131 | CN=Cisco RXC-R2,O=Cisco Systems,C=US | CN=Cisco RXC-R2,O=Cisco Systems,C=US | 01 | 2014-07-09T21:46:56 | 2034-07-09T21:46:56 |  |  | RXC_Trustpool',
    'ca | 149 | CN=ACT2 SUDI CA,O=Cisco | CN=Cisco Root CA 2048,O=Cisco Systems | 61096e7d00000000000c | 2011-06-30T17:56:57 | 2029-05-14T20:25:42 |  |  | Trustpool',
    'ca | 167 | CN=Cisco Licensing Root CA,O=Cisco | CN=Cisco Licensing Root CA,O=Cisco | 01 | 2013-05-30T19:48:47 | 2038-05-30T19:48:47 |  |  | Trustpool',
    'ca | 183 | CN=Licensing Root - DEV,O=Cisco | CN=Licensing Root - DEV,O=Cisco | 01 | 2013-04-24T21:55:43 | 2033-04-24T21:55:43 |  |  | Trustpool',
    'ca | 199 | CN=Cisco Manufacturing CA SHA2,O=Cisco | CN=Cisco Root CA M2,O=Cisco | 02 | 2012-11-12T13:50:58 | 2037-11-12T13:00:17 |  |  | Trustpool',
    'ca | 217 | CN=Cisco Root CA M2,O=Cisco | CN=Cisco Root CA M2,O=Cisco | 01 | 2012-11-12T13:00:18 | 2037-11-12T13:00:18 |  |  | Trustpool',
    'ca | 233 | CN=Cisco Manufacturing CA,O=Cisco Systems | CN=Cisco Root CA 2048,O=Cisco Systems | 6a6967b3000000000003 | 2005-06-10T22:16:01 | 2029-05-14T20:25:42 |  |  | Trustpool',
    'ca | 251 | CN=Cisco Root CA 2048,O=Cisco Systems | CN=Cisco Root CA 2048,O=Cisco Systems | 5ff87b282b54dc8d42a315b568c9adff | 2004-05-14T20:17:12 | 2029-05-14T20:25:42 |  |  | Trustpool',
    'ca | 267 | CN=Cisco Root CA M1,O=Cisco | CN=Cisco Root CA M1,O=Cisco | 2ed20e7347d333834b4fdd0dd7b6967e | 2008-11-18T21:50:24 | 2033-11-18T21:59:46 |  |  | Trustpool',
  ],
  'cisco_iosxe/show_crypto_pki_trustpool_fn72323_identrust_quovadis.txt': [
    'ca | 3 | CN=IdenTrust Commercial Root CA 1,O=IdenTrust,C=US | CN=IdenTrust Commercial Root CA 1,O=IdenTrust,C=US | 0a0142800000014523c844b500000002 | 2014-01-17T02:12:23 | 2034-01-17T02:12:23 |  |  | Trustpool',
    'ca | 22 | CN=QuoVadis Root CA 2,O=QuoVadis Limited,C=BM | CN=QuoVadis Root CA 2,O=QuoVadis Limited,C=BM | 0509 | 2006-11-25T02:27:00 | 2031-11-25T02:23:33 |  |  | Trustpool',
  ],
  'cisco_nxos/show_crypto_ca_trustpoints_and_certificates.txt': [
    'identity | 15 | CN=c-1-s1.lab.karneliuk.com | CN=c-1-s1.lab.karneliuk.com | f8319ca4d31f73fd | 2022-07-24T14:34:40 | 2023-07-24T14:34:40 | d7d5c82b58c49a6279043f0905a8f4a0fb8b5805 |  | grpc-test-ca',
    'ca | 24 | CN=c-1-s1.lab.karneliuk.com | CN=c-1-s1.lab.karneliuk.com | f8319ca4d31f73fd | 2022-07-24T14:34:40 | 2023-07-24T14:34:40 | d7d5c82b58c49a6279043f0905a8f4a0fb8b5805 |  | grpc-test-ca',
  ],
};

/** Each trustpoint with its settings and, by line, what is stored under it: SHA-1 of the certificate, or what is wrong. */
const CONFIGURED: Readonly<Record<string, readonly unknown[]>> = {
  'cisco_iosxe/running_config_16.4_R3.txt': [
    {
      name: 'TP-self-signed-4186027549',
      settings: [
        'enrollment selfsigned',
        'subject-name cn=IOS-Self-Signed-Certificate-4186027549',
        'revocation-check none',
        'rsakeypair TP-self-signed-4186027549',
      ],
      stored: ['61 self-signed 01 903045ce5bf7cdec44bacc4c9a4431767ee64d66'],
    },
  ],
  'cisco_iosxe/running_config_section_sla_and_selfsigned_trailing_spaces.txt': [
    {
      name: 'TP-self-signed-1357684700',
      settings: [
        'enrollment selfsigned',
        'subject-name cn=IOS-Self-Signed-Certificate-1357684700',
        'revocation-check none',
        'rsakeypair TP-self-signed-1357684700',
        'hash sha256',
      ],
      stored: ['15 self-signed 01 80854e0c0922b2ddce6e8bfa4a9bb3b0159e6ec1'],
    },
    {
      name: 'SLA-TrustPoint',
      settings: ['enrollment pkcs12', 'revocation-check crl', 'hash sha256'],
      stored: ['44 ca 01 5ca95fb6e2980ec15afb681bbb7e62b5ad3fa8b8'],
    },
  ],
  // Its hex is made up: every trustpoint is there, and no certificate.
  'cisco_ios/batfish_cisco_crypto_mixed.txt': [
    { name: 'blahblah', settings: [], stored: ['5 self-signed 01 device/damaged-hex'] },
    { name: 'bleepblorp', settings: [], stored: ['30 identity 2345fedb device/damaged-hex'] },
    { name: 'blorpbleep', settings: [], stored: ['47 ca 0123456789abcdef device/damaged-hex'] },
    {
      name: 'abcdefg',
      settings: [
        'crl configure',
        'enrollment self',
        'fqdn none',
        'keypair grwejuifgnwrouif',
        'subject-name cn="ccccccccc";ou="aaaaa";o="bbbbbbb"',
        'no validation-usage',
      ],
      stored: [],
    },
    { name: 'fff', settings: [], stored: ['249 identity fff device/damaged-hex'] },
    { name: 'ggg', settings: [], stored: ['254 self-signed 01 device/damaged-hex'] },
    { name: 'TP-self-signed-2698589343', settings: [], stored: [] },
    {
      name: 'HTTPS_SS_CERT_KEYPAIR',
      settings: [
        'enrollment selfsigned',
        'revocation-check none',
        'rsakeypair HTTPS_SS_CERT_KEYPAIR',
        'serial-number',
        'subject-name cn=gawerfowefoiwejfio',
        'no validation-usage',
      ],
      stored: [],
    },
  ],
};

/** Neither describes nor holds a certificate; the code and the line of what is wrong with them. */
const WITHOUT: Readonly<Record<string, readonly string[]>> = {
  'cisco_asa/dialog_authenticate_nointeractive_subordinate.txt': ['input/unrecognised'],
  'cisco_iosxe/dialog_authenticate_fingerprint_matched.txt': ['input/unrecognised'],
  // The base64 of these two is no certificate: it was left out, or scrambled.
  'cisco_nxos/dialog_authenticate.txt': ['pem/damaged 7'],
  'cisco_iosxe/show_crypto_pki_certificates_pem_server.txt': ['pem/damaged 19', 'pem/damaged 25'],
};

if (existsSync(SAMPLES))
  describe('samples of devices', () => {
    const expected = [DESCRIBED, CONFIGURED, WITHOUT].flatMap((table) => Object.keys(table)).sort();
    const read = (name: string) => readCertificates(readFileSync(`${SAMPLES}/${name}`), { name });
    let passed = 0;
    afterAll(() => {
      process.stdout.write(`${passed} of ${expected.length} samples of devices\n`);
    });

    test('all have their values here', () => {
      const folders = readdirSync(SAMPLES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
      const files = folders.flatMap(({ name }) => readdirSync(`${SAMPLES}/${name}`).map((file) => `${name}/${file}`));
      expect(files.sort()).toEqual(expected);
    });

    test.each(Object.entries(DESCRIBED))('%s', (name, rows) => {
      const { kind, certificates, described, errors } = read(name);
      expect([kind, certificates, errors]).toEqual(['device-show', [], []]);
      expect(
        described.map((one) =>
          [
            one.usage,
            one.source.line,
            one.subject,
            one.issuer,
            one.serialNumber,
            one.notBefore?.toISOString().slice(0, 19),
            one.notAfter?.toISOString().slice(0, 19),
            one.sha1,
            one.md5,
            one.trustpoints.join(' '),
          ]
            .map((value) => value ?? '')
            .join(' | '),
        ),
      ).toEqual(rows);
      passed += 1;
    });

    test.each(Object.entries(CONFIGURED))('%s', (name, trustpoints) => {
      const bytes = readFileSync(`${SAMPLES}/${name}`);
      expect(
        parseDeviceConfig(bytes).map(({ name: trustpoint, settings, stored }) => ({
          name: trustpoint,
          settings,
          stored: stored.map(({ line, usage, serialNumber, certificate, error }) =>
            [line, usage, serialNumber, certificate?.sha1 ?? error?.code].join(' '),
          ),
        })),
      ).toEqual(trustpoints);
      const { kind, certificates, errors } = read(name);
      const stored = trustpoints.flatMap((trustpoint) => (trustpoint as { readonly stored: string[] }).stored);
      expect(kind).toBe('device-config');
      expect([...certificates.map(({ sha1 }) => sha1), ...errors.map(({ code }) => code)].sort()).toEqual(
        stored.map((one) => one.split(' ').at(-1)).sort(),
      );
      passed += 1;
    });

    test.each(Object.entries(WITHOUT))('%s', (name, errors) => {
      const found = read(name);
      expect([found.certificates, found.described]).toEqual([[], []]);
      expect(found.errors.map(({ code, at }) => [code, at?.line].join(' ').trim())).toEqual(errors);
      passed += 1;
    });
  });
