/**
 * The commands of Cisco platforms that name a trustpoint, one table a platform. A line that is in none of them is never
 * changed. Where each was seen, and how sure it is: docs/replacing-a-trustpoint.md.
 *
 * @module
 */
import type { ReferenceCommand } from './dialect.js';

const SSH_PROFILE = 'ip ssh server certificate profile';

/** Commands of one use, each followed by the headings above it. */
function table(
  use: ReferenceCommand['use'],
  entered: ReferenceCommand['entered'],
  entries: readonly (readonly [command: string, ...under: string[]])[],
): readonly ReferenceCommand[] {
  return entries.map(([command, ...under]) => ({ under, command, use, entered }));
}

/** IOS and IOS XE. */
export const IOS_REFERENCES: readonly ReferenceCommand[] = [
  ...table('presents', 'instead', [
    ['ip http secure-trustpoint <name>'],
    ['ip http client secure-trustpoint <name>'],
    ['gnxi secure-trustpoint <name>'],
    ['tls|dtls trustpoint client <name>', 'radius server <word>'],
    ['tls trustpoint client <name>', 'tacacs server <word>'],
    ['trustpoint <name>', 'voice class tls-profile <word>'],
    ['trustpoint <name> client <word>', 'voice class tls-profile <word>'],
    ['trustpoint <word> client <name>', 'voice class tls-profile <word>'],
    ['trustpoint <name> client <name>', 'voice class tls-profile <word>'],
    ['crypto signaling default trustpoint <name> <rest>', 'sip-ua'],
    ['crypto signaling default trustpoint <name> client-vtp <name> <rest>', 'sip-ua'],
    ['crypto signaling remote-addr <word> <word> trustpoint <name> <rest>', 'sip-ua'],
    ['crypto signaling remote-addr <word> <word> trustpoint <name> client-vtp <name> <rest>', 'sip-ua'],
    ['ssl trustpoint <name>', 'webvpn gateway <word>'],
    ['pki trustpoint <name> sign', 'crypto ssl policy <word>'],
    ['trustpoint sign <name>', SSH_PROFILE, 'server'],
  ]),
  ...table('presents', 'beside', [
    ['pki trustpoint <name>', 'crypto ikev2 profile <word>'],
    ['pki trustpoint <name> sign', 'crypto ikev2 profile <word>'],
    ['ca trust-point <name>', 'crypto isakmp profile <word>'],
  ]),
  ...table('verifies', 'instead', [
    ['ip http secure-peer-verify-trustpoint <name>'],
    ['gnxi secure-peer-verify-trustpoint <name>'],
    ['tls|dtls trustpoint server <name>', 'radius server <word>'],
    ['tls trustpoint server <name>', 'tacacs server <word>'],
    ['client-vtp <name>', 'voice class tls-profile <word>'],
    ['crypto signaling default trustpoint <word> client-vtp <name> <rest>', 'sip-ua'],
    ['crypto signaling remote-addr <word> <word> trustpoint <word> client-vtp <name> <rest>', 'sip-ua'],
  ]),
  ...table('verifies', 'beside', [
    ['pki trustpoint <name> verify', 'crypto ikev2 profile <word>'],
    ['trustpoint verify <name>', SSH_PROFILE, 'user'],
  ]),
  ...table('continues', 'instead', [['chain-validation continue <name>', 'crypto pki|ca trustpoint <word>']]),
];

/** ASA. */
export const ASA_REFERENCES: readonly ReferenceCommand[] = [
  ...table('presents', 'instead', [
    ['ssl trust-point <name> <rest>'],
    ['crypto map <word> <word> set trustpoint <name> <rest>'],
    ['ikev1 trust-point <name>', 'tunnel-group <word> ipsec-attributes'],
    ['ikev2 local-authentication certificate <name>', 'tunnel-group <word> ipsec-attributes'],
    ['server|client trust-point <name>', 'tls-proxy <word>'],
    ['trustpoint sp <name>', 'webvpn', 'saml idp <word>'],
  ]),
  ...table('presents', 'beside', [['crypto ikev2 remote-access trustpoint <name>']]),
  ...table('verifies', 'instead', [['trustpoint idp <name>', 'webvpn', 'saml idp <word>']]),
];

/** NX-OS. */
export const NXOS_REFERENCES: readonly ReferenceCommand[] = [
  ...table('presents', 'instead', [['grpc certificate <name>'], ['nxapi certificate trustpoint <name>']]),
  ...table('verifies', 'instead', [['grpc client root certificate <name>']]),
];

/** IOS XR. */
export const XR_REFERENCES: readonly ReferenceCommand[] = table('verifies', 'instead', [
  ['trustpoint <name>', 'logging tls-server <word>'],
]);
