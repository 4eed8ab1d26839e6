/**
 * Models of the Cisco IOS 15, IOS XE 17 and IOS XE 26 consoles, as far as CA certificates go: the modes, questions and
 * messages that field notices, guides and lab transcripts show (docs/platforms/ios.md, docs/platforms/ios-xe.md). Where
 * reports differ, the model takes the strict side.
 */
import { X509Certificate } from 'node:crypto';
import { DeviceConsole, decodePemLines, digestOf, grouped, selfSigned, type TrustpointState } from './console.ts';
import { IOS_MODELS } from './references.ts';

/** Which software the model plays. */
export type IosRelease = 'ios-15' | 'ios-xe-17' | 'ios-xe-26';

export interface IosConsoleOptions {
  /** A subordinate CA whose issuer is installed is taken without a question: recalled of some releases, not documented. */
  readonly takesKnownIssuer?: boolean;
  /** `write memory` asks `[confirm]`, as it does after the software was changed. */
  readonly confirmsSave?: boolean;
}

type Mode =
  | { readonly name: 'exec' }
  | { readonly name: 'config' }
  | { readonly name: 'trustpoint'; readonly trustpoint: TrustpointState }
  | { readonly name: 'pem'; readonly trustpoint: TrustpointState; readonly lines: string[] }
  | { readonly name: 'accept'; readonly trustpoint: TrustpointState; readonly certificate: X509Certificate }
  | { readonly name: 'pool'; readonly lines: string[] }
  | { readonly name: 'chain'; readonly trustpoint: TrustpointState }
  | { readonly name: 'hex'; readonly trustpoint: TrustpointState; readonly serial: string; readonly rows: string[] }
  | { readonly name: 'section'; readonly path: readonly string[] }
  | { readonly name: 'remove'; readonly removed: string }
  | { readonly name: 'confirm' }
  | { readonly name: 'closed' };

const EXEC: Mode = { name: 'exec' };
const CONFIG: Mode = { name: 'config' };
const COMMAND_MODES = ['exec', 'config', 'trustpoint', 'chain', 'section'] as const;

const PROMPTS: Readonly<Record<Mode['name'], string>> = {
  exec: 'Router#',
  config: 'Router(config)#',
  trustpoint: 'Router(ca-trustpoint)#',
  section: 'Router(config-section)#',
  pem: '',
  accept: '% Do you accept this certificate? [yes/no]: ',
  pool: '',
  chain: 'Router(config-cert-chain)#',
  hex: 'Router(config-pki-hexmode)#',
  remove: 'Are you sure you want to do this? [yes/no]: ',
  confirm: 'Overwrite the previous NVRAM configuration?[confirm]',
  closed: '',
};

const SETTINGS: readonly RegExp[] = [
  /^enrollment terminal(?: pem)?$/,
  /^revocation-check (?:none|crl)$/,
  /^chain-validation (?:stop|continue [\w.-]+)$/,
  /^fingerprint (?:[0-9A-F]{32}|[0-9A-F]{40})$/,
];

export class IosConsole extends DeviceConsole<Mode> {
  readonly #release: IosRelease;
  readonly #options: IosConsoleOptions;

  constructor(release: IosRelease, options: IosConsoleOptions = {}) {
    super(EXEC, PROMPTS, COMMAND_MODES, IOS_MODELS);
    this.#release = release;
    this.#options = options;
    this.running.set('SLA-TrustPoint', { settings: ['enrollment pkcs12', 'revocation-check crl'], certificates: [] });
    this.save();
  }

  protected enter(line: string): void {
    const { mode } = this;
    if (mode.name === 'exec') this.#exec(line);
    else if (mode.name === 'config') this.#config(line.trimStart());
    else if (mode.name === 'trustpoint') this.#trustpoint(line.trimStart(), mode.trustpoint);
    else if (mode.name === 'section') this.#section(line.trimStart(), mode.path);
    else if (mode.name === 'pem') this.#pem(line, mode);
    else if (mode.name === 'pool') this.#pool(line, mode.lines);
    else if (mode.name === 'chain') this.#chain(line.trimStart(), mode.trustpoint);
    else if (mode.name === 'hex') this.#hex(line, mode);
    else if (mode.name === 'accept') this.#answer(line, (yes) => this.#decide(yes, mode));
    else if (mode.name === 'remove') this.#answer(line, (yes) => this.#decideRemoval(yes, mode.removed));
    else if (mode.name === 'confirm') this.#confirmSave(line);
    else this.refuse(line, 'the session is closed');
  }

  #exec(line: string): void {
    if (line === 'configure terminal') {
      this.say('Enter configuration commands, one per line.  End with CNTL/Z.');
      this.mode = CONFIG;
    } else if (line === 'write memory') {
      if (this.#options.confirmsSave === true) this.mode = { name: 'confirm' };
      else this.#write();
    } else if (line === 'quit' || line === 'exit') {
      this.mode = { name: 'closed' };
    } else {
      this.refuse(line);
    }
  }

  #config(line: string): void {
    const [, command, name = ''] =
      /^((?:no )?crypto pki (?:trustpoint|authenticate|certificate chain)) ([\w.-]{1,32})$/.exec(line) ?? [];
    if (line === 'end' || line === 'exit' || line === 'quit') this.mode = EXEC;
    else if (line === 'crypto pki trustpool import terminal') {
      this.say('% Enter PEM-formatted CA certificate.', '% End with a blank line or "quit" on a line by itself.');
      this.mode = { name: 'pool', lines: [] };
    } else if (command === 'crypto pki trustpoint')
      this.mode = { name: 'trustpoint', trustpoint: this.enterTrustpoint(name) };
    else if (command === 'crypto pki authenticate') this.#authenticate(name);
    else if (command === 'crypto pki certificate chain') this.#enterChain(name);
    else if (command === 'no crypto pki trustpoint') this.#askToRemove(name);
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
    const known = SETTINGS.find((setting) => setting.test(line));
    if (line === 'exit') this.mode = CONFIG;
    else if (line === 'end') this.mode = EXEC;
    else if (known === undefined) this.refuse(line);
    else trustpoint.settings = [...trustpoint.settings.filter((setting) => !known.test(setting)), line];
  }

  #authenticate(name: string): void {
    const trustpoint = this.running.get(name);
    if (trustpoint === undefined) this.fail(`% Certificate Authority (trustpoint) '${name}' is unknown`);
    else if (trustpoint.certificates.length > 0) {
      this.fail(
        '% Please delete your existing CA certificate first.',
        "% You must use 'no crypto pki trustpoint <trustpoint-name>' to delete the CA certificate",
      );
    } else if (!trustpoint.settings.some((setting) => setting.startsWith('enrollment terminal'))) {
      this.fail('% no enrollment over the terminal');
    } else {
      this.say(
        '',
        'Enter the base 64 encoded CA certificate.',
        'End with a blank line or the word "quit" on a line by itself',
        '',
      );
      this.mode = { name: 'pem', trustpoint, lines: [] };
    }
  }

  /** The first blank line or `quit` ends the input, whatever was meant; anything else is a line of the certificate. */
  #pem(line: string, { trustpoint, lines }: Extract<Mode, { name: 'pem' }>): void {
    if (line !== '' && line.toLowerCase() !== 'quit') {
      lines.push(line);
      return;
    }
    this.mode = CONFIG;
    const [certificate, ...more] = decodePemLines(lines) ?? [];
    if (certificate === undefined || more.length > 0 || !certificate.ca) {
      this.#reject();
      return;
    }
    this.say(
      'Certificate has the following attributes:',
      `       Fingerprint MD5: ${grouped(digestOf('md5', certificate))}`,
      `      Fingerprint SHA1: ${grouped(digestOf('sha1', certificate))}`,
      '',
    );
    this.#validate(trustpoint, certificate);
  }

  /** Taken without a question; what is there already is not taken twice. */
  #pool(line: string, lines: string[]): void {
    if (line !== '' && line !== 'quit') {
      lines.push(line);
      return;
    }
    this.mode = CONFIG;
    const [certificate, ...more] = decodePemLines(lines) ?? [];
    if (certificate === undefined || more.length > 0 || !certificate.ca) {
      this.fail('% PEM files import failed.');
      return;
    }
    this.enterTrustpoint('Trustpool').certificates.push(certificate);
    this.say('% PEM files import succeeded.');
  }

  #enterChain(name: string): void {
    const trustpoint = this.running.get(name);
    if (trustpoint === undefined) this.fail(`% Certificate Authority (trustpoint) '${name}' is unknown`);
    else this.mode = { name: 'chain', trustpoint };
  }

  #chain(line: string, trustpoint: TrustpointState): void {
    const [, serial] = /^certificate ca ([0-9A-F]{2,})$/.exec(line) ?? [];
    if (line === 'exit') this.mode = CONFIG;
    else if (line === 'end') this.mode = EXEC;
    else if (serial === undefined) this.refuse(line);
    else if (trustpoint.certificates.length > 0) this.fail('% Please delete your existing CA certificate first.');
    else this.mode = { name: 'hex', trustpoint, serial, rows: [] };
  }

  /** Rows as a running configuration has them, of the certificate with the serial number that was announced. */
  #hex(line: string, { trustpoint, serial, rows }: Extract<Mode, { name: 'hex' }>): void {
    if (/^ {2}(?:[0-9A-F]{8} ){0,7}(?:[0-9A-F]{2}){1,4}$/.test(line)) {
      rows.push(line);
      return;
    }
    this.mode = { name: 'chain', trustpoint };
    const certificate = line.trim() === 'quit' ? decodeRows(rows) : null;
    if (certificate?.ca === true && withoutZeros(certificate.serialNumber) === withoutZeros(serial)) {
      trustpoint.certificates.push(certificate);
    } else {
      this.#reject();
    }
  }

  #validate(trustpoint: TrustpointState, certificate: X509Certificate): void {
    const issuer = this.#issuerAbove(trustpoint, certificate);
    const pinned = trustpoint.settings.find((setting) => setting.startsWith('fingerprint '))?.slice(12);
    if (!selfSigned(certificate) && issuer === null) {
      this.#reject();
    } else if (pinned !== undefined) {
      this.say(`Trustpoint Fingerprint: ${grouped(pinned)}`);
      const matches = pinned === digestOf(pinned.length === 32 ? 'md5' : 'sha1', certificate);
      if (matches) this.say('Certificate validated - fingerprints matched.');
      this.#decide(matches, { trustpoint, certificate });
    } else if (this.#release === 'ios-xe-26') {
      this.fail('Trustpoint fingerprint must be supplied.');
      this.#reject();
    } else if (issuer !== null && this.#options.takesKnownIssuer === true) {
      this.say('Certificate validated - Signed by existing trustpoint CA certificate.');
      this.#decide(true, { trustpoint, certificate });
    } else {
      this.mode = { name: 'accept', trustpoint, certificate };
    }
  }

  /** The CA certificate that signed this one, in the trustpoint that `chain-validation continue` names. */
  #issuerAbove(trustpoint: TrustpointState, certificate: X509Certificate): X509Certificate | null {
    const [, above = ''] =
      trustpoint.settings.map((setting) => /^chain-validation continue (.+)$/.exec(setting)).find(Boolean) ?? [];
    const [issuer] = this.running.get(above)?.certificates ?? [];
    return issuer !== undefined && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)
      ? issuer
      : null;
  }

  /** A wrong answer is no command: the question is asked again. */
  #answer(line: string, decide: (yes: boolean) => void): void {
    if (/^(?:y|yes|n|no)$/.test(line)) {
      this.mode = CONFIG;
      decide(line.startsWith('y'));
    } else {
      this.invalid.push(`${this.prompt}${line}`);
      this.say("% Please answer 'yes' or 'no'.");
    }
  }

  #decide(
    accepted: boolean,
    { trustpoint, certificate }: Pick<Extract<Mode, { name: 'accept' }>, 'trustpoint' | 'certificate'>,
  ): void {
    if (accepted) {
      trustpoint.certificates.push(certificate);
      this.say('Trustpoint CA certificate accepted.', '% Certificate successfully imported');
    } else {
      this.#reject();
    }
  }

  #reject(): void {
    this.fail('Trustpoint CA certificate is rejected. Abort.', '% Error in saving certificate: status = FAIL');
  }

  #askToRemove(name: string): void {
    const isAbove = (setting: string) => setting === `chain-validation continue ${name}`;
    if (!this.running.has(name)) this.fail("Can't find policy");
    else if (this.references.uses(name) || [...this.running.values()].some(({ settings }) => settings.some(isAbove))) {
      this.fail(`% Trustpoint ${name} is in use.`);
    } else {
      this.say(
        '% Removing an enrolled trustpoint will destroy all certificates',
        ' received from the related Certificate Authority.',
        '',
      );
      this.mode = { name: 'remove', removed: name };
    }
  }

  #decideRemoval(yes: boolean, name: string): void {
    if (!yes) return;
    this.running.delete(name);
    this.say('% Be sure to ask the CA administrator to revoke your certificates.');
  }

  #confirmSave(line: string): void {
    this.mode = EXEC;
    if (line === '') this.#write();
    else this.fail('the configuration is not saved');
  }

  #write(): void {
    this.say('Building configuration...', '[OK]');
    this.save();
  }
}

/** The certificate of rows; null when they are none, or when a row before the last is not full. */
function decodeRows(rows: readonly string[]): X509Certificate | null {
  if (rows.slice(0, -1).some((row) => row.length !== '  '.length + 8 * 8 + 7)) return null;
  try {
    return new X509Certificate(Buffer.from(rows.join('').replaceAll(' ', ''), 'hex'));
  } catch {
    return null;
  }
}

/** Serial numbers are compared as numbers: OpenSSL drops the leading zeros that the device keeps. */
function withoutZeros(serial: string): string {
  return serial.replace(/^0+/, '');
}
