/**
 * The PEM files of platforms that load a file where others take a paste: what they are called, what is in them, and the
 * lines of a block that name them.
 *
 * @module
 */
import { renderPem } from './paste.js';
import type { BlockFile, BlockRequest, PlatformFiles, Trustpoint } from './trustpoint.js';

/**
 * The name of the file of a trustpoint: `junos-NEW.pem`. The platform stands before it, so that no name is one that Windows
 * keeps for itself, is hidden, or begins with a hyphen, and so that one folder holds the files of several devices.
 */
export function fileNameOf(platform: string, trustpoint: string): string {
  return `${platform}-${trustpoint}.pem`;
}

/** A file with everything that a trustpoint holds, lowest CA first. */
function fileOf(platform: string, { name, certificates }: Trustpoint): BlockFile {
  return {
    name: fileNameOf(platform, name),
    text: certificates
      .flatMap(renderPem)
      .map((line) => `${line}\n`)
      .join(''),
  };
}

/** A file for each CA of a trustpoint, lowest first: NAME, NAME-CA1, NAME-CA2 … */
export function filesPerCertificate(platform: string, { name, certificates }: Trustpoint): readonly BlockFile[] {
  return certificates.map((certificate, level) =>
    fileOf(platform, {
      name: level === 0 ? name : `${name}-CA${level}`,
      certificates: [certificate],
      continuedBy: null,
    }),
  );
}

/** A file with everything that it holds for each trustpoint of a block. */
export function filePerTrustpoint(platform: string, folder: string): PlatformFiles {
  return { folder, render: ({ trustpoints }) => trustpoints.map((trustpoint) => fileOf(platform, trustpoint)) };
}

/**
 * Comment lines that say which files have to be on the device before a block is pasted; none for a block that loads none.
 *
 * @param mark - what a comment line of the platform begins with
 */
export function renderFileComments(
  { folder, render }: PlatformFiles,
  request: Pick<BlockRequest, 'action' | 'trustpoints'>,
  mark: string,
): readonly string[] {
  if (request.action !== 'install') return [];
  return render(request).map(({ name }) => `${mark} needs ${name} in ${folder}`);
}
