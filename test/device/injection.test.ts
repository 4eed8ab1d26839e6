/** Nothing from a certificate becomes a line of a block, whatever its names hold and whatever is asked for. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { platformNames } from '../../src/device/platforms.ts';
import { renderTrustpoint } from '../../src/device/render.ts';
import type { AcceptMode, BlockAction } from '../../src/device/trustpoint.ts';
import { issue } from '../support/certificates.ts';
import { AsaConsole } from '../support/consoles/asa-console.ts';
import { IosConsole } from '../support/consoles/ios-console.ts';
import { NxosConsole } from '../support/consoles/nxos-console.ts';
import { XrConsole } from '../support/consoles/xr-console.ts';

const numRuns = process.env.SLOW ? 2000 : 150;
const TIMEOUT = 120_000;
const { privateKey } = issue();

/** Every line a block may have, written down without a look at the code. */
const LINES =
  /^(?:configure terminal|(?:no )?crypto (?:pki|ca) trustpoint N(?:-CA1|-2)?|crypto (?:pki|ca) authenticate N(?:-CA1|-2)?|crypto pki certificate chain N(?:-CA1|-2)?| certificate ca [0-9A-F]{2,40}| {2}[0-9A-F]{2,8}(?: [0-9A-F]{2,8}){0,7}| {2}quit| enrollment terminal| revocation-check none| chain-validation continue N-CA1| fingerprint [0-9A-F]{40}| exit| delete ca-certificate| crl optional| enrollment url terminal|configure|commit|clear crypto ca certificates N(?:-CA1|-2)?|-----(?:BEGIN|END) CERTIFICATE-----|[A-Za-z0-9+/]{1,64}={0,2}|quit|END OF INPUT|yes|end|write memory|copy running-config startup-config)$/;
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
  hex: fc.boolean(),
  action: fc.constantFrom<BlockAction>('install', 'remove', 'rollback'),
  comments: fc.boolean(),
  save: fc.boolean(),
});

const CONSOLES: Readonly<Record<string, () => IosConsole | NxosConsole | AsaConsole | XrConsole>> = {
  ios: () => new IosConsole('ios-xe-26'),
  'ios-xe': () => new IosConsole('ios-xe-26'),
  nxos: () => new NxosConsole(),
  asa: () => new AsaConsole(),
  'ios-xr': () => new XrConsole(),
};

describe('a hostile subject', () => {
  test(
    'adds no line to any block',
    () => {
      fc.assert(
        fc.property(subject, subject, options, (rootSubject, subSubject, { platform, prompt, hex, ...more }) => {
          const isIos = platform === 'ios' || platform === 'ios-xe';
          const hasPin = isIos || platform === 'comware';
          const accept: AcceptMode = prompt || !hasPin ? 'prompt' : 'fingerprint';
          const asks = hasPin || ['nxos', 'asa', 'ios-xr', 'junos', 'aos-cx', 'vrp'].includes(platform);
          const form = hex && isIos ? ({ style: 'hex' } as const) : asks ? { accept } : {};
          const chain = hostileChain(rootSubject, subSubject);
          const certificates = ONE_AT_A_TIME.includes(platform) ? chain.slice(0, 1) : chain;
          const render = (comments: boolean) =>
            renderTrustpoint(certificates, { platform, ...form, trustpoint: 'N', chain: true, ...more, comments });
          const linesOf = (comments: boolean) => render(comments).flatMap(({ text }) => text.slice(0, -1).split('\n'));
          const plain = linesOf(false);
          const lines = LINES_OF[platform] ?? LINES;
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
        fc.property(subject, fc.constantFrom(...Object.keys(CONSOLES)), (rootSubject, platform) => {
          const console = CONSOLES[platform]?.() ?? new IosConsole('ios-xe-26');
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

function hostileChain(rootSubject: string, subSubject: string): readonly [Uint8Array, Uint8Array] {
  const root = issue({ subject: rootSubject, key: privateKey });
  return [root.der, issue({ subject: subSubject, issuer: root, key: privateKey }).der];
}
