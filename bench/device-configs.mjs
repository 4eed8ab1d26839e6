/**
 * Running configurations to measure with, as a site of switches and routers has them: the same CAs nearly everywhere, and in
 * each configuration certificates that no other has.
 */
import { makeManyRoots, makeRoots } from './data.mjs';

/** What a configuration is filled up to, in bytes. */
const SIZE = 100_000;

/** How many CAs the site has. The first is the old anchor, the second the new one. */
const CAS = 8;

/**
 * Makes configurations one at a time; but for the keys in them, they are the same in every run. Each has the old anchor and
 * the new one, up to three more CAs and a certificate of its own.
 *
 * @returns the anchors in DER, and the configurations as strings
 */
export function makeDeviceConfigs(count) {
  const cas = makeRoots(CAS);
  const own = makeManyRoots(count);
  return { old: cas[0], new: cas[1], configs: render(cas, own) };
}

function* render(cas, own) {
  const dumps = cas.map((der) => dump('ca', der));
  for (const [number, der] of own.entries()) yield renderConfig(number, dumps, dump('self-signed', der));
}

function renderConfig(number, cas, own) {
  const others = cas.slice(2).filter((_, index) => (number + index) % 2 === 0 && index < number % 7);
  const trustpoints = [
    { name: `TP-self-signed-${1_000_000 + number}`, enrollment: 'selfsigned', dump: own },
    { name: 'OLD-ROOT', enrollment: 'terminal pem', dump: cas[0] },
    { name: 'NEW-ROOT', enrollment: 'terminal pem', dump: cas[1] },
    ...others.map((dump, index) => ({ name: `SITE-CA-${index}`, enrollment: 'terminal', dump })),
  ];
  const head = [
    'Building configuration...',
    '',
    'version 17.9',
    'service timestamps log datetime msec',
    `hostname SW-${number}`,
    '!',
    ...trustpoints.flatMap(({ name, enrollment }) => [
      `crypto pki trustpoint ${name}`,
      ` enrollment ${enrollment}`,
      ' revocation-check none',
      '!',
    ]),
    ...trustpoints.flatMap(({ name, dump }) => [`crypto pki certificate chain ${name}`, dump]),
    '!',
    '',
  ].join('\n');
  const tail = [
    'ip http secure-server',
    'ip http secure-trustpoint OLD-ROOT',
    'ip route 0.0.0.0 0.0.0.0 192.0.2.1',
    'line vty 0 15',
    ' transport input ssh',
    '!',
    'end',
    '',
  ].join('\n');
  let body = '';
  for (let index = 0; head.length + body.length + tail.length < SIZE; index++) body += renderInterface(number, index);
  return head + body + tail;
}

/** An interface and the access list that it has. */
function renderInterface(device, index) {
  const network = `10.${device % 256}.${index % 256}`;
  return `interface GigabitEthernet${1 + Math.floor(index / 48)}/0/${(index % 48) + 1}
 description port ${index} of device ${device}
 switchport access vlan ${100 + (index % 50)}
 switchport mode access
 ip access-group PORT-${index} in
 storm-control broadcast level 1.00
 spanning-tree portfast
!
ip access-list extended PORT-${index}
 remark only what the port of device ${device} needs
 permit tcp ${network}.0 0.0.0.255 host 192.0.2.10 eq 443
 permit udp ${network}.0 0.0.0.255 host 192.0.2.11 eq ntp
 deny   ip any 198.51.100.0 0.0.0.255 log
 permit ip ${network}.0 0.0.0.255 any
!
`;
}

/** A certificate as IOS XE prints it: rows of eight words, each full one with a blank at its end. */
function dump(usage, der) {
  const rows =
    der
      .toString('hex')
      .toUpperCase()
      .match(/.{1,64}/g) ?? [];
  const serialNumber = der
    .subarray(der.indexOf('a003020102', 'hex') + 7)
    .subarray(0, 5)
    .toString('hex')
    .toUpperCase();
  const lines = rows.map((row) => `  ${(row.match(/.{1,8}/g) ?? []).join(' ')}${row.length === 64 ? ' ' : ''}`);
  return [` certificate ${usage} ${serialNumber}`, ...lines, '  \tquit'].join('\n');
}
