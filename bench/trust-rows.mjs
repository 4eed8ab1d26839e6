/**
 * Decisions about trust: the public roots that Node brings along, checked beside pkijs and openssl; paths beside the engine
 * of pkijs; and how many cases of BetterTLS a second has.
 */
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import tls from 'node:tls';
import { fileURLToPath } from 'node:url';
import { makeChains } from './chains.mjs';
import { anchorctl, BARE_NODE, openssl, program } from './commands.mjs';

const VALIDATE = 'anchorctl validate';
const PKIJS = 'pkijs';
const VERIFY = 'openssl verify -check_ss_sig';
const SPEED = 'openssl speed, the same keys';

/** All roots that Node 20 knows are valid on this day. */
const AT = new Date('2026-01-01T00:00:00Z');

/** How many paths a figure is for, each with keys of its own. */
const PATHS = 100;

const BETTER_TLS = fileURLToPath(new URL('../../shared/conformance/bettertls.json.gz', import.meta.url));

export const trustRows = {
  'validate-roots': (folder) => {
    const { bundle, files } = writeRoots(folder);
    const attime = ['-attime', String(AT.getTime() / 1000)];
    return {
      title: `check the ${files.length} public roots of Node, a whole process`,
      aims: [
        { measure: 'wall', limit: 0.333, of: PKIJS },
        { measure: 'wall', limit: 1.9, of: VERIFY },
      ],
      commands: [
        { label: VALIDATE, ...anchorctl('validate', bundle, '--at', AT.toISOString()) },
        { label: PKIJS, ...program('pkijs-roots', bundle) },
        { label: VERIFY, ...openssl('verify', '-CAfile', bundle, '-check_ss_sig', ...attime, ...files) },
        BARE_NODE,
      ],
    };
  },

  'self-signatures': (folder) => {
    const { bundle, files, kinds } = writeRoots(folder);
    return {
      title: `verify the signatures of the ${files.length} public roots, in process, no key known before`,
      runs: 5,
      aims: [{ measure: 'wall', limit: 2, of: SPEED }],
      commands: [
        { label: 'verifySelfSignatures', ...program('self-signatures', bundle), figure: JSON.parse },
        {
          label: SPEED,
          // By the clock, as the other side: by itself it goes by the time of the processor.
          ...openssl('speed', '-mr', '-elapsed', '-seconds', '1', ...kinds.keys()),
          figure: (output) => verifyingTime(output, kinds),
        },
      ],
    };
  },

  'path-p256': (folder) => pathRow(folder, 'P-256'),
  'path-rsa2048': (folder) => pathRow(folder, 'RSA 2048'),

  'better-tls': () =>
    existsSync(BETTER_TLS)
      ? {
          title: 'validate the cases of BetterTLS, in process, from a cold start',
          runs: 3,
          aims: [],
          commands: [{ label: 'validatePath', ...program('better-tls', BETTER_TLS), figure: JSON.parse }],
        }
      : null,
};

/** Both sides decode the certificates, warm up for the same time and validate the same number of paths. */
async function pathRow(folder, kind) {
  const file = join(folder, 'paths.json');
  const paths = await makeChains(kind, PATHS + 1);
  writeFileSync(file, JSON.stringify(paths.map((path) => path.map((der) => der.toString('base64')))));
  const side = (engine, form, label) => ({ label, ...program('paths', engine, form, file), figure: JSON.parse });
  const [same, distinct, decoded] = ['one path', 'new paths', 'decoded before'].map((form) => ({
    own: `validatePath, ${form}`,
    peer: `pkijs, ${form}`,
  }));
  return {
    title: `validate ${PATHS} paths of three ${kind} certificates, in process, warm; keys are kept between calls, so see the new paths too`,
    runs: 3,
    aims: [
      { measure: 'wall', limit: 0.1, of: same.peer, by: same.own },
      { measure: 'wall', limit: 0.1, of: distinct.peer, by: distinct.own },
    ],
    commands: [
      side('anchorctl', 'same', same.own),
      side('pkijs', 'same', same.peer),
      side('anchorctl', 'distinct', distinct.own),
      side('pkijs', 'distinct', distinct.peer),
      side('anchorctl', 'decoded', decoded.own),
      side('pkijs', 'decoded', decoded.peer),
    ],
  };
}

/** The roots as one bundle and as a file each, and how many there are of each kind of key, as `openssl speed` calls it. */
function writeRoots(folder) {
  const roots = tls.rootCertificates.map((pem) => `${pem.trim()}\n`);
  const bundle = join(folder, 'roots.pem');
  writeFileSync(bundle, roots.join(''));
  mkdirSync(join(folder, 'roots'));
  const files = roots.map((pem, index) => {
    const file = join(folder, 'roots', `${index}.pem`);
    writeFileSync(file, pem);
    return file;
  });
  const kinds = new Map();
  for (const kind of roots.map(kindOfKey)) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  return { bundle, files, kinds };
}

const EC_KINDS = { prime256v1: 'ecdsap256', secp384r1: 'ecdsap384', secp521r1: 'ecdsap521' };

function kindOfKey(pem) {
  const { asymmetricKeyType, asymmetricKeyDetails } = new X509Certificate(pem).publicKey;
  const { modulusLength, namedCurve } = asymmetricKeyDetails;
  return asymmetricKeyType === 'rsa' ? `rsa${modulusLength}` : EC_KINDS[namedCurve];
}

/** The time that signatures take by what `openssl speed -mr` prints: `+F2` for RSA, `+F4` for ECDSA: bits, signed/s, verified/s. */
function verifyingTime(output, kinds) {
  const rates = new Map(
    [...output.matchAll(/^\+F([24]):\d+:(\d+):[\d.]+:([\d.]+)$/gm)].map(([, family, bits, verified]) => [
      `${family === '2' ? 'rsa' : 'ecdsap'}${bits}`,
      Number(verified),
    ]),
  );
  const wall = [...kinds].reduce((sum, [kind, count]) => sum + count / rates.get(kind), 0);
  if (!(wall > 0)) throw new Error(`openssl speed says nothing of ${[...kinds.keys()].join(', ')}`);
  return { wall, processor: wall };
}
