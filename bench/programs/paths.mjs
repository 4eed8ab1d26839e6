/**
 * `paths.mjs ENGINE FORM FILE`: validates as many paths of three certificates as the file holds, warm.
 *
 * - ENGINE: `anchorctl` or `pkijs`
 * - FORM: `same`, the first path again and again; `distinct`, each path once; `decoded`, the first one with its certificates
 *   decoded before
 * - FILE: JSON, a list of paths, each a list of DER in base64, the end entity first
 */
import { readFileSync } from 'node:fs';
import { timeAndPrint, warmUp } from './stopwatch.mjs';

const [engine, form, file] = process.argv.slice(2);
const AT = new Date('2026-01-01T00:00:00Z');

const ENGINES = {
  async anchorctl() {
    const { decodeCertificate, validatePath } = await import('../../dist/index.js');
    return {
      decode: decodeCertificate,
      validate: ([endEntity, intermediate, root]) =>
        validatePath(endEntity, { trustAnchors: [root], intermediates: [intermediate], at: AT }).valid,
    };
  },
  async pkijs() {
    const { Certificate, CertificateChainValidationEngine } = await import('pkijs');
    const decode = (der) => Certificate.fromBER(der);
    return {
      decode,
      async validate(path) {
        const [endEntity, intermediate, root] = path.map((one) => (one instanceof Certificate ? one : decode(one)));
        // The end entity is the last of the certificates.
        const certs = [intermediate, endEntity];
        const { result } = await new CertificateChainValidationEngine({
          trustedCerts: [root],
          certs,
          checkDate: AT,
        }).verify();
        return result;
      },
    };
  },
};

const { decode, validate } = await ENGINES[engine]();
const [first, ...others] = JSON.parse(readFileSync(file, 'utf8')).map((path) =>
  path.map((base64) => new Uint8Array(Buffer.from(base64, 'base64'))),
);
const again = form === 'decoded' ? first.map((der) => decode(der)) : first;
const paths = form === 'distinct' ? others : others.map(() => again);

await warmUp(() => expectValid(again));
await timeAndPrint(
  async () => {
    for (const path of paths) await expectValid(path);
  },
  { count: paths.length, unit: 'paths' },
);

async function expectValid(path) {
  if (!(await validate(path))) throw new Error('a path is not valid');
}
