/**
 * Name constraints in a root (RFC 5280 4.2.1.10). Section 6 leaves it to the validator whether those of an anchor count
 * (RFC 5937 says how); many do count them, so that a server outside is refused.
 *
 * @module
 */
import { decodedExtensions } from '../../path/decoded-extensions.js';
import { quote } from '../../path/reason.js';
import type { GeneralName } from '../../x509/general-name.js';
import { renderName } from '../../x509/name.js';
import { EXTENSION } from '../../x509/oids.js';
import { findingAbout, type Rule } from '../rule.js';

/** How many names a sentence has of each list. */
const NAMED = 3;

/** `anchor/name-constraints` */
export const nameConstraints: Rule = (certificate) => {
  // Few have any, and to decode all extensions takes longer than the other rules together.
  if (certificate.extension(EXTENSION.nameConstraints) === undefined) return [];
  const constraints = decodedExtensions(certificate).nameConstraints;
  if (constraints === null) return [];
  const parts = [
    ...(constraints.permitted === null ? [] : [`permits only ${describe(constraints.permitted)}`]),
    ...(constraints.excluded === null ? [] : [`excludes ${describe(constraints.excluded)}`]),
  ];
  return [
    findingAbout(
      certificate,
      'anchor/name-constraints',
      'info',
      `it ${parts.join(' and ')}`,
      'make sure that the servers it is to vouch for are within',
    ),
  ];
};

function describe(names: readonly GeneralName[]): string {
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return `${names.slice(0, NAMED).map(render).join(', ')}${more}`;
}

function render(name: GeneralName): string {
  switch (name.kind) {
    case 'dns':
    case 'email':
    case 'uri':
      return quote(name.text);
    case 'directory':
      return quote(renderName(name.name));
    case 'ip':
      return 'a range of addresses';
    default:
      return 'names of another form';
  }
}
