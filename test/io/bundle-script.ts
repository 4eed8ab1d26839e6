/** Makes the scripts of the crash tests, which run outside of the tests, runnable by a bare node. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

/** Bundles a script of this folder into another folder, in the format that its new name tells; gives its path there. */
export function bundleScript(name: 'child.mjs' | 'watched-program.cjs', folder: string): string {
  const outfile = join(folder, name);
  buildSync({
    entryPoints: [fileURLToPath(new URL(name.replace(/\.\w+$/, '.ts'), import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: name.endsWith('.cjs') ? 'cjs' : 'esm',
    target: 'node20',
    logLevel: 'error',
  });
  return outfile;
}
