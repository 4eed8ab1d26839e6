/**
 * What `validate` may ask the network for, and only with the option for it: the issuers that are missing (`--aia`) and the
 * status of the certificates (`--ocsp`).
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import type { Options } from 'yargs';
import type { Finding } from '../check/finding.js';
import { decodeIssuerCertificates } from '../input/issuer-certificates.js';
import type { Certificate } from '../x509/certificate.js';
import { sourceOf } from '../x509/source.js';
import { completePath, type PathAnswer } from './aia.js';
import { type AskedStatus, askResponders, statusKey, validateWithOcsp } from './ocsp.js';

/** What the user allows. */
export interface OnlineArgs {
  readonly aia: boolean | undefined;
  readonly ocsp: boolean | undefined;
  readonly allowPrivateNetwork: boolean | undefined;
}

/** What `OnlineArgs` come from. */
export const onlineOptions: Readonly<Record<'aia' | 'ocsp' | 'allow-private-network', Options>> = {
  aia: { type: 'boolean', describe: 'Fetch issuers that are missing from where the certificates say (http)' },
  ocsp: { type: 'boolean', describe: 'Ask the OCSP responders that the certificates of the path name (http)' },
  'allow-private-network': {
    type: 'boolean',
    describe: 'Let --aia and --ocsp connect to loopback and private addresses',
  },
};

/** What a path is validated with besides what is at hand. */
export interface FetchedMaterial {
  readonly intermediates: readonly Certificate[];
  /** DER. */
  readonly ocspResponses: readonly Uint8Array[];
}

/** RFC 9654 2.1: the least that a client is to send, and the most that responders before it take (RFC 8954). */
const NONCE_OCTETS = 32;
/** A response with a chain of three certificates with 4096-bit keys has less than a tenth of it. */
const LARGEST_RESPONSE = 100_000;
/** A bundle of fifty certificates has a tenth of it. */
const LARGEST_BUNDLE = 1_000_000;

/** The network for one call: each place is asked for a certificate once, and about each certificate once. */
export class Network {
  readonly #args: OnlineArgs;
  readonly #certificates = new Map<string, Promise<readonly Certificate[]>>();
  readonly #statuses = new Map<string, Promise<AskedStatus>>();

  constructor(args: OnlineArgs) {
    this.#args = args;
  }

  /**
   * Looks for a path, with what the network adds as far as it is allowed to be asked.
   *
   * @param known - the certificates at hand, the one asked about among them
   * @param validate - looks for a path with what was fetched
   */
  async validate<T extends PathAnswer>(
    known: readonly Certificate[],
    validate: (fetched: FetchedMaterial) => T,
  ): Promise<{ readonly answer: T; readonly findings: readonly Finding[] }> {
    const completed =
      this.#args.aia === true
        ? await completePath(
            known,
            (intermediates) => validate({ intermediates, ocspResponses: [] }),
            (uri) => this.#fetchCertificates(uri),
          )
        : { answer: validate({ intermediates: [], ocspResponses: [] }), fetched: [], findings: [] };
    if (this.#args.ocsp !== true || completed.answer.path === null) return completed;
    const { fetched: intermediates } = completed;
    const { answer, findings } = await validateWithOcsp(
      (ocspResponses) => validate({ intermediates, ocspResponses }),
      (certificate, issuer) => this.#askStatus(certificate, issuer),
    );
    return { answer, findings: [...completed.findings, ...findings] };
  }

  #fetchCertificates(uri: string): Promise<readonly Certificate[]> {
    return once(this.#certificates, uri, async () =>
      decodeIssuerCertificates(await this.#fetch(uri, LARGEST_BUNDLE), sourceOf(uri)),
    );
  }

  #askStatus(certificate: Certificate, issuer: Certificate): Promise<AskedStatus> {
    return once(this.#statuses, statusKey(certificate, issuer), () =>
      askResponders(certificate, issuer, {
        send: (uri, bytes) => this.#fetch(uri, LARGEST_RESPONSE, { type: 'application/ocsp-request', bytes }),
        nonce: randomBytes(NONCE_OCTETS),
      }),
    );
  }

  async #fetch(
    uri: string,
    maxBytes: number,
    body?: { readonly type: string; readonly bytes: Uint8Array },
  ): Promise<Uint8Array> {
    const { fetchBytes } = await import('../io/http.js');
    const request = { maxBytes, allowPrivateNetwork: this.#args.allowPrivateNetwork === true };
    return await fetchBytes(uri, body === undefined ? request : { ...request, body });
  }
}

function once<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const found = known.get(key) ?? make();
  known.set(key, found);
  return found;
}
