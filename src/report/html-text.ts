/**
 * HTML in which every text stays text: a template whose values are escaped, unless they are HTML that a template made.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';

/** A piece of HTML. */
export interface Html {
  readonly html: string;
}

/** What can stand in a template: text, numbers, pieces, and lists of pieces. */
type Content = string | number | Html | readonly Html[];

/** What stands where a piece is left out. */
export const NOTHING: Html = { html: '' };

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Makes HTML of a template. Texts are made printable and escaped, for elements and for attributes in quotes. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Html {
  let result = parts[0] ?? '';
  for (const [index, content] of contents.entries()) result += render(content) + (parts[index + 1] ?? '');
  return { html: result };
}

function render(content: Content): string {
  if (typeof content === 'string') return escapeHtml(toPrintable(content));
  if (typeof content === 'number') return String(content);
  return 'html' in content ? content.html : content.map((piece) => piece.html).join('');
}

function escapeHtml(text: string): string {
  return /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '') : text;
}
