/**
 * Models of the Cisco IOS 12.3, IOS 15, IOS XE 17 and IOS XE 26 consoles, as far as CA certificates go: the modes, questions and
 * messages that field notices, guides and lab transcripts show (docs/platforms/ios.md, docs/platforms/ios-xe.md). Where
 * reports differ, the model takes the strict side.
 */
import type { X509Certificate } from 'node:crypto';
import { LAYOUTS } from '../running-config.ts';
import type { TrustpointState } from './configuration.ts';
import {
  type ConsoleTraits,
  DeviceConsole,
  decodeCertificate,
  decodeOneCa,
  digestOf,
  grouped,
  isIssuedBy,
  selfSigned,
  set,
  splitCommand,
} from './console.ts';

/** Which software the model plays. */
export type IosRelease = 'ios-12' | 'ios-15' | 'ios-xe-17' | 'ios-xe-26';

export interface IosConsoleOptions {
  /** A subordinate CA whose issuer is installed is taken without a question: recalled of some releases, not documented. */
  readonly takesKnownIssuer?: boolean;
  /** `write memory` asks `[confirm]`, as it does after the software was changed. */
  readonly confirmsSave?: boolean;
}

type Mode =
  | { readonly name: 'trustpoint'; readonly trustpoint: TrustpointState }
  | { readonly name: 'pem'; readonly trustpoint: TrustpointState; readonly lines: string[] }
  | { readonly name: 'accept'; readonly trustpoint: TrustpointState; readonly certificate: X509Certificate }
  | { readonly name: 'pool'; readonly lines: string[] }
  | { readonly name: 'chain'; readonly trustpoint: TrustpointState }
  | { readonly name: 'hex'; readonly trustpoint: TrustpointState; readonly serial: string; readonly rows: string[] }
  | { readonly name: 'remove'; readonly remove: () => void }
  | { readonly name: 'confirm' }
  | { readonly name: 'destination' }
  | { readonly name: 'closed' };

const TRAITS: ConsoleTraits<Mode> = {
  prompts: {
    exec: 'Router#',
    config: 'Router(config)#',
    context: 'Router(config-sub)#',
    trustpoint: 'Router(ca-trustpoint)#',
    pem: '',
    accept: '% Do you accept this certificate? [yes/no]: ',
    pool: '',
    chain: 'Router(config-cert-chain)#',
    hex: 'Router(config-pki-hexmode)#',
    remove: 'Are you sure you want to do this? [yes/no]: ',
    confirm: 'Overwrite the previous NVRAM configuration?[confirm]',
    destination: 'Destination filename [startup-config]?',
    closed: '',
  },
  commandModes: ['trustpoint', 'chain'],
  keyword: 'crypto pki',
  layout: LAYOUTS[0] ?? null,
};

/** The lines of a trustpoint that samples, guides and transcripts show. */
const SETTINGS: readonly RegExp[] = [
  /^enrollment (?:terminal(?: pem)?|selfsigned|pkcs12|mode ra|url \S+)$/,
  /^revocation-check (?:(?:crl|ocsp)(?: none)?|crl ocsp(?: none)?|ocsp crl(?: none)?|none)$/,
  /^chain-validation (?:stop|continue [\w.-]+)$/,
  /^fingerprint (?:[0-9A-F]{32}|[0-9A-F]{40}|[0-9A-F]{8}(?: [0-9A-F]{8}){3,4})$/,
  /^hash sha256$/,
  /^usage ssl-client$/,
  /^source interface [A-Z][A-Za-z]+ ?[\d/.]+$/,
  /^vrf [\w.-]+$/,
];

export class IosConsole extends DeviceConsole<Mode> {
  readonly #release: IosRelease;
  readonly #options: IosConsoleOptions;

  constructor(release: IosRelease, options: IosConsoleOptions = {}) {
    super(TRAITS);
    this.#release = release;
    this.#options = options;
    this.load('crypto pki trustpoint SLA-TrustPoint\n enrollment pkcs12\n revocation-check crl\n');
  }

  protected enter(line: string, mode: Mode): void {
    if (mode.name === 'trustpoint') this.#trustpoint(line.trimStart(), mode.trustpoint);
    else if (mode.name === 'pem') this.#pem(line, mode);
    else if (mode.name === 'pool') this.#pool(line, mode.lines);
    else if (mode.name === 'chain') this.#chain(line.trimStart(), mode.trustpoint);
    else if (mode.name === 'hex') this.#hex(line, mode);
    else if (mode.name === 'accept') this.#answer(line, (yes) => this.#decide(yes, mode));
    else if (mode.name === 'remove') this.#answer(line, (yes) => (yes ? mode.remove() : undefined));
    else if (mode.name === 'closed') this.refuse(line, 'the session is closed');
    else this.#confirmSave(line);
  }

  protected exec(line: string): void {
    const [, shown] = /^show crypto pki trustpoints ([\w.-]{1,32}) status$/.exec(line) ?? [];
    if (line === 'configure terminal') {
      this.say('Enter configuration commands, one per line.  End with CNTL/Z.');
      this.mode = { name: 'config' };
    } else if (line === 'write memory') {
      if (this.#options.confirmsSave === true) this.mode = { name: 'confirm' };
      else this.#write();
    } else if (line === 'copy running-config startup-config') this.mode = { name: 'destination' };
    else if (shown !== undefined) this.#show(shown);
    else if (line === 'quit' || line === 'exit') this.mode = { name: 'closed' };
    else this.refuse(line);
  }

  protected configure(line: string): boolean {
    const { command, name } = splitCommand(this.#translate(line), 'pki');
    if (line === 'quit') this.mode = { name: 'exec' };
    else if (line === 'crypto pki trustpool import terminal') {
      this.say('% Enter PEM-formatted CA certificate.', '% End with a blank line or "quit" on a line by itself.');
      this.mode = { name: 'pool', lines: [] };
    } else if (command === 'trustpoint') this.mode = { name: 'trustpoint', trustpoint: this.running.trustpoint(name) };
    else if (command === 'authenticate') this.#authenticate(name);
    else if (command === 'certificate chain') this.#enterChain(name);
    else if (command === 'no trustpoint') this.#askToRemove(name);
    else if (command === 'no certificate chain') this.#askToClear(name);
    else return false;
    return true;
  }

  /** Before 12.3(7)T there was one name for the commands, and nothing was pinned. */
  get #isOldest(): boolean {
    return this.#release === 'ios-12';
  }

  /** The guides of IOS 15 and IOS XE 16 say that `crypto ca` is still taken, and shown as `crypto pki`. */
  #translate(line: string): string {
    if (this.#isOldest && /^(?:no )?crypto pki /.test(line)) return line.replace('pki', 'unknown');
    return this.#release === 'ios-xe-26' ? line : line.replace(/^(no )?crypto ca /, '$1crypto pki ');
  }

  #trustpoint(line: string, trustpoint: TrustpointState): void {
    const [, above] = /^chain-validation continue (.+)$/.exec(line) ?? [];
    if (line === 'exit') this.mode = { name: 'config' };
    else if (line === 'end') this.mode = { name: 'exec' };
    else if (above !== undefined && !this.running.trustpoints.has(above)) this.#failUnknown(above);
    else if (this.#isOldest && line.startsWith('fingerprint')) this.refuse(line);
    else if (!set(trustpoint, line, SETTINGS)) this.refuse(line);
  }

  #failUnknown(name: string): void {
    this.fail(`% Certificate Authority (trustpoint) '${name}' is unknown`);
  }

  #authenticate(name: string): void {
    const trustpoint = this.running.trustpoints.get(name);
    if (trustpoint === undefined) this.#failUnknown(name);
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
    if (!isEndOfInput(line)) {
      lines.push(line);
      return;
    }
    this.mode = { name: 'config' };
    const certificate = decodeOneCa(lines);
    if (certificate === null) {
      this.#failToSave();
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

  /** Taken without a question; what is there already is not there twice. */
  #pool(line: string, lines: string[]): void {
    if (!isEndOfInput(line)) {
      lines.push(line);
      return;
    }
    this.mode = { name: 'config' };
    const certificate = decodeOneCa(lines);
    if (certificate === null) {
      this.fail(lines.length === 0 ? 'No certificates imported from terminal' : '% PEM files import failed.');
      return;
    }
    const { certificates } = this.running.trustpoint('Trustpool');
    if (!certificates.some(({ raw }) => raw.equals(certificate.raw))) certificates.push(certificate);
    this.say('% PEM files import succeeded.');
  }

  #enterChain(name: string): void {
    const trustpoint = this.running.trustpoints.get(name);
    if (trustpoint === undefined) this.#failUnknown(name);
    else this.mode = { name: 'chain', trustpoint };
  }

  #chain(line: string, trustpoint: TrustpointState): void {
    const [, serial] = /^certificate ca ([0-9A-F]{2,})$/.exec(line) ?? [];
    if (line === 'exit') this.mode = { name: 'config' };
    else if (line === 'end') this.mode = { name: 'exec' };
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
      this.#failToSave();
    }
  }

  #validate(trustpoint: TrustpointState, certificate: X509Certificate): void {
    const issuer = this.#issuerAbove(trustpoint, certificate);
    const pinned = settingOf(trustpoint, 'fingerprint ')?.replaceAll(' ', '');
    if (!selfSigned(certificate) && issuer === null) {
      this.#failToSave();
    } else if (pinned !== undefined) {
      this.say(`Trustpoint Fingerprint: ${grouped(pinned)}`);
      const matches = pinned === digestOf(pinned.length === 32 ? 'md5' : 'sha1', certificate);
      if (matches) this.say('Certificate validated - fingerprints matched.');
      this.#decide(matches, { trustpoint, certificate });
    } else if (this.#release === 'ios-xe-26') {
      this.fail('Trustpoint fingerprint must be supplied.');
      this.#decide(false, { trustpoint, certificate });
    } else if (issuer !== null && this.#options.takesKnownIssuer === true) {
      this.say('Certificate validated - Signed by existing trustpoint CA certificate.');
      this.#decide(true, { trustpoint, certificate });
    } else {
      this.mode = { name: 'accept', trustpoint, certificate };
    }
  }

  /** The CA certificate that signed this one, in the trustpoint that `chain-validation continue` names. */
  #issuerAbove(trustpoint: TrustpointState, certificate: X509Certificate): X509Certificate | null {
    const above = settingOf(trustpoint, 'chain-validation continue ') ?? '';
    const [issuer] = this.running.trustpoints.get(above)?.certificates ?? [];
    return issuer !== undefined && isIssuedBy(certificate, issuer) ? issuer : null;
  }

  #answer(line: string, decide: (yes: boolean) => void): void {
    const proceed = (yes: boolean): void => {
      this.mode = { name: 'config' };
      decide(yes);
    };
    if (!this.answer(line, proceed, /^(?:y|yes|n|no)$/)) this.say("% Please answer 'yes' or 'no'.");
  }

  #decide(
    accepted: boolean,
    { trustpoint, certificate }: Pick<Extract<Mode, { name: 'accept' }>, 'trustpoint' | 'certificate'>,
  ): void {
    if (accepted) {
      trustpoint.certificates.push(certificate);
      this.say('Trustpoint CA certificate accepted.', '% Certificate successfully imported');
    } else {
      this.fail('Trustpoint CA certificate is rejected. Abort.');
      this.#failToSave();
    }
  }

  #failToSave(): void {
    this.fail('% Error in saving certificate: status = FAIL');
  }

  #askToRemove(name: string): void {
    if (!this.running.trustpoints.has(name)) this.fail("Can't find policy");
    else if (this.running.usersOf(name).length > 0) this.fail(`% Trustpoint ${name} is in use.`);
    else {
      this.say(
        '% Removing an enrolled trustpoint will destroy all certificates',
        ' received from the related Certificate Authority.',
        '',
      );
      this.mode = {
        name: 'remove',
        remove: () => {
          this.running.trustpoints.delete(name);
          this.say('% Be sure to ask the CA administrator to revoke your certificates.');
        },
      };
    }
  }

  #askToClear(name: string): void {
    const trustpoint = this.running.trustpoints.get(name);
    if (trustpoint === undefined) this.#failUnknown(name);
    else {
      this.say(`This will remove all certificates for trustpoint ${name}`);
      this.mode = {
        name: 'remove',
        remove: () => {
          trustpoint.certificates = [];
        },
      };
    }
  }

  #show(name: string): void {
    const [certificate] = this.running.trustpoints.get(name)?.certificates ?? [];
    const configured =
      certificate === undefined
        ? ['  Issuing CA certificate not configured.']
        : [
            '  Issuing CA certificate configured:',
            '    Subject Name:',
            `     ${certificate.subject.split('\n').reverse().join(',').replace('CN=', 'cn=')}`,
            `    Fingerprint MD5: ${grouped(digestOf('md5', certificate))}`,
            `    Fingerprint SHA1: ${grouped(digestOf('sha1', certificate))}`,
          ];
    this.say(`Trustpoint ${name}:`, ...configured);
  }

  /** Enter is all that these questions take. */
  #confirmSave(line: string): void {
    this.mode = { name: 'exec' };
    if (line === '') this.#write();
    else this.fail('the configuration is not saved');
  }

  #write(): void {
    this.say('Building configuration...', '[OK]');
    this.save();
  }
}

/** Whether a line ends the input of a certificate. */
function isEndOfInput(line: string): boolean {
  return line === '' || line.toLowerCase() === 'quit';
}

function settingOf({ settings }: TrustpointState, lead: string): string | undefined {
  return settings.find((setting) => setting.startsWith(lead))?.slice(lead.length);
}

/** The certificate of rows; null when they are none, or when a row before the last is not full. */
function decodeRows(rows: readonly string[]): X509Certificate | null {
  if (rows.slice(0, -1).some((row) => row.length !== '  '.length + 8 * 8 + 7)) return null;
  try {
    return decodeCertificate(rows.join('').replaceAll(' ', ''), 'hex');
  } catch {
    return null;
  }
}

/** Serial numbers are compared as numbers: OpenSSL drops the leading zeros that the device keeps. */
function withoutZeros(serial: string): string {
  return serial.replace(/^0+/, '');
}
