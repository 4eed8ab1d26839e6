/**
 * The map of the formats that `check` answers in.
 *
 * @module
 */
import { TrustError } from '../../errors.js';
import type { CheckFormat } from './check-format.js';
import { csv } from './csv.js';
import { github } from './github.js';
import { gitlab } from './gitlab.js';
import { htmlPage } from './html.js';
import { ics } from './ics.js';
import { json, ndjson } from './json.js';
import { junit } from './junit.js';
import { markdown } from './markdown.js';
import { nagios } from './nagios.js';
import { openmetrics, prometheus } from './prometheus.js';
import { sarif } from './sarif.js';
import { tap } from './tap.js';
import { text } from './text.js';

const formats: readonly CheckFormat[] = [
  ...[text, json, ndjson, csv, markdown, htmlPage],
  ...[junit, sarif, github, gitlab, tap],
  ...[nagios, prometheus, openmetrics, ics],
];

/** The names of all formats. */
export function checkFormatNames(): readonly string[] {
  return formats.map(({ name }) => name);
}

/** @throws {TrustError} `usage/bad-value` */
export function checkFormatOf(name: string): CheckFormat {
  const format = formats.find((candidate) => candidate.name === name);
  if (format !== undefined) return format;
  throw new TrustError('usage/bad-value', `"${name.slice(0, 40)}" is not a format`, {
    hint: `choose one of ${checkFormatNames().join(', ')}`,
  });
}
