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
const COMMENT = /^! {0,2}[A-Za-z0-9 .,:=+_@()/*&\\-]{0,76}[A-Za-z0-9.,:=+_@()/*&-]$/;

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

const CONSOLES: Readonly<Record<string, () => NxosConsole | AsaConsole | XrConsole>> = {
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
          const accept: AcceptMode = prompt || !isIos ? 'prompt' : 'fingerprint';
          const form = hex && isIos ? ({ style: 'hex' } as const) : { accept };
          const certificates = hostileChain(rootSubject, subSubject);
          const render = (comments: boolean) =>
            renderTrustpoint(certificates, { platform, ...form, trustpoint: 'N', chain: true, ...more, comments })
              .map(({ text }) => text)
              .join('');
          const plain = render(false).slice(0, -1).split('\n');
          expect(plain.filter((line) => !LINES.test(line))).toEqual([]);
          const commented = render(true).slice(0, -1).split('\n');
          const comments = commented.filter((line) => line.startsWith('!'));
          expect(comments.filter((line) => line.length > 80 || !COMMENT.test(line))).toEqual([]);
          expect(commented.filter((line) => !line.startsWith('!'))).toEqual(plain);
          // Together, before any trustpoint.
          const first = commented.indexOf(comments[0] ?? '');
          expect(first).toBeLessThan(2);
          expect(commented.slice(first, first + comments.length)).toEqual(comments);
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
        fc.property(subject, fc.constantFrom(...platformNames()), (rootSubject, platform) => {
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
