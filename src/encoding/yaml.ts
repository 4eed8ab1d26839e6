/**
 * The tokens of YAML 1.2 (yaml.org), and of JSON, which is YAML, by the package yaml: what documents are composed of.
 *
 * @module
 */
import { createRequire } from 'node:module';
import type { CST } from 'yaml';

const require = createRequire(import.meta.url);

/**
 * Collections inside one another. Composing goes into each by calling itself, and what that leaves of the stack at eight hundred
 * can be too little for V8 to compile a pattern, which then ends the process.
 */
const MAX_DEPTH = 100;

/** Words, signs and blanks: each takes a microsecond and more, and some hundred bytes until the document is done with. */
const MAX_LEXEMES = 1_000_000;

/** What cannot stand where it does; a text with more of it is something else. */
const MAX_ERRORS = 1000;

/** What a text consists of. */
export interface YamlTokens {
  readonly tokens: readonly CST.Token[];
  /** Where reading was given up, an index of the text, and why, as a sentence about "it"; null for nearly all texts. */
  readonly stopped: { readonly at: number; readonly because: string } | null;
}

/**
 * The tokens of all documents of a text.
 *
 * @param onLine - gets the index at which each line begins
 */
export function readYamlTokens(text: string, onLine?: (index: number) => void): YamlTokens {
  const { Lexer, Parser } = require('yaml') as typeof import('yaml');
  const parser = new Parser(onLine);
  const tokens: CST.Token[] = [];
  let lexemes = 0;
  let errors = 0;
  const stop = (because: string) => ({ tokens, stopped: { at: parser.offset, because } });
  onLine?.(0);
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      tokens.push(token);
      if (token.type === 'error') errors++;
    }
    if (parser.stack.length > MAX_DEPTH) return stop('it is nested too deep');
    if (++lexemes > MAX_LEXEMES) return stop('it has too many words and signs');
    if (errors > MAX_ERRORS) return stop('it has too many errors');
  }
  tokens.push(...parser.end());
  return { tokens, stopped: null };
}
