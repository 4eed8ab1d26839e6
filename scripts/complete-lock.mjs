/**
 * Completes package-lock.json: `npm install` may leave out builds for other platforms, and `npm ci` then refuses the whole
 * file. Run it after every change of a dependency: `npm run lock`.
 *
 * What is added has the version that its parent asks for, and the platform that its name tells, so that no other platform
 * asks for it. It has no digest, because nothing was fetched.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './workspace.mjs';

const OS = {
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  linux: 'linux',
  openharmony: 'openharmony',
  win32: 'win32',
};
const CPU = {
  arm: 'arm',
  arm64: 'arm64',
  ia32: 'ia32',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
  x64: 'x64',
};
const LIBC = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' };

const path = join(ROOT, 'package-lock.json');
const lock = JSON.parse(readFileSync(path, 'utf8'));

for (const parent of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const platform = platformOf(name);
    if (platform !== null)
      lock.packages[`node_modules/${name}`] ??= {
        version,
        ...(parent.dev ? { dev: true } : {}),
        optional: true,
        ...platform,
      };
  }
}

const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
writeFileSync(path, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);

/** What a name such as `@biomejs/cli-linux-x64-musl` says; null for a package that is for every platform. */
function platformOf(name) {
  const words = name.split(/[/-]/);
  const pick = (table) => words.map((word) => table[word]).find((value) => value !== undefined);
  const [os, cpu, libc] = [OS, CPU, LIBC].map(pick);
  return os === undefined || cpu === undefined
    ? null
    : { os: [os], cpu: [cpu], ...(os === 'linux' && libc ? { libc: [libc] } : {}) };
}
