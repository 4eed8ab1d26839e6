/**
 * The forms in which one certificate reaches a reader, each made from the genuine PEM, and what must be noted of each.
 */
import { concatBytes } from '../../src/encoding/byte-writer.ts';
import { encodeElement, TAG } from '../../src/encoding/der.ts';
import { encodePem } from '../../src/encoding/pem.ts';
import { BEGIN, body, END, prefixed, quotedPrintable, suffixed, urlSafe, utf16, wrapped } from './pem-copies.ts';

/**
 * One certificate in a form that people have, and every note that must be made of it: `code line:column`, where E is the
 * line of the END marker in the genuine PEM and L the length of the line before it.
 */
export type Form = readonly [name: string, form: (pem: string) => string | Uint8Array, notes: readonly string[]];

export const IN_ORDER: readonly Form[] = [
  ['as programs write it', (pem) => pem, []],
  ['without the last line end', (pem) => pem.trimEnd(), []],
  ['76 characters a line', (pem) => wrapped(pem, 76), []],
  ['text before and after', (pem) => `Dear colleague,\nhere it is:\n${pem}Best regards\n`, []],
  ['comments between', (pem) => `# A root\n\n${pem}\n# the end`, []],
  [
    'attributes of openssl pkcs12',
    (pem) => `Bag Attributes\n    friendlyName: x\nsubject=CN = x\n\nissuer=CN = x\n\n${pem}`,
    [],
  ],
  ['text that is no UTF-8', (pem) => Buffer.from(`Zertifikat f\xfcr die B\xf6rse\n${pem}\xff\n`, 'latin1'), []],
  ['blanks after the markers', (pem) => pem.replaceAll('-----\n', '-----  \n'), []],
  ['label of old programs', (pem) => pem.replaceAll('CERTIFICATE', 'X509 CERTIFICATE'), []],
  ['label of old programs with a dot', (pem) => pem.replaceAll('CERTIFICATE', 'X.509 CERTIFICATE'), []],
  ['a label that nobody knows', (pem) => pem.replaceAll('CERTIFICATE', 'VENDOR ROOT'), ['pem/damaged-marker 1']],
  [
    'trusted certificate of OpenSSL',
    (pem) => {
      const der = Buffer.from(body(pem), 'base64');
      return encodePem(
        'TRUSTED CERTIFICATE',
        concatBytes([der, encodeElement(TAG.sequence, encodeElement(TAG.utf8String))]),
      );
    },
    [],
  ],
];

export const LAYOUT: readonly Form[] = [
  ['CRLF', (pem) => pem.replaceAll('\n', '\r\n'), ['pem/crlf 1:28']],
  ['CRLF with text', (pem) => `text\n${pem}text`.replaceAll('\n', '\r\n'), ['pem/crlf 2:28']],
  ['lone CR', (pem) => pem.replaceAll('\n', '\r'), ['pem/lone-cr 1:28']],
  [
    'a CR too many',
    (pem) => pem.replaceAll('\n', '\r\r\n'),
    ['pem/crlf 2:1', 'pem/lone-cr 1:28', 'pem/blank-line 2:1'],
  ],
  ['one long line', (pem) => wrapped(pem, 10_000), ['pem/long-line 2:1']],
  ['a blank line after BEGIN', (pem) => pem.replace('\n', '\n\n'), ['pem/blank-line 2:1']],
  ['a blank line before END', (pem) => pem.replace('\n-----END', '\n\n-----END'), ['pem/blank-line E:1']],
  ['blank lines everywhere', (pem) => pem.replaceAll('\n', '\n\n'), ['pem/blank-line 2:1']],
  ['blank lines that have blanks', (pem) => pem.replaceAll('\n', '\n \t\n'), ['pem/blank-line 2:1']],
  [
    'blanks at the ends',
    (pem) => wrapped(pem, 64).replaceAll(/([A-Za-z0-9+/=])\n/g, '$1 \n'),
    ['pem/trailing-blanks 2:65'],
  ],
  ['indented lines', (pem) => `${BEGIN}${body(pem).replaceAll(/^/gm, '\t').trimEnd()}\n${END}`, ['pem/indented 2:1']],
  [
    'indented, between other lines',
    (pem) => `The certificate:\n${pem.trimEnd().replaceAll(/^/gm, '    ')}\nnext: 1\n`,
    ['pem/indented 3:1'],
  ],
  ['a value of YAML', (pem) => `ca.crt: |\n${pem.trimEnd().replaceAll(/^/gm, '    ')}\nnext: 1\n`, []],
  [
    'blanks for line ends',
    (pem) => `${BEGIN}${body(pem).trimEnd().replaceAll('\n', ' ')}\n${END}`,
    ['pem/blanks-for-newlines 2:65'],
  ],
  [
    'no-break spaces for line ends',
    (pem) => `${BEGIN}${body(pem).trimEnd().replaceAll('\n', '\u00a0')}\n${END}`,
    ['pem/blanks-for-newlines 2:65'],
  ],
  [
    'all on one line',
    (pem) => pem.replaceAll('\n', ' '),
    ['pem/missing-line-end 1:1', 'pem/blanks-for-newlines 1:93', 'pem/missing-line-end 1:N+29'],
  ],
  ['byte order mark', (pem) => `\ufeff${pem}`, ['pem/byte-order-mark 1']],
  ['UTF-16 little endian', (pem) => utf16(`\ufeff${pem}`, 'little'), ['pem/utf-16 1']],
  ['UTF-16 big endian', (pem) => utf16(`\ufeff${pem}`, 'big'), ['pem/utf-16 1']],
  ['UTF-16 without a mark', (pem) => utf16(pem, 'little'), ['pem/utf-16 1']],
];

export const MARKERS: readonly Form[] = [
  ['four hyphens', (pem) => pem.replace('-----BEGIN', '----BEGIN'), ['pem/damaged-marker 1:1']],
  ['six hyphens', (pem) => pem.replaceAll('-----', '------'), ['pem/damaged-marker 1:1', 'pem/damaged-marker E:1']],
  ['two and three hyphens', (pem) => pem.replace(BEGIN, '--BEGIN CERTIFICATE---\n'), ['pem/damaged-marker 1:1']],
  ['hyphens on one side', (pem) => pem.replace(BEGIN, '-----BEGIN CERTIFICATE\n'), ['pem/damaged-marker 1:1']],
  ['no hyphens', (pem) => pem.replaceAll('-', ''), ['pem/damaged-marker 1:1', 'pem/damaged-marker E:1']],
  ['en dashes', (pem) => pem.replaceAll('-', '–'), ['pem/damaged-marker 1:1', 'pem/damaged-marker E:1']],
  [
    'em dashes for two hyphens',
    (pem) => pem.replaceAll('--', '—'),
    ['pem/damaged-marker 1:1', 'pem/damaged-marker E:1'],
  ],
  [
    'the same wrong letters in both',
    (pem) => pem.replaceAll('CERTIFICATE', 'CERTIFCATE'),
    ['pem/damaged-marker 1:1', 'pem/damaged-marker E:1'],
  ],
  [
    'a label of two words for one',
    (pem) => pem.replaceAll('CERTIFICATE', 'CA CERTIFICATE'),
    ['pem/damaged-marker 1:1', 'pem/damaged-marker E:1'],
  ],
  ['wrong letters', (pem) => pem.replace('BEGIN CERTIFICATE', 'BEG1N CERT1FlCATE'), ['pem/damaged-marker 1:1']],
  ['diacritics', (pem) => pem.replace('END CERTIFICATE', 'END ČEŘŤIŤICATE'), ['pem/damaged-marker E:1']],
  ['a letter missing', (pem) => pem.replace('END CERTIFICATE', 'EN CERTIFCATE'), ['pem/damaged-marker E:1']],
  ['small letters', (pem) => pem.replace('BEGIN CERTIFICATE', 'begin certificate'), ['pem/damaged-marker 1:1']],
  ['blanks doubled', (pem) => pem.replace('BEGIN CERTIFICATE', ' BEGIN  CERTIFICATE '), ['pem/damaged-marker 1:1']],
  ['base64 on the line of BEGIN', (pem) => pem.replace(BEGIN, BEGIN.trimEnd()), ['pem/missing-line-end 1:1']],
  ['END on the line of base64', (pem) => pem.replace('\n-----END', ' -----END'), ['pem/missing-line-end E-1:L+2']],
  [
    'a mail signed with OpenPGP',
    (pem) => `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n${pem.replaceAll(/^-/gm, '- -')}`,
    ['pem/missing-line-end 4:3', 'pem/missing-line-end E+3:3'],
  ],
  ['text before BEGIN', (pem) => `certificate: ${pem}`, ['pem/missing-line-end 1:14']],
  ['text after END', (pem) => `${pem.trimEnd()} (end)\n`, ['pem/missing-line-end E:1']],
  ['no BEGIN', (pem) => pem.slice(BEGIN.length), ['pem/missing-begin 1:1']],
  ['text, then no BEGIN', (pem) => `Here it is:\n${pem.slice(BEGIN.length)}`, ['pem/missing-begin 2:1']],
  ['no END', (pem) => pem.slice(0, -END.length), ['pem/missing-end E-1:L+1']],
  [
    'no END, then text',
    (pem) => `${pem.slice(0, -END.length)}quit\n\nThis is where it ends, more or less.\n`,
    ['pem/missing-end E-1:L+1'],
  ],
  [
    'no END, then another label',
    (pem) => `${pem.slice(0, -END.length)}-----BEGIN DH PARAMETERS-----\nMAA=\n-----END DH PARAMETERS-----\n`,
    ['pem/missing-end E-1:L+1'],
  ],
  [
    'as in a printed guide',
    (pem) => `Copy this:\n\n----BEGIN CERTIFICATE-----\n\n${body(pem).replaceAll('\n', ' ')}----END ČEŘŤIŤICATE----\n`,
    [
      'pem/damaged-marker 3:1',
      'pem/blank-line 4:1',
      'pem/blanks-for-newlines 5:65',
      'pem/damaged-marker 5:N+1',
      'pem/missing-line-end 5:N+1',
    ],
  ],
  ['no markers', (pem) => body(pem), ['pem/no-markers 1']],
  ['no markers, one line', (pem) => body(pem).replaceAll('\n', ''), ['pem/no-markers 1', 'pem/long-line 1:1']],
  ['no markers, CRLF', (pem) => body(pem).replaceAll('\n', '\r\n'), ['pem/no-markers 1', 'pem/crlf 1:65']],
];

export const FRAMES: readonly Form[] = [
  ['a quoted mail', (pem) => prefixed(pem, () => '> '), ['pem/line-prefix 1:1']],
  ['a mail quoted twice', (pem) => prefixed(pem, () => '>> '), ['pem/line-prefix 1:1']],
  ['a mail quoted twice with blanks', (pem) => prefixed(pem, () => '> > '), ['pem/line-prefix 1:1']],
  ['a quoted mail without blanks', (pem) => prefixed(pem, () => '>'), ['pem/line-prefix 1:1']],
  [
    'a quoted mail with an answer',
    (pem) => `On Monday you wrote:\n${prefixed(pem, () => '> ')}Thank you!\n`,
    ['pem/line-prefix 2:1'],
  ],
  [
    'a quoted mail with CRLF',
    (pem) => prefixed(pem, () => '> ').replaceAll('\n', '\r\n'),
    ['pem/line-prefix 1:1', 'pem/crlf 1:30'],
  ],
  [
    'a quoted mail with blank lines',
    (pem) => prefixed(pem.replaceAll('\n', '\n\n').trimEnd(), () => '>'),
    ['pem/line-prefix 1:1', 'pem/blank-line 2:2'],
  ],
  ['a comment of a shell', (pem) => prefixed(pem, () => '# '), ['pem/line-prefix 1:1']],
  ['a comment of C', (pem) => prefixed(pem, () => ' * '), ['pem/line-prefix 1:1']],
  ['a comment of a Java file', (pem) => prefixed(pem, () => '    // '), ['pem/line-prefix 1:1']],
  ['an added file in a diff', (pem) => prefixed(pem, () => '+'), ['pem/line-prefix 1:1']],
  ['line numbers', (pem) => prefixed(pem, (number) => `${String(number).padStart(5)}  `), ['pem/line-prefix 1:1']],
  [
    'line numbers of cat -n',
    (pem) => prefixed(pem, (number) => `${String(number).padStart(6)}\t`),
    ['pem/line-prefix 1:1'],
  ],
  ['line numbers of grep -n', (pem) => prefixed(pem, (number) => `${number}:`), ['pem/line-prefix 1:1']],
  ['line numbers with a dot', (pem) => prefixed(pem, (number) => `${number}. `), ['pem/line-prefix 1:1']],
  ['file names of grep', (pem) => prefixed(pem, (number) => `certs/ca-2.pem:${number}:`), ['pem/line-prefix 1:1']],
  [
    'syslog',
    (pem) => prefixed(pem, (number) => `Nov 22 05:${10 + number}:47 gw-1 app[12${number}]: `),
    ['pem/line-prefix 1:1'],
  ],
  [
    'syslog of RFC 5424',
    (pem) => prefixed(pem, (number) => `<13>1 2026-11-22T05:10:${10 + number}.003Z gw-1 app ${number} ID7 - `),
    ['pem/line-prefix 1:1'],
  ],
  [
    'docker logs',
    (pem) => prefixed(pem, (number) => `2026-11-22T05:55:47.${number}23456789Z `),
    ['pem/line-prefix 1:1'],
  ],
  [
    'a log with other levels',
    (pem) => prefixed(pem, (number) => `05:10:${10 + number} ${number % 2 === 0 ? 'INFO ' : 'DEBUG'} [main] app - `),
    ['pem/missing-line-end 1:29', 'pem/line-prefix 2:1', 'pem/missing-line-end E:29'],
  ],
  [
    'what grep -A prints',
    (pem) => prefixed(pem, (number) => `certs/ca.pem${number === 1 ? ':' : '-'}`),
    ['pem/missing-line-end 1:14', 'pem/line-prefix 2:1', 'pem/damaged-marker E:13', 'pem/missing-line-end E:13'],
  ],
  [
    'a table of psql',
    (pem) =>
      suffixed(
        prefixed(pem, (number) => (number === 1 ? '  1 | ' : '    | ')),
        '+',
        70,
      ).replace(/\+\n$/, '\n'),
    ['pem/line-suffix 1:34', 'pem/missing-line-end 1:7', 'pem/line-prefix 2:1', 'pem/missing-line-end E:7'],
  ],
  [
    'calls of a program',
    (pem) =>
      suffixed(
        prefixed(pem, () => '  sb.append("'),
        '\\n");',
      ),
    ['pem/line-prefix 1:1', 'pem/line-suffix 1:41'],
  ],
  ['a pager', (pem) => pem.replace(/\n(?=.*\n.*\n-----END)/, '\n --More-- \n'), ['pem/other-line E-2:1']],
  [
    'a pager on the line of base64',
    (pem) => pem.replace(/\n(?=.*\n.*\n-----END)/, '\n--More-- '),
    ['pem/other-line E-2:1'],
  ],
  ['line numbers on lines of their own', (pem) => prefixed(pem, (number) => `${number}\n`), ['pem/line-prefix 3:1']],
  [
    'line numbers but for the first line',
    (pem) => prefixed(pem, (number) => (number === 1 ? '' : `${number}  `)),
    ['pem/line-prefix 2:1', 'pem/missing-line-end E:5'],
  ],
  [
    'a pager that takes itself away',
    (pem) => pem.replace(/\n(?=.*\n.*\n-----END)/, `\n--More--${'\b'.repeat(8)}${' '.repeat(8)}${'\b'.repeat(8)}`),
    ['pem/terminal-escape E-2:1'],
  ],
  ...[
    ['more', '\x1b[7m--More--(60%)\x1b[27m\r\x1b[K'],
    ['less', ':\x1b[K\r\x1b[K'],
    ['NX-OS', '\x1b[7m--More--\x1b[27m\x1b[8D\x1b[K'],
    ['ASA', '<--- More --->\r              \r'],
    ['Junos', '---(more 60%)---\r                                        \r'],
  ].map(
    ([name, prompt]): Form => [
      `a pager that erases itself: ${name}`,
      (pem) => pem.replace(/\n(?=.*\n.*\n-----END)/, `\n${prompt}`),
      ['pem/terminal-escape E-2:1'],
    ],
  ),
  [
    'one line with bars between',
    (pem) => pem.trimEnd().replaceAll('\n', '|'),
    ['pem/missing-line-end 1:1', 'pem/blanks-for-newlines 1:28', 'pem/missing-line-end 1:N+29'],
  ],
  ['docker compose logs', (pem) => prefixed(pem, () => 'api-1  | '), ['pem/line-prefix 1:1']],
  ['kubectl logs with a prefix', (pem) => prefixed(pem, () => '[pod/api-7d9f/api] '), ['pem/line-prefix 1:1']],
  [
    'a log with level and logger',
    (pem) => prefixed(pem, (number) => `2026-11-22 05:55:47,${100 + number} INFO  [main] c.e.Tls - `),
    ['pem/line-prefix 1:1'],
  ],
  ['journalctl', (pem) => prefixed(pem, (number) => `Nov 22 05:55:47 gw-1 app[${number}]: `), ['pem/line-prefix 1:1']],
  ['the time in brackets', (pem) => prefixed(pem, (number) => `[05:55:${10 + number}] `), ['pem/line-prefix 1:1']],
  ['a prompt', (pem) => prefixed(pem, () => 'quote> '), ['pem/line-prefix 1:1']],
  ['a prompt of a device', (pem) => prefixed(pem, () => 'gw-1(config)# '), ['pem/line-prefix 1:1']],
  ['the left border of a table', (pem) => prefixed(pem, () => '| '), ['pem/line-prefix 1:1']],
  [
    'a table',
    (pem) =>
      suffixed(
        prefixed(pem, () => '| '),
        ' |',
        66,
      ),
    ['pem/line-prefix 1:1', 'pem/line-suffix 1:30'],
  ],
  [
    'a table drawn with lines',
    (pem) =>
      `┌──┐\n${suffixed(
        prefixed(pem, () => '│ '),
        ' │',
        66,
      )}└──┘\n`,
    ['pem/line-prefix 2:1', 'pem/line-suffix 2:30'],
  ],
  ['the right border of a table', (pem) => suffixed(pem, ' |'), ['pem/line-suffix 1:28']],
  ['lines that a shell goes on with', (pem) => suffixed(pem, ' \\'), ['pem/line-suffix 1:28']],
  ['line ends shown by cat -A', (pem) => suffixed(pem, '$'), ['pem/line-suffix 1:28']],
  [
    'strings of a C program',
    (pem) =>
      suffixed(
        prefixed(pem, () => '  "'),
        '\\n"',
      ),
    [],
  ],
  [
    'strings of a script',
    (pem) =>
      suffixed(
        prefixed(pem, () => "'"),
        "\\n' +",
      ),
    [],
  ],
  ['items of a list', (pem) => prefixed(pem, () => '- '), ['pem/line-prefix 1:1']],
  [
    'no END in a quoted mail',
    (pem) => prefixed(pem.slice(0, -END.length), () => '> '),
    ['pem/line-prefix 1:1', 'pem/missing-end E-1:L+3'],
  ],
];

export const ESCAPES: readonly Form[] = [
  ['a space of no width', (pem) => `${pem.slice(0, 100)}\u200b${pem.slice(100)}`, ['pem/invisible-character 3:8']],
  ['a space of no width after every line', (pem) => pem.replaceAll('\n', '\u200b\n'), ['pem/invisible-character 1:28']],
  ['a word joiner in BEGIN', (pem) => pem.replace('BEGIN', 'BE\u2060GIN'), ['pem/invisible-character 1:8']],
  ['a byte order mark in the middle', (pem) => `text\n\ufeff${pem}`, ['pem/invisible-character 2:1']],
  ['marks of direction', (pem) => `\u202a${pem.trimEnd()}\u202c\n`, ['pem/invisible-character 1:1']],
  [
    'soft hyphens where lines end',
    (pem) => pem.replaceAll(/([A-Za-z0-9+/=])\n/g, '$1\u00ad\n'),
    ['pem/invisible-character 2:65'],
  ],
  [
    'no-break spaces before lines',
    (pem) => BEGIN + body(pem).replaceAll(/^(?=.)/gm, '\u00a0\u00a0') + END,
    ['pem/indented 2:1'],
  ],
  [
    'no-break spaces after lines',
    (pem) => BEGIN + body(pem).replaceAll(/(?<=\S)$/gm, '\u00a0') + END,
    ['pem/trailing-blanks 2:65'],
  ],
  ['a no-break space in BEGIN', (pem) => pem.replace('BEGIN ', 'BEGIN\u00a0'), ['pem/damaged-marker 1:1']],
  [
    'ideographic spaces for line ends',
    (pem) => `${BEGIN + body(pem).trimEnd().replaceAll('\n', '\u3000')}\n${END}`,
    ['pem/blanks-for-newlines 2:65'],
  ],
  [
    'decimal references',
    (pem) => BEGIN + body(pem).replaceAll('+', '&#43;').replaceAll('/', '&#47;').replaceAll('=', '&#61;') + END,
    ['pem/html-entity {+/=}'],
  ],
  ['hexadecimal references', (pem) => BEGIN + body(pem).replaceAll('/', '&#x2F;') + END, ['pem/html-entity {/}']],
  [
    'references by name',
    (pem) => BEGIN + body(pem).replaceAll('+', '&plus;').replaceAll('/', '&sol;').replaceAll('=', '&equals;') + END,
    ['pem/html-entity {+/=}'],
  ],
  ['hyphens as references', (pem) => pem.replaceAll('-----', '&#45;&#45;&#45;&#45;&#45;'), ['pem/html-entity 1:1']],
  ['line ends as references', (pem) => pem.trimEnd().replaceAll('\n', '&#10;'), ['pem/html-entity 1:28']],
  ['a quoted mail in a page', (pem) => prefixed(pem, () => '&gt; '), ['pem/html-entity 1:1', 'pem/line-prefix 1:1']],
  ['blanks of a page', (pem) => prefixed(pem, () => '&nbsp;&nbsp;'), ['pem/html-entity 1:1', 'pem/indented 2:1']],
  [
    'quoted-printable',
    (pem) => quotedPrintable(pem.replace('BEGIN ', 'BEGIN=20')).replace('=3D20', '=20'),
    ['pem/quoted-printable 1:11'],
  ],
  [
    'quoted-printable of one long line',
    (pem) => quotedPrintable(wrapped(pem, 10_000)),
    ['pem/quoted-printable 2:76', 'pem/long-line 2:1'],
  ],
  [
    'quoted-printable with CRLF',
    (pem) => quotedPrintable(wrapped(pem, 10_000)).replaceAll('\n', '\r\n'),
    ['pem/quoted-printable 2:76', 'pem/crlf 1:28', 'pem/long-line 2:1'],
  ],
  ['colours of a terminal', (pem) => `\x1b[32m${pem.trimEnd()}\x1b[0m\n`, ['pem/terminal-escape 1:1']],
  ['a pager that cleared lines', (pem) => pem.replaceAll('\n', '\x1b[K\n'), ['pem/terminal-escape 1:28']],
  ['URL-safe base64', urlSafe, ['pem/url-safe {+/}']],
  [
    'URL-safe base64 without padding',
    (pem) => urlSafe(pem).replaceAll('=', ''),
    ['pem/url-safe {+/}', 'pem/missing-padding E-1:L-1'],
  ],
  ['URL-safe base64 without markers', (pem) => body(urlSafe(pem)), ['pem/no-markers 1', 'pem/url-safe {+/ -1:+0}']],
  ['no padding', (pem) => pem.replaceAll('=', ''), ['pem/missing-padding E-1:L-1']],
];

export const COMBINED: readonly Form[] = [
  [
    'a quoted mail in UTF-16',
    (pem) => utf16(`\ufeff${prefixed(pem, () => '> ')}`, 'little'),
    ['pem/utf-16 1', 'pem/line-prefix 1:1'],
  ],
  [
    'a quoted mail with en dashes',
    (pem) => prefixed(pem.replaceAll('-----', '–––––'), () => '> '),
    ['pem/line-prefix 1:1', 'pem/damaged-marker 1:3', 'pem/damaged-marker E:3'],
  ],
  [
    'a log with CRLF and a byte order mark',
    (pem) => `\ufeff${prefixed(pem, (number) => `[${number}] `)}`.replaceAll('\n', '\r\n'),
    ['pem/byte-order-mark 1', 'pem/line-prefix 1:1', 'pem/crlf 1:32'],
  ],
  [
    'a table in a page',
    (pem) =>
      suffixed(
        prefixed(pem, () => '|&nbsp;'),
        ' |',
      ),
    ['pem/line-prefix 1:1', 'pem/html-entity 1:2', 'pem/line-suffix 1:35'],
  ],
  [
    'line numbers and blanks at the ends',
    (pem) =>
      suffixed(
        prefixed(pem, (number) => `${number}: `),
        '  ',
      ),
    ['pem/line-prefix 1:1', 'pem/trailing-blanks 2:68'],
  ],
  [
    'URL-safe base64 in a quoted mail, one long line',
    (pem) => prefixed(urlSafe(wrapped(pem, 10_000)), () => '> '),
    ['pem/line-prefix 1:1', 'pem/long-line 2:3', 'pem/url-safe 2:{+/}'],
  ],
  [
    'four hyphens, CRLF, no END',
    (pem) => pem.slice(0, -END.length).replace('-----BEGIN', '----BEGIN').replaceAll('\n', '\r\n'),
    ['pem/damaged-marker 1:1', 'pem/crlf 1:27', 'pem/missing-end E-1:L+1'],
  ],
  [
    'Latin-1 with no-break spaces',
    (pem) => Buffer.from(`f\xfcr\n${pem.replaceAll('\n', '\xa0\n')}`, 'latin1'),
    ['pem/trailing-blanks 3:65'],
  ],
  [
    'columns of 48, indented, blank lines',
    (pem) => wrapped(pem, 48).replaceAll('\n', '\n\n  ').trimEnd(),
    ['pem/blank-line 2:1', 'pem/indented 3:1'],
  ],
  [
    'a frame within a frame',
    (pem) =>
      prefixed(
        prefixed(pem, (number) => `${number}: `),
        () => '> ',
      ),
    ['pem/line-prefix 1:1'],
  ],
];
