import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { issue } from '../support/certificates.ts';
import { base64, type Found, folded, indented, read } from '../support/documents.ts';

const ROOT = issue({ subject: 'CN=Root' });
const SUB = issue({ subject: 'CN=Sub', issuer: ROOT });
const LINES = ROOT.pem.split('\n').length - 1;
const BODY = ROOT.pem.split('\n').slice(1, -2);
const SAML_RESPONSE = `<samlp:Response xmlns:samlp="urn:x"><ds:X509Certificate>${base64(ROOT.der)}</ds:X509Certificate></samlp:Response>`;

type Row = readonly [name: string, bytes: Uint8Array | string, found: readonly Found[]];

const YAML_AND_JSON: readonly Row[] = [
  [
    'a Secret, PEM in base64',
    `apiVersion: v1\nkind: Secret\ndata:\n  tls.crt: ${base64(ROOT.pem + SUB.pem)}\n  other: aGVsbG8=\n`,
    [
      ['CN=Root', 'data["tls.crt"]', 4],
      ['CN=Sub', 'data["tls.crt"]', 4],
    ],
  ],
  [
    'a Secret, DER in base64',
    `kind: Secret\ndata:\n  ca.der: ${base64(ROOT.der)}\n`,
    [['CN=Root', 'data["ca.der"]', 3]],
  ],
  [
    'a Secret as stringData',
    `kind: Secret\nstringData:\n  ca: |\n${indented(ROOT.pem, 4)}\n  next: 1\n`,
    [['CN=Root', 'stringData.ca', 4]],
  ],
  [
    'a ConfigMap, both ways',
    `kind: ConfigMap\ndata:\n  ca.crt: |-\n${indented(ROOT.pem + SUB.pem, 4)}\nbinaryData:\n  b: ${base64(ROOT.der)}\n`,
    [
      ['CN=Root', 'data["ca.crt"]', 4],
      ['CN=Sub', 'data["ca.crt"]', 4 + LINES],
      ['CN=Root', 'binaryData.b', 4 + LINES + SUB.pem.split('\n').length],
    ],
  ],
  [
    'several documents',
    `---\nkind: Secret\ndata: {a: ${base64(ROOT.pem)}}\n---\nkind: Secret\ndata: {a: ${base64(SUB.pem)}}\n`,
    [
      ['CN=Root', 'data.a', 3],
      ['CN=Sub', 'data.a', 6],
    ],
  ],
  [
    'a kubeconfig',
    `apiVersion: v1\nclusters:\n- cluster:\n    certificate-authority-data: ${base64(ROOT.pem)}\n    server: https://k\nusers:\n- user:\n    client-certificate-data: ${base64(SUB.pem)}\n`,
    [
      ['CN=Root', 'clusters[0].cluster.certificate-authority-data', 4],
      ['CN=Sub', 'users[0].user.client-certificate-data', 8],
    ],
  ],
  [
    'a kubeconfig in a ConfigMap',
    `data:\n  kubeconfig: |\n    clusters:\n    - ca: ${base64(ROOT.pem)}\n`,
    [['CN=Root', 'data.kubeconfig!/clusters[0].ca', 4]],
  ],
  ['YAML with !!binary', `a: !!binary |\n${indented(folded(base64(ROOT.der), 76), 2)}\nb: 1\n`, [['CN=Root', 'a', 1]]],
  ['YAML, base64 in a folded scalar', `a: >-\n${indented(folded(base64(ROOT.pem), 76), 2)}\n`, [['CN=Root', 'a', 1]]],
  ['YAML, a string with escapes', `# x\nca: ${JSON.stringify(ROOT.pem)}\n`, [['CN=Root', 'ca', 2]]],
  [
    'YAML, a string in quotes over several lines',
    `data:\n  ca: '${(ROOT.pem + SUB.pem).replaceAll('\n', '\n\n    ')}'\n  next: 1\n`,
    [
      ['CN=Root', 'data.ca', 2],
      ['CN=Sub', 'data.ca', 2 + 2 * LINES],
    ],
  ],
  [
    'YAML, a string without quotes over several lines',
    `---\n- ca:\n    ${ROOT.pem.trimEnd().replaceAll('\n', '\n\n    ')}\n`,
    [['CN=Root', '[0].ca', 3]],
  ],
  ['YAML with templates of Helm', `{{ if .x }}\ndata:\n  a: ${base64(ROOT.pem)}\n{{ end }}\n`, [['CN=Root', null, 3]]],
  [
    'JSON',
    JSON.stringify({ a: [ROOT.pem], 'b c': { d: SUB.pem } }, null, 1),
    [
      ['CN=Root', 'a[0]', 3],
      ['CN=Sub', '["b c"].d', 6],
    ],
  ],
  [
    'JSON with escaped slashes',
    JSON.stringify({ a: ROOT.pem }).replaceAll('/', '\\/').replaceAll('+', '\\u002b'),
    [['CN=Root', 'a', 1]],
  ],
  [
    'a key set with x5c',
    JSON.stringify({ keys: [{ kty: 'EC', x5c: [base64(ROOT.der), base64(SUB.der)] }] }),
    [
      ['CN=Root', 'keys[0].x5c[0]', 1],
      ['CN=Sub', 'keys[0].x5c[1]', 1],
    ],
  ],
  ['JSON in JSON', JSON.stringify({ body: JSON.stringify({ ca: ROOT.pem }) }), [['CN=Root', 'body!/ca', 1]]],
  ['a list of lines', JSON.stringify({ ca: ROOT.pem.trimEnd().split('\n') }, null, 2), [['CN=Root', null, 3]]],
  ['UTF-8 with other letters', `Größe: 1\nca: ${base64(ROOT.pem)}\n`, [['CN=Root', 'ca', 2]]],
];

/** Behind the comment, whose end stands on the line of `<b>`. */
const IN_COMMENT: Row[2] = [
  ['CN=Root', null, 3],
  ['CN=Sub', null, 4 + LINES],
];

const IN_VALUE: Row[2] = [
  ['CN=Sub', 'a/b', 2],
  ['CN=Root', null, 3],
];

const XML_AND_HTML: readonly Row[] = [
  [
    'an address in XML that holds its own data',
    `<links><link href="data:application/x-x509-ca-cert;base64,${base64(ROOT.der)}"/></links>\n`,
    [['CN=Root', 'links/link/@href', 1]],
  ],
  [
    'a file of Ignition',
    JSON.stringify({ contents: { source: `data:text/plain;charset=utf-8;base64,${base64(ROOT.pem)}` } }),
    [['CN=Root', 'contents.source', 1]],
  ],
  [
    'SAML metadata',
    `<?xml version="1.0"?>\n<md:EntityDescriptor xmlns:md="m">\n<ds:X509Certificate>\n${folded(base64(ROOT.der))}</ds:X509Certificate>\n<ds:X509Certificate>${base64(SUB.der)}</ds:X509Certificate>\n</md:EntityDescriptor>\n`,
    [
      ['CN=Root', 'EntityDescriptor/X509Certificate', 3],
      ['CN=Sub', 'EntityDescriptor/X509Certificate', 3 + BODY.length + 2],
    ],
  ],
  ['XML, PEM in an element', `<vpn>\n<ca>\n${ROOT.pem}</ca></vpn>`, [['CN=Root', null, 3]]],
  ['XML, PEM in CDATA', `<vpn><ca><![CDATA[${ROOT.pem}]]></ca></vpn>`, [['CN=Root', null, 1]]],
  ['XML, line ends as references', `<a>${ROOT.pem.replaceAll('\n', '&#13;\n')}</a>`, [['CN=Root', null, 1]]],
  [
    'XML, indented base64',
    `<a>\n  <b>\n${indented(folded(base64(ROOT.der)), 8)}\n  </b>\n</a>`,
    [['CN=Root', 'a/b', 2]],
  ],
  [
    'a property list',
    `<?xml version="1.0"?>\n<!DOCTYPE plist PUBLIC "x" "y">\n<plist><data>\n${folded(base64(ROOT.der), 52)}</data></plist>`,
    [['CN=Root', 'plist/data', 3]],
  ],
  [
    'two documents in a row',
    `<a><b>${base64(ROOT.der)}</b></a>\n<a><b>${base64(SUB.der)}</b></a>\n`,
    [
      ['CN=Root', 'a/b', 1],
      ['CN=Sub', 'a/b', 2],
    ],
  ],
  [
    'XML, all line ends as references',
    `<a>\n<b>${(ROOT.pem + SUB.pem).replaceAll('\n', '&#10;')}</b></a>`,
    [
      ['CN=Root', null, 2],
      ['CN=Sub', null, 2],
    ],
  ],
  ['XML, PEM in an attribute', `<a>\n<b x="1"\n ca="${ROOT.pem}"/></a>`, [['CN=Root', null, 3]]],
  [
    'XML, PEM in attributes, line ends as references',
    `<a>\n<b ca="${ROOT.pem.replaceAll('\n', '&#xA;')}"/>\n<b\n ca='${SUB.pem}'/>\n</a>`,
    [
      ['CN=Root', null, 2],
      ['CN=Sub', null, 4],
    ],
  ],
  ['XML, base64 in an attribute', `<a>\n<x:b y:ca="${base64(ROOT.der)}"/></a>`, [['CN=Root', 'a/b/@y:ca', 2]]],
  ['XML, then text', `<a/>\n${ROOT.pem}`, [['CN=Root', null, 2]]],
  [
    'XML, then a comment and text',
    `<a>${base64(SUB.der)}</a>\n<!-- x -->\n${ROOT.pem}`,
    [
      ['CN=Sub', 'a', 1],
      ['CN=Root', null, 3],
    ],
  ],
  ['XML, PEM in a comment', `<a>\n<!-- old:\n${ROOT.pem}--><b>\n${SUB.pem}</b></a>`, IN_COMMENT],
  ['XML, PEM in a comment of a value', `<a>\n<b>${base64(SUB.der)}<!--\n${ROOT.pem}--></b></a>`, IN_VALUE],
  ['XML, PEM in a comment before it', `<!--\n${ROOT.pem}-->\n<a/>`, [['CN=Root', null, 2]]],
  ['XML, PEM in a comment behind it', `<a/>\n<!--\n${ROOT.pem}-->\n`, [['CN=Root', null, 3]]],
  ['XML with faults', `<a><b c=d>&x;<c>${base64(ROOT.der)}</c></d></a>`, [['CN=Root', 'a/b/c', 1]]],
  ['HTML, pre', `<!DOCTYPE html>\n<html><body>\n<pre>${ROOT.pem}</pre></body></html>`, [['CN=Root', null, 3]]],
  [
    'HTML, br and references',
    `<html>\n${ROOT.pem.replaceAll('+', '&#43;').replaceAll('/', '&#x2F;').replaceAll('=', '&equals;').replaceAll('\n', '<br/>\n')}`,
    [['CN=Root', null, 2]],
  ],
  [
    'HTML, a paragraph a line',
    `<div>\n${ROOT.pem
      .trimEnd()
      .split('\n')
      .map((line) => `<p class="x">${line}&nbsp;</p>`)
      .join('')}</div>`,
    [['CN=Root', null, 2]],
  ],
  [
    'HTML, coloured',
    `<pre><span class="k">${ROOT.pem.trimEnd().split('\n').join('</span>\n<span class="k">')}</span></pre>`,
    [['CN=Root', null, 1]],
  ],
  [
    'HTML, a table with line numbers in cells',
    `<html><table>\n${ROOT.pem
      .trimEnd()
      .split('\n')
      .map((line, index) => `<tr><td>${index + 1}</td>\n<td>${line}</td></tr>`)
      .join('')}</table></html>`,
    [['CN=Root', null, 3]],
  ],
  [
    'HTML, a table with line numbers left out',
    `<table>${ROOT.pem
      .trimEnd()
      .split('\n')
      .map((line) => `<tr><td>${line}</td></tr>`)
      .join('\n')}</table>`,
    [['CN=Root', null, 1]],
  ],
  [
    'HTML, a data address',
    `<html><body>\n<a href="data:application/x-x509-ca-cert;base64,${base64(ROOT.der)}">ca</a></body></html>`,
    [['CN=Root', null, 2]],
  ],
];

const STRINGS: readonly Row[] = [
  [
    'JavaScript, joined',
    `const ca =\n  '-----BEGIN CERTIFICATE-----\\n' +\n${BODY.map((line) => `  '${line}\\n' +`).join('\n')}\n  '-----END CERTIFICATE-----\\n';\n`,
    [['CN=Root', null, 2]],
  ],
  [
    'C, side by side',
    `static const char ca[] =\n"-----BEGIN CERTIFICATE-----\\r\\n"\n${BODY.map((line) => `"${line}\\r\\n"`).join('\n')}\n"-----END CERTIFICATE-----\\r\\n";\n`,
    [['CN=Root', null, 2]],
  ],
  [
    'Java, plus before',
    `String ca = "-----BEGIN CERTIFICATE-----\\n"\n${BODY.map((line) => `  + "${line}\\n"`).join('\n')}\n  + "-----END CERTIFICATE-----";\n`,
    [['CN=Root', null, 1]],
  ],
  [
    'Python, a list of lines',
    `ca = [${ROOT.pem
      .trimEnd()
      .split('\n')
      .map((line) => `'${line}'`)
      .join(', ')}]\n`,
    [['CN=Root', null, 1]],
  ],
  [
    'Python, strings of bytes as pprint shows them',
    `{'ca': ${ROOT.pem
      .trimEnd()
      .split('\n')
      .map((line) => `b'${line}\\n'`)
      .join('\n       ')},\n 'next': 1}\n`,
    [['CN=Root', null, 1]],
  ],
  ['an environment file', `A=b\nCA="${ROOT.pem.replaceAll('\n', '\\n')}"\n`, [['CN=Root', null, 2]]],
  [
    'properties with continued lines',
    `ca=${ROOT.pem.trimEnd().replaceAll('\n', '\\n\\\n  ')}\n`,
    [['CN=Root', null, 1]],
  ],
  [
    'a log with JSON in it',
    `2026-11-01 INFO start\n2026-11-01 INFO {"ca":"${ROOT.pem.replaceAll('\n', '\\n')}"} done\n`,
    [['CN=Root', null, 2]],
  ],
  [
    'a log with JSON in a string',
    `x "{\\"ca\\":\\"${ROOT.pem.replaceAll('\n', '\\\\n')}\\"}"\n`,
    [['CN=Root', null, 1]],
  ],
  [
    'headers of proxies',
    `GET / HTTP/1.1\nX-SSL-Client-Cert: ${encodeURIComponent(ROOT.pem)}\nX-Forwarded-Client-Cert: Hash=1;Cert="${encodeURIComponent(SUB.pem)}";Subject="CN=x"\n\n`,
    [
      ['CN=Root', null, 2],
      ['CN=Sub', null, 3],
    ],
  ],
  [
    'a form',
    `a=1&ca=${new URLSearchParams({ x: ROOT.pem + SUB.pem }).toString().slice(2)}&b=2\n`,
    [
      ['CN=Root', null, 1],
      ['CN=Sub', null, 1],
    ],
  ],
  ['what kubectl prints of a Secret', `${base64(ROOT.pem)}\n`, [['CN=Root', null, 1]]],
  ['the same, encoded twice', `${base64(base64(ROOT.pem))}`, [['CN=Root', null, 1]]],
  [
    'what base64 prints of PEM, between words and blocks',
    `${SUB.pem}Here it is:\n${folded(base64(`x\n${ROOT.pem}`), 76)}Regards\n${SUB.pem}`,
    [
      ['CN=Sub', null, 1],
      ['CN=Root', null, SUB.pem.split('\n').length + 1],
      ['CN=Sub', null, SUB.pem.split('\n').length + 1 + Math.ceil(base64(`x\n${ROOT.pem}`).length / 76) + 1],
    ],
  ],
  [
    'what uuencode -m prints, and a text that begins something',
    `begin-base64 644 a.pem\n${folded(base64(ROOT.pem), 60)}====\nBegin of it: ${base64(SUB.pem)}\n`,
    [
      ['CN=Root', null, 2],
      ['CN=Sub', null, Math.ceil(base64(ROOT.pem).length / 60) + 3],
    ],
  ],
  [
    'what base64 prints of a zip and a gzip, one after the other',
    `${folded(base64(zipSync({ 'a.cer': ROOT.der })), 76)}and\n${folded(base64(gzipSync(SUB.pem)), 76)}`,
    [
      ['CN=Root', 'a.cer', null],
      ['CN=Sub', null, Math.ceil(base64(zipSync({ 'a.cer': ROOT.der })).length / 76) + 2],
    ],
  ],
  [
    'messages of SAML in base64, in JSON of a log and in a page',
    `got {"SAMLResponse":"${base64(SAML_RESPONSE)}"}\n<input name="SAMLResponse" value="${base64(SAML_RESPONSE)}"/>\n`,
    [
      ['CN=Root', 'Response/X509Certificate', 1],
      ['CN=Root', 'Response/X509Certificate', 2],
    ],
  ],
  [
    'a message of SAML in base64 on lines of its own',
    folded(base64(SAML_RESPONSE), 76),
    [['CN=Root', 'Response/X509Certificate', 1]],
  ],
  [
    'the header of a JWS',
    `token: a\nAuthorization: Bearer ${Buffer.from(JSON.stringify({ alg: 'ES256', x5c: [base64(ROOT.der), base64(SUB.der)] })).toString('base64url')}.eyJhIjoxfQ.c2ln\n`,
    [
      ['CN=Root', 'x5c[0]', 2],
      ['CN=Sub', 'x5c[1]', 2],
    ],
  ],
  ['a log with DER in base64', `2026-11-01 peer=${base64(ROOT.der)} ok\n`, [['CN=Root', null, 1]]],
  [
    'a log with PEM in base64',
    `got ${base64(ROOT.pem)}; then ${base64(SUB.pem)}\n`,
    [
      ['CN=Root', null, 1],
      ['CN=Sub', null, 1],
    ],
  ],
  [
    'LDIF',
    `dn: cn=a\ncACertificate;binary:: ${base64(ROOT.der).slice(0, 50)}\n${indented(folded(base64(ROOT.der).slice(50), 75), 1)}\ncn: a\n`,
    [['CN=Root', '["cACertificate;binary:"]', 2]],
  ],
];

describe.each([
  ['YAML and JSON', YAML_AND_JSON],
  ['XML and HTML', XML_AND_HTML],
  ['strings of programs and logs', STRINGS],
])('%s: certificates without a note', (_name, rows) => {
  test.each(rows)('%s', (_row, bytes, found) => {
    expect(read(bytes)).toEqual({ kind: 'text', found, notes: [], errors: [] });
  });
});
