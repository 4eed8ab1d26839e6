/**
 * Which certificates the descriptions of devices are of: one whose bytes are in the same call, or a root of the catalog.
 *
 * @module
 */
import { type CatalogEntry, type CatalogRoot, catalogRecords, findRoot, genuineRoot } from '../catalog/catalog.js';
import { type Likeness, likenessOf } from '../device/recognise.js';
import { isSameSerialNumber } from '../device/serial-number.js';
import type { DescribedCertificate } from '../device/show-output.js';
import type { Note } from '../input/read-result.js';
import { type Certificate, decodeCertificate } from '../x509/certificate.js';
import { displayName } from '../x509/name.js';
import { renderSource } from '../x509/source.js';
import { certificatesOf, distinct } from './input-contents.js';
import type { ReadInput } from './single-input.js';

/** The certificate that a description is of. */
interface Recognised {
  readonly likeness: Likeness;
  readonly certificate: Certificate;
}

/** What the catalog knows of a described certificate; null unless a fingerprint tells which it is. */
export type EntryOfDescribed = (described: DescribedCertificate) => CatalogEntry | null;

/**
 * Looks for every described certificate among those of the call and in the catalog.
 *
 * @returns the inputs with a note for each that was found, and what the catalog knows of one
 */
export function recogniseDescribed(inputs: readonly ReadInput[]): {
  readonly inputs: readonly ReadInput[];
  readonly entryOf: EntryOfDescribed;
} {
  if (inputs.every(({ described }) => described.length === 0)) return { inputs, entryOf: () => null };
  const certificates = distinct(certificatesOf(inputs));
  // A listing may have very many, and to gather what is known of all roots takes longer than to look through it.
  const roots = catalogRecords();
  const found = new Map<DescribedCertificate, Recognised>();
  for (const one of inputs.flatMap(({ described }) => described)) {
    const recognised = recognise(one, certificates) ?? recognise(one, rootsLike(one, roots));
    if (recognised !== null) found.set(one, recognised);
  }
  const entryOf: EntryOfDescribed = (one) => {
    const recognised = found.get(one);
    return recognised?.likeness === 'exact' ? findRoot(recognised.certificate.sha256) : rootOfFingerprint(one, roots);
  };
  return {
    inputs: inputs.map((input) => ({
      ...input,
      notes: [...input.notes, ...input.described.flatMap((one) => noteOf(one, found.get(one)))],
    })),
    entryOf,
  };
}

/** A fingerprint is worth more than any likeness. A serial number without an issuer, which may be 01, is worth nothing here. */
function recognise(described: DescribedCertificate, certificates: readonly Certificate[]): Recognised | null {
  const all = certificates.flatMap((certificate) => {
    const likeness = likenessOf(described, certificate);
    const isWeak = likeness === 'probable' && described.issuer === null;
    return likeness === null || isWeak ? [] : [{ likeness, certificate }];
  });
  return all.find(({ likeness }) => likeness === 'exact') ?? all[0] ?? null;
}

/** The roots of the catalog that a description may be of, so that only few certificates of it are decoded. */
function rootsLike(
  { sha1, serialNumber }: DescribedCertificate,
  roots: readonly CatalogRoot[],
): readonly Certificate[] {
  return roots.flatMap(({ sha256, facts }) => {
    const isLike =
      sha1 === null
        ? serialNumber !== null && isSameSerialNumber(serialNumber, facts.serialNumber)
        : facts.sha1 === sha1;
    const der = isLike ? genuineRoot(sha256) : null;
    return der === null ? [] : [decodeCertificate(der)];
  });
}

/** A root of which the catalog may have no more than the facts. */
function rootOfFingerprint({ sha1 }: DescribedCertificate, roots: readonly CatalogRoot[]): CatalogEntry | null {
  return sha1 === null ? null : (roots.find(({ facts }) => facts.sha1 === sha1) ?? null);
}

function noteOf({ source }: DescribedCertificate, recognised: Recognised | undefined): readonly Note[] {
  if (recognised === undefined) return [];
  const { likeness, certificate } = recognised;
  const name = findRoot(certificate.sha256)?.name ?? displayName(certificate.subjectName);
  const place = certificate.source === null ? 'of the catalog' : `in ${renderSource(certificate.source)}`;
  const [is, by] =
    likeness === 'exact' ? ['this is', 'its fingerprint'] : ['this is probably', 'its serial number, issuer and dates'];
  return [
    {
      code: likeness === 'exact' ? 'device/recognised' : 'device/probably',
      message: `${is} ${name} ${place}, by ${by}: SHA-256 ${certificate.sha256}`,
      ...(source.line === null ? {} : { line: source.line }),
      ...(source.member === null ? {} : { member: source.member }),
    },
  ];
}
