/**
 * What `check` found as CSV (RFC 4180), a row a certificate and place, with CR LF line ends and a header, for spreadsheets: text
 * that a spreadsheet would take for a formula begins with an apostrophe.
 *
 * @module
 */
import { createRequire } from 'node:module';
import type { stringify } from 'csv-stringify/sync';
import { type CheckedCertificate, catalogEntryOf } from '../../check/check-report.js';
import { isDescribed } from '../../check/described.js';
import { toRfc3339 } from '../../encoding/rfc3339.js';
import { toCell } from '../csv-text.js';
import { type CheckFormat, nameOf } from './check-format.js';

const require = createRequire(import.meta.url);

const COLUMNS = [
  ...['level', 'daysLeft', 'notBefore', 'notAfter', 'name', 'subject', 'issuer', 'serialNumber', 'sha256', 'ca'],
  ...['input', 'member', 'line', 'alias', 'trustpoint', 'catalog'],
];

/** A table for spreadsheets. */
export const csv: CheckFormat = {
  *render({ certificates }) {
    const library = require('csv-stringify/sync') as { readonly stringify: typeof stringify };
    const render = (rows: readonly (readonly string[])[]) =>
      library.stringify(
        rows.map((row) => [...row]),
        { record_delimiter: 'windows' },
      );
    yield render([COLUMNS]);
    for (const checked of certificates) yield render([cellsOf(checked)]);
  },
};

function cellsOf(checked: CheckedCertificate): readonly string[] {
  const { certificate, source, level, daysLeft } = checked;
  const described = isDescribed(certificate);
  const texts = [
    ...[certificate.notBefore, certificate.notAfter].map((date) => (date === null ? '' : toRfc3339(date))),
    nameOf(checked),
    ...[certificate.subject, certificate.issuer, certificate.serialNumber].map((text) => text ?? ''),
    described ? '' : certificate.sha256,
    String(described ? certificate.usage === 'ca' : certificate.ca),
    ...[source.input, source.member, source.line, source.alias, source.trustpoint].map((part) => String(part ?? '')),
    catalogEntryOf(checked)?.status ?? '',
  ].map(toCell);
  return [level, daysLeft === null ? '' : daysLeft.toFixed(2), ...texts];
}
