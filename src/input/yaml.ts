/**
 * YAML 1.2, and JSON, which is YAML, read by the package yaml: Secrets and ConfigMaps of Kubernetes, kubeconfigs, key sets with
 * `x5c`. Strings that hold certificates in base64, and strings with PEM in them, are parts of their own, called by the path of
 * their key; all other text is read on as it is.
 *
 * Nothing is built from a document: aliases are not followed, so that they cannot grow, and no tag means anything.
 *
 * @module
 */
import { createRequire } from 'node:module';
import type { Alias, Node, Pair, ParsedNode, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { readYamlTokens } from '../encoding/yaml.js';
import type { TrustError } from '../errors.js';
import { brokenValue, decodeEmbedded, type PlacedPart, showsChain, showsPem } from './embedded.js';
import { LineIndex } from './text.js';

const require = createRequire(import.meta.url);

/** The package needs a second and more for a megabyte; longer texts, and of short words shorter ones, are read without their structure. */
export const MAX_YAML: number = 4 * 1024 * 1024;

/** Keys may be long, and stand in the paths of many values. */
const MAX_NAME = 400;

/** A line of a log in JSON, whose block goes on in the next lines. */
const MARKER_ALONE = /^\s*-{5}BEGIN [A-Z0-9 ]{1,64}-{5}\s*$/;

/** A marker with a line end behind it. */
const MARKER_LINE = /-----BEGIN [A-Z0-9 ]{1,64}-----\n/;

/** What stands in a text. */
interface YamlContents {
  readonly parts: readonly PlacedPart[];
  readonly errors: readonly TrustError[];
}

/**
 * Whether a text begins like JSON, or its first line that is no comment like YAML. What is passed over of a line ends before its line
 * feed, so that many such lines can be passed over in one way only.
 */
export function isYaml(head: string): boolean {
  return /^(?:[^\S\n]*(?:#[^\n]*)?\n)*[ \t]*(?:[{[]|---(?:\s|$)|%YAML |(?:- +)?(?:[\w./\x80-\xff-]{1,100}|"[^"\n]{1,100}"|'[^'\n]{1,100}'):(?:[ \t\r\n]|$)|- )/.test(
    head,
  );
}

/**
 * Reads all documents of a text; one that is no YAML does not hide the others.
 *
 * @returns null for a text that is no YAML, or more than is read so
 */
export function readYaml(text: string): YamlContents | null {
  const { tokens, stopped } = readYamlTokens(text);
  if (stopped !== null) return null;
  const yaml = require('yaml') as typeof import('yaml');
  const lines = new LineIndex(text);
  const parts: PlacedPart[] = [];
  const errors: TrustError[] = [];
  let isYaml = true;
  // Keys that stand twice are no matter here, and looking for them takes time without end.
  const composer = new yaml.Composer({ schema: 'failsafe', uniqueKeys: false, logLevel: 'silent' });
  for (const { contents, errors: faults } of composer.compose(tokens)) {
    for (const { node, path } of stringsOf(contents as ParsedNode | null, yaml)) {
      const part = toPart(node, path, text, lines);
      if (part === null) continue;
      if ('start' in part) parts.push(part);
      else errors.push(part);
    }
    isYaml &&= faults.length === 0;
  }
  return isYaml || parts.length > 0 ? { parts, errors } : null;
}

/** The way to a value, the last step first. */
interface Path {
  readonly parent: Path | null;
  readonly key: string | number;
}

interface FoundString {
  readonly node: Scalar;
  readonly path: Path | null;
}

/** Every string that is a value, in order. */
function* stringsOf(
  root: Node | null,
  { isMap, isPair, isScalar, isSeq }: typeof import('yaml'),
): Generator<FoundString> {
  const open: { readonly node: unknown; readonly path: Path | null }[] = [{ node: root, path: null }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { path } = next;
    const node = next.node as Alias | Scalar | YAMLMap | YAMLSeq | Pair | null;
    if (isScalar(node)) {
      if (node.source !== undefined) yield { node, path };
    } else if (isMap(node)) {
      for (const { key, value } of node.items.toReversed()) {
        open.push({ node: value, path: { parent: path, key: isScalar(key) ? String(key.value) : '?' } });
      }
    } else if (isSeq(node)) {
      for (let index = node.items.length - 1; index >= 0; index--) {
        const item = node.items[index];
        open.push({ node: isPair(item) ? item.value : item, path: { parent: path, key: index } });
      }
    }
  }
}

/** What a string holds, or why that cannot be read; null when it is of no interest, or can be read where it stands. */
function toPart(
  { source: value = '', range, type }: Scalar,
  path: Path | null,
  text: string,
  lines: LineIndex,
): PlacedPart | TrustError | null {
  const [start = 0, end = 0] = range ?? [];
  const embedded = decodeEmbedded(value);
  const written = text.slice(start, end);
  if (embedded === null && type === 'QUOTE_DOUBLE' && written.includes('\n') && showsChain(value)) {
    // Its lines are broken anywhere.
    const { line } = lines.locate(start);
    const bytes = Buffer.from(value);
    return { name: renderPath(path), bytes, start, end, line, lineOf: () => line, isEncoded: false };
  }
  if (embedded === null && (!showsPem(value) || MARKER_ALONE.test(value))) return null;
  const name = renderPath(path);
  const { line } = lines.locate(start);
  if (embedded === 'broken') return brokenValue(name, line);
  if (embedded !== null) return { name, bytes: embedded.bytes, start, end, line, lineOf: () => line, isEncoded: true };
  const bytes = Buffer.from(value);
  if (type === 'BLOCK_LITERAL')
    return { name, bytes, start, end, line, lineOf: (inner) => line + inner, isEncoded: false };
  if (type === 'QUOTE_DOUBLE' && written.includes('\\'))
    return { name, bytes, start, end, line, lineOf: () => line, isEncoded: false };
  // What is folded otherwise has its lines in the text alone.
  if (type === 'BLOCK_FOLDED' || !MARKER_LINE.test(value)) return null;
  return { name, bytes, start, end, line, lineOf: lineOfFolded(written, line), isEncoded: false };
}

/** The line of the file for a line of a string in flow style: there a blank line ends one, and a single line end is a blank (YAML 6.5). */
function lineOfFolded(written: string, first: number): (inner: number) => number {
  const lines = [first];
  for (const [index, line] of written.split(/\r\n|\r|\n/).entries()) {
    if (index > 0 && line.trim() === '') lines.push(first + index + 1);
  }
  return (inner) => lines[inner - 1] ?? lines.at(-1) ?? first;
}

/** As jq and JavaScript write it: `items[0].data["tls.crt"]`. */
function renderPath(path: Path | null): string {
  const steps: (string | number)[] = [];
  for (let step = path; step !== null; step = step.parent) steps.unshift(step.key);
  return steps
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!/^[A-Za-z_][\w-]*$/.test(step)) return `[${JSON.stringify(step)}]`;
      return index === 0 ? step : `.${step}`;
    })
    .join('')
    .slice(0, MAX_NAME);
}
