/**
 * A model of the Cisco ASA console, as far as CA certificates go (docs/platforms/asa.md). Where only recollection says how a
 * question reads, the model asks it in that form and takes yes or no, nothing else.
 */
import type { X509Certificate } from 'node:crypto';
import { DeviceConsole, decodePemLines, digestOf, selfSigned, type TrustpointState } from './console.ts';
import { ASA_MODELS } from './references.ts';

type Mode =
  | { readonly name: 'exec' }
  | { readonly name: 'config' }
  | { readonly name: 'trustpoint'; readonly trustpoint: TrustpointState }
  | { readonly name: 'pem'; readonly trustpoint: TrustpointState; readonly lines: string[] }
  | { readonly name: 'accept'; readonly trustpoint: TrustpointState; readonly certificate: X509Certificate }
  | { readonly name: 'section'; readonly path: readonly string[] }
  | { readonly name: 'remove'; readonly removed: string };

const EXEC: Mode = { name: 'exec' };
const CONFIG: Mode = { name: 'config' };
const COMMAND_MODES = ['exec', 'config', 'trustpoint', 'section'] as const;

const PROMPTS: Readonly<Record<Mode['name'], string>> = {
  exec: 'ciscoasa# ',
  config: 'ciscoasa(config)# ',
  trustpoint: 'ciscoasa(config-ca-trustpoint)# ',
  section: 'ciscoasa(config-section)# ',
  pem: '',
  accept: 'Do you accept this certificate? [yes/no]: ',
  remove: 'Are you sure you want to do this? [yes/no]: ',
};

const SETTINGS: readonly RegExp[] = [/^enrollment terminal$/, /^revocation-check (?:none|crl)$/];

export class AsaConsole extends DeviceConsole<Mode> {
  constructor() {
    super(EXEC, PROMPTS, COMMAND_MODES, ASA_MODELS);
    this.running.set('_SmartCallHome_ServerCA', { settings: ['no validation-usage'], certificates: [] });
    this.save();
  }

  protected enter(line: string): void {
    const { mode } = this;
    if (mode.name === 'exec') this.#exec(line);
    else if (mode.name === 'config') this.#config(line.trimStart());
    else if (mode.name === 'trustpoint') this.#trustpoint(line.trimStart(), mode.trustpoint);
    else if (mode.name === 'section') this.#section(line.trimStart(), mode.path);
    else if (mode.name === 'pem') this.#pem(line, mode);
    else if (line !== 'yes' && line !== 'no') this.refuse(line, 'yes or no is expected');
    else if (mode.name === 'accept') this.#decide(line === 'yes', mode);
    else this.#decideRemoval(line === 'yes', mode.removed);
  }

  #exec(line: string): void {
    if (line === 'configure terminal') this.mode = CONFIG;
    else if (line === 'write memory') {
      this.say('Building configuration...', 'Cryptochecksum: 00000000 00000000 00000000 00000000', '[OK]');
      this.save();
    } else this.refuse(line);
  }

  #config(line: string): void {
    const [, command, name = ''] = /^((?:no )?crypto ca (?:trustpoint|authenticate)) ([\w.-]{1,32})$/.exec(line) ?? [];
    if (line === 'end' || line === 'exit') this.mode = EXEC;
    else if (command === 'crypto ca trustpoint')
      this.mode = { name: 'trustpoint', trustpoint: this.enterTrustpoint(name) };
    else if (command === 'crypto ca authenticate') this.#authenticate(name);
    else if (command === 'no crypto ca trustpoint') this.#askToRemove(name);
    else if (this.references.entersMode([], line)) this.mode = { name: 'section', path: [line] };
    else if (!this.enterReference([], line)) this.refuse(line);
  }

  /** A mode in which trustpoints are named. */
  #section(line: string, path: readonly string[]): void {
    if (line === 'exit') this.mode = path.length === 1 ? CONFIG : { name: 'section', path: path.slice(0, -1) };
    else if (line === 'end') this.mode = EXEC;
    else if (this.references.entersMode(path, line)) this.mode = { name: 'section', path: [...path, line] };
    else if (!this.enterReference(path, line)) this.refuse(line);
  }

  #trustpoint(line: string, trustpoint: TrustpointState): void {
    if (line === 'exit') this.mode = CONFIG;
    else if (line === 'end') this.mode = EXEC;
    else if (SETTINGS.some((setting) => setting.test(line))) trustpoint.settings.push(line);
    else this.refuse(line);
  }

  #authenticate(name: string): void {
    const trustpoint = this.running.get(name);
    if (trustpoint === undefined) this.fail(`ERROR: CA trustpoint '${name}' is not known.`);
    else if (trustpoint.certificates.length > 0) this.fail('ERROR: the trustpoint has a CA certificate');
    else if (!trustpoint.settings.includes('enrollment terminal')) this.fail('ERROR: no enrollment over the terminal');
    else {
      this.say('Enter the base 64 encoded CA certificate.', 'End with the word "quit" on a line by itself', '');
      this.mode = { name: 'pem', trustpoint, lines: [] };
    }
  }

  /** Only `quit` ends the input; blank lines in it do no harm. */
  #pem(line: string, { trustpoint, lines }: Extract<Mode, { name: 'pem' }>): void {
    if (line !== 'quit') {
      if (line !== '') lines.push(line);
      return;
    }
    this.mode = CONFIG;
    const [certificate, ...more] = decodePemLines(lines) ?? [];
    if (certificate === undefined || more.length > 0 || !certificate.ca) {
      this.fail('ERROR: the certificate is not taken');
      return;
    }
    const fingerprint = (digestOf('md5', certificate).toLowerCase().match(/.{8}/g) ?? []).join(' ');
    this.say('INFO: Certificate has the following attributes:', `Fingerprint:     ${fingerprint}`);
    this.mode = { name: 'accept', trustpoint, certificate };
  }

  #decide(accepted: boolean, { trustpoint, certificate }: Extract<Mode, { name: 'accept' }>): void {
    this.mode = CONFIG;
    if (!accepted) {
      this.fail('ERROR: the certificate is rejected');
      return;
    }
    const name = [...this.running].find(([, state]) => state === trustpoint)?.[0];
    if (!selfSigned(certificate)) {
      this.say(`Trustpoint '${name}' is a subordinate CA and holds a non self-signed certificate.`);
    }
    trustpoint.certificates.push(certificate);
    this.say('Trustpoint CA certificate accepted.', '', '% Certificate successfully imported');
  }

  #askToRemove(name: string): void {
    if (!this.running.has(name)) {
      this.fail(`ERROR: CA trustpoint '${name}' is not known.`);
      return;
    }
    // How the console refuses is not recorded.
    if (this.references.uses(name)) {
      this.fail(`ERROR: trustpoint '${name}' is in use`);
      return;
    }
    this.say(
      'WARNING: Removing an enrolled trustpoint will destroy all certificates received from the related Certificate Authority.',
    );
    this.mode = { name: 'remove', removed: name };
  }

  #decideRemoval(yes: boolean, name: string): void {
    this.mode = CONFIG;
    if (!yes) return;
    this.running.delete(name);
    this.say('INFO: Be sure to ask the CA administrator to revoke your certificates.');
  }
}
