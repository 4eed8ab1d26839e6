/**
 * The document of a shard: that of its own inputs, and beside it everything that was read of them, so that a merge can do
 * all over again what the check does. Every certificate is in it once, as base64.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { CERTIFICATE_ROLES } from '../../check/check-report.js';
import type { Threshold } from '../../check/expiry.js';
import {
  MOST_SHARDS,
  type PlacedInput,
  type PlacedName,
  type ShardPolicy,
  type ShardRecord,
  type ShardSettings,
  shareOf,
} from '../../check/shard.js';
import type { DescribedCertificate } from '../../device/show-output.js';
import { decodeBase64, encodeBase64 } from '../../encoding/base64.js';
import { JsonField } from '../../encoding/json-field.js';
import { toPrintable } from '../../encoding/printable.js';
import { toRfc3339 } from '../../encoding/rfc3339.js';
import { CODES, type ErrorCode, expectTrustError, type Position, TrustError } from '../../errors.js';
import { type Certificate, decodeCertificate } from '../../x509/certificate.js';
import type { Source } from '../../x509/source.js';

/** The schema of the document; `json.ts` writes it. */
export const CHECK_SCHEMA = 'anchorctl/check/1';

/** The members that a shard has besides those of every document. Lists in it are made while they are written. */
export function toShardMembers(record: ShardRecord): Readonly<Record<string, unknown>> {
  const { index, count, settings, all, passedOver, concerned, inputs } = record;
  const numbers = new Map<string, number>();
  const encodings: string[] = [];
  const numberOf = (certificate: Certificate) => {
    const known = numbers.get(certificate.sha256);
    if (known !== undefined) return known;
    numbers.set(certificate.sha256, encodings.length);
    return encodings.push(encodeBase64(certificate.der)) - 1;
  };
  const recorded = inputs.map((input) => toInputJson(input, numberOf));
  const sha256 = digestOf([index, count, all, passedOver, concerned, ...recorded, ...encodings], toJson);
  return {
    shard: { index, count, settings: toSettingsJson(settings), all, passedOver, concerned, sha256 },
    shardInputs: recorded,
    shardCertificates: encodings,
  };
}

function toJson(value: unknown): string {
  return JSON.stringify(value);
}

/**
 * SHA-256 of what was read: a number or a name that has changed is a certificate elsewhere, and one that is gone is not missed.
 * The settings are not in it; those of all shards are compared.
 */
function digestOf<T>(parts: readonly T[], renderPart: (part: T) => string): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(renderPart(part)).update('\n');
  return hash.digest('hex');
}

function toSettingsJson({ at, ...settings }: ShardSettings): Readonly<Record<string, unknown>> {
  return { ...settings, at: toRfc3339(at) };
}

function toInputJson(
  { certificates, errors, ...input }: PlacedInput,
  numberOf: (certificate: Certificate) => number,
): Readonly<Record<string, unknown>> {
  return {
    ...input,
    certificates: certificates.map((certificate) => ({
      certificate: numberOf(certificate),
      source: certificate.source,
    })),
    errors: errors.map(({ code, message, hint, at }) => ({ code, message, hint, at })),
  };
}

/**
 * Reads what a shard recorded out of its document. The rest of the document is not looked at.
 *
 * @param source - where it stands; named in errors
 * @throws {TrustError} `shard/damaged`
 */
export function parseShardDocument(bytes: Uint8Array, source: string): ShardRecord {
  const refuse = (what: string) =>
    new TrustError('shard/damaged', `this is no document of check --shard: ${what}`, {
      at: { source },
      hint: 'name what --shard wrote with --format json or --output json=FILE, whole and unchanged',
    });
  const document = new JsonField(parseJson(bytes, refuse), refuse);
  document.member('schema').word([CHECK_SCHEMA]);
  const shard = document.member('shard');
  const count = shard.member('count').integer(1, MOST_SHARDS);
  const index = shard.member('index').integer(1, count);
  const all = {
    count: shard.member('all').member('count').integer(0),
    sha256: shard
      .member('all')
      .member('sha256')
      .text(/^[0-9a-f]{64}$/),
  };
  const encodings = document.member('shardCertificates').elements();
  const certificates = encodings.map(toCertificate);
  const fields = document.member('shardInputs').elements();
  const inputs = fields.map((field) => toInput(field, certificates));
  const concerned = shard.member('concerned').elements().map(toName);
  const passedOver = shard.member('passedOver').integer(concerned.length);
  const isOwn = ({ position }: PlacedName) => position % count === index - 1 && position < all.count;
  const places = [...inputs, ...concerned];
  if (!places.every(isOwn) || !isInOrder(inputs) || !isInOrder(concerned) || hasTwice(places)) {
    throw refuse('the position of an input is not one of this shard, or out of order');
  }
  if (inputs.length + passedOver !== shareOf({ index, count }, all.count)) {
    throw refuse('it has not as many inputs as it should');
  }
  const ofShard = ['index', 'count', 'all', 'passedOver', 'concerned'].map((name) => shard.member(name));
  const digest = digestOf([...ofShard, ...fields, ...encodings], (field) => field.json());
  if (shard.member('sha256').text() !== digest) throw refuse('what was read has changed since');
  return { index, count, settings: toSettings(shard.member('settings')), all, passedOver, concerned, inputs };
}

function isInOrder(names: readonly PlacedName[]): boolean {
  return names.every(({ position }, number) => position > (names[number - 1]?.position ?? -1));
}

function hasTwice(names: readonly PlacedName[]): boolean {
  return new Set(names.map(({ position }) => position)).size < names.length;
}

function parseJson(bytes: Uint8Array, refuse: (what: string) => TrustError): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw refuse('it is no JSON, or cut short');
  }
}

function toSettings(field: JsonField): ShardSettings {
  const given = field.member('given');
  return {
    version: field.member('version').text(/^[\w.+-]{1,80}$/),
    catalog: field.member('catalog').text(),
    at: field.member('at').instant(),
    given: { ...given.optional('warn', toThreshold), ...given.optional('fail', toThreshold) },
    policy: field.member('policy').orNull(toPolicy),
    only: field.member('only').orNull((only) => only.word(CERTIFICATE_ROLES)),
    paths: field
      .member('paths')
      .elements()
      .map((path) => path.text()),
    allowEmpty: field.member('allowEmpty').flag(),
    changedSince: field.member('changedSince').orNull((revision) => revision.text()),
    reading: field.member('reading').text(),
  };
}

function toPolicy(field: JsonField): ShardPolicy {
  return {
    file: field.member('file').text(),
    text: field.member('text').text(),
    isCovered: field.member('isCovered').flag(),
  };
}

function toName(field: JsonField): PlacedName {
  return {
    position: field.member('position').integer(0),
    input: field.member('input').text(),
    place: field.member('place').orNull(toText),
    ...field.optional('members', (members) => members.elements().map(toText)),
  };
}

function toThreshold(field: JsonField): Threshold {
  const { share } = field.optional('share', (one) => one.number());
  if (share === undefined) return { milliseconds: field.member('milliseconds').number() };
  return { share };
}

function toCertificate(field: JsonField): Certificate {
  try {
    return decodeCertificate(decodeBase64(Buffer.from(field.text(), 'latin1')));
  } catch (error) {
    return field.fail(`is no certificate: ${expectTrustError(error).message}`);
  }
}

function toInput(field: JsonField, known: readonly Certificate[]): PlacedInput {
  return {
    ...toName(field),
    certificates: field
      .member('certificates')
      .elements()
      .map((one) => {
        const number = one.member('certificate');
        const certificate = known[number.integer(0)] ?? number.fail('is the number of no certificate');
        const source = one.member('source').orNull(toSource);
        return source === null ? certificate : certificate.withSource(source);
      }),
    described: field.member('described').elements().map(toDescribed),
    errors: field.member('errors').elements().map(toError),
    ...field.optional('attachments', (attachments) => attachments.elements().map(toText)),
    ...field.optional('untrusted', (numbers) => numbers.elements().map((number) => number.integer(0))),
  };
}

function toSource(field: JsonField): Source {
  return {
    input: field.member('input').text(),
    member: field.member('member').orNull(toText),
    line: field.member('line').orNull((line) => line.integer(1)),
    alias: field.member('alias').orNull(toText),
    trustpoint: field.member('trustpoint').orNull(toText),
  };
}

const HEX = /^[0-9a-f]*$/;
const USAGES = ['ca', 'self-signed', 'identity'] as const;

function toDescribed(field: JsonField): DescribedCertificate {
  const hex = (name: string) => field.member(name).orNull((value) => value.text(HEX));
  const instant = (name: string) => field.member(name).orNull((value) => value.instant());
  const name = (which: string) => field.member(which).orNull((value) => toPrintable(value.text()));
  if (field.member('complete').flag()) field.fail('is complete, and no description');
  return {
    complete: false,
    usage: field.member('usage').word(USAGES),
    subject: name('subject'),
    issuer: name('issuer'),
    serialNumber: hex('serialNumber'),
    notBefore: instant('notBefore'),
    notAfter: instant('notAfter'),
    sha1: hex('sha1'),
    md5: hex('md5'),
    subjectKeyIdentifier: hex('subjectKeyIdentifier'),
    trustpoints: field.member('trustpoints').elements().map(toText),
    source: toSource(field.member('source')),
  };
}

function toError(field: JsonField): TrustError {
  const code = field.member('code');
  const text = code.text();
  if (!Object.hasOwn(CODES, text)) code.fail('is no code of an error');
  return new TrustError(text as ErrorCode, field.member('message').text(), {
    ...field.optional('hint', toText),
    ...field.optional('at', toPosition),
  });
}

function toPosition(field: JsonField): Position {
  return {
    ...field.optional('source', toText),
    ...field.optional('entry', toText),
    ...field.optional('offset', (offset) => offset.integer(0)),
    ...field.optional('line', (line) => line.integer(1)),
    ...field.optional('column', (column) => column.integer(1)),
  };
}

function toText(field: JsonField): string {
  return field.text();
}
