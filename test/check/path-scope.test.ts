import fc from 'fast-check';
import picomatch from 'picomatch';
import { describe, expect, test } from 'vitest';
import { PathScope } from '../../src/check/path-scope.ts';
import { processorTime } from '../support/processor-time.ts';

const covers = (patterns: readonly string[] | null, file: string, member: string | null = null) =>
  new PathScope(patterns).covers({ file, member });

describe('patterns of places', () => {
  test.each([
    ['*.pem', 'a.pem', true],
    ['*.pem', 'b/a.pem', false],
    ['**/*.pem', 'a.pem', true],
    ['**/*.pem', 'b/c/a.pem', true],
    ['**', '.hidden/a.pem', true],
    ['gateways/', 'gateways/a/b.jks', true],
    ['gateways/', 'gateways', false],
    ['a/**', 'a', false],
    ['a/**', 'a/b/c', true],
    ['gateways/', 'gateways2/a.jks', false],
    ['gateways', 'gateways/a.jks', false],
    ['./gateways/*', 'gateways/a.jks', true],
    ['**/*.{jks,p12}', 'a/b.p12', true],
    ['r[12].cfg', 'r2.cfg', true],
    ['**', '../a.pem', false],
    ['../shared/**', '../shared/a.pem', true],
    ['a+(b)', 'a+(b)', true],
    ['a**b', 'axxb', true],
    ['a**b', 'ax/xb', false],
    ['**/a/**/b', 'x/a/y/a/z/b', true],
    ['**/a/**/b', 'a/b', true],
    ['**/a/**/b', 'x/b/a', false],
    ['*a*b*c', 'xxaxxbxxabc', true],
    ['*a*b*c', 'xxaxxcxxb', false],
    ['?', '\u{1f511}', true],
    ['[!a-c].pem', 'd.pem', true],
    ['[!a-c].pem', 'b.pem', false],
    ['[.pem', '[.pem', true],
    ['{a,b{c,d}}.pem', 'bd.pem', true],
    ['{a,b{c,d}}.pem', 'b.pem', false],
    ['{a}.pem', '{a}.pem', true],
    ['*/a.pem', '../a.pem', false],
    ['??/a.pem', '../a.pem', false],
    ['../../a.pem', '../../a.pem', true],
    ['../**', '../../a.pem', false],
    ['a.pem', 'A.pem', false],
    ['.*', 'xpem', false],
    ['Gateways/', 'gateways/a.jks', false],
  ])('%s and %s: %s', (pattern, file, expected) => {
    expect(covers([pattern], file)).toBe(expected);
  });

  test('what begins with ! is taken out again, wherever it stands', () => {
    expect(covers(['**', '!lab/'], 'lab/a.pem')).toBe(false);
    expect(covers(['!lab/', '**'], 'lab/a.pem')).toBe(false);
    expect(covers(['**', '!lab/'], 'b/lab/a.pem')).toBe(true);
  });

  test('members of archives have their own names, and that of the archive', () => {
    expect(covers(['*.zip'], 'b.zip', 'r1.cfg')).toBe(true);
    expect(covers(['*.zip!/**'], 'b.zip', 'x/r1.cfg')).toBe(true);
    expect(covers(['*.zip', '!*.zip!/lab/**'], 'b.zip', 'lab/r1.cfg')).toBe(false);
    expect(covers(['**/*.cfg'], 'b.zip', 'r1.cfg')).toBe(true);
    expect(covers(['*.zip!/**'], 'b.zip')).toBe(false);
    expect(covers(['*.zip!/ca.yaml'], 'b.zip', 'ca.yaml!/data["ca.crt"]')).toBe(true);
    expect(covers(['**/*.yaml'], 'b.zip', './x/a.eml!/ca.yaml!/data["ca.crt"]')).toBe(true);
    expect(covers(['**', '!**/*.yaml'], 'b.zip', 'ca.yaml!/data["ca.crt"]')).toBe(false);
    expect(covers(['*.zip!/ca'], 'b.zip', 'ca.yaml!/data["ca.crt"]')).toBe(false);
    expect(covers(['*.tar!/*.cfg'], 'b.tar', './r1.cfg')).toBe(true);
    expect(covers(['*.tar!/lab/*.cfg'], 'b.tar', './lab/././r1.cfg')).toBe(true);
    expect(covers(['*.tar!/in.tar!/*.cfg'], 'b.tar', './in.tar!/./r1.cfg')).toBe(true);
    expect(covers(['*.tar!/*.cfg'], 'b.tar', '../r1.cfg')).toBe(false);
    expect(covers(['*.tar!/.hidden'], 'b.tar', '.hidden')).toBe(true);
  });

  test('servers and standard input are covered by name only, or by no patterns at all', () => {
    expect(covers(['**'], 'tls://gw.example.com:8443')).toBe(false);
    expect(covers(['tls://*.example.com:*'], 'tls://gw.example.com:8443')).toBe(true);
    expect(covers(['tls://**'], 'a.pem')).toBe(false);
    expect(covers(['**', '*'], '-')).toBe(false);
    expect(covers(['-'], '-')).toBe(true);
    expect([covers(['**', '**/*.jks'], '-', 'a.jks'), covers(['**'], 'tls://a:1', 'x')]).toEqual([false, false]);
    expect([covers(['-'], '-', 'a.jks'), covers(['-!/*.jks'], '-', 'a.jks')]).toEqual([true, true]);
    expect(covers(['-', '!-!/lab/'], '-', 'lab/a.jks')).toBe(false);
    expect([covers(null, '-'), covers(null, 'tls://a:1'), covers(null, 'a.pem')]).toEqual([true, true, true]);
  });

  test('no pattern takes long, whatever the path', () => {
    const spent = processorTime();
    expect(covers([`${'*a'.repeat(120)}b`], 'a'.repeat(255))).toBe(false);
    expect(covers([`${'**/a/'.repeat(60)}b`], `${'a/'.repeat(2000)}c`)).toBe(false);
    expect(covers([`${'*a*a*a/'.repeat(40)}b`], `${`${'a'.repeat(90)}/`.repeat(40)}c`)).toBe(false);
    expect(covers(['{a,aa}'.repeat(6)], 'a'.repeat(255))).toBe(false);
    expect(spent()).toBeLessThan(2000);
  });

  test('what a shell matches, picomatch matches, and so do we', () => {
    const part = fc.constantFrom('a', 'b', '*', '?', '**', '/', '[ab]', '[!a]', '{a,b}', '.a');
    const path = fc.array(fc.constantFrom('a', 'b', 'ab', '.a'), { minLength: 1, maxLength: 4 });
    const isCommon = (pattern: string) => !/[^/]\*\*|\*\*[^/]|\/\/|^\/|\/$|\/\*\*$|\*\*\*/.test(pattern);
    const pattern = fc
      .array(part, { minLength: 1, maxLength: 7 })
      .map((parts) => parts.join(''))
      .filter(isCommon);
    fc.assert(
      fc.property(pattern, path, (glob, names) => {
        const file = names.join('/');
        expect(covers([glob], file)).toBe(picomatch(glob.replaceAll('[!', '[^'), { dot: true, noextglob: true })(file));
      }),
      { numRuns: process.env.SLOW === undefined ? 300 : 20_000 },
    );
  });

  test('it is known whether it covered anything', () => {
    const scope = new PathScope(['*.pem']);
    scope.covers({ file: 'a.jks', member: null });
    expect(scope.isUsed).toBe(false);
    scope.covers({ file: 'a.pem', member: null });
    expect(scope.isUsed).toBe(true);
  });
});
