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

/** What a text consists of. */
export interface YamlTokens {
  readonly tokens: readonly CST.Token[];
  /** Where collections begin to stand too deep in one another, an index of the text; behind it nothing was read. Null for most. */
  readonly tooDeepAt: number | null;
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
  onLine?.(0);
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > MAX_DEPTH) return { tokens, tooDeepAt: parser.offset };
  }
  tokens.push(...parser.end());
  return { tokens, tooDeepAt: null };
}
