/** The programs that rows measure, and the words that they are called with. */
import { fileURLToPath } from 'node:url';

const NODE = process.execPath;
const PROGRAM = fileURLToPath(new URL('../bin/anchorctl.js', import.meta.url));

/** The password of every store. */
export const PASSWORD = 'changeit';

/** The least that any program for Node takes. */
export const BARE_NODE = { label: 'node -e 0', argv: [NODE, '-e', '0'] };

/** A call of anchorctl, which is told the password of the store. */
export function anchorctl(...words) {
  return { argv: [NODE, PROGRAM, ...words], env: { ANCHORCTL_STOREPASS: PASSWORD } };
}

/** A call of keytool on a store. */
export function keytool(store, ...words) {
  return { argv: ['keytool', ...words, '-keystore', store, '-storepass', PASSWORD] };
}

/** A call of openssl. */
export function openssl(...words) {
  return { argv: ['openssl', ...words] };
}

/** A call of one of the programs beside this file. */
export function program(name, ...words) {
  return { argv: [NODE, fileURLToPath(new URL(`programs/${name}.mjs`, import.meta.url)), ...words] };
}
