import fc from 'fast-check';
import { expect, test } from 'vitest';
import { html, NOTHING } from '../../src/report/html-text.ts';

test('text is text, in elements and in attributes', () => {
  expect(html`<p title="${'"\'<&>'}">${'<img src=x onerror=alert(1)>'}</p>`.html).toBe(
    '<p title="&quot;&#39;&lt;&amp;&gt;">&lt;img src=x onerror=alert(1)&gt;</p>',
  );
});

test('what acts on a reader is written out', () => {
  expect(html`${'\u001b[2J\u202e\n'}`.html).toBe('\\u{1b}[2J\\u{202e}\\u{a}');
});

test('pieces stand as they are, alone and in lists', () => {
  const pieces = ['<a>', 'b'].map((text) => html`<li>${text}</li>`);
  expect(html`<ul>${pieces}${NOTHING}</ul>${3}`.html).toBe('<ul><li>&lt;a&gt;</li><li>b</li></ul>3');
});

test('no text has a character that begins or ends anything', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(html`${text}`.html).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)|[\u0000-\u001f\u202e]/);
    }),
    { numRuns: process.env.SLOW === undefined ? 200 : 20_000 },
  );
});
