/**
 * Java's own path validation and TLS (the providers SUN, SunRsaSign, SunEC and SunJSSE as a JDK is delivered; another provider,
 * or a changed `java.security`, may take more or less).
 *
 * `jdk.certpath.disabledAlgorithms` is not asked about an anchor's own signature, but its key is held to the minimum length
 * when it verifies what is below.
 *
 * @module
 */
import type { Certificate } from '../../x509/certificate.js';
import { isCompressedPoint } from '../../x509/public-key.js';
import { LONGEST_MODULUS } from '../../x509/rsa-modulus.js';
import type { Certainty, Consumer, Limit, LimitSource, Position } from './consumer.js';

/** How a release differs from the others. */
interface Release {
  readonly version: 8 | 11 | 17 | 21 | 25;
  /** What the limits were tried with; null where none was. */
  readonly tried: LimitSource | null;
}

const OTHER_ROOT = 'choose a root with another key, or another version of Java';
const ISSUE_ANEW = 'have it issued with another signature algorithm, or use another version of Java';

const CURVES: ReadonlySet<string> = new Set(['P-256', 'P-384', 'P-521']);
const SHORTEST_RSA = 1024;
/** Above this length of the modulus an exponent has at most 64 bits. */
const LONGEST_FREE_MODULUS = 3072;
const LONGEST_EXPONENT = 2n ** 64n;

const JEP_339: LimitSource = {
  title: 'JEP 339: Edwards-Curve Digital Signature Algorithm (EdDSA), release 15',
  url: 'https://openjdk.org/jeps/339',
  date: '2020-09-15',
};
const JEP_497: LimitSource = {
  title: 'JEP 497: Quantum-Resistant Module-Lattice-Based Digital Signature Algorithm, release 24',
  url: 'https://openjdk.org/jeps/497',
  date: '2025-03-18',
};
const CRYPTO_CHANGES: LimitSource = {
  title: 'Test or revert changes to Oracle\u2019s JDK and JRE Cryptographic Algorithms: weak named curves',
  url: 'https://www.java.com/en/configure_crypto.html#DisableWeakNamedCurves',
  date: '2020-10-20',
};
const RSA_KEY_FACTORY: LimitSource = {
  title: 'OpenJDK, sun.security.rsa.RSAKeyFactory: MAX_MODLEN, MAX_MODLEN_RESTRICT_EXP, MAX_RESTRICTED_EXPLEN',
  url: 'https://github.com/openjdk/jdk/blob/master/src/java.base/share/classes/sun/security/rsa/RSAKeyFactory.java',
  date: '2018',
};
/** Read in 17.0.15 and 25.0.3; what other releases have is likely and not certain. */
const DISABLED: LimitSource = {
  title: 'java.security of OpenJDK 17 and 25: jdk.certpath.disabledAlgorithms',
  url: 'https://github.com/openjdk/jdk17u/blob/master/src/java.base/share/conf/security/java.security',
  date: '2025-04-15',
};
const PSS_BACKPORT: LimitSource = {
  title: 'JDK-8146293, RSASSA-PSS in 11; in 8 from update 251 on',
  url: 'https://bugs.java.com/bugdatabase/view_bug.do?bug_id=8229518',
  date: '2020-04-14',
};

const COMPRESSED: LimitSource = { title: 'as tried with Java 17', url: null, date: '2026-11-22' };

const RELEASES: readonly Release[] = [
  { version: 8, tried: null },
  { version: 11, tried: null },
  { version: 17, tried: { title: 'OpenJDK 17.0.15', url: null, date: '2026-11-22' } },
  { version: 21, tried: null },
  { version: 25, tried: { title: 'OpenJDK 25.0.3 (Temurin)', url: null, date: '2026-11-22' } },
];

/** `java8`, `java11`, `java17`, `java21` and `java25`. */
export const javaReleases: readonly Consumer[] = RELEASES.map((release) => ({
  name: `java${release.version}`,
  title: `Java ${release.version}`,
  tried: release.tried !== null,
  limits: [...algorithmLimits(release), ...keyLimits(release), ...signatureLimits(release)],
}));

/** What was tried is certain; of a release that was not, a document may be about this one or about another. */
function known(
  { tried }: Release,
  source: LimitSource,
  untried: Exclude<Certainty, 'verified'> = 'documented',
): Pick<Limit, 'severity' | 'certainty' | 'source'> {
  if (tried !== null) return { severity: 'error', certainty: 'verified', source: tried };
  return { severity: untried === 'documented' ? 'error' : 'warning', certainty: untried, source };
}

function algorithmLimits(release: Release): readonly Limit[] {
  const unknownBefore = (since: number, pattern: RegExp, source: LimitSource): readonly Limit[] => {
    if (release.version >= since) return [];
    const which = `which Java has from ${since} on`;
    return [
      {
        code: 'fitness/key-algorithm',
        ...known(release, source),
        describe: ({ publicKey: { algorithm } }) =>
          pattern.test(algorithm) ? `its key is ${algorithm}, ${which}` : null,
        hint: OTHER_ROOT,
      },
      {
        code: 'fitness/signature-algorithm',
        ...known(release, source),
        describe: signedBelow(pattern, `, ${which}`),
        hint: ISSUE_ANEW,
      },
    ];
  };
  return [...unknownBefore(15, /^Ed(?:25519|448)$/, JEP_339), ...unknownBefore(24, /^ML-DSA-/, JEP_497)];
}

function keyLimits(release: Release): readonly Limit[] {
  return [
    {
      code: 'fitness/curve',
      ...known(release, CRYPTO_CHANGES),
      describe: ({ publicKey: { algorithm, curve = 'given by parameters' } }) =>
        algorithm === 'EC' && !CURVES.has(curve) ? `its curve (${curve}) is not P-256, P-384 or P-521` : null,
      hint: OTHER_ROOT,
    },
    {
      code: 'fitness/key-encoding',
      ...known(release, COMPRESSED, 'unverified'),
      describe: ({ publicKey: { algorithm }, subjectPublicKeyInfo }) =>
        algorithm === 'EC' && isCompressedPoint(subjectPublicKeyInfo) ? 'its EC key is a compressed point' : null,
      hint: OTHER_ROOT,
    },
    {
      code: 'fitness/key-size',
      ...known(release, DISABLED, 'unverified'),
      describe: ({ publicKey: { algorithm, size } }) =>
        algorithm === 'RSA' && (size ?? 0) < SHORTEST_RSA
          ? `its RSA key has ${size} bits, at least ${SHORTEST_RSA} are needed`
          : null,
      hint: OTHER_ROOT,
    },
    { code: 'fitness/key-size', ...known(release, RSA_KEY_FACTORY), describe: describeLongKey, hint: OTHER_ROOT },
  ];
}

/** What is asked of the signatures below an anchor, in a release as it is delivered. */
function signatureLimits(release: Release): readonly Limit[] {
  const sha1Below = signedBelow(
    /sha1/i,
    ', which is refused from TLS servers below a root of the JDK\u2019s own cacerts',
  );
  return [
    {
      code: 'fitness/signature-algorithm',
      ...known(release, DISABLED, 'unverified'),
      describe: signedBelow(/^md[25]With/),
      hint: ISSUE_ANEW,
    },
    {
      code: 'fitness/signature-algorithm',
      severity: 'warning',
      certainty: release.tried === null ? 'unverified' : 'documented',
      source: DISABLED,
      describe: sha1Below,
      hint: ISSUE_ANEW,
    },
    ...(release.version > 8
      ? []
      : ([
          {
            code: 'fitness/signature-algorithm',
            severity: 'warning',
            certainty: 'documented',
            source: PSS_BACKPORT,
            describe: signedBelow(/^rsassaPss$/, ', which Java 8 has from update 251 on'),
            hint: ISSUE_ANEW,
          },
        ] satisfies readonly Limit[])),
  ];
}

function signedBelow(pattern: RegExp, which = ''): Limit['describe'] {
  return ({ signatureAlgorithm }: Certificate, position: Position) =>
    position !== 'anchor' && pattern.test(signatureAlgorithm)
      ? `it is signed with ${signatureAlgorithm}${which}`
      : null;
}

function describeLongKey({ publicKey: { algorithm, size, exponent = 0n } }: Certificate): string | null {
  if (algorithm !== 'RSA' || size === null) return null;
  if (size > LONGEST_MODULUS) return `its RSA key has ${size} bits, at most ${LONGEST_MODULUS} are taken`;
  return size > LONGEST_FREE_MODULUS && exponent >= LONGEST_EXPONENT
    ? `its RSA exponent has more than 64 bits, which is taken up to ${LONGEST_FREE_MODULUS} bits of modulus only`
    : null;
}
