/** Blocks of the platforms that have no console model: what is typed, in which order, and what is said beside it. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { platformOf } from '../../src/device/platforms.ts';
import { renderTrustpoint } from '../../src/device/render.ts';
import type { RenderTrustpointOptions } from '../../src/device/trustpoint.ts';
import { issue } from '../support/certificates.ts';
import { decodePemLines } from '../support/consoles/console.ts';

const root = issue({ subject: 'CN=Root,O=Test', serialNumber: 0xdcn });
const sub = issue({ subject: 'CN=Sub,O=Test', issuer: root });
const VENDORS = ['eos', 'junos', 'fortios', 'aos-cx', 'comware', 'vrp', 'routeros', 'cisco-sb'];
const SHA1 = root.certificate.sha1.toUpperCase();

type Options = Partial<RenderTrustpointOptions> & { readonly platform: string };

function render(options: Options, certificates: readonly Uint8Array[] = [root.der]) {
  const [block, ...more] = renderTrustpoint(certificates, { trustpoint: 'NEW', chain: true, ...options });
  expect(more).toEqual([]);
  if (block === undefined) throw new Error('no block');
  return block;
}

/** The lines of a block, a certificate among them as one. */
function typed(options: Options, certificates?: readonly Uint8Array[]): readonly string[] {
  return render(options, certificates)
    .text.replace(/-----BEGIN [\s\S]*?END CERTIFICATE-----/g, '<PEM>')
    .slice(0, -1)
    .split('\n');
}

describe('a chain', () => {
  test.each([
    {
      platform: 'eos',
      lines: [
        '! needs eos-NEW.pem in flash:',
        '! needs eos-NEW-CA1.pem in flash:',
        'copy flash:eos-NEW.pem certificate:',
        'copy flash:eos-NEW-CA1.pem certificate:',
        'configure',
        'management security',
        ' ssl profile NEW',
        '  trust certificate eos-NEW.pem',
        '  trust certificate eos-NEW-CA1.pem',
        '  exit',
        'end',
        'write memory',
      ],
    },
    {
      platform: 'junos',
      lines: [
        '# needs junos-NEW-CA1.pem in your home folder',
        '# needs junos-NEW.pem in your home folder',
        'configure exclusive',
        'edit security pki ca-profile NEW-CA1',
        'set ca-identity NEW-CA1',
        'set revocation-check disable',
        'top',
        'edit security pki ca-profile NEW',
        'set ca-identity NEW',
        'set revocation-check disable',
        'top',
        'commit and-quit',
        'request security pki ca-certificate load ca-profile NEW-CA1 filename junos-NEW-CA1.pem',
        'yes',
        'request security pki ca-certificate load ca-profile NEW filename junos-NEW.pem',
        'yes',
      ],
    },
    {
      platform: 'fortios',
      lines: [
        'config vpn certificate ca',
        'edit "NEW-CA1"',
        'set ca "<PEM>"',
        'next',
        'edit "NEW"',
        'set ca "<PEM>"',
        'next',
        'end',
      ],
    },
    {
      platform: 'comware',
      lines: [
        'system-view',
        '# needs comware-NEW.pem in flash:',
        'pki domain NEW',
        'undo crl check enable',
        `root-certificate fingerprint sha1 ${SHA1}`,
        'quit',
        'pki import domain NEW pem ca filename comware-NEW.pem',
        'return',
        'save force',
      ],
    },
    {
      platform: 'vrp',
      lines: [
        'system-view',
        '# needs vrp-NEW-CA1.pem in pki/public',
        '# needs vrp-NEW.pem in pki/public',
        'pki realm NEW-CA1',
        'commit',
        'quit',
        'pki import-certificate ca realm NEW-CA1 pem filename vrp-NEW-CA1.pem',
        'Y',
        'Y',
        'pki realm NEW',
        'commit',
        'quit',
        'pki import-certificate ca realm NEW pem filename vrp-NEW.pem',
        'Y',
        'Y',
        'commit',
        'return',
        'save',
        'Y',
      ],
    },
    {
      platform: 'routeros',
      lines: [
        '# needs routeros-NEW-CA1.pem in Files',
        '# needs routeros-NEW.pem in Files',
        '/certificate',
        'import file-name="routeros-NEW-CA1.pem" passphrase=""',
        'set [find fingerprint=\\',
        `    "${root.certificate.sha256}"] \\`,
        '    name="NEW-CA1" trusted=yes',
        'import file-name="routeros-NEW.pem" passphrase=""',
        'set [find fingerprint=\\',
        `    "${sub.certificate.sha256}"] \\`,
        '    name="NEW" trusted=yes',
        '/',
      ],
    },
  ])('$platform', ({ platform, lines }) => {
    expect(typed({ platform }, [sub.der, root.der])).toEqual(lines);
  });

  test.each(['aos-cx', 'cisco-sb'])('%s takes one certificate at a time', (platform) => {
    expect(() => render({ platform }, [sub.der, root.der])).toThrow(
      expect.objectContaining({ code: 'usage/too-many-certificates', exitStatus: 2, hint: expect.any(String) }),
    );
    expect(render({ platform, action: 'remove' }, [sub.der, root.der]).trustpoints).toHaveLength(2);
  });
});

describe('a paste', () => {
  test('aos-cx ends inside the dialog, behind the certificate', () => {
    expect(typed({ platform: 'aos-cx' })).toEqual([
      'configure terminal',
      'crypto pki ta-profile NEW',
      'ta-certificate import terminal',
      '<PEM>',
    ]);
    expect(typed({ platform: 'aos-cx', save: false })).toEqual(typed({ platform: 'aos-cx' }));
    const [note] = render({ platform: 'aos-cx' }).notes;
    expect(note).toMatchObject({
      code: 'device/finish-by-hand',
      message: expect.stringMatching(/Enter, then Ctrl-D; .* must be dc \(hex\); answer y$/),
      hint: expect.stringContaining('write memory'),
    });
    expect(render({ platform: 'aos-cx', save: false }).notes[0]?.hint).not.toContain('write memory');
  });

  test('cisco-sb ends it with a period, in the place that HTTPS does not use', () => {
    const expected = (place: number) => [
      'configure',
      `! place ${place} is for the HTTPS certificate of the switch itself, not for CAs`,
      `crypto certificate ${place} import`,
      '<PEM>',
      '.',
      'end',
      'copy running-config startup-config',
      'Y',
    ];
    expect(typed({ platform: 'cisco-sb' })).toEqual(expected(2));
    expect(typed({ platform: 'cisco-sb', trustpoint: '2' })).toEqual(expected(2));
    expect(typed({ platform: 'cisco-sb', trustpoint: '1' })).toEqual(expected(1));
    expect(render({ platform: 'cisco-sb', trustpoint: '1' }).notes[0]).toMatchObject({
      code: 'device/own-certificate',
      message: expect.stringContaining('place 1 is for the HTTPS certificate of the switch itself'),
    });
  });

  test.each(VENDORS)(
    '%s: no control character, and the certificate is in the block or in a file, not in both',
    (platform) => {
      const { text, files, certificates } = render({ platform });
      expect(text.replaceAll('\n', '')).toMatch(/^[ -~]+$/);
      const [pem = '', ...others] = `${files[0]?.text ?? text}`.match(/-{5}BEGIN [\s\S]*?END CERTIFICATE-{5}/g) ?? [];
      expect(others).toEqual([]);
      const [decoded, ...more] = decodePemLines(pem.split('\n')) ?? [];
      expect(more).toEqual([]);
      expect(new Uint8Array(decoded?.raw ?? [])).toEqual(new Uint8Array(root.der));
      expect(certificates).toEqual([root.certificate.sha256]);
      expect(files.length === 0).toBe(text.includes('BEGIN CERTIFICATE'));
    },
  );
});

describe('a file', () => {
  const FILES = ['eos', 'junos', 'comware', 'vrp', 'routeros'];

  test.each(FILES)('%s: is named in the block and in a note, and by a removal not at all', (platform) => {
    const block = render({ platform });
    expect(block.files).toEqual([{ name: `${platform}-NEW.pem`, text: root.pem }]);
    expect(block.text).toMatch(new RegExp(`^[!#] needs ${platform}-NEW\\.pem in `, 'm'));
    expect(block.notes[0]).toMatchObject({
      code: 'device/file-needed',
      message: expect.stringContaining(`${platform}-NEW.pem`),
      hint: expect.stringContaining('--out'),
    });
    for (const action of ['remove', 'rollback'] as const) {
      const { files, notes, text } = render({ platform, action });
      expect([files, notes.map(({ code }) => code).includes('device/file-needed')]).toEqual([[], false]);
      expect(text).not.toContain('needs');
    }
  });

  test('holds one certificate, or on comware the whole chain, lowest CA first', () => {
    const files = (platform: string) => render({ platform }, [root.der, sub.der]).files;
    const split = (platform: string) => [
      { name: `${platform}-NEW-CA1.pem`, text: root.pem },
      { name: `${platform}-NEW.pem`, text: sub.pem },
    ];
    expect(files('junos')).toEqual(split('junos'));
    expect(files('vrp')).toEqual(split('vrp'));
    expect(files('routeros')).toEqual(split('routeros'));
    expect(files('eos')).toEqual(split('eos').toReversed());
    expect(files('comware')).toEqual([{ name: 'comware-NEW.pem', text: sub.pem + root.pem }]);
  });

  test.each(['CON', '.hidden', '-rf', '..', 'NUL.txt'])(
    'its name is safe where the trustpoint is called %s',
    (trustpoint) => {
      for (const platform of FILES.filter((name) => name !== 'comware')) {
        expect(render({ platform, trustpoint }).files[0]?.name).toBe(`${platform}-${trustpoint}.pem`);
      }
    },
  );
});

describe('a removal and a rollback', () => {
  const remove: Readonly<Record<string, readonly string[]>> = {
    eos: [
      'configure',
      'management security',
      ' no ssl profile NEW',
      'end',
      'delete certificate:eos-NEW.pem',
      'delete certificate:eos-NEW-CA1.pem',
      'write memory',
    ],
    junos: [
      'clear security pki ca-certificate ca-profile NEW',
      'clear security pki ca-certificate ca-profile NEW-CA1',
      'configure exclusive',
      'delete security pki ca-profile NEW',
      'delete security pki ca-profile NEW-CA1',
      'commit and-quit',
    ],
    fortios: ['config vpn certificate ca', 'delete "NEW"', 'delete "NEW-CA1"', 'end'],
    'aos-cx': [
      'configure terminal',
      'no crypto pki ta-profile NEW',
      'no crypto pki ta-profile NEW-CA1',
      'end',
      'write memory',
    ],
    comware: [
      'system-view',
      'pki delete-certificate domain NEW ca',
      'Y',
      'undo pki domain NEW',
      'return',
      'save force',
    ],
    vrp: [
      'system-view',
      'pki delete-certificate ca realm NEW',
      'undo pki realm NEW',
      'pki delete-certificate ca realm NEW-CA1',
      'undo pki realm NEW-CA1',
      'commit',
      'return',
      'save',
      'Y',
    ],
    routeros: [
      '/certificate',
      'remove [find fingerprint=\\',
      `    "${sub.certificate.sha256}"]`,
      'remove [find fingerprint=\\',
      `    "${root.certificate.sha256}"]`,
      '/',
    ],
    'cisco-sb': [
      'configure',
      '! place 2 is for the HTTPS certificate of the switch itself, not for CAs',
      'crypto certificate 2 generate',
      'crypto certificate 2 generate',
      'end',
      'copy running-config startup-config',
      'Y',
    ],
  };

  test.each(VENDORS)('%s', (platform) => {
    const chain = [root.der, sub.der];
    expect(typed({ platform, action: 'remove' }, chain)).toEqual(remove[platform]);
    const rollback = typed({ platform, action: 'rollback' }, chain);
    // Where a question only comes when there is something, entering makes it.
    const made = rollback.filter((line) => !remove[platform]?.includes(line));
    expect(made.filter((line) => !/^(?:pki (?:domain|realm) NEW(?:-CA1)?|quit)$/.test(line))).toEqual([]);
  });
});

describe('notes', () => {
  const codes = (options: Options, certificates?: readonly Uint8Array[]) =>
    render(options, certificates).notes.map(({ code }) => code.replace('device/', ''));
  const chain = [root.der, sub.der];

  test.each([
    { platform: 'eos', install: ['file-needed'], chained: ['file-needed', 'unverified-chain'], remove: ['unverified'] },
    {
      platform: 'junos',
      install: ['file-needed'],
      chained: ['file-needed', 'unverified-chain'],
      remove: ['unverified'],
      unsaved: ['file-needed', 'always-saved'],
    },
    { platform: 'fortios', install: [], chained: [], remove: ['unverified'], unsaved: ['always-saved'] },
    { platform: 'aos-cx', install: ['finish-by-hand'], remove: ['unverified'] },
    {
      platform: 'comware',
      install: ['file-needed', 'unverified'],
      chained: ['file-needed', 'unverified'],
      remove: ['unverified'],
      lone: ['file-needed', 'unverified', 'incomplete-chain'],
    },
    {
      platform: 'vrp',
      install: ['file-needed', 'unverified'],
      chained: ['file-needed', 'unverified', 'unverified-chain'],
      remove: ['unverified'],
    },
    {
      platform: 'routeros',
      install: ['file-needed', 'unverified'],
      chained: ['file-needed', 'unverified'],
      remove: ['unverified'],
      unsaved: ['file-needed', 'unverified', 'always-saved'],
    },
    { platform: 'cisco-sb', install: ['own-certificate', 'unverified'], remove: ['own-certificate', 'unverified'] },
  ])('$platform', ({ platform, install, chained, remove, unsaved, lone }) => {
    expect(codes({ platform })).toEqual(install);
    expect(codes({ platform, action: 'remove' })).toEqual(remove);
    expect(codes({ platform, action: 'rollback' })).toEqual(remove);
    expect(codes({ platform, save: false })).toEqual(unsaved ?? install);
    if (chained !== undefined) expect(codes({ platform }, chain)).toEqual(chained);
    if (lone !== undefined) expect(codes({ platform }, [sub.der])).toEqual(lone);
  });
});

describe('comware', () => {
  test('asks where no fingerprint is set, and never for a file without a root', () => {
    const asked = typed({ platform: 'comware', accept: 'prompt' });
    expect(asked).toContain('Y');
    expect(asked.join()).not.toContain('fingerprint');
    for (const accept of ['prompt', 'fingerprint'] as const) {
      const lone = typed({ platform: 'comware', accept }, [sub.der]);
      expect([lone.includes('Y'), lone.join().includes('fingerprint')]).toEqual([false, false]);
    }
  });
});

describe('refusals', () => {
  test.each([
    { platform: 'junos', options: { style: 'hex' }, code: 'device/unsupported-style' },
    { platform: 'vrp', options: { style: 'trustpool' }, code: 'device/unsupported-style' },
    { platform: 'aos-cx', options: { accept: 'fingerprint' }, code: 'device/unsupported-accept' },
    { platform: 'fortios', options: { accept: 'prompt' }, code: 'device/unsupported-accept' },
    { platform: 'comware', options: { trustpoint: 'a.b' }, code: 'device/bad-name' },
    { platform: 'comware', options: { trustpoint: 'a'.repeat(32) }, code: 'device/bad-name' },
    { platform: 'vrp', options: { trustpoint: 'Default' }, code: 'device/bad-name' },
    { platform: 'fortios', options: { trustpoint: 'Fortinet_CA' }, code: 'device/bad-name' },
  ] as const)('$platform: $options', ({ platform, options, code }) => {
    for (const action of ['install', 'remove', 'rollback'] as const) {
      expect(() => render({ platform, action, ...options })).toThrow(
        expect.objectContaining({ code, exitStatus: 2, hint: expect.any(String) }),
      );
    }
  });

  test.each([
    { platform: 'comware', trustpoint: 'a'.repeat(31) },
    { platform: 'vrp', trustpoint: 'default2' },
    { platform: 'fortios', trustpoint: 'My-Fortinet_CA' },
  ])('$platform takes $trustpoint', ({ platform, trustpoint }) => {
    expect(render({ platform, trustpoint }).trustpoints[0]?.name).toBe(trustpoint);
  });
});

test('a platform that keeps its clock behind another command says so', () => {
  expect(VENDORS.map((name) => platformOf(name).clock ?? 'show clock')).toEqual([
    'show clock',
    'show system uptime',
    'get system status',
    'show clock',
    'display clock',
    'display clock',
    '/system clock print',
    'show clock',
  ]);
});

describe('the page of the platform', () => {
  test.each(VENDORS)('%s shows every line of its blocks', (platform) => {
    const page = readFileSync(new URL(`../../docs/platforms/${platform}.md`, import.meta.url), 'utf8').split('\n');
    const lines = (['install', 'remove', 'rollback'] as const).flatMap((action) =>
      render({ platform, action, trustpoint: 'NAME' })
        .text.replace(/(?<=BEGIN CERTIFICATE-----\n)[\s\S]*?(?=\n-----END)/g, '...')
        .split('\n'),
    );
    const hasDigest = (line: string) => /[0-9A-F]{40}|[0-9a-f]{64}/.test(line);
    expect(lines.filter((line) => !hasDigest(line) && !page.includes(line))).toEqual([]);
  });
});
