import { expect, test } from 'vitest';
import { quoteWord } from '../../src/encoding/printable.ts';

test.each([
  { word: '/etc/tg.jks', quoted: '/etc/tg.jks' },
  { word: 'a b', quoted: "'a b'" },
  { word: "it's", quoted: "'it'\\''s'" },
  { word: '', quoted: "''" },
  { word: '$HOME', quoted: "'$HOME'" },
  { word: 'a\\b', quoted: "'a\\b'" },
  { word: 'a\u001bb', quoted: "'a\\u{1b}b'" },
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
