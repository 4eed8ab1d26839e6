/**
 * What inputs hold, for a person: one section an input, one paragraph a certificate.
 *
 * @module
 */
import type { CatalogEntry } from '../catalog/catalog.js';
import type { DescribedCertificate } from '../device/show-output.js';
import { toPrintable } from '../encoding/printable.js';
import type { Note } from '../input/read-result.js';
import type { Certificate } from '../x509/certificate.js';
import { renderSource } from '../x509/source.js';
import { renderCertificate, renderDescribedCertificate } from './certificate-text.js';

/** An input as it is reported. */
export interface InspectedInput {
  readonly input: string;
  readonly kind: string;
  readonly certificates: readonly Certificate[];
  readonly notes: readonly Note[];
  readonly described: readonly DescribedCertificate[];
}

/**
 * Renders what was found; a certificate that stands in several places is shown once, with every place.
 *
 * @param entryOf - what the catalog knows about a certificate
 * @param entryOfDescribed - the same of one that is only described
 */
export function renderInspection(
  inputs: readonly InspectedInput[],
  entryOf: (sha256: string) => CatalogEntry | null,
  entryOfDescribed: (described: DescribedCertificate) => CatalogEntry | null,
): string {
  const shown = new Set<string>();
  return inputs.map((input) => renderInput(input, entryOf, entryOfDescribed, shown)).join('\n');
}

function renderInput(
  { input, kind, certificates, described, notes }: InspectedInput,
  entryOf: (sha256: string) => CatalogEntry | null,
  entryOfDescribed: (described: DescribedCertificate) => CatalogEntry | null,
  shown: Set<string>,
): string {
  const total = certificates.length + described.length;
  const count = total === 1 ? '1 certificate' : `${total} certificates`;
  const blocks = certificates.map((certificate) => {
    if (shown.has(certificate.sha256)) return renderAgain(certificate);
    shown.add(certificate.sha256);
    return renderCertificate(certificate, entryOf(certificate.sha256));
  });
  return [
    `${toPrintable(input)}: ${kind}, ${count}\n`,
    ...blocks,
    ...described.map((one) => renderDescribedCertificate(one, entryOfDescribed(one))),
    ...notes.map(renderNote),
  ].join('');
}

/** A certificate that was shown before: only where it is this time. */
function renderAgain({ subject, sha256, source }: Certificate): string {
  const place = source === null ? '' : `    from      ${toPrintable(renderSource(source))}\n`;
  return `  ${subject}\n${place}    again     ${sha256}\n`;
}

function renderNote({ code, message, member, line, column, offset }: Note): string {
  const place = [
    ...(member === undefined ? [] : [toPrintable(member)]),
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(column === undefined ? [] : [`column ${column}`]),
    ...(offset === undefined ? [] : [`byte ${offset}`]),
  ].join(' ');
  return `  note: ${place === '' ? '' : `${place}: `}${toPrintable(message)} [${code}]\n`;
}
