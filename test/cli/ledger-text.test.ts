/** What the text around certificates says of a target: whose lines they are, and whether they are there at all. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issue } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';
import { processorTime } from '../support/processor-time.ts';
import { printChain } from '../support/running-config.ts';

const OLD = issue({ subject: 'CN=Old Root,O=Test', serialNumber: 0xdcn });
const NEW = issue({ subject: 'CN=New Root,O=Test', serialNumber: 0x0509n });
const chain = (name: string, { der }: { readonly der: Uint8Array }) => printChain(name, [{ der, heading: 'ca 01' }]);
const config = (name: string, ...parts: string[]) => `hostname ${name}\nversion 17.3\n!\n${parts.join('!\n')}end\n`;
const everyLine = (text: string, edit: (line: string, index: number) => string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line, index) => edit(line, index))
    .join('\n');
const renamed = (command: string) => `Router#configure terminal\nRouter(config)#${command} R1\nR1(config)#end\n`;
const timed = (line: string, index: number) => `2026-11-01 10:00:${10 + (index % 50)} ${line}`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchorctl-ledger-text-'));
  writeFileSync(join(folder, 'old.pem'), OLD.pem);
  writeFileSync(join(folder, 'new.pem'), NEW.pem);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The status, and the only row. */
async function rowOf(content: string | Uint8Array) {
  const file = join(folder, 'target.txt');
  writeFileSync(file, content);
  const anchors = ['--old', join(folder, 'old.pem'), '--new', join(folder, 'new.pem')];
  const { status, stdout } = await anchorctl(['ledger', file, ...anchors, '--json']);
  const [{ state, problems, oldUsedBy }] = JSON.parse(stdout).targets;
  return { status, state, problems, oldUsedBy };
}

describe('a configuration of a platform that shows no certificates in it says so, and the status stays 1', () => {
  const problem = (title: string) =>
    `${title} shows no certificates in its configuration: give the output of show crypto ca certificates`;
  const SWITCH = 'switchname nx1\nfeature nxapi\ncrypto ca trustpoint NEW\n';

  test.each([
    ['NX-OS', `!Command: show running-config\n${SWITCH}`, [problem('Cisco NX-OS')]],
    ['NX-OS, from RANCID', `!RANCID-CONTENT-TYPE: cisco-nx\n!\n${SWITCH}`, [problem('Cisco NX-OS')]],
    ['IOS XR', '!! IOS XR Configuration 7.5.1\nhostname xr1\ninterface Lo0\nend\n', [problem('Cisco IOS XR')]],
    ['IOS XR, from RANCID', '!RANCID-CONTENT-TYPE: cisco-xr\n!\nhostname xr1\nend\n', [problem('Cisco IOS XR')]],
    [
      'IOS XR, of few lines',
      '!! IOS XR Configuration 7.5.1\nhostname xr1\ncrypto ca trustpoint NEW\n crl optional\n!\nend\n',
      [problem('Cisco IOS XR')],
    ],
    ['IOS', config('R1'), []],
  ])('%s', async (_platform, text, problems) => {
    expect(await rowOf(text)).toEqual({ status: 1, state: 'none', problems, oldUsedBy: [] });
  });
});

describe('what uses the old anchor is shown of a configuration', () => {
  const USE = 'ip http secure-trustpoint OLD';
  const BEHIND = config('R1', chain('OLD', OLD), `${USE}\n`);
  test.each<readonly [string, string]>([
    ['as it is', BEHIND],
    ['behind the times of a log', everyLine(BEHIND, timed)],
    ['with line numbers', everyLine(BEHIND, (line, index) => `${100 + index}: ${line}`)],
    ['in a string', JSON.stringify({ stdout: [BEHIND] }, null, 2)],
    ['in a list of strings', JSON.stringify({ stdout_lines: [BEHIND.split('\n')] }, null, 4)],
  ])('%s', async (_, text) => {
    expect(await rowOf(text)).toEqual({ status: 1, state: 'old-only', problems: [], oldUsedBy: [USE] });
  });
});

describe('what is taken out at a prompt further below does not count', () => {
  const shown = `R1#show running-config\n${config('R1', chain('NEW', NEW), chain('OLD', OLD))}\nR1#configure terminal\n`;
  const question =
    '% Removing an enrolled trustpoint will destroy all certificates\n\nAre you sure you want to do this? [yes/no]: ';
  const remove = (name: string, answer: string) =>
    `R1(config)#no crypto pki trustpoint ${name}\n${answer}\nR1(config)#end\n`;
  const typed = `R1(config)#crypto pki authenticate NEW\n\nEnter the base 64 encoded CA certificate.\n\n${NEW.pem}quit\nTrustpoint CA certificate accepted.\n`;
  test.each<readonly [string, string, string, number]>([
    ['the new anchor', shown + remove('NEW', `${question}yes`), 'old-only', 1],
    [
      'the new anchor, behind the times of a log',
      everyLine(shown + remove('NEW', `${question}yes`), timed),
      'old-only',
      1,
    ],
    ['the new anchor that was typed', typed + remove('NEW', `${question}yes`), 'unreadable', 3],
    ['the old anchor', shown + remove('OLD', `${question}yes`), 'new-only', 0],
    ['the chain of the new anchor', `${shown}R1(config)#no crypto pki certificate chain NEW\nyes\n`, 'old-only', 1],
    ['on ASA', `${shown}fw(config)# no crypto ca trustpoint NEW noconfirm\nINFO: Be sure\n`, 'old-only', 1],
    ['but what is in use stays', shown + remove('NEW', '% Trustpoint NEW is in use.'), 'both', 0],
    ['but what is not confirmed stays', shown + remove('NEW', `${question}no`), 'both', 0],
    ['but what is installed again is there', shown + remove('NEW', `${question}yes`) + typed, 'both', 0],
    ['but what is not typed at a prompt is no command', `${shown}no crypto pki trustpoint NEW\nyes\n`, 'both', 0],
  ])('%s', async (_, text, state, status) => {
    expect(await rowOf(text)).toMatchObject({ state, status });
  });
});

describe('two devices in one file are told', () => {
  const DONE = config('R1', chain('NEW', NEW));
  const BEHIND = config('R2', chain('OLD', OLD));
  const asked = (prompt: string, { der }: { readonly der: Uint8Array }) =>
    `${prompt}show running-config | section crypto pki certificate\n${chain('TP', { der })}`;
  const pem = (prompt: string, one: string) =>
    `${prompt}show crypto pki certificates pem\n------Trustpoint: TP------\n${one}`;
  const BACKSPACES = '\b'.repeat(9);

  test.each<readonly [string, string | Uint8Array]>([
    ['by their prompts before parts of configurations', asked('R1#', NEW) + asked('R2#', OLD)],
    ['by their prompts before PEM', pem('R1#', NEW.pem) + pem('R2#', OLD.pem)],
    ['by the prompts of configuration modes', asked('R1(config)#do ', NEW) + asked('R2(config)#do ', OLD)],
    ['by the prompts of AireOS', asked('(R1) >', NEW) + asked('(R2) >', OLD)],
    ['by prompts behind the time', everyLine(asked('R1#', NEW) + asked('R2#', OLD), timed)],
    ['by prompts before PEM behind the time', everyLine(pem('R1#', NEW.pem) + pem('R2#', OLD.pem), timed)],
    ['by names behind the time', everyLine(DONE + BEHIND, timed)],
    ['by names in UTF-16', Buffer.from(`\ufeff${DONE}${BEHIND}`, 'utf16le')],
    ['by names of which one is behind a pager', `${DONE} --More-- ${BACKSPACES}        ${BACKSPACES}${BEHIND}`],
    ['by names that are said in two ways', DONE + BEHIND.replace('hostname', 'switchname')],
  ])('%s', async (_, text) => {
    const problem = expect.stringMatching(/^line \d+: the lines of "R1" and of "R2" are in one file$/);
    expect(await rowOf(text)).toMatchObject({ status: 3, state: 'both', problems: [problem] });
  });

  const mail = (...files: readonly string[]) =>
    `From: a@example.com\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=XX\n\n${files
      .map((text, index) => `--XX\nContent-Type: text/plain; name=f${index}.cfg\n\n${text}`)
      .join('\n')}\n--XX--\n`;
  test.each([
    ['files of a mail', mail(DONE, BEHIND), /^the lines of "f0.cfg" and of "f1.cfg" are in one file$/],
    ['elements of a page', `<pre>${DONE}</pre><pre>${BEHIND}</pre>`, /"R1" and of "R2"/],
    ['elements of XML', `<a><b><![CDATA[${DONE}]]></b><b><![CDATA[${BEHIND}]]></b></a>`, /"R1" and of "R2"/],
  ])('as %s', async (_, text, problem) => {
    expect(await rowOf(text)).toMatchObject({ status: 3, state: 'both', problems: [expect.stringMatching(problem)] });
    expect((await rowOf(mail(DONE))).status).toBe(0);
  });

  test.each([
    ['one device that is asked twice', asked('R1#', NEW) + asked('R1(config)#do ', NEW)],
    [
      'another prompt in a description',
      config('R1', 'interface Vlan1\n description see R2#show run\n', chain('TP', NEW)),
    ],
    ['one device behind the time', everyLine(DONE, timed)],
    ['the units of a failover', pem('fw/pri/act# ', NEW.pem) + pem('fw/sec/stby# ', NEW.pem)],
    ['the only context that is asked', `fw# show version\n${pem('fw/ctx-a# ', NEW.pem)}`],
    [
      'a long name that modes shorten',
      pem('berlin-core-router-01#', NEW.pem) + asked('berlin-core-router-0(config)#do ', NEW),
    ],
    ['a device that gets its name', `Router#show run\nhostname Router\n${renamed('hostname')}R1#show run\n${DONE}`],
    ['a device that gets another name', `${pem('Router#', OLD.pem)}${renamed('host')}${pem('R1#', NEW.pem)}`],
  ])('but not %s', async (_, text) => {
    expect(await rowOf(text)).toMatchObject({ status: 0, state: 'new-only', problems: [] });
  });
});

describe('devices that seem to be one are told', () => {
  const pem = (prompt: string, one: { readonly pem: string }) =>
    `${prompt}show crypto ca certificates pem\n------Trustpoint: TP------\n${one.pem}`;

  test.each([
    ['contexts', pem('fw/a# ', OLD) + pem('fw/b# ', NEW), '"fw/a" and of "fw/b"'],
    [
      'contexts beside their system',
      `fw# show version\n${pem('fw/a# ', OLD)}${pem('fw/b/act# ', NEW)}`,
      '"fw/a" and of "fw/b"',
    ],
    [
      'names with one beginning',
      pem('berlin-core-router-01#', OLD) + pem('berlin-core-router-0#', NEW),
      'router-01" and of',
    ],
    [
      'two that get a name',
      `${renamed('hostname')}${pem('R1#', NEW)}Router#show run\n${renamed('hostname')}`,
      '"Router"',
    ],
    ['one that gets a name', `${renamed('hostname')}${pem('R1#', NEW)}${pem('Router#', OLD)}`, '"R1" and of "Router"'],
  ])('%s', async (_, text, names) => {
    const { status, problems } = await rowOf(text);
    expect({ status, problems }).toEqual({ status: 3, problems: [expect.stringContaining(names)] });
  });
});

describe('what is crossed out is not there', () => {
  const marked = (mark: string, text: string) => `${everyLine(text, (line) => mark + line)}\n`;

  test.each([
    ['a commented root beside another in a bundle', OLD.pem + marked('# ', NEW.pem), 'old-only'],
    [
      'a root that a diff takes out of a bundle',
      `@@ -1 +1 @@\n${marked('-', NEW.pem)}${marked(' ', OLD.pem)}`,
      'old-only',
    ],
    ['a chain in comments of a configuration', config('R1', marked('!', chain('NEW', NEW))), 'none'],
    ['a chain that a diff takes out', `@@ -1 +1 @@\n${marked('-', chain('NEW', NEW))}`, 'none'],
    ['a chain that the device lists as taken out', chain('NEW', NEW).replace(/^( *\t?)(?=\S)/gm, '$1-'), 'none'],
  ])('%s', async (_, text, state) => {
    expect(await rowOf(text)).toMatchObject({ status: 1, state, problems: [] });
  });

  test('a root that a diff replaces between its markers', async () => {
    const bodyOf = ({ pem }: { readonly pem: string }) => pem.split('\n').slice(1, -2).join('\n');
    const replacing = (before: string, after: string) =>
      `--- a\n+++ b\n@@ -1 +1 @@\n -----BEGIN CERTIFICATE-----\n${before}${after} -----END CERTIFICATE-----\n`;
    const [back, forth] = [
      [NEW, OLD],
      [OLD, NEW],
    ].map(([gone, there]) => replacing(marked('-', bodyOf(gone ?? OLD)), marked('+', bodyOf(there ?? NEW))));
    expect(await rowOf(back ?? '')).toMatchObject({ status: 1, state: 'old-only', problems: [] });
    expect(await rowOf(forth ?? '')).toMatchObject({ status: 0, state: 'new-only', problems: [] });
  });

  test.each([
    ['a quotation', marked('> ', chain('NEW', NEW))],
    ['a list', marked('- ', chain('NEW', NEW))],
    ['what a diff brings', `@@ -1 +1 @@\n${marked('+', chain('NEW', NEW))}`],
    ['PEM of a list', marked('- ', NEW.pem)],
  ])('but %s is', async (_, text) => {
    expect(await rowOf(text)).toMatchObject({ status: 0, state: 'new-only', problems: [] });
  });
});

describe('a certificate that is typed at a console', () => {
  const IOS =
    'Enter the base 64 encoded CA certificate.\nEnd with a blank line or the word "quit" on a line by itself\n';
  const NXOS =
    'input (cut & paste) CA certificate (chain) in PEM format;\nend the input with a line containing only END OF INPUT :';
  const typed = (question: string, end: string, answer: string) =>
    `R1(config)#crypto pki auth NEW\n\n${question}\n${NEW.pem}${end}\n${answer}\nR1(config)#`;
  const withoutMarkers = (text: string) => text.replace(/^-----.*\n/gm, '');
  const ATTRIBUTES = 'Certificate has the following attributes:\n       Fingerprint MD5: 3C9CB9EE\n\n';
  const TAKEN = 'Trustpoint CA certificate accepted.\n% Certificate successfully imported\n';
  const accept = '% Do you accept this certificate? [yes/no]: yes\n';
  const shown = `R1#show crypto pki certificates pem NEW\n------Trustpoint: NEW------\n${NEW.pem}`;
  const problem = expect.stringMatching(/^line \d+: CN=New Root,O=Test is typed at a console/);

  test.each([
    ['refused', typed(IOS, 'quit', `${accept}% Error in saving certificate: status = FAIL`)],
    [
      'refused after all',
      typed(IOS, 'quit', `Trustpoint CA certificate accepted.\n% Error in saving certificate: status = FAIL`),
    ],
    ['asked about', typed(NXOS, 'END OF INPUT', 'Do you accept this certificate? [yes/no]:no')],
    ['not answered for, ended by a blank line', typed(IOS, '', 'R1(config)#end')],
    ['refused behind an empty prompt', typed(IOS, 'quit', `Trustpoint CA certificate accepted.\nR1(config)#\n% Error`)],
    ['refused without markers', withoutMarkers(typed(IOS, 'quit', `${accept}% Error`))],
    [
      'refused alone without markers',
      `crypto pki trustpool import terminal\n${withoutMarkers(NEW.pem)}quit\n% Error\n`,
    ],
    ['not imported', typed('% Enter PEM-formatted CA certificate.', 'quit', '% PEM files import failed.')],
    ['in a block that nobody may have pasted', `crypto pki authenticate NEW\n${NEW.pem}quit\nend\n`],
    ['refused, in a log with times', everyLine(typed(IOS, 'quit', `${accept}% Error`), timed)],
  ])('and %s is not there', async (_, text) => {
    expect(await rowOf(text)).toEqual({ status: 3, state: 'unreadable', problems: [problem], oldUsedBy: [] });
    const behind = `${text}\nR1#show crypto pki certificates pem OLD\n------Trustpoint: OLD------\n${OLD.pem}`;
    expect(await rowOf(behind)).toMatchObject({ status: 3, state: 'old-only', problems: [problem] });
  });

  const inJson = (text: string) => JSON.stringify({ R1: { stdout: [text] } });
  const inYaml = (text: string) => `results:\n  - stdout: |\n${everyLine(text, (line) => `      ${line}`)}\n`;
  const inList = (text: string) => JSON.stringify({ R1: { stdout_lines: text.split('\n') } });
  test.each([inJson, inList, inYaml])('and refused is not there, in a value: %o', async (value) => {
    const refused = typed(IOS, 'quit', `${accept}% Error in saving certificate: status = FAIL`);
    expect(await rowOf(value(refused))).toEqual({ status: 3, state: 'unreadable', problems: [problem], oldUsedBy: [] });
    expect(await rowOf(value(withoutMarkers(refused)))).toMatchObject({ status: 3 });
    const taken = typed(IOS, 'quit', `${accept}${TAKEN}`);
    for (const one of [taken, `${refused}\n${shown}`, shown])
      expect(await rowOf(value(one))).toMatchObject({ status: 0, state: 'new-only', problems: [] });
  });

  test.each([
    ['taken', typed(IOS, 'quit', `${accept}Trustpoint CA certificate accepted.\n% Certificate successfully imported`)],
    ['shown by the device', `${typed(NXOS, 'END OF INPUT', accept)}\n${shown}`],
    ['taken without markers', withoutMarkers(typed(IOS, 'quit', TAKEN))],
    ['taken, ended by a blank line', typed(IOS, '', `${ATTRIBUTES}${accept}${TAKEN}`)],
    ['taken, ended by a blank line, and shown', `${typed(IOS, '', `${ATTRIBUTES}${accept}${TAKEN}`)}end\n${shown}`],
    ['taken by its fingerprint, ended by a blank line', typed(IOS, '', `Trustpoint Fingerprint: 4E56\n${TAKEN}`)],
    ['taken into the trustpool', typed('% Enter PEM-formatted CA certificate.', '', '% PEM files import succeeded.')],
    ['taken before something else fails', `${typed(IOS, 'quit', TAKEN)}do show logging | include failed\n`],
    ['taken before a log of failures', `${typed(IOS, 'quit', TAKEN)}do show log\n%OSPF-4: authentication failed\n`],
    [
      'taken in a log with empty lines',
      typed(IOS, 'quit', `${ATTRIBUTES}${accept}${TAKEN}`).replaceAll('\n', '\r\r\n'),
    ],
    [
      'shown where the command was refused',
      `R1(config)#crypto pki authenticate NEW\n% Please delete it first.\n${shown}`,
    ],
    ['shown behind a list of commands', `R1#show history\n  crypto pki authenticate NEW\n${shown}`],
    [
      'in a configuration that has the command for its programs',
      config('R1', 'alias exec auth crypto pki authenticate NEW\n', chain('NEW', NEW)) + shown,
    ],
  ])('and %s is there', async (_, text) => {
    expect(await rowOf(text)).toMatchObject({ status: 0, state: 'new-only', problems: [] });
  });
});

test.each([
  ['show crypto pki certificates', ''],
  ['sh cry pki trustp status', 'Trustpoint NEW:\n  Issuing CA certificate not configured.\n'],
])('a device that answers %s without a certificate is a target in a folder, too', async (command, answer) => {
  const site = mkdtempSync(join(folder, 'site-'));
  writeFileSync(join(site, 'r1.log'), `R1#${command}\n${answer}R1#\n`);
  writeFileSync(join(site, 'r2.cfg'), config('R2', chain('NEW', NEW)));
  const anchors = ['--old', join(folder, 'old.pem'), '--new', join(folder, 'new.pem')];
  const { status, stdout } = await anchorctl(['ledger', site, ...anchors, '--json']);
  const states = JSON.parse(stdout).targets.map(({ kind, state }: Record<string, string>) => [kind, state]);
  expect([status, states]).toEqual([
    1,
    [
      ['device-show', 'none'],
      ['device-config', 'new-only'],
    ],
  ]);
});

describe('a command that is asked once more', () => {
  const COMMAND = 'show crypto pki certificates pem';
  const asked = (one: { readonly pem: string } | null, prompt = 'R1#', command = COMMAND) =>
    `${prompt}${command}\n${one === null ? '' : `------Trustpoint: TP------\n${one.pem}`}${prompt}\n`;
  const typed = ({ pem }: { readonly pem: string }) =>
    `R1(config)#crypto pki authenticate TP\n${pem}quit\nTrustpoint CA certificate accepted.\nR1(config)#end\n`;
  const change = 'R1#configure terminal\nR1(config)#no crypto pki trustpoint TP\nR1(config)#end\n';

  test.each([
    ['after the new root went', asked(NEW) + change + asked(OLD), 'old-only'],
    ['after all went', asked(NEW) + change + asked(null), 'none'],
    ['in another mode', asked(NEW) + change + asked(OLD, 'R1(config)#', `do ${COMMAND}`), 'old-only'],
    ['in a log with times', everyLine(asked(NEW) + change + asked(OLD), timed), 'old-only'],
    ['after what was typed went', asked(null) + typed(NEW) + change + asked(null), 'none'],
    ['where CR alone ends lines', (asked(NEW) + change + asked(OLD)).replaceAll('\n', '\r'), 'old-only'],
    ['where CR CR LF ends lines', (asked(NEW) + change + asked(OLD)).replaceAll('\n', '\r\r\n'), 'old-only'],
  ])('tells what is there %s', async (_, text, state) => {
    expect(await rowOf(text)).toMatchObject({ status: 1, state, problems: [] });
  });

  test('is another one where it asks for something else', async () => {
    const text = asked(NEW, 'R1#', `${COMMAND} NEW`) + asked(OLD, 'R1#', `${COMMAND} OLD`);
    expect(await rowOf(text)).toMatchObject({ status: 0, state: 'both', problems: [] });
    const after = asked(OLD) + change + asked(NEW);
    expect(await rowOf(after)).toMatchObject({ status: 0, state: 'new-only', problems: [] });
  });

  const around = (...lines: readonly string[]) =>
    `R1#show clock\n10:00\n${lines.join('\n')}\nR1#show clock\n10:01\nR1#`;

  test.each([
    ['write terminal', around('R1#write terminal', config('R1', chain('NEW', NEW)))],
    ['more', around('R1#more system:running-config', config('R1', chain('NEW', NEW)))],
    [
      'an export behind a pager',
      around(` --More-- ${'\b'.repeat(9)}R1(config)#crypto pki export NEW pem terminal`, NEW.pem),
    ],
    ['authenticating', around(typed(NEW))],
  ])('leaves alone what %s prints between its answers', async (_, text) => {
    expect(await rowOf(text)).toMatchObject({ status: 0, state: 'new-only', problems: [] });
  });
});

test.each(['\r', '\n', ' ', '{', '"\\n', 'R1#', '- ', '+'])(
  'a text of very many %j takes no more time than its length',
  async (part) => {
    const spent = processorTime();
    expect(await rowOf(NEW.pem + part.repeat(300_000))).toMatchObject({ state: 'new-only' });
    expect(spent()).toBeLessThan(20_000);
  },
);
