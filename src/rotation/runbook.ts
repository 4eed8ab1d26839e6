/**
 * `runbook.md`: what a person does on each gateway and device of a run, how to see there that it worked, and how to go
 * back. Text from certificates stands in code spans, escaped.
 *
 * @module
 */
import { platformOf } from '../device/platforms.js';
import { colonHex } from '../encoding/hex.js';
import { quoteWord, toPrintable } from '../encoding/printable.js';
import type { PlanDocument, StoreDocument } from './plan-document.js';
import { rollbackCall } from './put-back.js';

type DeviceDocument = PlanDocument['devices'][number];
type CertificateDocument = PlanDocument['certificates'][number];

/**
 * Renders the runbook of a plan.
 *
 * @param folder - absolute path of the run folder, so that it is found from anywhere
 */
export function renderRunbook(plan: PlanDocument, folder: string): string {
  const sections = [
    `# Runbook of ${code(folder)}`,
    `Planned ${plan.at}. Work from top to bottom; every step says how to see that it worked. Nothing old is removed from a device before the new anchor is seen there.`,
    `## What is installed\n\n${plan.certificates.map(renderCertificate).join('\n')}`,
    ...plan.stores.map((store) => renderGateway(store, folder)),
    ...plan.devices.map((device) => renderDevice(device, plan.certificates)),
    ...(plan.stores.length === 0 ? [] : [OLD_HOST]),
    `## Back to how it was\n\n${waysBack(plan, folder).join('\n')}`,
  ];
  return `${sections.join('\n\n')}\n`;
}

function waysBack({ stores, devices }: PlanDocument, folder: string): readonly string[] {
  const call = code(rollbackCall(folder));
  return [
    ...(stores.length === 0
      ? []
      : [
          `- Gateways: ${call} puts every keystore back byte for byte, unless somebody changed it since; then restart the services.`,
        ]),
    ...(devices.length === 0 ? [] : ['- Devices: paste the `rollback` block of the device.']),
  ];
}

function renderCertificate({ subject, sha256, role, trustedBy }: CertificateDocument): string {
  return `- ${code(subject)}\n  - ${role}, trusted by ${trustedBy ?? 'nobody'}\n  - SHA-256 \`${sha256}\``;
}

function renderGateway(store: StoreDocument, folder: string): string {
  const { path, type, before, after, backup, removed } = store;
  if (backup === null) {
    return `## Gateway keystore ${code(path)}\n\nHolds everything already; nothing was changed (SHA-256 \`${after}\`).`;
  }
  const seen = [
    ...(type === 'pem' ? seenInBundle(store) : seenByKeytool(store)),
    ...removed.map(({ alias }) => `- ${code(alias)} is gone`),
    '- the service connects to its back end',
  ];
  return [
    `## Gateway keystore ${code(path)}`,
    'This file was replaced in one step. A running process keeps what it read at its start, so the service has to be restarted.',
    `1. Stop the service that reads it (\`systemctl stop NAME\`, on Windows \`net stop NAME\`).\n2. Check that it is stopped: \`systemctl is-active NAME\` says inactive, \`sc query NAME\` says STOPPED, and no process of it is left.\n3. Check the file: its SHA-256 is \`${after}\` (it was \`${before}\`).\n4. Start the service.`,
    `To see that it worked:\n\n${seen.join('\n')}`,
    `To go back by hand: stop the service, copy ${code(`${folder}/${backup}`)} over the keystore, start it.`,
  ].join('\n\n');
}

/** Java 8 prints the SHA-1 only, unless told `-v`, and opens a JCEKS keystore under its type alone. */
function seenByKeytool({ path, type, added }: StoreDocument): readonly string[] {
  const call = `keytool -list -v -storetype ${quoteWord(type)} -keystore ${quoteWord(path)}`;
  return added.map(
    ({ alias, sha256 }) => `- ${code(`${call} -alias ${quoteWord(alias)}`)} prints SHA-256 \`${colonHex(sha256)}\``,
  );
}

/** keytool knows no PEM bundles. */
function seenInBundle({ path, added }: StoreDocument): readonly string[] {
  return added.map(
    ({ sha256 }) => `- ${code(`anchorctl keystore list ${quoteWord(path)}`)} shows SHA-256 \`${sha256}\``,
  );
}

function renderDevice(device: DeviceDocument, certificates: readonly CertificateDocument[]): string {
  const { platform, trustpoint, trustpoints, notes } = device;
  const { verification, identify } = platformOf(platform);
  const expected = trustpoints.flatMap((made) => [
    `- ${code(verification(made.name))} shows`,
    ...made.certificates
      .flatMap((sha256) => certificates.filter((certificate) => certificate.sha256 === sha256))
      .map((certificate) => {
        const { label, value } = identify(certificate);
        return `  - ${label} \`${value}\`, ${code(certificate.subject)}`;
      }),
  ]);
  const known = notes.filter((note) => !STEPS.includes(note.code));
  return [
    `## Device ${platform}, trustpoint ${trustpoint}`,
    ...(known.length === 0 ? [] : [`Know before:\n\n${known.map((note) => `- ${renderNote(note)}`).join('\n')}`]),
    installSteps(device)
      .map((step, index) => `${index + 1}. ${step}`)
      .join('\n'),
    `To see that it worked:\n\n${expected.join('\n')}`,
    `To go back: paste ${blockOf(device, 'rollback')}. To take the trustpoint out at the end of its life: ${blockOf(device, 'remove')}.`,
  ].join('\n\n');
}

/** Notes that stand among the steps. */
const STEPS: readonly string[] = ['device/file-needed', 'device/finish-by-hand'];

function installSteps(device: DeviceDocument): readonly string[] {
  const { platform, files, notes } = device;
  const { prompt = 'the privileged exec prompt', clock = 'show clock', files: loaded } = platformOf(platform);
  const left = notes.filter((note) => note.code === 'device/finish-by-hand').map(renderNote);
  return [
    `Check the clock: ${code(clock)}. A wrong clock makes every certificate invalid.`,
    ...files.map(
      (name) => `Copy ${code(`devices/${name}`)} under the same name into ${loaded?.folder ?? ''} on the device.`,
    ),
    `At ${prompt}, paste ${blockOf(device, 'install')} whole. ${left.length === 0 ? 'It ends saved.' : 'It ends unfinished.'}`,
    ...left.map((note) => `Finish by hand: ${note}.`),
    'Look through what the device printed: no line may say error, invalid or rejected.',
  ];
}

/** Subjects may stand in a message, so it is escaped as a whole. */
function renderNote({ message, hint }: DeviceDocument['notes'][number]): string {
  return `${code(message)}; ${code(hint)}`;
}

function blockOf({ platform, trustpoint }: DeviceDocument, action: string): string {
  return code(`devices/${platform}-${trustpoint}.${action}.txt`);
}

const OLD_HOST = `## A gateway host too old for Node (old Windows, Solaris)

1. Stop the service there and check that it is stopped.
2. Copy the keystore to an admin machine, and compare the SHA-256 on both sides: \`sha256sum FILE\` (Linux), \`digest -a sha256 FILE\` (Solaris), \`certutil -hashfile FILE SHA256\` (Windows).
3. Run \`anchorctl rotate\` on the copy, with its own \`--out\` folder.
4. Keep the original on the host under another name, copy the new file back, compare the SHA-256 again with the one in this runbook.
5. Give the file the owner and the rights of the original, and start the service.`;

/** A code span that its content cannot end, whatever backticks are in it (CommonMark 6.1); control characters are escaped. */
function code(text: string): string {
  const content = toPrintable(text);
  const longest = Math.max(0, ...(content.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `${fence}${content}${fence}` : `${fence} ${content} ${fence}`;
}
