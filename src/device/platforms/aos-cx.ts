/**
 * Aruba AOS-CX: a trust anchor profile, into which a certificate is pasted.
 *
 * The paste ends at Ctrl-D, a control character: terminals keep such characters out of what is pasted, and no block has
 * one. So the install block ends behind the certificate, with the console waiting, and a person presses the keys, looks at
 * what is shown, answers and saves. A profile holds one certificate, a block one profile: what stood behind the certificate
 * would be read as part of it. The dialog and its sources: docs/platforms/aos-cx.md.
 *
 * @module
 */
import { TrustError } from '../../errors.js';
import { arrangePerCertificate } from '../arrange.js';
import { noteUnverified } from '../notes.js';
import { renderComments, renderPem } from '../paste.js';
import { identifyByColonSerial } from '../serial-number.js';
import type { BlockNote, BlockRequest, Platform, Trustpoint } from '../trustpoint.js';

/** Aruba AOS-CX. */
export const aosCx: Platform = {
  name: 'aos-cx',
  styles: { paste: ['prompt'] },
  arrange: arrangePerCertificate,
  render: (request) => [
    'configure terminal',
    ...renderComments(request),
    ...(request.action === 'install' ? renderInstall(request) : takeOut(request)),
  ],
  notes: ({ action, save, trustpoints }) =>
    action === 'install'
      ? trustpoints.map((trustpoint) => noteFinish(trustpoint, save))
      : [noteUnverified('how AOS-CX removes a profile is recalled, not documented', LOOK)],
  verification: (trustpoint) => `${LOOK} ${trustpoint}`,
  identify: identifyByColonSerial,
};

const LOOK = 'show crypto pki ta-profile';

function renderInstall({ trustpoints }: BlockRequest): readonly string[] {
  const [only, ...more] = trustpoints;
  if (only === undefined || more.length > 0) {
    throw new TrustError('usage/too-many-certificates', `${trustpoints.length} CAs for one block of aos-cx`, {
      hint: 'the console ends each paste at Ctrl-D, which no block can hold: make a block for each CA, under a name of its own',
    });
  }
  return [`crypto pki ta-profile ${only.name}`, 'ta-certificate import terminal', ...renderPem(only.certificates[0])];
}

function takeOut({ save, trustpoints }: BlockRequest): readonly string[] {
  return [
    ...trustpoints.map(({ name }) => `no crypto pki ta-profile ${name}`),
    'end',
    ...(save ? ['write memory'] : []),
  ];
}

/** What the block leaves to whoever pastes it. */
function noteFinish({ certificates: [certificate] }: Trustpoint, save: boolean): BlockNote {
  const { value } = identifyByColonSerial(certificate);
  return {
    code: 'device/finish-by-hand',
    message: `the block ends inside the paste: press Enter, then Ctrl-D; the serial number shown must be ${value} (hex); answer y`,
    hint: save ? 'then type "end" and "write memory"; nothing is saved before' : 'then type "end"',
  };
}
