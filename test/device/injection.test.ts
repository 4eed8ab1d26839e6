/** Nothing from a certificate becomes a line of a block, whatever its names hold and whatever is asked for. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { platformNames, platformOf } from '../../src/device/platforms.ts';
import { renderTrustpoint } from '../../src/device/render.ts';
import type { RevocationMethod, TrustpointSettings } from '../../src/device/settings.ts';
import { BLOCK_STYLES, type BlockAction, type BlockStyle } from '../../src/device/trustpoint.ts';
import { renderVerification } from '../../src/device/verification.ts';
import { asCertificate } from '../../src/x509/certificate.ts';
import { AT, issue } from '../support/certificates.ts';
import { NEWEST } from '../support/consoles/cases.ts';
import { IosConsole } from '../support/consoles/ios-console.ts';

const numRuns = process.env.SLOW ? 2000 : 150;
const TIMEOUT = 120_000;
const { privateKey } = issue();

/** Every line a block may have, written down without a look at the code; the settings are those that are asked for below. */
const LINES =
  /^(?:configure terminal|(?:no )?crypto (?:pki|ca) trustpoint N(?:-CA1|-2)?|crypto (?:pki|ca) authenticate N(?:-CA1|-2)?|crypto (?:pki|ca) certificate chain N(?:-CA1|-2)?|crypto pki trustpool import terminal| vrf V| source interface Lo0| revocation-check crl none| certificate ca [0-9A-F]{2,40}| {2}[0-9A-F]{2,8}(?: [0-9A-F]{2,8}){0,7}| {2}quit| enrollment terminal| revocation-check none| chain-validation continue N-CA1| fingerprint [0-9A-F]{40}| exit| delete ca-certificate| crl optional| enrollment url terminal|configure|commit|clear crypto ca certificates N(?:-CA1|-2)?|-----(?:BEGIN|END) CERTIFICATE-----|[A-Za-z0-9+/]{1,64}={0,2}|quit|END OF INPUT|yes|end|write memory|copy running-config startup-config)$/;
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f]/;
/** Of the platforms that have commands of their own, the same. */
const LINES_OF: Readonly<Record<string, RegExp>> = {
  eos: /^(?:copy flash:eos-N(?:-CA1)?\.pem certificate:|configure|management security| (?:no )?ssl profile N| {2}trust certificate eos-N(?:-CA1)?\.pem| {2}exit|end|delete certificate:eos-N(?:-CA1)?\.pem|write memory)$/,
  junos:
    /^(?:configure exclusive|edit security pki ca-profile N(?:-CA1)?|set ca-identity N(?:-CA1)?|set revocation-check disable|top|commit and-quit|request security pki ca-certificate load ca-profile N filename junos-N\.pem|request security pki ca-certificate load ca-profile N-CA1 filename junos-N-CA1\.pem|yes|clear security pki ca-certificate ca-profile N(?:-CA1)?|delete security pki ca-profile N(?:-CA1)?)$/,
  fortios:
    /^(?:config vpn certificate ca|edit "N(?:-CA1)?"|set ca "-----BEGIN CERTIFICATE-----|[A-Za-z0-9+/]{1,64}={0,2}|-----END CERTIFICATE-----"|next|delete "N(?:-CA1)?"|end)$/,
  'aos-cx':
    /^(?:configure terminal|(?:no )?crypto pki ta-profile N|ta-certificate import terminal|-----(?:BEGIN|END) CERTIFICATE-----|[A-Za-z0-9+/]{1,64}={0,2}|end|write memory)$/,
  comware:
    /^(?:system-view|pki domain N|undo crl check enable|root-certificate fingerprint sha1 [0-9A-F]{40}|quit|pki import domain N pem ca filename comware-N\.pem|Y|pki delete-certificate domain N ca|undo pki domain N|return|save force)$/,
  vrp: /^(?:system-view|pki realm N(?:-CA1)?|commit|quit|pki import-certificate ca realm N pem filename vrp-N\.pem|pki import-certificate ca realm N-CA1 pem filename vrp-N-CA1\.pem|Y|pki delete-certificate ca realm N(?:-CA1)?|undo pki realm N(?:-CA1)?|return|save)$/,
  routeros:
    /^(?:\/certificate|import file-name="routeros-N(?:-CA1)?\.pem" passphrase=""|(?:set|remove) \[find fingerprint=\\| {4}"[0-9a-f]{64}"\](?: \\)?| {4}name="N(?:-CA1)?" trusted=yes|\/)$/,
  'cisco-sb':
    /^(?:configure|crypto certificate 2 (?:import|generate)|-----(?:BEGIN|END) CERTIFICATE-----|[A-Za-z0-9+/]{1,64}={0,2}|\.|end|copy running-config startup-config|Y)$/,
};
/** What a file that a block loads may hold. */
const PEM_LINES = /^(?:-----(?:BEGIN|END) CERTIFICATE-----|[A-Za-z0-9+/]{1,64}={0,2})$/;
const COMMENT = /^[!#] {0,2}[A-Za-z0-9 .,:=+_@()/*&\\-]{0,76}[A-Za-z0-9.,:=+_@()/*&-]$/;
/** Said whether comments are asked for or not: a file has to be copied, a place is not for CAs. */
const ALWAYS_SAID =
  /^[!#] (?:needs [a-z]+-N(?:-CA1|-2)?\.pem in [A-Za-z/: ]+|place 2 is for the HTTPS certificate of the switch itself, not for CAs)$/;
/** They take one certificate at a time. */
const ONE_AT_A_TIME = ['aos-cx', 'cisco-sb'];
const isComment = (line: string): boolean => /^[!#]/.test(line) && !ALWAYS_SAID.test(line);

const nasty = fc.constantFrom(
  '\n',
  '\r\n',
  '\nreload\n',
  '\nquit\n',
  '\nEND OF INPUT\nyes\n',
  'quit',
  '!',
  '?',
  '\t',
  '\u0003',
  '\u001a',
  '\u001b[2J',
  '\u0000',
  '\u007f',
  '\u0085',
  '\u2028',
  '\u202e',
  '\u200b',
  '\\',
  '\\\\',
  '"',
  ';',
  '|',
  '#',
  '>',
  '$',
  '$(reboot)',
  '[/system reboot]',
  '{',
  '}',
  "'",
  '"\nend\nexecute reboot\n',
  '.',
  '\n.\n',
  '\ncommit\n',
  '`',
  '^',
  'é',
  '日',
  '🔥',
  '-----END CERTIFICATE-----',
  ' ',
  '  ',
  'x'.repeat(10_000),
);
const part = fc.oneof(
  nasty,
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
);
/** Commas part attributes in the builder's notation, so a name has none; attributes come from several parts. */
const name = fc
  .array(part, { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join('').replaceAll(',', '.').replaceAll('=', '-'));
const subject = fc.tuple(name, name, name).map(([cn, ou, o]) => `CN=${cn},OU=${ou},O=${o}`);

const options = fc.record({
  platform: fc.constantFrom(...platformNames()),
  prompt: fc.boolean(),
  style: fc.constantFrom<BlockStyle>(...BLOCK_STYLES),
  settings: fc.record({
    revocationCheck: fc.boolean(),
    vrf: fc.boolean(),
    sourceInterface: fc.boolean(),
    legacyKeywords: fc.boolean(),
  }),
  chain: fc.boolean(),
  at: fc.constantFrom(undefined, AT, new Date('2099-01-01T00:00:00Z')),
  action: fc.constantFrom<BlockAction>('install', 'remove', 'rollback'),
  comments: fc.boolean(),
  save: fc.boolean(),
});

describe('a hostile subject', () => {
  test(
    'adds no line to any block',
    () => {
      fc.assert(
        fc.property(subject, subject, options, (rootSubject, subSubject, asked) => {
          const most = ONE_AT_A_TIME.includes(asked.platform) || !asked.chain ? 1 : 2;
          const certificates = hostileChain(rootSubject, subSubject).slice(0, most);
          const render = (comments: boolean) =>
            renderTrustpoint(certificates, { ...fitting(asked), trustpoint: 'N', comments });
          const linesOf = (comments: boolean) => render(comments).flatMap(({ text }) => text.slice(0, -1).split('\n'));
          const plain = linesOf(false);
          const lines = LINES_OF[asked.platform] ?? LINES;
          expect(plain.filter((line) => !lines.test(line) && !ALWAYS_SAID.test(line))).toEqual([]);
          const commented = linesOf(true);
          const comments = commented.filter(isComment);
          expect(comments.filter((line) => line.length > 80 || !COMMENT.test(line))).toEqual([]);
          expect(commented.filter((line) => !isComment(line))).toEqual(plain);
          // Together, before any trustpoint.
          const first = commented.filter((line) => !ALWAYS_SAID.test(line)).indexOf(comments[0] ?? '');
          expect(first).toBeLessThan(2);
          expect(commented.filter((line) => !ALWAYS_SAID.test(line)).slice(first, first + comments.length)).toEqual(
            comments,
          );
          for (const { name, text } of render(true).flatMap(({ files }) => files)) {
            expect(name).toMatch(/^[a-z]+-N(?:-CA1|-2)?\.pem$/);
            expect(
              text
                .slice(0, -1)
                .split('\n')
                .filter((line) => !PEM_LINES.test(line)),
            ).toEqual([]);
          }
        }),
        { numRuns },
      );
    },
    TIMEOUT,
  );

  test(
    'does not keep a console from taking the block',
    () => {
      fc.assert(
        fc.property(subject, fc.constantFrom(...Object.keys(NEWEST)), (rootSubject, platform) => {
          const console = NEWEST[platform]?.() ?? new IosConsole('ios-xe-26');
          const root = hostileChain(rootSubject, 'CN=Sub').slice(0, 1);
          const [block] = renderTrustpoint(root, { platform, trustpoint: 'N', comments: true });
          console.paste(block?.text ?? '');
          expect([console.invalid, console.failures, console.atExec, console.saved]).toEqual([[], [], true, true]);
          expect(console.installed).toMatchObject({ N: block?.certificates });
        }),
        { numRuns },
      );
    },
    TIMEOUT,
  );
});

test(
  'a hostile subject adds no line to what is typed afterwards, nor to what a note says',
  () => {
    const LINE =
      /^(?:After the (?:install|remove|rollback) block of (?:N|Trustpool) \([a-z-]+\), type at the prompt where it ends:|(?:show|display|get|\/certificate) [\w ./="-]+| {2}must (?:not )?print (?:SHA-1|SHA-256|serial number) [0-9A-Fa-f :]+|These are the certificates:| {2}(?:valid until|serial number|SHA-1|SHA-256) +[0-9a-f-]+|A serial number is given .*|)$/;
    fc.assert(
      fc.property(subject, options, (rootSubject, asked) => {
        const [der] = hostileChain(rootSubject, 'CN=Sub');
        const certificate = asCertificate(der);
        const [block] = renderTrustpoint([der], { ...fitting(asked), trustpoint: 'N' });
        if (block === undefined) throw new Error('no block');
        const lines = renderVerification(block, [certificate]).split('\n');
        // The subject is a line of its own, once.
        expect(lines.filter((line) => line === certificate.subject)).toHaveLength(1);
        expect(lines.filter((line) => line !== certificate.subject && !LINE.test(line))).toEqual([]);
        for (const { message, hint } of block.notes) expect(`${message}${hint}`).not.toMatch(UNPRINTABLE);
        expect(certificate.subject).not.toMatch(UNPRINTABLE);
      }),
      { numRuns },
    );
  },
  TIMEOUT,
);

test(
  'no value of a setting becomes a line, but for plain ones',
  () => {
    const { der } = issue();
    const value = fc.oneof(
      name,
      fc.string({ unit: 'binary' }),
      fc.constantFrom('V\nreload', 'Lo0\nquit', 'V\n', 'Lo0 '),
    );
    const WORD = /^[A-Za-z0-9._-]{1,32}$/;
    const INTERFACE = /^[A-Za-z][A-Za-z0-9-]*( ?[0-9][0-9/.:]*)?$/;
    const METHODS = ['none', 'crl', 'ocsp'];
    const cases: readonly {
      readonly of: (text: string) => TrustpointSettings;
      readonly plain: (text: string) => boolean;
    }[] = [
      { of: (vrf) => ({ vrf }), plain: (text) => WORD.test(text) },
      { of: (sourceInterface) => ({ sourceInterface }), plain: (text) => text.length <= 48 && INTERFACE.test(text) },
      { of: (text) => ({ revocationCheck: [text as RevocationMethod] }), plain: (text) => METHODS.includes(text) },
    ];
    fc.assert(
      fc.property(
        value,
        fc.constantFrom(...cases),
        fc.constantFrom('ios', 'ios-xe'),
        (text, { of, plain }, platform) => {
          const render = () => renderTrustpoint([der], { platform, trustpoint: 'N', ...of(text) });
          if (plain(text)) expect(render()).toHaveLength(1);
          else expect(render).toThrow(expect.objectContaining({ code: 'usage/bad-value' }));
        },
      ),
      { numRuns },
    );
  },
  TIMEOUT,
);

test(
  'any name but a plain one is refused before anything is rendered',
  () => {
    const { der } = issue();
    fc.assert(
      fc.property(
        fc
          .oneof(name, fc.string({ unit: 'binary' }))
          .filter((text) => !/^[A-Za-z0-9._-]{1,32}$/.test(text) || text.endsWith('\n')),
        fc.constantFrom(...platformNames()),
        (trustpoint, platform) => {
          expect(() => renderTrustpoint([der], { platform, trustpoint })).toThrow(
            expect.objectContaining({ code: 'device/bad-name' }),
          );
        },
      ),
      { numRuns },
    );
  },
  TIMEOUT,
);

type Asked = typeof options extends fc.Arbitrary<infer T> ? T : never;

const VALUES: Required<TrustpointSettings> = {
  revocationCheck: ['crl', 'none'],
  vrf: 'V',
  sourceInterface: 'Lo0',
  legacyKeywords: true,
};

/** What was asked for, as far as the platform has it. */
function fitting({ platform, prompt, style, settings, action, ...more }: Asked) {
  const { styles, settings: taken = {} } = platformOf(platform);
  const chosen = Object.hasOwn(styles, style) ? style : 'paste';
  const accepts = styles[chosen] ?? [];
  const accept = accepts.find((mode) => (mode === 'prompt') === prompt) ?? accepts[0];
  const names = (Object.keys(VALUES) as (keyof TrustpointSettings)[]).filter(
    (name) => chosen !== 'trustpool' && settings[name] && Object.hasOwn(taken, name),
  );
  return {
    ...more,
    platform,
    style: chosen,
    action: chosen === 'trustpool' ? ('install' as const) : action,
    ...(accept === undefined ? {} : { accept }),
    ...Object.fromEntries(names.map((name) => [name, VALUES[name]])),
  };
}

function hostileChain(rootSubject: string, subSubject: string): readonly [Uint8Array, Uint8Array] {
  const root = issue({ subject: rootSubject, key: privateKey });
  return [root.der, issue({ subject: subSubject, issuer: root, key: privateKey }).der];
}
