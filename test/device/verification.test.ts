import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { genuineRoot } from '../../src/catalog/catalog.ts';
import { renderTrustpoint } from '../../src/device/render.ts';
import { parseDeviceConfig } from '../../src/device/running-config.ts';
import type { Block, RenderTrustpointOptions } from '../../src/device/trustpoint.ts';
import { renderVerification } from '../../src/device/verification.ts';
import { issue } from '../support/certificates.ts';

const root = issue({ subject: 'CN=Root\nreload\u202e', serialNumber: 0xdcn });
const sub = issue({ subject: 'CN=Sub', issuer: root, serialNumber: 0x0509n });
const SHA1 = { root: root.certificate.sha1.toUpperCase(), sub: sub.certificate.sha1.toUpperCase() };
const grouped = (digest: string) => (digest.match(/.{8}/g) ?? []).join(' ');
const pairs = (digest: string) => (digest.match(/../g) ?? []).join(':');

function render(options: Omit<RenderTrustpointOptions, 'trustpoint'>): Block {
  const [block] = renderTrustpoint([root.der, sub.der], { trustpoint: 'NEW', chain: true, ...options });
  if (block === undefined) throw new Error('no block');
  return block;
}

describe('what to type after a block', () => {
  test.each(['ios', 'ios-xe'])('%s: the state of each trustpoint, by SHA-1', (platform) => {
    for (const style of ['paste', 'hex'] as const) {
      expect(render({ platform, style }).verify).toEqual([
        {
          command: 'show crypto pki trustpoints NEW-CA1 status',
          shows: 'SHA-1',
          expect: [grouped(SHA1.root)],
          absent: [],
        },
        { command: 'show crypto pki trustpoints NEW status', shows: 'SHA-1', expect: [grouped(SHA1.sub)], absent: [] },
      ]);
    }
  });

  test('the pool and old releases show serial numbers, with the octet of the sign, by one command', () => {
    const expected = { shows: 'serial number', expect: ['00DC', '0509'], absent: [] };
    expect(render({ platform: 'ios', style: 'trustpool' }).verify).toEqual([
      { command: 'show crypto pki trustpool', ...expected },
    ]);
    expect(render({ platform: 'ios', legacyKeywords: true }).verify).toEqual([
      { command: 'show crypto ca certificates', ...expected },
    ]);
  });

  test('nxos: the whole chain of a trustpoint', () => {
    expect(render({ platform: 'nxos' }).verify).toEqual([
      {
        command: 'show crypto ca certificates NEW',
        shows: 'SHA-1',
        expect: [pairs(SHA1.sub), pairs(SHA1.root)],
        absent: [],
      },
    ]);
  });

  test.each(['asa', 'ios-xr'])('%s: serial numbers in lower case', (platform) => {
    expect(render({ platform }).verify).toEqual([
      { command: 'show crypto ca certificates NEW-CA1', shows: 'serial number', expect: ['00dc'], absent: [] },
      { command: 'show crypto ca certificates NEW', shows: 'serial number', expect: ['0509'], absent: [] },
    ]);
  });

  test.each(['remove', 'rollback'] as const)('%s: what is gone', (action) => {
    expect(render({ platform: 'nxos', action }).verify).toEqual([
      {
        command: 'show crypto ca certificates NEW',
        shows: 'SHA-1',
        expect: [],
        absent: [pairs(SHA1.sub), pairs(SHA1.root)],
      },
    ]);
  });
});

describe('the same for a person', () => {
  const certificates = [root.certificate, sub.certificate];

  test('names the certificates, and nothing of them acts', () => {
    const text = renderVerification(render({ platform: 'ios-xe' }), certificates);
    expect(text).toContain(
      `show crypto pki trustpoints NEW-CA1 status\n  must print SHA-1 ${grouped(SHA1.root)}\n\nshow crypto pki trustpoints NEW status\n`,
    );
    expect(text).toContain('CN=Root\\0Areload\\E2\\80\\AE\n');
    expect(text).toContain(`  SHA-256       ${sub.certificate.sha256}\n`);
    expect(text).toMatch(/^[ -~\n]*\n$/);
    expect(text).not.toContain('A serial number');
  });

  test('says of serial numbers what they are worth', () => {
    expect(renderVerification(render({ platform: 'asa' }), certificates)).toContain('proves nothing alone');
  });

  test('says what must be gone', () => {
    const text = renderVerification(render({ platform: 'ios', action: 'remove' }), certificates);
    expect(text).toMatch(/^After the remove block of NEW \(ios\)/);
    expect(text).toContain(`  must not print SHA-1 ${grouped(SHA1.root)}\n`);
  });
});

const SAMPLES = '../shared/device-samples/cisco_iosxe';
const IDENTRUST = '5d56499be4d2e08bcfcad08a3e38723d50503bde706948e42f55603019e528ae';

if (existsSync(SAMPLES))
  describe('what real devices printed (3 samples)', () => {
    const sample = (name: string) => readFileSync(`${SAMPLES}/${name}.txt`, 'utf8');
    const expectIn = (output: string, der: Uint8Array, style: 'paste' | 'trustpool') => {
      const [block] = renderTrustpoint([der], { platform: 'ios-xe', style, trustpoint: 'NEW' });
      const [{ expect: values = [] } = {}] = block?.verify ?? [];
      expect(values).toHaveLength(1);
      for (const value of values) expect(output).toContain(value);
    };

    test('the state of a trustpoint', () => {
      const config = parseDeviceConfig(sample('running_config_section_sla_and_selfsigned_trailing_spaces'));
      const licensing = config.find(({ name }) => name === 'SLA-TrustPoint')?.certificates[0];
      expectIn(sample('show_crypto_pki_trustpoints_status'), licensing?.der ?? new Uint8Array(), 'paste');
    });

    test.each(['show_crypto_pki_trustpool_1', 'show_crypto_pki_trustpool_fn72323_identrust_quovadis'])('%s', (name) => {
      expectIn(sample(name), genuineRoot(IDENTRUST) ?? new Uint8Array(), 'trustpool');
    });
  });
