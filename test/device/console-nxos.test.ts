/** The models must be able to fail: each bad block is one that a strict console punishes. */
import { describe, expect, test } from 'vitest';
import { type Issued, issue } from '../support/certificates.ts';
import { NxosConsole } from '../support/consoles/nxos-console.ts';

const root = issue({ subject: 'CN=Root' });
const sub = issue({ subject: 'CN=Sub', issuer: root });
const leaf = issue({ subject: 'CN=leaf', issuer: root, basicConstraints: { ca: false } });
const nxosInstall = ({
  pem = root.pem,
  after = 'END OF INPUT\nyes\n',
  end = 'end\ncopy running-config startup-config\n',
} = {}) =>
  `configure terminal\ncrypto ca trustpoint T\n enrollment terminal\n exit\ncrypto ca authenticate T\n${pem}${after}${end}`;
const withBlank = root.pem.replace('-----\n', '-----\n\n');
const nxos = (text: string) => new NxosConsole().paste(text);

describe('NX-OS', () => {
  test('takes a good block', () => {
    const console = nxos(nxosInstall({ pem: sub.pem + root.pem }));
    expect([console.invalid, console.failures, console.atExec, console.saved]).toEqual([[], [], true, true]);
    expect(console.installed).toEqual({ T: [sub.certificate.sha256, root.certificate.sha256] });
  });

  test.each([
    { name: 'the root first', pem: root.pem + sub.pem },
    { name: 'a CA without its root', pem: sub.pem },
    { name: 'no CA', pem: leaf.pem + root.pem },
    { name: 'nothing', pem: '' },
    { name: 'a blank line inside', pem: withBlank },
    { name: 'a comment inside', pem: root.pem.replace('-----\n', '-----\n! subject\n') },
    { name: 'quit', pem: `${root.pem}quit\n` },
  ])('rejected: $name', ({ pem }) => {
    const console = nxos(nxosInstall({ pem }));
    expect(console.failures).toEqual(['could not perform CA authentication']);
    expect(console.invalid).toEqual(['switch(config)# yes']);
    expect(console.installed).toEqual({ T: [] });
  });

  test('without END OF INPUT the console still waits', () => {
    const console = nxos(nxosInstall({ after: 'END OF INPUT:\nyes\n' }));
    expect([console.atExec, console.saved]).toEqual([false, false]);
  });

  test('without a yes the question stays open', () => {
    const console = nxos(nxosInstall({ after: 'END OF INPUT\n' }));
    expect(console.invalid).toHaveLength(2);
    expect([console.atExec, console.saved]).toEqual([false, false]);
  });

  test('a no is a no', () => {
    const console = nxos(nxosInstall({ after: 'END OF INPUT\nno\n' }));
    expect(console.installed).toEqual({ T: [] });
    expect(console.failures).toEqual(['could not perform CA authentication']);
  });

  test('a trustpoint with a CA certificate is neither authenticated again nor removed', () => {
    const console = nxos(nxosInstall()).paste(
      'configure terminal\ncrypto ca authenticate T\nno crypto ca trustpoint T\n',
    );
    expect(console.failures).toEqual(['could not perform CA authentication', 'the trustpoint is not removed']);
    expect(console.installed).toHaveProperty('T');
  });

  test.each(['write memory', 'crypto pki trustpoint A', 'crypto ca trustpoint a;b', 'quit', '! what?'])(
    'no input for a strict console: %j',
    (line) => {
      expect(nxos(`configure terminal\n${line}\n`).invalid).toHaveLength(1);
    },
  );

  test('not saved', () => {
    expect(nxos(nxosInstall({ end: 'end\n' })).saved).toBe(false);
  });
});

describe('NX-OS, beyond the good block', () => {
  test('takes ten certificates, and no more', () => {
    const chain = [issue({ subject: 'CN=0' })];
    for (let level = 1; level <= 10; level += 1)
      chain.unshift(issue({ subject: `CN=${level}`, ...issuedBy(chain[0]) }));
    const pem = (count: number) =>
      chain
        .slice(-count)
        .map((one) => one.pem)
        .join('');
    expect(nxos(nxosInstall({ pem: pem(10) })).installed.T).toHaveLength(10);
    expect(nxos(nxosInstall({ pem: pem(11) })).failures).toEqual(['could not perform CA authentication']);
  });

  test('has sixteen trustpoints at most', () => {
    const make = (count: number) =>
      Array.from({ length: count }, (_, index) => `crypto ca trustpoint T${index}\n exit\n`).join('');
    expect(nxos(`configure terminal\n${make(16)}`).failures).toEqual([]);
    expect(nxos(`configure terminal\n${make(17)}`).failures).toHaveLength(1);
  });

  test.each(['enrollment terminal', 'revocation-check none', 'delete ca-certificate'])(
    '"%s" is a line of a trustpoint, and of nothing else',
    (line) => {
      expect(nxos(`configure terminal\ncrypto ca trustpoint T\n ${line}\n`).invalid).toEqual([]);
      expect(nxos(`configure terminal\n${line}\n`).invalid).toHaveLength(1);
      expect(nxos(`${line}\n`).invalid).toHaveLength(1);
    },
  );

  test.each(['fingerprint 00', 'enroll terminal', 'revocation-check ocsp', 'crypto ca authenticate T'])(
    '"%s" is no line of a trustpoint',
    (line) => {
      const device = nxos(`configure terminal\ncrypto ca trustpoint T\n ${line}\n`);
      expect(device.invalid).toEqual([`switch(config-trustpoint)# ${line}`]);
    },
  );

  test('has no certificate to delete where there is none', () => {
    expect(nxos('configure terminal\ncrypto ca trustpoint T\n delete ca-certificate\n').failures).toEqual([
      'could not perform CA certificate(s) deletion',
    ]);
  });

  test('keeps what something names', () => {
    const device = nxos(nxosInstall()).load('grpc certificate T\n');
    device.paste(
      'configure terminal\ncrypto ca trustpoint T\n delete ca-certificate\n exit\nno crypto ca trustpoint T\n',
    );
    expect(device.failures).toEqual(['could not perform CA certificate(s) deletion', 'the trustpoint is not removed']);
  });

  test.each(['y', 'Yes', 'end', ''])('%j is no answer', (answer) => {
    const device = nxos(nxosInstall({ after: `END OF INPUT\n${answer}\n`, end: '' }));
    expect([device.invalid.length, device.installed]).toEqual([1, { T: [] }]);
  });
});

function issuedBy(issuer: Issued | undefined): { readonly issuer?: Issued } {
  return issuer === undefined ? {} : { issuer };
}
