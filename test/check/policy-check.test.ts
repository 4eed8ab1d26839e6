/** What a policy says of certificates and files: every rule, at the second around its days. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CatalogRoot, catalogRecords, genuineRoot } from '../../src/catalog/catalog.ts';
import { type CheckedInput, ExpiryCheck } from '../../src/check/check-report.ts';
import { DEFAULT_THRESHOLDS, parseThreshold, type Thresholds } from '../../src/check/expiry.ts';
import type { Finding } from '../../src/check/finding.ts';
import { DISTRUSTS } from '../../src/check/policy.ts';
import { PolicyCheck } from '../../src/check/policy-check.ts';
import { parseShowOutput } from '../../src/device/show-output.ts';
import { readCertificates } from '../../src/input/read-certificates.ts';
import { type Certificate, decodeCertificate } from '../../src/x509/certificate.ts';
import { sourceOf } from '../../src/x509/source.ts';
import { AT, issue } from '../support/certificates.ts';
import { policyOf } from '../support/policies.ts';

const OLD = issue({ subject: 'CN=Old Root' });
const NEW = issue({ subject: 'CN=New Root' });
const old = OLD.certificate.sha256;
const recent = NEW.certificate.sha256;

interface Given {
  readonly at?: string | Date;
  readonly given?: Partial<Thresholds>;
  readonly isWhole?: boolean;
}

/** A file with certificates. */
function file(input: string, ...certificates: readonly Certificate[]): CheckedInput {
  const placed = certificates.map((certificate) => certificate.withSource(sourceOf(input)));
  return { input, certificates: placed, described: [], findings: [], isOpened: true };
}

function checkOf(text: string, { at = AT, given = {} }: Given): ExpiryCheck {
  const instant = new Date(at);
  const options = { at: instant, given, defaults: DEFAULT_THRESHOLDS, toRelative: (input: string) => input };
  const policy = new PolicyCheck(policyOf(`version: 1\n${text}`), options);
  return new ExpiryCheck({ at: instant, only: null, thresholds: DEFAULT_THRESHOLDS, policy });
}

/** Everything found in files by a policy of these sections. */
function findingsOf(text: string, files: readonly CheckedInput[], options: Given = {}): readonly Finding[] {
  const check = checkOf(text, options);
  for (const one of files) check.add(one);
  check.finish(options.isWhole ?? false);
  return check.report().findings;
}

/** A file in which a device describes a CA certificate. */
function described(input: string, sha1: string): CheckedInput {
  const text = `CA Certificate\n  Issuer:\n    cn=x\n  Subject:\n    cn=x\n  Fingerprint SHA1: ${sha1}\n`;
  return { ...file(input), described: parseShowOutput(text, input) };
}

function rootWith(isWanted: (root: CatalogRoot) => boolean): CatalogRoot {
  const root = catalogRecords().find(isWanted);
  if (root === undefined) throw new Error('the catalog has no such root');
  return root;
}

const INCLUDED = rootWith(({ status, misissuance }) => status === 'included' && misissuance === null);

const isOfPolicy = ({ code }: Finding) => code.startsWith('policy/');

const codesOf = (...args: Parameters<typeof findingsOf>) => findingsOf(...args).map(({ code }) => code);

describe('required anchors', () => {
  test('that an archive lacks more often than a function has arguments', () => {
    const entries = Array.from(
      { length: 100 },
      (_, index) => `  - { sha256: ${`${index}`.padStart(64, '0')}, paths: [a.zip] }`,
    );
    const archive = { ...file('a.zip'), members: Array.from({ length: 2000 }, (_, index) => `${index}.cfg`) };
    const missing = codesOf(`required:\n${entries.join('\n')}\n`, [archive]);
    expect(missing.filter((code) => code === 'policy/anchor-missing')).toHaveLength(200_000);
  });

  const required = (dates: string) => `required:\n  - { sha256: ${recent}, name: New, paths: ['*.jks'], ${dates} }\n`;

  test.each([
    ['from: 2026-12-01', '2026-11-30T23:59:59Z', false],
    ['from: 2026-12-01', '2026-12-01T00:00:00Z', true],
    ['until: 2027-03-01', '2027-03-01T23:59:59Z', true],
    ['until: 2027-03-01', '2027-03-02T00:00:00Z', false],
    ['until: 2028-02-28', '2028-02-28T23:59:59.999Z', true],
    ['until: 2028-02-28', '2028-02-29T00:00:00Z', false],
    ['from: 2026-12-01, until: 2026-12-01', '2026-12-01T12:00:00Z', true],
    ['', '2026-11-01T00:00:00Z', true],
  ])('%s at %s: missing is %s', (dates, at, isMissing) => {
    expect(codesOf(required(dates), [file('a.jks', OLD.certificate)], { at })).toEqual(
      isMissing ? ['policy/anchor-missing'] : [],
    );
    expect(codesOf(required(dates), [file('a.jks', OLD.certificate, NEW.certificate)], { at })).toEqual([]);
  });

  test('every file of the paths must hold it, also one that holds nothing; others need not', () => {
    const check = checkOf(required('from: 2026-10-01'), {});
    check.add(file('a.jks', NEW.certificate));
    check.add(file('b.jks', OLD.certificate));
    check.add(file('c.pem', OLD.certificate));
    check.passOver('d.jks');
    check.passOver('e.txt');
    const { findings, summary } = check.report();
    expect(findings.map(({ source }) => source?.input)).toEqual(['b.jks', 'd.jks']);
    expect(findings[0]).toEqual({
      code: 'policy/anchor-missing',
      severity: 'error',
      message: `New (${recent.slice(0, 8)}…${recent.slice(-4)}) is not there, and is required from 2026-10-01 (anchorctl.yaml line 3)`,
      hint: 'install it: anchorctl keystore add for keystores and bundles, anchorctl snippet for devices',
      source: sourceOf('b.jks'),
      sha256: recent,
    });
    expect(summary.errors).toBe(2);
  });

  test('of what could not be read nothing is said but that', () => {
    const unread = { code: 'keystore/wrong-password', severity: 'error', message: 'no', source: null } as const;
    const locked: CheckedInput = { ...file('a.jks'), findings: [unread] };
    const missing: CheckedInput = { ...file('b.jks'), isOpened: false };
    expect(codesOf(required(''), [locked, missing])).toEqual(['keystore/wrong-password']);
  });

  describe('in an archive', () => {
    const member = (name: string, { certificate }: typeof OLD) =>
      certificate.withSource(sourceOf('b.zip', { member: name }));
    const text = `required:\n  - { sha256: ${recent}, paths: ['b.zip!/**/*.{cfg,yaml,jks}'] }\n`;
    const missingIn = (archive: CheckedInput) => findingsOf(text, [archive]).map(({ source }) => source?.member);
    const archive: CheckedInput = {
      ...file('b.zip'),
      certificates: [member('r1.cfg', OLD), member('r2.cfg', NEW), member('s.yaml!/data["a"]', OLD)],
      members: ['r1.cfg', 'r2.cfg', 'sub/r3.cfg', 'README', 's.yaml'],
    };

    test('each file is one of its own, also one that holds nothing; a document in it is one, with all its parts', () => {
      expect(missingIn(archive)).toEqual(['r1.cfg', 'sub/r3.cfg', 's.yaml']);
      const certificates = [...archive.certificates, member('s.yaml!/data["b"]', NEW)];
      expect(missingIn({ ...archive, certificates })).toEqual(['r1.cfg', 'sub/r3.cfg']);
    });

    test('of what could not be read nothing is said but that', () => {
      const source = sourceOf('b.zip', { member: 'sub/r3.cfg' });
      const finding = { code: 'pem/damaged', severity: 'error', message: 'no', source } as const;
      expect(missingIn({ ...archive, findings: [finding] })).toEqual(['sub/r3.cfg', 'r1.cfg', 's.yaml']);
    });

    test('where no file could be read that holds certificates, the others are judged all the same', () => {
      const source = sourceOf('b.zip', { member: 'r1.cfg' });
      const finding = { code: 'pem/damaged', severity: 'error', message: 'no', source } as const;
      const missing = missingIn({ ...archive, certificates: [], findings: [finding] });
      expect(missing).toEqual(['r1.cfg', 'r2.cfg', 'sub/r3.cfg', 's.yaml']);
    });

    test('without any certificate, each file is judged all the same', () => {
      const check = checkOf(text, {});
      check.passOver('b.zip', ['r1.cfg', 'README']);
      check.passOver('c.zip', ['r1.cfg']);
      expect(check.report().findings).toMatchObject([{ source: { input: 'b.zip', member: 'r1.cfg' } }]);
      expect(check.report().summary).toMatchObject({ files: 2, errors: 1 });
    });
  });

  test('a file that is no archive is one, however many parts it has', () => {
    const part = (key: string, { certificate }: typeof OLD) =>
      certificate.withSource(sourceOf('k.jks', { member: key }));
    const config = { ...file('k.jks'), certificates: [part('clusters[0]', NEW), part('users[0]', OLD)] };
    expect(codesOf(required(''), [config])).toEqual([]);
    const lacking = { ...config, certificates: config.certificates.slice(1) };
    expect(findingsOf(required(''), [lacking])).toMatchObject([{ source: { input: 'k.jks', member: null } }]);
  });

  test('what nobody trusts because of a keystore is not there', () => {
    const store = { ...file('a.jks', OLD.certificate, NEW.certificate), untrusted: [1] };
    const [finding] = findingsOf(required(''), [store]);
    expect(finding?.message).toContain('is there only where nobody trusts it, and is required (anchorctl.yaml line 3)');
    expect(finding?.hint).toContain('add it as a trusted certificate');
    const both = file('a.jks', OLD.certificate, NEW.certificate, NEW.certificate);
    expect(codesOf(required(''), [{ ...both, untrusted: [1] }])).toEqual([]);
    expect(codesOf(`forbidden:\n  - sha256: ${recent}\n`, [store])).toEqual(['policy/anchor-forbidden']);
  });

  test('a root of the catalog that a device described is recognised by its SHA-1', () => {
    const text = `required:\n  - { sha256: ${INCLUDED.sha256}, paths: ['*.txt'] }\n`;
    expect(codesOf(text, [described('r1.txt', INCLUDED.facts.sha1)])).not.toContain('policy/anchor-missing');
    const other = findingsOf(text, [described('r1.txt', '0'.repeat(40))]);
    expect(other.find(({ code }) => code === 'policy/anchor-missing')?.hint).toContain('running configuration');
  });
});

describe('forbidden certificates', () => {
  test.each([
    ['2027-03-01T23:59:59Z', false],
    ['2027-03-02T00:00:00Z', true],
  ])('after 2027-03-01, at %s: %s', (at, isForbidden) => {
    const text = `forbidden:\n  - { sha256: ${old}, after: 2027-03-01 }\n`;
    const findings = findingsOf(text, [file('a.pem', OLD.certificate, NEW.certificate)], { at });
    expect(findings.map(({ code }) => code)).toEqual(isForbidden ? ['policy/anchor-forbidden'] : []);
    if (isForbidden) {
      expect(findings[0]?.message).toMatch(
        /^CN=Old Root \(.*\) is here, and must be gone after 2027-03-01 \(anchorctl\.yaml line 3\)$/,
      );
      expect(findings[0]?.source?.input).toBe('a.pem');
    }
  });

  test('at once, where no day is named, and only in the paths', () => {
    const text = `forbidden:\n  - { sha256: ${old}, paths: [gw/], name: The Old One }\n`;
    const findings = findingsOf(text, [file('gw/a.pem', OLD.certificate), file('b.pem', OLD.certificate)]);
    expect(findings.map(({ source, message }) => [source?.input, message.replace(/\(.*?\) /, '')])).toEqual([
      ['gw/a.pem', 'The Old One is here, and must not be (anchorctl.yaml line 3)'],
    ]);
  });

  test.each(DISTRUSTS)('roots that the catalog has as %s', (distrust) => {
    const root = rootWith(({ status, misissuance }) =>
      distrust === 'misissuance' ? misissuance !== null : status === distrust,
    );
    const files = [
      described('r1.txt', root.facts.sha1),
      described('r2.txt', INCLUDED.facts.sha1),
      file('a', OLD.certificate),
    ];
    const found = findingsOf(`forbidden:\n  - catalog: [${distrust}]\n`, files).filter(isOfPolicy);
    expect(found).toMatchObject([
      { code: 'policy/distrusted-root', severity: 'error', sha256: root.sha256, source: { input: 'r1.txt', line: 1 } },
    ]);
    expect(found[0]?.message).toContain(`such roots (${distrust}) are forbidden (anchorctl.yaml line 3)`);
  });

  test('a root of the catalog with its bytes', () => {
    const root = rootWith(({ status, hasCertificate }) => status === 'email-only' && hasCertificate);
    const certificate = decodeCertificate(genuineRoot(root.sha256) ?? new Uint8Array());
    expect(findingsOf('forbidden:\n  - catalog: [email-only]\n', [file('a.pem', certificate)])).toMatchObject([
      { code: 'policy/distrusted-root', sha256: root.sha256, source: { input: 'a.pem' } },
    ]);
  });
});

describe('allowed anchors', () => {
  const LEAF = issue({ subject: 'CN=leaf', issuer: OLD, basicConstraints: null, keyUsage: ['digitalSignature'] });

  test('where an entry covers a file, no other CA may be there', () => {
    const text = `allowed:\n  - { sha256: ${recent}, paths: [gw/] }\n`;
    const all = [OLD, NEW, LEAF].map(({ certificate }) => certificate);
    const findings = findingsOf(text, [file('gw/a.pem', ...all), file('b.pem', ...all)]);
    expect(findings).toMatchObject([
      { code: 'policy/anchor-not-allowed', severity: 'error', sha256: old, source: { input: 'gw/a.pem' } },
    ]);
    expect(findings[0]?.message).toContain('is not among the anchors that are allowed there (anchorctl.yaml line 3)');
  });

  test.each([
    ['from: 2026-12-01', '2026-11-30T23:59:59Z', 'is allowed only from 2026-12-01 ('],
    ['from: 2026-12-01', '2026-12-01T00:00:00Z', null],
    ['until: 2027-03-01', '2027-03-01T23:59:59Z', null],
    ['until: 2027-03-01', '2027-03-02T00:00:00Z', 'is allowed only until 2027-03-01 ('],
  ])('%s at %s', (dates, at, message) => {
    const findings = findingsOf(`allowed:\n  - { sha256: ${old}, ${dates} }\n`, [file('a.pem', OLD.certificate)], {
      at,
    });
    expect(findings.map((finding) => finding.message)).toEqual(
      message === null ? [] : [expect.stringContaining(message)],
    );
  });

  test('several entries are one list, and what is required is allowed', () => {
    const text = `allowed:\n  - sha256: ${old}\nrequired:\n  - { sha256: ${recent}, from: 2030-01-01, paths: ['**'] }\n`;
    expect(codesOf(text, [file('a.pem', OLD.certificate, NEW.certificate)])).toEqual([]);
  });
});

describe('keys', () => {
  const RSA = issue({ subject: 'CN=rsa', key: 'rsa2048' });

  test.each([
    ['rsa: 2048', []],
    ['rsa: 2049', ['CN=rsa has an RSA key of 2048 bits, at least 2049 are required (anchorctl.yaml line 3)']],
    ['ec: 256', []],
    ['ec: 257', ['CN=Old Root has an EC key of 256 bits, at least 257 are required (anchorctl.yaml line 3)']],
  ])('%s', (minimum, messages) => {
    const found = findingsOf(`keys:\n  - ${minimum}\n`, [file('a.pem', RSA.certificate, OLD.certificate)]);
    expect(found.map(({ message }) => message)).toEqual(messages);
    expect(found.every(({ code, severity }) => code === 'policy/key-too-small' && severity === 'error')).toBe(true);
  });

  test('the last entry that covers a file counts, for each kind of key', () => {
    const text = 'keys:\n  - { rsa: 4096, ec: 384 }\n  - { rsa: 2048, paths: [lab/] }\n';
    const files = [file('lab/a.pem', RSA.certificate, OLD.certificate), file('b.pem', RSA.certificate)];
    expect(findingsOf(text, files).map(({ source, message }) => `${source?.input} ${message.slice(0, 22)}`)).toEqual([
      'lab/a.pem CN=Old Root has an EC ',
      'b.pem CN=rsa has an RSA key ',
    ]);
  });
});

describe('thresholds', () => {
  const ending = issue({ subject: 'CN=ending', notAfter: new Date(AT.getTime() + 40 * 86_400_000) }).certificate;
  const text = 'thresholds:\n  - { warn: 30d }\n  - { fail: 41d, paths: [gw/] }\n';

  test('the last entry that covers a file counts, for warn and fail each', () => {
    expect(codesOf(text, [file('a.pem', ending)])).toEqual([]);
    expect(codesOf(text, [file('gw/a.pem', ending)])).toEqual(['expiry/critical']);
    expect(codesOf('', [file('gw/a.pem', ending)])).toEqual(['expiry/warning']);
  });

  test('what the call says counts everywhere', () => {
    const files = [file('a.pem', ending), file('gw/a.pem', ending)];
    expect(codesOf(text, files, { given: { warn: parseThreshold('50d'), fail: parseThreshold('1d') } })).toEqual([
      'expiry/warning',
      'expiry/warning',
    ]);
    expect(codesOf(text, files, { given: { fail: parseThreshold('1d') } })).toEqual([]);
  });

  test('the report has those without paths', () => {
    expect(checkOf(text, {}).report()).toMatchObject({
      thresholds: { warn: parseThreshold('30d'), fail: parseThreshold('14d') },
      policy: 'anchorctl.yaml',
    });
  });
});

describe('exceptions', () => {
  const ended = issue({ subject: 'CN=ended', notAfter: new Date('2026-10-01T00:00:00Z') }).certificate;
  const ignore = (more = '') =>
    `ignore:\n  - { sha256: ${ended.sha256}, reason: waits for the vendor, until: 2026-12-31${more} }\n`;

  test('what is ignored is not lost, and in no count', () => {
    const check = checkOf(ignore(), {});
    check.add(file('a.pem', ended));
    const { findings, summary, certificates } = check.report();
    expect(findings).toEqual([
      {
        code: 'policy/ignored',
        severity: 'info',
        message:
          'CN=ended expired on 2026-10-01, 31 days ago [expiry/expired], ignored until 2026-12-31: waits for the vendor (anchorctl.yaml line 3)',
        source: sourceOf('a.pem'),
        sha256: ended.sha256,
      },
    ]);
    expect(summary).toEqual({
      ...{ files: 1, certificates: 1, ok: 0, warning: 0, critical: 0 },
      ...{ expired: 0, ignored: 1, errors: 0 },
    });
    expect(certificates).toMatchObject([{ level: 'expired', ignored: { code: 'policy/ignored' } }]);
  });

  test.each([
    ['2026-12-31T23:59:59Z', ['policy/ignored']],
    ['2027-01-01T00:00:00Z', ['expiry/expired', 'policy/exception-ended']],
  ])('until a day means its last second: %s', (at, codes) => {
    expect(codesOf(ignore(), [file('a.pem', ended)], { at })).toEqual(codes);
  });

  test('an exception that has ended is a finding at its own line, whatever is left to ignore', () => {
    expect(findingsOf(ignore(), [], { at: '2027-01-01T00:00:00Z' })).toEqual([
      {
        code: 'policy/exception-ended',
        severity: 'warning',
        message: `the exception for ${ended.sha256.slice(0, 8)}…${ended.sha256.slice(-4)} (waits for the vendor) ended with 2026-12-31`,
        hint: 'mend what it was for, and delete it; or decide anew until when it is to hold',
        source: sourceOf('anchorctl.yaml', { line: 3 }),
      },
    ]);
  });

  test('only for its codes, its paths and its certificate', () => {
    const files = [file('a.pem', ended), file('gw/a.pem', ended)];
    expect(codesOf(ignore(', codes: [expiry/warning]'), files)).toEqual(['expiry/expired', 'expiry/expired']);
    expect(codesOf(ignore(', paths: [gw/]'), files)).toEqual(['expiry/expired', 'policy/ignored']);
    expect(codesOf(ignore().replace(ended.sha256, old), files)).toEqual(['expiry/expired', 'expiry/expired']);
  });

  test('for what the policy itself demands', () => {
    const text = `required:\n  - { sha256: ${recent}, paths: ['*'] }\nforbidden:\n  - sha256: ${old}\nignore:\n${[
      old,
      recent,
    ]
      .map((sha256) => `  - { sha256: ${sha256}, reason: agreed, until: 2027-01-01, paths: [legacy.jks] }\n`)
      .join('')}`;
    expect(codesOf(text, [file('legacy.jks', OLD.certificate)])).toEqual(['policy/ignored', 'policy/ignored']);
    expect(codesOf(text, [file('a.jks', OLD.certificate)])).toEqual([
      'policy/anchor-forbidden',
      'policy/anchor-missing',
    ]);
  });
});

describe('entries that nothing used', () => {
  const text = `required:\n  - { sha256: ${recent}, paths: [gatways/] }\nkeys:\n  - { rsa: 1, paths: ['*.pem'] }\nignore:\n  - { sha256: ${old}, reason: r, until: 2027-01-01 }\n`;

  test('are warned of where the whole folder was checked', () => {
    expect(findingsOf(text, [file('a.pem', OLD.certificate)], { isWhole: true })).toMatchObject([
      { code: 'policy/exception-unused', severity: 'warning', source: { input: 'anchorctl.yaml', line: 7 } },
      { code: 'policy/no-match', severity: 'warning', source: { input: 'anchorctl.yaml', line: 3 } },
    ]);
  });

  test('and else nothing is known of them', () => {
    expect(codesOf(text, [file('a.pem', OLD.certificate)])).toEqual([]);
  });
});

test('the order of files changes no finding', () => {
  const ended = issue({ subject: 'CN=ended', notAfter: new Date('2026-10-01T00:00:00Z') }).certificate;
  const pool = [OLD.certificate, NEW.certificate, ended];
  const text = `thresholds:\n  - { warn: 9000d, paths: [gw/] }
required:\n  - { sha256: ${recent}, paths: [gw/, '*.jks'] }
allowed:\n  - { sha256: ${old}, paths: [gw/] }
forbidden:\n  - { sha256: ${old}, after: 2026-01-01, paths: ['*.jks'] }
keys:\n  - { ec: 384, paths: ['*.pem'] }
ignore:\n  - { sha256: ${ended.sha256}, reason: r, until: 2027-01-01, paths: ['*.jks'] }\n`;
  const names = ['gw/a', 'gw/b', 'a.jks', 'b.jks', 'a.pem', 'b.pem'];
  const files = fc.uniqueArray(fc.record({ name: fc.constantFrom(...names), held: fc.subarray(pool) }), {
    selector: ({ name }) => name,
  });
  const sorted = (findings: readonly Finding[]) => findings.map((finding) => JSON.stringify(finding)).sort();
  fc.assert(
    fc.property(
      files.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
      ([list, shuffled]) => {
        const found = [list, shuffled].map((order) =>
          sorted(
            findingsOf(
              text,
              order.map(({ name, held }) => file(name, ...held)),
              { isWhole: true },
            ),
          ),
        );
        expect(found[1]).toEqual(found[0]);
      },
    ),
    { numRuns: process.env.SLOW === undefined ? 50 : 1000 },
  );
});

test('a keystore as it is read', () => {
  const path = join(import.meta.dirname, '../../fixtures/demo/tg.jks');
  const { certificates, untrusted } = readCertificates(new Uint8Array(readFileSync(path)), { name: 'gw/tg.jks' });
  expect(untrusted.map(({ source }) => source?.alias)).toEqual(['gateway', 'gateway']);
  const text = `required:\n  - { sha256: ${recent}, paths: [gw/] }\n`;
  const input = { input: 'gw/tg.jks', certificates, described: [], findings: [], isOpened: true };
  expect(findingsOf(text, [input])).toMatchObject([{ code: 'policy/anchor-missing', source: { input: 'gw/tg.jks' } }]);
});
