/**
 * Network devices of Cisco. No device was at hand: what is here is what documents say, and none of it was tried.
 *
 * @module
 */
import type { Consumer, Limit, LimitSource } from './consumer.js';

/** The last second of a signed 32-bit count of seconds. */
const END_OF_32_BITS = new Date('2038-01-19T03:14:07Z');

const TRY_IT = 'try it on one device first, or choose a root with a shorter key';

const IOS_COMMANDS: LimitSource = {
  title: 'Cisco IOS Security Command Reference, crypto key generate rsa: a CA key modulus of 350 to 4096 bits',
  url: 'https://www.cisco.com/en/US/docs/ios-xml/ios/security/a1/sec-cr-c4.html',
  date: '2013',
};
const NCS_1004: LimitSource = {
  title: 'Configuration Guide for Cisco NCS 1004, IOS XR 24.3.x, Implementing Certification Authority Interoperability',
  url: 'https://www.cisco.com/c/en/us/td/docs/optical/ncs1004/243x/configuration/guide/b-configuration-guide-ncs1004-r2431/m-implementing-ca-interoperability-ncs1004.html',
  date: '2024',
};
const ASA_GUIDE: LimitSource = {
  title: 'Cisco ASA 5500 Series Configuration Guide using the CLI, Configuring Digital Certificates',
  url: 'https://manualsdump.com/en/manuals/cisco_systems-asa_5500-asa5515k9/121452/821',
  date: '2012',
};
const ASA_DATES: LimitSource = {
  title: 'Cisco ASA Series CLI Configuration Guide, Configuring Digital Certificates, Additional Guidelines',
  url: 'https://www.easymanua.ls/cisco/asa-5515-x/manual/941771?p=944',
  date: '2013',
};
const ASA_PSS: LimitSource = {
  title: 'Cisco Community: Cisco ASA CA Certificate import error (enhancement request CSCup44159)',
  url: 'https://community.cisco.com/t5/network-security/cisco-asa-ca-certificate-import-error-using-ecdsa-and-sha-256/m-p/2582197',
  date: '2014',
};

const ios: Consumer = device('ios', 'Cisco IOS', [longRsa(4096, 'warning', 'unverified', IOS_COMMANDS)]);
const iosXe: Consumer = device('ios-xe', 'Cisco IOS XE', [longRsa(4096, 'warning', 'unverified', IOS_COMMANDS)]);
const iosXr: Consumer = device('ios-xr', 'Cisco IOS XR', [longRsa(2048, 'warning', 'unverified', NCS_1004)]);
const nxos: Consumer = device('nxos', 'Cisco NX-OS', []);
const asa: Consumer = device('asa', 'Cisco ASA', [
  longRsa(4096, 'error', 'documented', ASA_GUIDE),
  {
    code: 'fitness/validity',
    severity: 'warning',
    certainty: 'documented',
    source: ASA_DATES,
    describe: ({ notAfter }) =>
      notAfter > END_OF_32_BITS ? 'it is valid beyond 2038-01-19, which the maker advises against' : null,
    hint: 'watch the dates that the device shows after the import',
  },
  {
    code: 'fitness/signature-algorithm',
    severity: 'warning',
    certainty: 'unverified',
    source: ASA_PSS,
    describe: ({ signatureAlgorithm }) =>
      signatureAlgorithm === 'rsassaPss'
        ? 'it is signed with RSASSA-PSS, which releases up to 9.1 could not import'
        : null,
    hint: 'try it on one device first, or have it issued with PKCS #1',
  },
]);

/** `ios`, `ios-xe`, `ios-xr`, `nxos` and `asa`. */
export const ciscoDevices: readonly Consumer[] = [ios, iosXe, iosXr, nxos, asa];

function device(name: string, title: string, limits: readonly Limit[]): Consumer {
  return { name, title, limits, tried: false };
}

function longRsa(most: number, severity: Limit['severity'], certainty: Limit['certainty'], source: LimitSource): Limit {
  return {
    code: 'fitness/key-size',
    severity,
    certainty,
    source,
    describe: ({ publicKey: { algorithm, size } }) =>
      algorithm === 'RSA' && (size ?? 0) > most
        ? `its RSA key has ${size} bits, ${most} are the most that it knows`
        : null,
    hint: TRY_IT,
  };
}
