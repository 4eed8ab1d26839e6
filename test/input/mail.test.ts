import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { issue } from '../support/certificates.ts';
import {
  attachment,
  base64,
  entity,
  type Found,
  folded,
  MESSAGE,
  multipart,
  quotedPrintable,
  read,
} from '../support/documents.ts';
import { certsOnly } from '../support/pkcs7.ts';

const ROOT = issue({ subject: 'CN=Root' });
const SUB = issue({ subject: 'CN=Sub', issuer: ROOT });
const LINES = ROOT.pem.split('\n').length - 1;

/** More lines than any body here has. */
const MANY = Array.from({ length: 40 }, (_, index) => `X-Header-${index}: x`);

const FORWARDED = multipart(
  [
    entity({
      headers: ['Content-Type: message/rfc822'],
      body: multipart([attachment('a.cer', ROOT.der)], { boundary: 'inner', headers: MESSAGE }),
    }),
    entity({ body: SUB.pem }),
  ],
  { headers: MESSAGE },
);

const AROUND = multipart([entity({ body: 'x' })], { headers: MESSAGE })
  .replace('\r\n\r\n', `\r\n\r\n${ROOT.pem}`)
  .concat(SUB.pem);

const MAIL: readonly (readonly [name: string, bytes: string, found: readonly Found[]])[] = [
  ['a message', entity({ headers: MESSAGE, body: `Hello\n${ROOT.pem}Bye\n` }), [['CN=Root', null, 6]]],
  [
    'a string below a block',
    entity({ headers: [...MESSAGE, ...MANY], body: `${ROOT.pem}x = ${JSON.stringify(SUB.pem)}\n` }),
    [
      ['CN=Root', null, MANY.length + 5],
      ['CN=Sub', null, MANY.length + 5 + LINES],
    ],
  ],
  [
    'attachments',
    multipart(
      [
        entity({ headers: ['Content-Type: text/plain'], body: `Here it is:\n${SUB.pem}` }),
        attachment('root ca.cer', ROOT.der),
        attachment('chain.pem', `x\n${SUB.pem}`),
      ],
      { headers: MESSAGE },
    ),
    [
      ['CN=Sub', null, 10],
      ['CN=Root', 'root ca.cer', null],
      ['CN=Sub', 'chain.pem', 2],
    ],
  ],
  [
    'an attachment that is PEM and not the base64 that it should be',
    multipart([attachment('a.cer', ROOT.der).replace(/\r\n\r\n[\s\S]*/, `\r\n\r\n${SUB.pem}`)], { headers: MESSAGE }),
    [['CN=Sub', 'a.cer', 1]],
  ],
  [
    'quoted-printable',
    entity({
      headers: [...MESSAGE, 'Content-Transfer-Encoding: quoted-printable'],
      body: quotedPrintable(`Grüße\n${ROOT.pem}`),
    }),
    [['CN=Root', null, 6]],
  ],
  [
    'HTML in quoted-printable',
    entity({
      headers: [...MESSAGE, 'Content-Type: text/html', 'Content-Transfer-Encoding: quoted-printable'],
      body: quotedPrintable(`<html><p>${ROOT.pem.replaceAll('\n', '<br>')}</p>`),
    }),
    [['CN=Root', null, 7]],
  ],
  [
    'the text in base64',
    entity({
      headers: [...MESSAGE, 'Content-Transfer-Encoding: base64'],
      body: folded(base64(`Hello\n${ROOT.pem}`), 76),
    }),
    [['CN=Root', null, 6]],
  ],
  [
    'multiparts in multiparts',
    multipart([multipart([attachment('a.cer', ROOT.der)], { boundary: 'inner' }), attachment('b.cer', SUB.der)], {
      headers: MESSAGE,
    }),
    [
      ['CN=Root', 'a.cer', null],
      ['CN=Sub', 'b.cer', null],
    ],
  ],
  [
    'a message in a message',
    FORWARDED,
    [
      ['CN=Root', 'a.cer', null],
      ['CN=Sub', null, lineIn(FORWARDED, SUB.pem)],
    ],
  ],
  [
    'a message in base64',
    multipart([attachment('fwd.eml', entity({ headers: MESSAGE, body: ROOT.pem }), 'message/rfc822')], {
      headers: MESSAGE,
    }),
    [['CN=Root', 'fwd.eml', 5]],
  ],
  [
    'S/MIME, the signature beside',
    multipart(
      [
        entity({ body: 'Hello' }),
        attachment('smime.p7s', certsOnly([ROOT.der, SUB.der]), 'application/pkcs7-signature'),
      ],
      { headers: MESSAGE },
    ),
    [
      ['CN=Root', 'smime.p7s', null],
      ['CN=Sub', 'smime.p7s', null],
    ],
  ],
  [
    'S/MIME, the signature around',
    attachment('smime.p7m', certsOnly([ROOT.der]), 'application/pkcs7-mime').replace(/^/, 'MIME-Version: 1.0\r\n'),
    [['CN=Root', 'smime.p7m', null]],
  ],
  [
    'an archive',
    multipart([attachment('roots.zip', zipSync({ 'a/root.cer': ROOT.der }))], { headers: MESSAGE }),
    [['CN=Root', 'roots.zip!/a/root.cer', null]],
  ],
  [
    'an mbox',
    `From x\n${entity({ headers: MESSAGE, body: ROOT.pem })}\nFrom y\n${entity({ headers: MESSAGE, body: SUB.pem })}`.replaceAll(
      '\r\n',
      '\n',
    ),
    [
      ['CN=Root', null, 6],
      ['CN=Sub', null, 6 + LINES + 6],
    ],
  ],
  [
    'a name in encoded words',
    multipart([attachment('x', ROOT.der).replaceAll('"x"', '"=?utf-8?B?xI1h?=.cer"')], { headers: MESSAGE }),
    [['CN=Root', 'ča.cer', null]],
  ],
  [
    'a name in pieces',
    multipart([attachment('x', ROOT.der).replace('filename="x"', "filename*0*=utf-8''%C4%8D;\r\n filename*1=a.cer")], {
      headers: MESSAGE,
    }),
    [['CN=Root', 'ča.cer', null]],
  ],
  [
    'no closing boundary',
    multipart([attachment('a.cer', ROOT.der)], { headers: MESSAGE }).replace(/--frontier--\r\n$/, ''),
    [['CN=Root', 'a.cer', null]],
  ],
  [
    'text around the parts',
    AROUND,
    [
      ['CN=Root', null, 6],
      ['CN=Sub', null, lineIn(AROUND, SUB.pem)],
    ],
  ],
];

/** The line on which a text begins in another. */
function lineIn(whole: string, text: string): number {
  const normal = whole.replaceAll('\r\n', '\n');
  return normal.slice(0, normal.indexOf(text)).split('\n').length;
}

test.each(MAIL)('%s: certificates without a note', (_name, text, found) => {
  expect(read(text)).toEqual({ kind: 'text', found, notes: [], errors: [] });
});

test('a header that holds PEM is read, too', () => {
  const text = `${MESSAGE.join('\n')}\nX-Certificate:\n\t${ROOT.pem.trimEnd().replaceAll('\n', '\n\t')}\n\nHello\n${SUB.pem}`;
  expect(read(text)).toMatchObject({
    found: [
      ['CN=Root', null, 5],
      ['CN=Sub', null, lineIn(text, SUB.pem)],
    ],
    errors: [],
  });
});
