/**
 * A catalog as a file: what `catalog update` writes and later calls read. JSON with one record a line, the same bytes for the
 * same catalog.
 *
 * Who can write this file decides what is trusted, so nothing in it is believed: every field is checked, the fingerprint of
 * every certificate is worked out again, and one thing that is wrong refuses the whole.
 *
 * @module
 */
import { decodeBase64 } from '../encoding/base64.js';
import { toPrintable } from '../encoding/printable.js';
import { expectTrustError, TrustError } from '../errors.js';
import { decodeCertificate } from '../x509/certificate.js';
import type { CatalogData, RootListSource } from './catalog.js';
import { CATALOG_STATUSES, type CatalogStatus, type RootFacts } from './root-facts.js';

/** What the first field of the file says. */
const SCHEMA = 'anchorctl/catalog/1';

/** The largest file that is read. */
export const MAX_CATALOG_BYTES: number = 64 * 1024 * 1024;
const MAX_RECORDS = 20_000;
const MAX_TEXT = 1000;

/** Encodes a catalog: the same catalog always gives the same bytes. */
export function encodeCatalogFile({ date, builtIn, updates, roots, bodies }: CatalogData): Uint8Array {
  const lines = (records: readonly unknown[]) =>
    records.length === 0 ? '[]' : `[\n    ${records.map((record) => JSON.stringify(record)).join(',\n    ')}\n  ]`;
  const fields = [
    ['schema', JSON.stringify(SCHEMA)],
    ['licence', JSON.stringify('MPL-2.0')],
    ['attribution', JSON.stringify('Compiled from the CA root list of the Mozilla NSS project and its contributors')],
    ['date', JSON.stringify(date)],
    ['builtIn', JSON.stringify(builtIn)],
    ['updates', lines(updates)],
    ['roots', lines(roots.map(toRecord))],
    ['bodies', lines([...bodies].map(([sha256, base64]) => ({ sha256, base64 })))],
  ];
  return new TextEncoder().encode(`{\n${fields.map(([key, text]) => `  "${key}": ${text}`).join(',\n')}\n}\n`);
}

/** The fields in one order, wherever the record comes from. */
function toRecord(facts: RootFacts): RootFacts {
  const { sha256, sha1, name, commonName, organization, serialNumber, notBefore, notAfter, key, firstSeen } = facts;
  const { status, since, serverTrustLost, distrustAfter, explicitDistrust, trustedForEmail, bundle } = facts;
  return {
    ...{ sha256, sha1, name, commonName, organization, serialNumber, notBefore, notAfter, key, firstSeen },
    ...{ status, since, serverTrustLost, distrustAfter, explicitDistrust, trustedForEmail },
    ...(bundle === undefined ? {} : { bundle }),
  };
}

/**
 * Decodes a catalog file.
 *
 * @throws {TrustError} `catalog/damaged`: the first thing that is wrong is named
 */
export function decodeCatalogFile(bytes: Uint8Array): CatalogData {
  const document = objectIn(parseJson(bytes), 'the file');
  if (document.schema !== SCHEMA) throw damaged(`its schema is not ${SCHEMA}`);
  const date = text(document, 'date', DAY);
  const builtIn = document.builtIn === undefined ? '' : text(document, 'builtIn', /^(?:\d{4}-[01]\d-[0-3]\d)?$/);
  const updates = records(document, 'updates').map(toSource);
  const roots = records(document, 'roots').map(toFacts);
  const known = new Set(roots.map(({ sha256 }) => sha256));
  if (known.size !== roots.length) throw damaged('a root is there twice');
  const bodies = new Map(records(document, 'bodies').map((record) => toBody(record, known)));
  if (updates.length === 0 || updates.some((update) => update.date > date))
    throw damaged('its date does not agree with the lists it is made of');
  return { date, builtIn, updates, roots, bodies };
}

const DAY = /^\d{4}-[01]\d-[0-3]\d$/;
const INSTANT = /^\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\dZ$/;
const SHA256 = /^[0-9a-f]{64}$/;
const SHA1 = /^[0-9a-f]{40}$/;
const OCTETS = /^(?:[0-9a-f]{2}){1,400}$/;
const SHORT = /^.{1,300}$/u;

type Fields = Readonly<Record<string, unknown>>;

function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length > MAX_CATALOG_BYTES) throw damaged(`it has ${bytes.length} bytes, more than any catalog`);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw damaged('it is no JSON, or cut short');
  }
}

function objectIn(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw damaged(`${what} is no object`);
  return value as Fields;
}

function records(document: Fields, field: string): readonly Fields[] {
  const list: unknown = document[field];
  if (!Array.isArray(list)) throw damaged(`it has no list of ${field}`);
  if (list.length > MAX_RECORDS) throw damaged(`it has ${list.length} ${field}, at most ${MAX_RECORDS} are read`);
  return list.map((record) => objectIn(record, `one of its ${field}`));
}

function text(record: Fields, field: string, form: RegExp): string {
  const value = record[field];
  if (typeof value === 'string' && value.length <= MAX_TEXT && form.test(value) && toPrintable(value) === value)
    return value;
  throw damaged(`"${field}" is missing or not as it should be${placeOf(record)}`);
}

function textOrNull(record: Fields, field: string, form: RegExp): string | null {
  return record[field] === null ? null : text(record, field, form);
}

function flag(record: Fields, field: string): boolean {
  const value = record[field];
  if (typeof value === 'boolean') return value;
  throw damaged(`"${field}" is neither true nor false${placeOf(record)}`);
}

function placeOf({ sha256 }: Fields): string {
  return typeof sha256 === 'string' && SHA256.test(sha256) ? ` (${sha256.slice(0, 16)}…)` : '';
}

function toSource(record: Fields): RootListSource {
  const kind = text(record, 'kind', /^(?:certdata|pem)$/) as RootListSource['kind'];
  return {
    kind,
    name: text(record, 'name', SHORT),
    sha256: text(record, 'sha256', SHA256),
    date: text(record, 'date', DAY),
  };
}

const STATUS = new RegExp(`^(?:${CATALOG_STATUSES.join('|')})$`);

function toFacts(record: Fields): RootFacts {
  const status = text(record, 'status', STATUS) as CatalogStatus;
  const distrustAfter = textOrNull(record, 'distrustAfter', INSTANT);
  if (status === 'distrust-after' && distrustAfter === null)
    throw damaged(`"distrustAfter" is missing${placeOf(record)}`);
  return {
    sha256: text(record, 'sha256', SHA256),
    sha1: text(record, 'sha1', SHA1),
    name: text(record, 'name', SHORT),
    commonName: textOrNull(record, 'commonName', SHORT),
    organization: textOrNull(record, 'organization', SHORT),
    serialNumber: text(record, 'serialNumber', OCTETS),
    notBefore: text(record, 'notBefore', INSTANT),
    notAfter: text(record, 'notAfter', INSTANT),
    key: textOrNull(record, 'key', SHORT),
    firstSeen: text(record, 'firstSeen', DAY),
    status,
    since: textOrNull(record, 'since', DAY),
    serverTrustLost: textOrNull(record, 'serverTrustLost', DAY),
    distrustAfter,
    explicitDistrust: flag(record, 'explicitDistrust'),
    trustedForEmail: flag(record, 'trustedForEmail'),
    ...(record.bundle === undefined ? {} : { bundle: text(record, 'bundle', SHORT) }),
  };
}

function toBody(record: Fields, known: ReadonlySet<string>): readonly [string, string] {
  const sha256 = text(record, 'sha256', SHA256);
  if (!known.has(sha256)) throw damaged(`it has a certificate without facts${placeOf(record)}`);
  const { base64 } = record;
  if (typeof base64 !== 'string') throw damaged(`a certificate is no text${placeOf(record)}`);
  if (certificateSha256(base64, record) !== sha256) {
    throw damaged(`a certificate does not have the SHA-256 it is listed under${placeOf(record)}`);
  }
  return [sha256, base64];
}

function certificateSha256(base64: string, record: Fields): string {
  try {
    return decodeCertificate(decodeBase64(Buffer.from(base64, 'utf8'))).sha256;
  } catch (error) {
    throw damaged(`a certificate cannot be read: ${expectTrustError(error).message}${placeOf(record)}`);
  }
}

function damaged(what: string): TrustError {
  return new TrustError('catalog/damaged', `it is no catalog as anchorctl writes it: ${what}`, {
    hint: 'run anchorctl catalog update again, or delete it: the catalog that is built in is used then',
  });
}
