/**
 * Keystores that the operating system makes anew from PEM files: what is changed in them is gone after the next update.
 *
 * @module
 */
import { sourceOf } from '../x509/source.js';
import type { Finding } from './finding.js';

/** Where the generated keystores lie below the top of a file system, and where their certificates come from. */
const GENERATED: readonly { readonly path: RegExp; readonly program: string; readonly hint: string }[] = [
  {
    path: /(?:^|\/)etc\/ssl\/certs\/java\/cacerts$/,
    program: 'update-ca-certificates (Debian, Ubuntu)',
    hint: 'put the PEM into /usr/local/share/ca-certificates under a name that ends in .crt, then run update-ca-certificates',
  },
  {
    path: /(?:^|\/)etc\/pki\/(?:.+\/)?java\/cacerts$/,
    program: 'update-ca-trust (RHEL, Fedora)',
    hint: 'put the PEM into /etc/pki/ca-trust/source/anchors, then run update-ca-trust',
  },
];

/**
 * `keystore/generated-file`, where a keystore is one that the system generates.
 *
 * @param path - without symbolic links: `cacerts` of a JDK package often is one
 * @param name - as the user named it
 */
export function checkStoreLocation(path: string, name: string): readonly Finding[] {
  const found = GENERATED.find((generated) => generated.path.test(path.replaceAll('\\', '/')));
  if (found === undefined) return [];
  return [
    {
      code: 'keystore/generated-file',
      severity: 'warning',
      message: `${found.program} makes this keystore anew, and what was changed in it is lost`,
      hint: found.hint,
      source: sourceOf(name),
    },
  ];
}
