/**
 * A model of the Cisco IOS XR console, as far as CA certificates go (docs/platforms/ios-xr.md): a candidate configuration
 * that counts when it is committed, and certificates that are stored from the exec prompt, at once.
 */
import type { X509Certificate } from 'node:crypto';
import { Configuration, serialOf, type TrustpointState } from './configuration.ts';
import {
  type ConsoleTraits,
  DeviceConsole,
  decodeOneCa,
  digestOf,
  type Installed,
  isIssuedBy,
  selfSigned,
  set,
  sha256Of,
  splitCommand,
} from './console.ts';

export interface XrConsoleOptions {
  /** What a trustpoint is told to be authenticated at the terminal with; it depends on the release. */
  readonly enrollment?: 'enrollment url terminal' | 'enrollment terminal';
}

type Mode =
  | { readonly name: 'trustpoint'; readonly trustpoint: TrustpointState }
  | { readonly name: 'uncommitted' }
  | { readonly name: 'pem'; readonly trustpoint: TrustpointState; readonly lines: string[] }
  | { readonly name: 'accept'; readonly trustpoint: TrustpointState; readonly certificate: X509Certificate };

const TRAITS: ConsoleTraits<Mode> = {
  prompts: {
    exec: 'RP/0/RP0/CPU0:ios#',
    config: 'RP/0/RP0/CPU0:ios(config)#',
    context: 'RP/0/RP0/CPU0:ios(config-sub)#',
    trustpoint: 'RP/0/RP0/CPU0:ios(config-trustp)#',
    uncommitted: 'Uncommitted changes found, commit them before exiting(yes/no/cancel)? ',
    pem: '',
    accept: 'Do you accept this certificate? [yes/no]: ',
  },
  commandModes: ['trustpoint'],
  keyword: 'crypto ca',
  layout: null,
};

export class XrConsole extends DeviceConsole<Mode> {
  readonly #settings: readonly RegExp[];
  readonly #enrollment: string;
  #candidate = new Configuration();
  /** Certificates whose trustpoint was committed away: they are stored outside the configuration, and stay until they are cleared. */
  readonly #left = new Map<string, X509Certificate[]>();

  constructor({ enrollment = 'enrollment url terminal' }: XrConsoleOptions = {}) {
    super(TRAITS);
    this.#enrollment = enrollment;
    this.#settings = [new RegExp(`^${enrollment}$`), /^crl optional$/, /^vrf [\w.-]+$/];
    this.save();
  }

  protected override get edited(): Configuration {
    return this.#candidate;
  }

  /** What was not committed is lost with the session. */
  override reconnect(): this {
    this.#candidate = this.running.clone();
    return super.reconnect();
  }

  override get installed(): Installed {
    const left = [...this.#left].map(([name, certificates]) => [name, certificates.map(sha256Of)]);
    return { ...super.installed, ...Object.fromEntries(left) };
  }

  override get saved(): boolean {
    return super.saved && !this.#isChanged();
  }

  protected enter(line: string, mode: Mode): void {
    if (mode.name === 'trustpoint') this.#trustpoint(line.trimStart(), mode.trustpoint);
    else if (mode.name === 'pem') this.#pem(line, mode);
    else if (mode.name === 'accept') this.answer(line, (yes) => this.#decide(yes, mode));
    else this.#leaveUncommitted(line);
  }

  protected exec(line: string): void {
    const { command, name } = splitCommand(line, 'ca');
    const [, clear, shown] = /^(clear|show) crypto ca certificates ([\w.-]{1,32})$/.exec(line) ?? [];
    if (line === 'configure' || line === 'configure terminal') {
      this.#candidate = this.running.clone();
      this.mode = { name: 'config' };
    } else if (command === 'authenticate') this.#authenticate(name);
    else if (shown !== undefined && clear === 'clear') this.#clear(shown);
    else if (shown !== undefined) this.#show(shown);
    else this.refuse(line);
  }

  protected configure(line: string): boolean {
    const { command, name } = splitCommand(line, 'ca');
    if (line === 'commit') this.#commit();
    else if (command === 'no trustpoint') this.#candidate.trustpoints.delete(name);
    else if (command === 'trustpoint') this.mode = { name: 'trustpoint', trustpoint: this.#candidate.trustpoint(name) };
    else return false;
    return true;
  }

  protected override leaveConfiguration(): void {
    this.mode = { name: this.#isChanged() ? 'uncommitted' : 'exec' };
  }

  #isChanged(): boolean {
    return this.mode.name !== 'exec' && this.#candidate.fingerprint !== this.running.fingerprint;
  }

  /** A script of the vendor commits from here. */
  #trustpoint(line: string, trustpoint: TrustpointState): void {
    if (line === 'exit') this.mode = { name: 'config' };
    else if (line === 'end') this.leaveConfiguration();
    else if (line === 'commit') this.#commit();
    else if (!set(trustpoint, line, this.#settings)) this.refuse(line);
  }

  #leaveUncommitted(line: string): void {
    if (line === 'cancel') this.mode = { name: 'config' };
    else
      this.answer(line, (yes) => {
        if (yes) this.#commit();
        this.mode = { name: 'exec' };
      });
  }

  /** All of it or nothing: a trustpoint that something names cannot go. */
  #commit(): void {
    const isMissing = (name: string) => !this.#candidate.trustpoints.has(name);
    const dangling = [...this.running.trustpoints.keys()].find(
      (name) => isMissing(name) && this.#candidate.usersOf(name).length > 0,
    );
    if (dangling === undefined) {
      this.#keepCertificates();
      this.running = this.#candidate.clone();
      this.save();
    } else {
      this.fail('% Failed to commit one or more configuration items');
    }
  }

  #keepCertificates(): void {
    for (const [name, { certificates }] of this.running.trustpoints) {
      if (!this.#candidate.trustpoints.has(name) && certificates.length > 0) this.#left.set(name, certificates);
    }
    for (const [name, trustpoint] of this.#candidate.trustpoints) {
      trustpoint.certificates = this.#left.get(name) ?? trustpoint.certificates;
      this.#left.delete(name);
    }
  }

  #authenticate(name: string): void {
    const trustpoint = this.running.trustpoints.get(name);
    if (trustpoint === undefined || trustpoint.certificates.length > 0) this.fail('the trustpoint is not ready');
    else if (!trustpoint.settings.includes(this.#enrollment)) this.fail('no enrollment over the terminal');
    else {
      this.say(
        'Enter the base 64 encoded certificate.',
        'End with a blank line or the word "quit" on a line by itself',
        '',
      );
      this.mode = { name: 'pem', trustpoint, lines: [] };
    }
  }

  #pem(line: string, { trustpoint, lines }: Extract<Mode, { name: 'pem' }>): void {
    if (line !== '' && line !== 'quit') {
      lines.push(line);
      return;
    }
    const certificate = decodeOneCa(lines);
    if (certificate === null || !this.#isKnownOrRoot(certificate)) {
      this.mode = { name: 'exec' };
      this.fail('the certificate is not taken');
      return;
    }
    this.say(`Fingerprint: ${digestOf('sha1', certificate)}`);
    this.mode = { name: 'accept', trustpoint, certificate };
  }

  #isKnownOrRoot(certificate: X509Certificate): boolean {
    const installed = [...this.running.trustpoints.values()].flatMap(({ certificates }) => certificates);
    return selfSigned(certificate) || installed.some((issuer) => isIssuedBy(certificate, issuer));
  }

  #decide(yes: boolean, { trustpoint, certificate }: Extract<Mode, { name: 'accept' }>): void {
    this.mode = { name: 'exec' };
    if (yes) trustpoint.certificates.push(certificate);
    else this.fail('the certificate is not taken');
    this.save();
  }

  #clear(name: string): void {
    const trustpoint = this.running.trustpoints.get(name);
    if (this.#left.delete(name)) return;
    if (trustpoint === undefined || trustpoint.certificates.length === 0) this.fail('there is no certificate to clear');
    else trustpoint.certificates = [];
    this.save();
  }

  /** How the output is laid out is not recorded; the command and the serial number are what the code relies on. */
  #show(name: string): void {
    const certificates = this.running.trustpoints.get(name)?.certificates ?? [];
    this.say(
      `Trustpoint : ${name}`,
      ...certificates.map((certificate) => `  Serial Number : ${serialOf(certificate).toLowerCase()}`),
    );
  }
}
