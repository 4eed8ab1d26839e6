import { expect, test } from 'vitest';
import { quotePath, quoteWord, toPrintable } from '../../src/encoding/printable.ts';

test.each([
  { word: '/etc/tg.jks', quoted: '/etc/tg.jks' },
  { word: 'a b', quoted: "'a b'" },
  { word: "it's", quoted: "'it'\\''s'" },
  { word: '', quoted: "''" },
  { word: '$HOME', quoted: "'$HOME'" },
  { word: 'a\\b', quoted: "'a\\b'" },
  { word: 'a\u001bb', quoted: "$'a\\033b'" },
  { word: "it's\n1\u202e\\", quoted: "$'it\\'s\\0121\\342\\200\\256\\\\'" },
  { word: 'C:\\gw\\tg.jks', quoted: 'C:\\gw\\tg.jks' },
  { word: 'C:/gw/tg.jks', quoted: 'C:/gw/tg.jks' },
  { word: '\\\\server\\share\\tg.jks', quoted: '\\\\server\\share\\tg.jks' },
  { word: 'C:\\Program Files\\gw & co\\tg.jks', quoted: '"C:\\Program Files\\gw & co\\tg.jks"' },
  { word: "C:\\it's\\tg.jks", quoted: '"C:\\it\'s\\tg.jks"' },
  { word: 'C:\\100%\\tg.jks', quoted: "'C:\\100%\\tg.jks'" },
  { word: 'C:\\$x\\tg.jks', quoted: "'C:\\$x\\tg.jks'" },
  { word: 'C:\\" & calc & "', quoted: '\'C:\\" & calc & "\'' },
  { word: 'C:\\“it’s”', quoted: "'C:\\“it’’s”'" },
])('$word is typed as $quoted', ({ word, quoted }) => {
  expect(quoteWord(word)).toBe(quoted);
});

test.each([
  { path: '-run', quoted: './-run' },
  { path: '- run', quoted: "'./- run'" },
  { path: 'a-run', quoted: 'a-run' },
  { path: '/etc/-run', quoted: '/etc/-run' },
])('the path $path is typed as $quoted', ({ path, quoted }) => {
  expect(quotePath(path)).toBe(quoted);
});

test.each([
  { what: 'an escape', character: '\u001b' },
  { what: 'a line feed', character: '\n' },
  { what: 'DEL', character: '\u007f' },
  { what: 'a C1 control', character: '\u009b' },
  { what: 'a soft hyphen', character: '\u00ad' },
  { what: 'a combining grapheme joiner', character: '\u034f' },
  { what: 'an Arabic letter mark', character: '\u061c' },
  { what: 'a Hangul filler', character: '\u3164' },
  { what: 'a half-width Hangul filler', character: '\uffa0' },
  { what: 'a Mongolian vowel separator', character: '\u180e' },
  { what: 'a zero-width space', character: '\u200b' },
  { what: 'a line separator', character: '\u2028' },
  { what: 'a right-to-left override', character: '\u202e' },
  { what: 'a word joiner', character: '\u2060' },
  { what: 'a variation selector', character: '\ufe0f' },
  { what: 'a byte order mark', character: '\ufeff' },
  { what: 'an anchor of interlinear annotation', character: '\ufff9' },
  { what: 'half of a surrogate pair', character: '\ud83d' },
  { what: 'a variation selector beyond the first plane', character: '\u{e0100}' },
  { what: 'a tag', character: '\u{e0041}' },
])('$what is written as an escape', ({ character }) => {
  const escaped = `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  expect(toPrintable(`Root${character} CA`)).toBe(`Root${escaped} CA`);
});

test.each(['é', 'ß', '根证书', 'جذر', 'Ⅷ', '\u00a0', '🔒', 'e\u0301'])('%s stays as it is', (text) => {
  expect(toPrintable(text)).toBe(text);
});
