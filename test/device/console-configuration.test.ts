import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { issue } from '../support/certificates.ts';
import { serialOf } from '../support/consoles/configuration.ts';
import { IosConsole } from '../support/consoles/ios-console.ts';
import { printRows } from '../support/running-config.ts';

const root = issue({ subject: 'CN=Root' });

describe('a configuration that was there before', () => {
  const BEFORE = [
    'crypto pki trustpoint OLD',
    ' enrollment terminal',
    'crypto pki trustpoint NEW',
    ' enrollment terminal',
    'crypto pki certificate chain OLD',
    ' certificate ca 0102',
    ...printRows(root.der),
    '  \tquit',
    'ip http client secure-trustpoint OLD',
    'voice class tls-profile 1',
    ' description OLD-is-no-word',
    ' trustpoint OLD',
    'crypto ikev2 profile P',
    ' pki trustpoint OLD',
    'line vty 0 4',
    'end',
    '',
  ].join('\n');
  const loaded = () => new IosConsole('ios-xe-17').load(BEFORE).paste('configure terminal\n');
  const SWITCH = [
    'ip http client secure-trustpoint NEW',
    'voice class tls-profile 1',
    ' trustpoint NEW',
    ' exit',
    'crypto ikev2 profile P',
    ' pki trustpoint NEW',
    ' no pki trustpoint OLD',
    ' exit',
    '',
  ];

  test('is there, saved, and printed as it was', () => {
    const device = new IosConsole('ios-xe-17').load(BEFORE);
    expect([device.saved, device.installed.OLD]).toEqual([true, [root.certificate.sha256]]);
    for (const line of BEFORE.replaceAll(' \n', '\n').split('\n')) expect(device.configuration).toContain(line);
    expect(serialOf(new X509Certificate(root.der))).toBe('0102');
  });

  test('keeps a trustpoint in use until every line has been switched', () => {
    for (const left of [0, 2, 5]) {
      const device = loaded().paste(SWITCH.filter((_, index) => index !== left).join('\n'));
      device.paste('no crypto pki trustpoint OLD\n');
      expect(device.failures).toEqual(left === 5 ? [] : ['% Trustpoint OLD is in use.']);
    }
    const device = loaded().paste(SWITCH.join('\n')).paste('no crypto pki trustpoint OLD\nyes\nend\n');
    expect([device.invalid, device.failures, device.installed, device.saved]).toEqual([
      [],
      [],
      { 'SLA-TrustPoint': [], NEW: [] },
      false,
    ]);
  });

  test('has every line where it belongs behind the switch', () => {
    const { configuration } = loaded().paste(SWITCH.join('\n'));
    expect(configuration.split('\n').slice(-9)).toEqual([
      'ip http client secure-trustpoint NEW',
      'voice class tls-profile 1',
      ' description OLD-is-no-word',
      ' trustpoint NEW',
      'crypto ikev2 profile P',
      ' pki trustpoint NEW',
      'line vty 0 4',
      'end',
      '',
    ]);
  });

  test('says which commands there are', () => {
    expect(loaded().paste('voice class tls-profile 1\n').prompt).toBe('Router(config-sub)#');
    for (const line of [
      'trustpoint NEW',
      'ip http client secure-trustpoint UNKNOWN',
      'ip http client secure-trustpoint',
      'voice class tls-profile 2',
      'voice class tls-profile 1\n ip http client secure-trustpoint NEW',
    ]) {
      expect(loaded().paste(`${line}\n`).invalid).toHaveLength(1);
    }
  });

  test('to take out what is not there is a complaint', () => {
    const device = loaded().paste('no ip http client secure-trustpoint NEW\nno ip http secure-trustpoint OLD\n');
    expect(device.failures).toEqual(['what is to be removed is not there']);
    expect(device.invalid).toHaveLength(1);
  });

  test('a line taken away can be put back', () => {
    const device = loaded().paste(
      'no ip http client secure-trustpoint OLD\nip http client secure-trustpoint OLD\nend\n',
    );
    expect([device.invalid, device.saved]).toEqual([[], true]);
  });

  test('a context goes with what is in it', () => {
    const device = loaded().paste('no voice class tls-profile 1\nend\n');
    expect(device.configuration).not.toContain(' trustpoint OLD\ncrypto ikev2');
    expect(device.configuration).not.toContain('tls-profile');
  });
});
