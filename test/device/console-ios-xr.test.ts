/** The models must be able to fail: each bad block is one that a strict console punishes. */
import { describe, expect, test } from 'vitest';
import { issue } from '../support/certificates.ts';
import { XrConsole } from '../support/consoles/xr-console.ts';

const root = issue({ subject: 'CN=Root' });
const sub = issue({ subject: 'CN=Sub', issuer: root });
const withBlank = root.pem.replace('-----\n', '-----\n\n');

describe('IOS XR', () => {
  const define = 'configure\ncrypto ca trustpoint T\n enrollment url terminal\n exit\n';
  const install = ({ commit = 'commit\n', pem = root.pem, after = 'quit\nyes\n' } = {}) =>
    `${define}${commit}end\ncrypto ca authenticate T\n${pem}${after}`;
  const xr = (text: string) => new XrConsole().paste(text);

  test('takes a good block', () => {
    const console = xr(install());
    expect([console.invalid, console.failures, console.atExec, console.saved]).toEqual([[], [], true, true]);
    expect(console.installed).toEqual({ T: [root.certificate.sha256] });
  });

  test.each([
    ['no commit', install({ commit: '' })],
    ['a blank line in the certificate', install({ pem: withBlank })],
    ['no answer, and a command instead', install({ after: 'quit\nconfigure\n' })],
    ['a subordinate CA alone', install({ pem: sub.pem })],
    ['authenticate in the configuration', `${define}crypto ca authenticate T\n${root.pem}quit\nyes\n`],
    ['a trustpoint that is not there', 'crypto ca authenticate X\n'],
  ])('punishes %s', (_, block) => {
    const console = xr(block);
    expect(console.invalid.length + console.failures.length).toBeGreaterThan(0);
  });
});

describe('IOS XR, left uncommitted', () => {
  const change = 'configure\ncrypto ca trustpoint T\n enrollment url terminal\nend\n';
  const xr = (text: string) => new XrConsole().paste(text);

  test.each([
    { answer: 'yes', installed: { T: [] }, prompt: 'RP/0/RP0/CPU0:ios#' },
    { answer: 'no', installed: {}, prompt: 'RP/0/RP0/CPU0:ios#' },
    { answer: 'cancel', installed: {}, prompt: 'RP/0/RP0/CPU0:ios(config)#' },
  ])('$answer', ({ answer, installed, prompt }) => {
    const device = xr(change);
    expect([device.saved, device.atExec]).toEqual([false, false]);
    device.paste(`${answer}\n`);
    expect([device.installed, device.prompt, device.saved]).toEqual([installed, prompt, answer !== 'cancel']);
  });

  test('another answer is none', () => {
    expect(xr(`${change}commit\n`).invalid).toHaveLength(1);
  });

  test('is lost with the session', () => {
    expect(xr(change).reconnect().installed).toEqual({});
  });

  test('a trustpoint that something names cannot be committed away', () => {
    const device = xr('').load('crypto ca trustpoint T\n crl optional\ngrpc\n tls-trustpoint T\n');
    device.paste('configure\nno crypto ca trustpoint T\ncommit\nend\nno\n');
    expect(device.failures).toEqual(['% Failed to commit one or more configuration items']);
    expect(device.installed).toEqual({ T: [] });
  });

  test('another release has another line', () => {
    const device = new XrConsole({ enrollment: 'enrollment terminal' });
    expect(device.paste('configure\ncrypto ca trustpoint T\n enrollment url terminal\n').invalid).toHaveLength(1);
  });

  test.each(['revocation-check none', 'fingerprint 00', 'enrollment terminal', 'delete ca-certificate'])(
    '"%s" is no line of a trustpoint',
    (line) => {
      expect(xr(`configure\ncrypto ca trustpoint T\n ${line}\n`).invalid).toHaveLength(1);
    },
  );
});
