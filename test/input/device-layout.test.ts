import { describe, expect, test } from 'vitest';
import { readCertificates } from '../../src/input/read-certificates.ts';
import { issue } from '../support/certificates.ts';
import { printChain } from '../support/running-config.ts';

const OLD = issue({ subject: 'CN=Old,O=Test', serialNumber: 0x509n });
const NEW = issue({ subject: 'CN=New,O=Test', serialNumber: 0xdcn });

const CONFIG = [
  'hostname R1',
  '!',
  printChain('OLD', [{ der: OLD.der, heading: 'ca 0509' }]),
  printChain('NEW', [{ der: NEW.der, heading: 'ca 00DC' }]),
  '!',
  'end',
].join('\n');

const SHOWN = [
  'R1#show crypto pki certificates',
  'CA Certificate',
  '  Certificate Serial Number (hex): 0509',
  '  Issuer: ',
  '    cn=Old',
  '    o=Test',
  '  Subject: ',
  '    cn=Old',
  '    o=Test',
  '  Associated Trustpoints: OLD',
  '',
].join('\n');

function read(text: string) {
  const { kind, certificates, described, notes, errors } = readCertificates(Buffer.from(text));
  return {
    kind,
    found: [...certificates, ...described].map(({ subject, source }) => [subject, source?.trustpoint, source?.line]),
    notes: notes.map(({ code }) => code),
    errors: errors.map(({ code, at }) => [code, at?.line, at?.column]),
  };
}

const CHAINS = CONFIG.slice(CONFIG.indexOf('crypto'));

const lines = CONFIG.split('\n');
const lineOf = (text: string) => lines.indexOf(text) + 1;
const [OLD_AT, NEW_AT] = [lineOf(' certificate ca 0509'), lineOf(' certificate ca 00DC')];
const quoted = (line: string) => JSON.stringify(line);

describe('a configuration whose lines have something around them', () => {
  test.each<readonly [string, (line: string, index: number) => string]>([
    ['the time of a log', (line, index) => `[2026-11-22 10:00:${10 + (index % 50)}.123] ${line}`],
    ['the time and host of syslog', (line, index) => `Nov 22 10:00:${10 + (index % 50)} host1 ${line}`],
    ['the marks of a quotation', (line) => `> ${line}`.trimEnd()],
    ['line numbers', (line, index) => `${index + 1}`.padStart(6).concat('\t', line)],
    ['the marks of a diff', (line) => `+${line}`],
    ['the borders of a table', (line) => `| ${line.padEnd(78)} |`],
    ['quotes and commas', (line) => `        ${quoted(line)},`],
    ['lists in a list', (line) => `  ['${line.trimEnd()}'],`],
    ['strings side by side', (line) => `    "${line.replace('\t', '\\t')}\\n"`],
    ['strings that are joined', (line) => `    "${line.replace('\t', '\\t')}\\r\\n" +`],
    ['calls of Expect', (line) => `send "${line.trim()}\\r"`],
    [
      'the items of YAML',
      (line) => (/^[a-z]/.test(line) ? `    - ${line}` : `    - ${line.includes('\t') ? quoted(line) : `'${line}'`}`),
    ],
  ])('%s', (_, frame) => {
    const framed = (text: string) => text.split('\n').map(frame).join('\n');
    expect(read(framed(CONFIG))).toEqual({
      kind: 'device-config',
      found: [
        ['CN=Old,O=Test', 'OLD', OLD_AT],
        ['CN=New,O=Test', 'NEW', NEW_AT],
      ],
      notes: ['pem/line-prefix'],
      errors: [],
    });
    const shown = SHOWN.split('\n').map(frame).join('\n');
    expect(read(shown)).toMatchObject({ kind: 'device-show', found: [['CN=Old,O=Test', 'OLD', 2]], errors: [] });
    const damaged = framed(
      lines.with(OLD_AT + 1, lines[OLD_AT + 1]?.replace(/[0-9A-F](?=\S{3} )/, 'O') ?? '').join('\n'),
    );
    const { found, errors } = read(damaged);
    const row = damaged.split('\n')[OLD_AT + 1] ?? '';
    expect([found.length, errors]).toEqual([1, [['device/damaged-hex', OLD_AT + 2, row.indexOf('O') + 1]]]);
  });

  test('what stands before one line alone is no frame', () => {
    const text = `interface Gi1\n description see crypto pki certificate chain X\n shutdown\n no ip address\n duplex auto\n`;
    expect(read(text).found).toEqual([]);
  });
});

describe('rows that were entered at a prompt', () => {
  const session = (damage: (row: string) => string = (row) => row) =>
    [OLD, NEW]
      .flatMap(({ der, subject }, index) => [
        `R1(config)#crypto pki certificate chain ${subject.slice(3, 6).toUpperCase()}`,
        `R1(config-cert-chain)#certificate ca ${index === 0 ? '0509' : '00DC'}`,
        'Enter the certificate in hexadecimal representation....',
        '',
        ...(
          Buffer.from(der)
            .toString('hex')
            .toUpperCase()
            .match(/.{1,64}/g) ?? []
        ).map((row) => `R1(config-pubkey)#${damage((row.match(/.{1,8}/g) ?? []).join(' '))}`),
        'R1(config-pubkey)#quit',
        'R1(config-cert-chain)#exit',
      ])
      .join('\n');

  test.each(['\n', '\r\n'])('are read, lines end with %j', (end) => {
    expect(read(session().replaceAll('\n', end))).toMatchObject({
      kind: 'device-config',
      found: [
        ['CN=Old,O=Test', 'OLD', 2],
        ['CN=New,O=Test', 'NEW', expect.any(Number)],
      ],
      errors: [],
    });
  });

  test('are told where they are damaged, or cut by the width of a terminal', () => {
    const { found, errors } = read(session((row) => row.replace(/^30.{6}/, '$')));
    expect([found, errors.map(([code]) => code)]).toEqual([[], ['device/damaged-hex', 'device/damaged-hex']]);
  });
});

describe('a text of a device in strings', () => {
  const found = [
    ['CN=Old,O=Test', 'OLD'],
    ['CN=New,O=Test', 'NEW'],
  ];
  test.each<readonly [string, string, number]>([
    ['JSON', JSON.stringify({ r1: { changed: false, stdout: [CONFIG] } }, null, 1), 5],
    ['JSON with CR LF', JSON.stringify({ r1: CONFIG.replaceAll('\n', '\r\n') }), 1],
    ['JSON in JSON', JSON.stringify({ r1: JSON.stringify({ stdout: CONFIG }) }), 1],
    ['a list on one line', `ok: [r1]\n${JSON.stringify({ stdout_lines: [CONFIG.split('\n')] })}\n`, 2],
    ['JSON that begins with a chain', JSON.stringify({ r1: { out: [CHAINS, 'x'] } }), 1],
    ['an item of a list that begins with a chain', JSON.stringify({ stdout: [CHAINS, 'x'] }, null, 2), 3],
    ['an item of YAML that begins with a chain', `stdout:\n- ${quoted(CHAINS)}\n`, 2],
    ['a string of Python that begins with a chain', `{'stdout': [u${quoted(CHAINS)}]}\n`, 1],
    ['a log that begins with a chain', `10:00:01 DEBUG recv b${quoted(CHAINS)}\n`, 1],
    ['JSON in JSON that begins with a chain', JSON.stringify({ r1: JSON.stringify({ out: CHAINS }) }), 1],
    ['a log of Ansible', `TASK [show]\nok: [r1] => {\n    "msg": ${quoted(CONFIG)}\n}\n`, 3],
    ['YAML', `---\nr1:\n  config: ${quoted(CONFIG)}\n`, 3],
    [
      'a list of Python',
      `{'stdout': [${CONFIG.split('\n')
        .map((line) => `'${line.replace('\t', '\\t')}'`)
        .join(', ')}]}`,
      1,
    ],
  ])('%s', (_, text, line) => {
    expect(read(text)).toEqual({
      kind: 'device-config',
      found: found.map((one) => [...one, line]),
      notes: [],
      errors: [],
    });
  });

  test.each<readonly [string, string, string]>([
    [
      'a folded string of YAML',
      `r1:\n  config: ${quoted(CONFIG).replaceAll('\\n', '\\n\\\n    ').replaceAll('    \\\n', '')}\n`.replace(
        /\n {4}(?= )/g,
        '\n    \\',
      ),
      'r1.config',
    ],
    ['base64 in XML', `<lab><config id="1">${Buffer.from(CONFIG).toString('base64')}</config></lab>\n`, 'lab/config'],
    ['base64 in YAML', `kind: Secret\ndata:\n  r1: ${Buffer.from(CONFIG).toString('base64')}\n`, 'data.r1'],
  ])('in %s', (_, text, member) => {
    const { kind, certificates } = readCertificates(Buffer.from(text));
    expect([kind, certificates.map(({ subject, source }) => [subject, source?.trustpoint, source?.member])]).toEqual([
      'text',
      found.map((one) => [...one, member]),
    ]);
  });

  test('of a show command', () => {
    const { kind, found: described } = read(JSON.stringify({ r1: { stdout: [SHOWN] } }));
    expect([kind, described]).toEqual(['device-show', [['CN=Old,O=Test', 'OLD', 1]]]);
  });

  test('of a show command without a prompt, as an item of a list', () => {
    const { found: described } = read(JSON.stringify({ stdout: [SHOWN.replace(/^.*\n/, '')] }, null, 4));
    expect(described).toEqual([['CN=Old,O=Test', 'OLD', 3]]);
  });

  test('that is damaged is told with its line', () => {
    const text = `TASK\n${JSON.stringify({ r1: CONFIG.replace(' 3082', ' 3O82') })}\n`;
    expect(read(text)).toMatchObject({
      found: [found[1]?.concat(2 as never)],
      errors: [['device/damaged-hex', 2, undefined]],
    });
  });
});

test('a large text of signs that frame nothing costs no more than its length', () => {
  const line = `${'x'.repeat(190)} crypto pki certificate chain y\n`;
  for (const text of [
    line.repeat(40_000),
    `"${'certificate chain \\n'.repeat(200_000)}`,
    '"certificate ca 01", '.repeat(200_000),
    `certificate ca 01 ${' \\\\'.repeat(200_000)} \\n`,
  ]) {
    expect(read(text).found).toEqual([]);
  }
});
