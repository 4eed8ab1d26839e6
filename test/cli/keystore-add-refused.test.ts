import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { javaKeystore, PASSWORD } from '../store/builders.ts';
import { AT, issue } from '../support/certificates.ts';
import type { CallOptions } from '../support/cli.ts';
import { subjectAltName } from '../support/extensions.ts';
import { add, alpha, at, ENTRIES, expecting, fresh, input, layOutStore, leaf } from './keystore-store.ts';

const sub = issue({ subject: 'CN=Sub CA', issuer: fresh });
const odd = issue({ subject: 'CN=Odd Root', extensions: [subjectAltName(['uri:http://a b/'], true)] });

const aged = issue({ subject: 'CN=Aged Root', notAfter: new Date(AT.getTime() - 86_400_000) });

/** Text with a damaged copy of a root of the catalog. */
const GUIDE = join(import.meta.dirname, '../../fixtures/demo/guide.txt');

layOutStore();

describe('a bad call changes nothing and leaves nothing behind', () => {
  const cases: readonly {
    readonly name: string;
    readonly args: () => readonly string[];
    readonly options?: CallOptions;
    readonly status: number;
    readonly code: string;
  }[] = [
    { name: 'an unknown root', args: () => [input], status: 5, code: 'trust/not-established' },
    { name: 'an unknown root with --yes', args: () => [input, '--yes'], status: 5, code: 'trust/not-established' },
    {
      name: 'an answer that is not yes',
      args: () => [input],
      options: { answers: [PASSWORD, 'y'], env: {} },
      status: 5,
      code: 'trust/not-established',
    },
    {
      name: 'another fingerprint',
      args: () => [input, ...expecting(alpha)],
      status: 5,
      code: 'trust/fingerprint-mismatch',
    },
    { name: 'a server certificate', args: () => [at.write('leaf.pem', leaf.pem)], status: 5, code: 'trust/unfit' },
    {
      name: 'a root for which Java would open the keystore no more',
      args: () => [at.write('odd.pem', odd.pem), ...expecting(odd)],
      status: 5,
      code: 'trust/unfit',
    },
    {
      name: 'an alias for two',
      args: () => [at.write('two.pem', fresh.pem + sub.pem), '--intermediates', '--alias', 'x'],
      status: 2,
      code: 'usage/too-many-certificates',
    },
    { name: 'an empty alias', args: () => [input, '--alias', ''], status: 2, code: 'usage/bad-value' },
    { name: 'an alias with a line feed', args: () => [input, '--alias', 'a\nb'], status: 2, code: 'usage/bad-value' },
    { name: 'no input', args: () => [], status: 2, code: 'usage/missing-argument' },
    { name: 'an input that is not there', args: () => [at.path('nowhere')], status: 3, code: 'input/not-found' },
    {
      name: 'an input without a certificate',
      args: () => [at.write('x.txt', 'hello\n')],
      status: 3,
      code: 'input/unrecognised',
    },
    {
      name: 'no password',
      args: () => [input, ...expecting(fresh)],
      options: { env: {} },
      status: 4,
      code: 'keystore/password-missing',
    },
    {
      name: 'a wrong password',
      args: () => [input],
      options: { env: { ANCHORCTL_STOREPASS: 'wrong!' } },
      status: 4,
      code: 'keystore/wrong-password',
    },
    { name: 'another type', args: () => [input, '--storetype', 'JCEKS'], status: 2, code: 'keystore/other-type' },
    {
      name: 'a type that is none',
      args: () => [input, '--storetype', 'constructor'],
      status: 2,
      code: 'usage/bad-value',
    },
  ];
  test.each(cases)('$name', async ({ args, options, status, code }) => {
    const words = args();
    const before = at.snapshot();
    const call = await add(words, options);
    expect(call.stderr).toContain(`[${code}]`);
    expect([call.status, call.stdout]).toEqual([status, '']);
    expect(call.stderr).not.toContain(PASSWORD);
    expect(at.snapshot()).toEqual(before);
  });

  const stores = [
    { name: 'of no bytes', bytes: new Uint8Array(), status: 3, code: 'input/empty' },
    { name: 'cut short', bytes: javaKeystore(ENTRIES).subarray(0, 200), status: 3, code: 'keystore/truncated' },
    {
      name: 'with bytes behind its end',
      bytes: javaKeystore({ ...ENTRIES, trailing: Uint8Array.of(1, 2, 3, 4) }),
      status: 5,
      code: 'keystore/cannot-preserve',
    },
    { name: 'that is none', bytes: Buffer.from('hello'), status: 3, code: 'keystore/bad-magic' },
  ];
  test.each(stores)('a keystore $name', async ({ bytes, status, code }) => {
    writeFileSync(at.store, bytes);
    const before = at.snapshot();
    const call = await add([input, ...expecting(fresh)]);
    expect([call.status, call.stdout]).toEqual([status, '']);
    expect(call.stderr).toContain(`[${code}] at ${at.store}`);
    expect(at.snapshot()).toEqual(before);
  });

  test('a keystore that is not there is not made', async () => {
    const before = at.snapshot();
    const { status, stderr } = await at.keystore(['add', at.path('new.jks'), input, ...expecting(fresh)]);
    expect([status, stderr]).toEqual([3, expect.stringMatching(/input\/not-found/)]);
    expect(at.snapshot()).toEqual(before);
  });

  test('a call that is interrupted', async () => {
    const before = at.snapshot();
    const { status } = await add([input, ...expecting(fresh)], {
      env: { ANCHORCTL_STOREPASS: PASSWORD },
      signal: AbortSignal.abort(),
    });
    expect(status).toBe(130);
    expect(at.snapshot()).toEqual(before);
  });

  test('and says why as JSON where JSON was asked for', async () => {
    const { stderr } = await add([input, '--json']);
    expect(JSON.parse(stderr)).toMatchObject({ schema: 'anchorctl/error/1', code: 'trust/not-established', status: 5 });
  });
});

describe('a refusal has the warnings of what was read', () => {
  test('also that a damaged copy was read as the genuine root', async () => {
    const { status, stderr } = await add([GUIDE, input]);
    expect(status).toBe(5);
    expect(stderr).toMatch(/^warning: .*\[input\/restored-from-catalog\]$/m);
    expect(stderr).toContain('[trust/not-established]');
  });

  test('not with --quiet, which leaves the errors', async () => {
    const { status, stderr } = await add([GUIDE, input, '--quiet']);
    expect(status).toBe(5);
    expect(stderr).not.toContain('warning: ');
    expect(stderr).toContain('[trust/not-established]');
  });

  test('in the document of the error, too', async () => {
    const { stderr } = await add([GUIDE, input, '--quiet', '--json']);
    const { findings } = JSON.parse(stderr) as { findings: readonly { code: string }[] };
    expect(findings.map(({ code }) => code)).toContain('input/restored-from-catalog');
  });
});

describe('beside an input that cannot be read, what is refused is named, and the status is that of the refusal', () => {
  const cases: readonly {
    readonly name: string;
    readonly args: () => readonly string[];
    readonly options?: CallOptions;
    readonly codes: readonly string[];
  }[] = [
    {
      name: 'a root that nothing vouches for',
      args: () => [input, at.path('nowhere')],
      codes: ['trust/not-established', 'input/not-found'],
    },
    {
      name: 'the same at a terminal, where nobody is asked',
      args: () => [input, at.path('nowhere')],
      options: { answers: [] },
      codes: ['trust/not-established', 'input/not-found'],
    },
    {
      name: 'a certificate that has expired',
      args: () => [at.write('old.pem', aged.pem), ...expecting(aged), at.path('nowhere')],
      codes: ['trust/unfit', 'input/not-found'],
    },
    {
      name: 'a root in a file with a damaged one',
      args: () => [at.write('bad.pem', sub.pem.slice(0, 300)), input],
      codes: ['trust/not-established', 'pem/damaged'],
    },
    {
      name: 'two certificates for one alias',
      args: () => [input, at.write('b.pem', odd.pem), '--alias', 'x', at.path('nowhere')],
      codes: ['usage/too-many-certificates', 'trust/not-established', 'trust/unfit', 'input/not-found'],
    },
    {
      name: 'one that is expected',
      args: () => [input, ...expecting(fresh), at.path('nowhere')],
      codes: ['input/not-found'],
    },
    {
      name: 'a fingerprint that may be in what was not read',
      args: () => [input, ...expecting(fresh, odd), at.path('nowhere')],
      codes: ['input/not-found'],
    },
    {
      name: 'an intermediate whose root may be',
      args: () => [at.write('sub.pem', sub.pem), '--intermediates', at.path('nowhere')],
      codes: ['input/not-found'],
    },
    {
      name: 'one that --skip-unfit would leave out',
      args: () => [input, '--skip-unfit', at.path('nowhere')],
      codes: ['input/not-found'],
    },
  ];

  test.each(cases)('$name', async ({ args, options = {}, codes }) => {
    const words = [...args(), '--json'];
    const before = at.snapshot();
    const call = await add(words, { env: { ANCHORCTL_STOREPASS: PASSWORD }, ...options });
    const { others, ...first } = JSON.parse(call.stderr) as {
      code: string;
      status: number;
      others: { code: string }[];
    };
    expect([first, ...others].map(({ code }) => code).toSorted()).toEqual([...codes].toSorted());
    expect([first.code, call.status, call.stdout]).toEqual([codes[0], first.status, '']);
    expect(at.snapshot()).toEqual(before);
  });
});
