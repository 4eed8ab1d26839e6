/** The models must be able to fail: each bad block is one that a strict console punishes. */
import { describe, expect, test } from 'vitest';
import { issue } from '../support/certificates.ts';
import { AsaConsole } from '../support/consoles/asa-console.ts';

const root = issue({ subject: 'CN=Root' });
const sub = issue({ subject: 'CN=Sub', issuer: root });
const leaf = issue({ subject: 'CN=leaf', issuer: root, basicConstraints: { ca: false } });
const withBlank = root.pem.replace('-----\n', '-----\n\n');

describe('ASA', () => {
  const install = ({ pem = root.pem, after = 'quit\nyes\n' } = {}) =>
    `configure terminal\ncrypto ca trustpoint T\n enrollment terminal\n exit\ncrypto ca authenticate T\n${pem}${after}end\nwrite memory\n`;
  const asa = (text: string) => new AsaConsole().paste(text);

  test('takes a good block, a subordinate CA, and blank lines in the certificate', () => {
    for (const pem of [root.pem, sub.pem, withBlank]) {
      const console = asa(install({ pem }));
      expect([console.invalid, console.failures, console.atExec, console.saved]).toEqual([[], [], true, true]);
      expect(console.installed.T).toHaveLength(1);
    }
  });

  test('does not end the input at a blank line', () => {
    expect(asa(install({ after: '\nyes\n' })).atExec).toBe(false);
  });

  test.each([
    ['no answer', install({ after: 'quit\n' })],
    ['another answer', install({ after: 'quit\nwhy\nend\n' })],
    ['a certificate that is no CA', install({ pem: leaf.pem })],
    ['two certificates', install({ pem: root.pem + sub.pem })],
    ['a trustpoint that is not there', 'configure terminal\nno crypto ca trustpoint X\nyes\nend\n'],
  ])('punishes %s', (_, block) => {
    const console = asa(block);
    expect(console.invalid.length + console.failures.length).toBeGreaterThan(0);
  });
});

describe('ASA, beyond the good block', () => {
  const define = 'configure terminal\ncrypto ca trustpoint T\n enrollment terminal\n';
  const asa = (text: string) => new AsaConsole().paste(text);

  test('without interaction it asks nothing, and says what a subordinate CA is', () => {
    const device = asa(`${define} exit\ncrypto ca authenticate T nointeractive\n${sub.pem}quit\n`);
    expect([device.invalid, device.failures, device.prompt]).toEqual([[], [], 'ciscoasa(config)# ']);
    expect(device.screen).toContain("Trustpoint 'T' is a subordinate CA and holds a non self-signed certificate.");
    expect(device.installed).toHaveProperty('T', [sub.certificate.sha256]);
  });

  test('authenticates from inside the trustpoint, as a transcript does', () => {
    const device = asa(`${define} crypto ca authenticate T\n${root.pem}quit\n`);
    expect(device.prompt).toBe('Do you accept this certificate? [yes/no]: ');
    expect(device.paste('yes\n').installed.T).toHaveLength(1);
  });

  test('a removal asks, and a no keeps all', () => {
    const device = asa(`${define} exit\ncrypto ca authenticate T\n${root.pem}quit\nyes\nno crypto ca trustpoint T\n`);
    expect(device.screen.at(-1)).toMatch(/^WARNING: Removing an enrolled trustpoint will destroy all certificates/);
    expect(device.paste('no\n').installed.T).toHaveLength(1);
    device.paste('no crypto ca trustpoint T\nyes\n');
    expect(device.screen.at(-1)).toBe('INFO: Be sure to ask the CA administrator to revoke your certificates.');
    expect(device.installed).not.toHaveProperty('T');
  });

  test('one certificate goes by its serial number', () => {
    const device = asa(
      `${define} exit\ncrypto ca authenticate T\n${root.pem}quit\nyes\ncrypto ca certificate chain T\n`,
    );
    expect(device.prompt).toBe('ciscoasa(config-cert-chain)# ');
    expect(device.paste(' no certificate ca 99\n').invalid).toHaveLength(1);
    expect(device.paste(' no certificate ca 0102\nyes\n').installed.T).toEqual([]);
  });

  test('keeps what something names', () => {
    const device = asa('').load('crypto ca trustpoint T\n enrollment terminal\nssl trust-point T outside\n');
    device.paste('configure terminal\nno crypto ca trustpoint T\n');
    expect(device.failures).toEqual(['ERROR: the trustpoint T is in use']);
  });

  test.each(['enrollment terminal pem', 'fingerprint 00', 'chain-validation stop', 'no crypto ca trustpoint T'])(
    '"%s" is no line of a trustpoint',
    (line) => {
      expect(asa(`${define} ${line}\n`).invalid).toHaveLength(1);
    },
  );

  test('rows of hex are no documented input', () => {
    const device = asa(`${define} exit\ncrypto ca certificate chain T\n certificate ca 0102\n`);
    expect(device.invalid).toHaveLength(1);
  });

  test.each(['y', 'Yes', 'end', ''])('%j is no answer', (answer) => {
    const device = asa(`${define} exit\ncrypto ca authenticate T\n${root.pem}quit\n${answer}\n`);
    expect([device.invalid.length, device.installed.T]).toEqual([1, []]);
  });
});
