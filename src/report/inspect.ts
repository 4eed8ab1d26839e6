/**
 * What inputs hold, for a person: one section an input, one paragraph a certificate, in a window of 80
 * columns.
 *
 * @module
 */
import type { CatalogEntry } from '../catalog/catalog.js';
import type { DescribedCertificate } from '../device/show-output.js';
import { groupBy } from '../encoding/group-by.js';
import { toPrintable } from '../encoding/printable.js';
import type { Note } from '../input/read-result.js';
import type { Certificate } from '../x509/certificate.js';
import { renderSource, type Source } from '../x509/source.js';
import { renderCertificate, renderDescribedCertificate, renderRow } from './certificate-text.js';
import { wrap } from './wrap.js';

/** Why nothing can be said of what an input is: it could not be read, or there was nothing to read. */
export type Absence = 'not read' | 'nothing found';

/** An input as it is reported. */
export interface InspectedInput {
  readonly input: string;
  readonly kind: string;
  readonly certificates: readonly Certificate[];
  readonly notes: readonly Note[];
  readonly described: readonly DescribedCertificate[];
  readonly absence?: Absence;
}

/**
 * Renders what was found, a part for each certificate, no line wider than 80 columns. A certificate that stands in several
 * places is shown where it is met first, with every place; where it is met again in another input, there are its places alone.
 *
 * @param entryOf - what the catalog knows about a certificate
 * @param entryOfDescribed - the same of one that is only described
 */
export function* renderInspection(
  inputs: readonly InspectedInput[],
  entryOf: (sha256: string) => CatalogEntry | null,
  entryOfDescribed: (described: DescribedCertificate) => CatalogEntry | null,
): Generator<string> {
  const { first, elsewhere } = occurrencesOf(inputs);
  let separator = '';
  for (const read of inputs) {
    const { input, certificates, described, notes } = read;
    const places = groupBy(certificates, ({ sha256 }) => sha256);
    yield `${separator}${wrap(`${toPrintable(input)}: ${summaryOf(read, places.size)}`, '', '  ')}`;
    separator = '\n';
    for (const [sha256, occurrences] of places) {
      const [certificate] = occurrences;
      const here = occurrences.map(renderPlaceHere).join('');
      if (first.get(sha256) !== read) yield renderAgain(certificate, here);
      else {
        const there = (elsewhere.get(sha256) ?? []).map(renderPlaceElsewhere).join('');
        yield renderCertificate(certificate, entryOf(sha256), here + there);
      }
    }
    for (const one of described) {
      const here = renderPlaceHere({ source: { ...one.source, trustpoint: null } });
      yield renderDescribedCertificate(one, entryOfDescribed(one), here);
    }
    yield notes.map(renderNote).join('');
  }
}

function summaryOf({ kind, certificates, described, absence }: InspectedInput, different: number): string {
  if (absence !== undefined) return absence;
  const total = certificates.length + described.length;
  const repeated = different === certificates.length ? '' : `, ${different} different`;
  return `${kind}, ${total === 1 ? '1 certificate' : `${total} certificates`}${repeated}`;
}

/** By the SHA-256 of a certificate: the input in which it is met first, and its places in all others. */
function occurrencesOf(inputs: readonly InspectedInput[]): {
  readonly first: ReadonlyMap<string, InspectedInput>;
  readonly elsewhere: ReadonlyMap<string, readonly Certificate[]>;
} {
  const first = new Map<string, InspectedInput>();
  const elsewhere = new Map<string, Certificate[]>();
  for (const read of inputs) {
    for (const certificate of read.certificates) {
      const { sha256 } = certificate;
      const owner = first.get(sha256);
      const others = elsewhere.get(sha256);
      if (owner === undefined) first.set(sha256, read);
      else if (owner === read) continue;
      else if (others === undefined) elsewhere.set(sha256, [certificate]);
      else others.push(certificate);
    }
  }
  return { first, elsewhere };
}

/** A certificate that was shown before: only where it is this time. */
function renderAgain({ displaySubject, sha256 }: Certificate, here: string): string {
  return wrap(displaySubject, '  ', '    ') + renderRow('again', sha256) + here;
}

interface Placed {
  readonly source: Source | null;
}

/** A place by what tells it apart in its input, which stands above; nothing where that is all there is to say. */
function renderPlaceHere({ source }: Placed): string {
  if (source === null) return '';
  const place = renderSource({ ...source, input: source.member ?? '', member: null }).trimStart();
  return place === '' ? '' : renderRow('from', toPrintable(place));
}

function renderPlaceElsewhere({ source }: Placed): string {
  return source === null ? '' : renderRow('also in', toPrintable(renderSource(source)));
}

function renderNote({ code, message, member, line, column, offset }: Note): string {
  const place = [
    ...(member === undefined ? [] : [toPrintable(member)]),
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(column === undefined ? [] : [`column ${column}`]),
    ...(offset === undefined ? [] : [`byte ${offset}`]),
  ].join(' ');
  return wrap(`${place === '' ? '' : `${place}: `}${toPrintable(message)} [${code}]`, '  note: ', '    ');
}
