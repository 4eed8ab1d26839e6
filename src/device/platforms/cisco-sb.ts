/**
 * Cisco Small Business and Cisco Business switches (SG and SX 250 to 550, CBS): the console dialog of
 * `crypto certificate N import`, which ends at a single period.
 *
 * The two places that this command fills are those of the switch's own HTTPS certificate. Where a CA is trusted, the web
 * pages say; no command for that was found. So the block fills the place that HTTPS does not use unless told to, and comes
 * with a warning. The dialog and its sources: docs/platforms/cisco-sb.md.
 *
 * @module
 */
import { groupHex } from '../../encoding/hex.js';
import { TrustError } from '../../errors.js';
import { arrangePerCertificate } from '../arrange.js';
import { noteUnverified } from '../notes.js';
import { renderComments, renderPem } from '../paste.js';
import type { BlockAction, BlockNote, BlockRequest, Platform, Trustpoint } from '../trustpoint.js';

/** Cisco Small Business. */
export const ciscoSb: Platform = {
  name: 'cisco-sb',
  styles: { paste: [] },
  arrange: arrangePerCertificate,
  render: (request) => [
    'configure',
    ...[...new Set(request.trustpoints.map(({ name }) => `! ${purposeOf(name)}, not for CAs`))],
    ...renderComments(request),
    ...(request.action === 'install' ? renderInstall(request) : request.trustpoints.map(takeOut)),
    'end',
    ...(request.save ? ['copy running-config startup-config', 'Y'] : []),
  ],
  notes: ({ action, trustpoints }) => [
    noteOwnCertificate(action, trustpoints),
    noteUnverified(
      'whether the switch asks something else before it saves or makes a certificate is not recorded',
      LOOK,
    ),
  ],
  verification: (trustpoint) => `${LOOK} ${placeOf(trustpoint)}`,
  identify: ({ sha1 }) => ({ label: 'SHA-1', value: groupHex(sha1) }),
};

const LOOK = 'show crypto certificate';

/** The place that HTTPS does not use unless told to. */
const SPARE_PLACE = '2';

function placeOf(trustpoint: string): string {
  return trustpoint === '1' ? trustpoint : SPARE_PLACE;
}

function renderInstall({ trustpoints }: BlockRequest): readonly string[] {
  const [only, ...more] = trustpoints;
  if (only === undefined || more.length > 0) {
    throw new TrustError('usage/too-many-certificates', `${trustpoints.length} CAs for one place of cisco-sb`, {
      hint: 'the switch has two places, for its own certificates: give the one certificate that is meant',
    });
  }
  return [`crypto certificate ${placeOf(only.name)} import`, ...renderPem(only.certificates[0]), '.'];
}

/** A place is never empty: a certificate leaves it when the switch makes one of its own there. */
function takeOut({ name }: Trustpoint): string {
  return `crypto certificate ${placeOf(name)} generate`;
}

function purposeOf(trustpoint: string): string {
  return `place ${placeOf(trustpoint)} is for the HTTPS certificate of the switch itself`;
}

function noteOwnCertificate(action: BlockAction, [trustpoint]: readonly Trustpoint[]): BlockNote {
  const consequence =
    action === 'install'
      ? 'a CA there is trusted by nobody, and may be refused'
      : 'the switch makes a new one there, and what was there is lost';
  return {
    code: 'device/own-certificate',
    message: `${purposeOf(trustpoint?.name ?? '')}: ${consequence}`,
    hint: 'CAs belong on the web pages: Security, Certificate Settings, CA certificates; newer releases have them',
  };
}
