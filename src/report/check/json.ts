/**
 * What `check` found as one document, and as one certificate a line.
 *
 * @module
 */
import { type CheckedCertificate, type CheckReport, catalogEntryOf } from '../../check/check-report.js';
import { isDescribed } from '../../check/described.js';
import { renderLine } from '../../encoding/json-text.js';
import { toRfc3339 } from '../../encoding/rfc3339.js';
import { toCertificateJson, toDescribedCertificateJson } from '../certificate-json.js';
import { renderDocumentParts } from '../json.js';
import type { CheckFormat } from './check-format.js';
import { CHECK_SCHEMA, toShardMembers } from './shard-document.js';

/** The document. */
export const json: CheckFormat = {
  render: (report) => renderDocumentParts(toDocument(report)),
};

/** A certificate a line, for programs that read streams; what could not be read stands on stderr. */
export const ndjson: CheckFormat = {
  *render({ certificates }) {
    for (const certificate of certificates) yield renderLine(toCheckedJson(certificate));
  },
};

function toDocument(report: CheckReport): Readonly<Record<string, unknown>> {
  const { at, policy, changedSince, summary, findings, certificates, shard } = report;
  return {
    schema: CHECK_SCHEMA,
    at: toRfc3339(at),
    ...(policy === null ? {} : { policy }),
    changedSince,
    summary,
    findings,
    certificates: toEachJson(certificates),
    ...(shard === undefined ? {} : toShardMembers(shard)),
  };
}

function* toEachJson(certificates: readonly CheckedCertificate[]): Generator<unknown> {
  for (const certificate of certificates) yield toCheckedJson(certificate);
}

function toCheckedJson(checked: CheckedCertificate): Readonly<Record<string, unknown>> {
  const { certificate, source, level, daysLeft, ignored } = checked;
  const described = isDescribed(certificate);
  const catalog = catalogEntryOf(checked);
  const fields = described ? toDescribedCertificateJson(certificate, catalog) : toCertificateJson(certificate, catalog);
  return { ...fields, source, daysLeft, level, ...(ignored === null ? {} : { ignored: true }) };
}
