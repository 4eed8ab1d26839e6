/** What a block says of certificates whose dates do not fit, and of more than a platform is said to take. */
import { describe, expect, test } from 'vitest';
import { renderTrustpoint } from '../../src/device/render.ts';
import type { RenderTrustpointOptions } from '../../src/device/trustpoint.ts';
import { AT, type Issued, issue } from '../support/certificates.ts';

const DAY = 86_400_000;
const from = (days: number) => new Date(AT.getTime() + days * DAY);
const notesOf = (certificates: readonly Issued[], options: Omit<RenderTrustpointOptions, 'trustpoint'>) =>
  renderTrustpoint(
    certificates.map(({ der }) => der),
    { trustpoint: 'NEW', chain: true, ...options },
  )[0]?.notes ?? [];

describe('the clock', () => {
  const root = issue({ subject: 'CN=Root', notBefore: from(-10), notAfter: from(10) });
  const platform = 'ios';

  test.each([
    ['before', from(-11), 1],
    ['on the first day', from(-10), 0],
    ['within', AT, 0],
    ['on the last day', from(10), 0],
    ['after', from(11), 1],
    ['at a time that nobody gave', undefined, 0],
  ])('%s: %s', (_, at, count) => {
    const notes = notesOf([root], { platform, at });
    expect(notes).toHaveLength(count);
    for (const note of notes) {
      expect(note).toEqual({
        code: 'device/clock',
        message: 'CN=Root is valid from 2026-10-22 to 2026-11-11 only, and a device goes by its own clock',
        hint: expect.stringContaining('show clock'),
        sha256: root.certificate.sha256,
      });
    }
  });

  test('is no matter where a trustpoint is taken out', () => {
    for (const action of ['remove', 'rollback'] as const) {
      expect(notesOf([root], { platform, action, at: from(11) })).toEqual([]);
    }
  });

  test('is said once of a root that chains share', () => {
    const subs = ['CN=A', 'CN=B'].map((subject) => issue({ subject, issuer: root }));
    const notes = notesOf([root, ...subs], { platform: 'nxos', at: from(11) });
    expect(notes.map(({ sha256 }) => sha256)).toEqual([root.certificate.sha256]);
  });
});

describe('what NX-OS is said to take', () => {
  const { privateKey: key } = issue();
  const chain = [issue({ subject: 'CN=0', key })];
  while (chain.length < 11) {
    const issuer = chain.at(-1);
    if (issuer !== undefined) chain.push(issue({ subject: `CN=${chain.length}`, issuer, key }));
  }
  const roots = Array.from({ length: 17 }, (_, count) => issue({ subject: `CN=Root ${count}`, key }));
  const nxos = { platform: 'nxos' };

  test('ten certificates in a chain, and no more', () => {
    expect(notesOf(chain.slice(0, 10), nxos)).toEqual([]);
    expect(notesOf(chain, nxos)).toEqual([
      expect.objectContaining({
        code: 'device/platform-limit',
        message: expect.stringMatching(/^the chain of NEW has 11 certificates, and 10 a chain .* not verified\)$/),
        sha256: chain.at(-1)?.certificate.sha256,
      }),
    ]);
  });

  test('sixteen trustpoints, and no more', () => {
    expect(notesOf(roots.slice(0, 16), nxos)).toEqual([]);
    expect(notesOf(roots, nxos)).toEqual([
      {
        code: 'device/platform-limit',
        message: expect.stringMatching(/^the block makes 17 trustpoints, /),
        hint: expect.any(String),
      },
    ]);
  });

  test('is no matter to a removal, nor to other platforms', () => {
    expect(notesOf(chain, { ...nxos, action: 'remove' })).toEqual([]);
    for (const platform of ['ios', 'asa']) expect(notesOf(chain, { platform })).toEqual([]);
  });
});
