/**
 * The map of the formats that `check` answers in. Each is loaded when it is asked for: most calls answer in one.
 *
 * @module
 */
import { TrustError } from '../../errors.js';
import type { CheckFormat } from './check-format.js';

const formats: Readonly<Record<string, () => Promise<CheckFormat>>> = {
  text: async () => (await import('./text.js')).text,
  json: async () => (await import('./json.js')).json,
  ndjson: async () => (await import('./json.js')).ndjson,
  csv: async () => (await import('./csv.js')).csv,
  markdown: async () => (await import('./markdown.js')).markdown,
  html: async () => (await import('./html.js')).htmlPage,
  junit: async () => (await import('./junit.js')).junit,
  sarif: async () => (await import('./sarif.js')).sarif,
  github: async () => (await import('./github.js')).github,
  gitlab: async () => (await import('./gitlab.js')).gitlab,
  tap: async () => (await import('./tap.js')).tap,
  nagios: async () => (await import('./nagios.js')).nagios,
  prometheus: async () => (await import('./prometheus.js')).prometheus,
  openmetrics: async () => (await import('./prometheus.js')).openmetrics,
  ics: async () => (await import('./ics.js')).ics,
};

/** The names of all formats, as users write them after `--format`. */
export function checkFormatNames(): readonly string[] {
  return Object.keys(formats);
}

/** @throws {TrustError} `usage/bad-value` */
export async function loadCheckFormat(name: string): Promise<CheckFormat> {
  const load = Object.hasOwn(formats, name) ? formats[name] : undefined;
  if (load !== undefined) return load();
  throw new TrustError('usage/bad-value', `"${name.slice(0, 40)}" is not a format`, {
    hint: `choose one of ${checkFormatNames().join(', ')}`,
  });
}
