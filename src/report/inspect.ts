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
 * Renders what was found, a part for each certificate; one that stands in several places is shown once, with every place.
 *
 * @param entryOf - what the catalog knows about a certificate
 * @param entryOfDescribed - the same of one that is only described
 */
export function* renderInspection(
  inputs: readonly InspectedInput[],
  entryOf: (sha256: string) => CatalogEntry | null,
  entryOfDescribed: (described: DescribedCertificate) => CatalogEntry | null,
): Generator<string> {
  const shown = new Set<string>();
  let separator = '';
  for (const { input, kind, certificates, described, notes } of inputs) {
    const total = certificates.length + described.length;
    const count = total === 1 ? '1 certificate' : `${total} certificates`;
    yield `${separator}${toPrintable(input)}: ${kind}, ${count}\n`;
    separator = '\n';
    for (const certificate of certificates) {
      const { sha256 } = certificate;
      yield shown.has(sha256) ? renderAgain(certificate) : renderCertificate(certificate, entryOf(sha256));
      shown.add(sha256);
    }
    for (const one of described) yield renderDescribedCertificate(one, entryOfDescribed(one));
    yield notes.map(renderNote).join('');
  }
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
