/**
 * A model of the Cisco IOS XR console, as far as CA certificates go (docs/platforms/ios-xr.md): a candidate configuration
 * that counts when it is committed, and certificates that are stored from the exec prompt, at once.
 */
import type { X509Certificate } from 'node:crypto';
import { DeviceConsole, decodePemLines, digestOf, selfSigned, type TrustpointState } from './console.ts';
import { XR_MODELS } from './references.ts';

type Mode =
  | { readonly name: 'exec' }
  | { readonly name: 'config' }
  | { readonly name: 'trustpoint'; readonly settings: string[] }
  | { readonly name: 'uncommitted' }
  | { readonly name: 'section'; readonly path: readonly string[] }
  | { readonly name: 'pem'; readonly trustpoint: TrustpointState; readonly lines: string[] }
  | { readonly name: 'accept'; readonly trustpoint: TrustpointState; readonly certificate: X509Certificate };

const EXEC: Mode = { name: 'exec' };
const CONFIG: Mode = { name: 'config' };
const COMMAND_MODES = ['exec', 'config', 'section'] as const;

const PROMPTS: Readonly<Record<Mode['name'], string>> = {
  exec: 'RP/0/RP0/CPU0:ios#',
  config: 'RP/0/RP0/CPU0:ios(config)#',
  trustpoint: 'RP/0/RP0/CPU0:ios(config-trustp)#',
  section: 'RP/0/RP0/CPU0:ios(config-section)#',
  uncommitted: 'Uncommitted changes found, commit them before exiting(yes/no/cancel)? ',
  pem: '',
  accept: 'Do you accept this certificate? [yes/no]: ',
};

const SETTINGS: readonly RegExp[] = [/^enrollment (?:url )?terminal$/, /^crl optional$/];

export class XrConsole extends DeviceConsole<Mode> {
  /** Settings by trustpoint; null where one is to go. */
  #candidate = new Map<string, string[] | null>();
  /** Lines that name a trustpoint, with their modes. */
  #named: { readonly path: readonly string[]; readonly line: string }[] = [];

  constructor() {
    super(EXEC, PROMPTS, COMMAND_MODES, XR_MODELS);
    this.save();
  }

  override reconnect(): this {
    this.#candidate = new Map();
    this.#named = [];
    return super.reconnect();
  }

  protected enter(line: string): void {
    const { mode } = this;
    if (mode.name === 'exec') this.#exec(line);
    else if (mode.name === 'config') this.#config(line.trimStart());
    else if (mode.name === 'trustpoint') this.#trustpoint(line.trimStart(), mode.settings);
    else if (mode.name === 'section') this.#section(line.trimStart(), mode.path);
    else if (mode.name === 'pem') this.#pem(line, mode);
    else if (mode.name === 'accept') this.#answer(line, mode);
    else this.refuse(line, 'yes, no or cancel is expected');
  }

  #exec(line: string): void {
    const [, command, name = ''] =
      /^((?:clear )?crypto ca (?:authenticate|certificates)) ([\w.-]{1,32})$/.exec(line) ?? [];
    if (line === 'configure') this.mode = CONFIG;
    else if (command === 'crypto ca authenticate') this.#authenticate(name);
    else if (command === 'clear crypto ca certificates') this.#clear(name);
    else this.refuse(line);
  }

  #config(line: string): void {
    const [, no, name = ''] = /^(no )?crypto ca trustpoint ([\w.-]{1,32})$/.exec(line) ?? [];
    if (line === 'commit') this.#commit();
    else if (line === 'end' || line === 'exit')
      this.mode = this.#candidate.size + this.#named.length === 0 ? EXEC : { name: 'uncommitted' };
    else if (this.references.entersMode([], line)) this.mode = { name: 'section', path: [line] };
    else if (name === '') this.refuse(line);
    else if (no !== undefined) this.#candidate.set(name, null);
    else {
      const settings = [...(this.#candidate.get(name) ?? this.running.get(name)?.settings ?? [])];
      this.#candidate.set(name, settings);
      this.mode = { name: 'trustpoint', settings };
    }
  }

  /** A mode in which trustpoints are named. */
  #section(line: string, path: readonly string[]): void {
    if (line === 'exit') this.mode = CONFIG;
    else if (/^(?:no )?trustpoint [\w.-]+$/.test(line)) this.#named.push({ path, line });
    else this.refuse(line);
  }

  #trustpoint(line: string, settings: string[]): void {
    if (line === 'exit') this.mode = CONFIG;
    else if (SETTINGS.some((setting) => setting.test(line))) settings.push(line);
    else this.refuse(line);
  }

  #commit(): void {
    for (const { path, line } of this.#named) this.enterReference(path, line);
    this.#named = [];
    for (const [name, settings] of this.#candidate) {
      if (settings === null && this.references.uses(name)) this.fail('% Failed to commit');
      else if (settings === null) this.running.delete(name);
      else this.running.set(name, { settings, certificates: this.running.get(name)?.certificates ?? [] });
    }
    this.#candidate = new Map();
    this.save();
  }

  #authenticate(name: string): void {
    const trustpoint = this.running.get(name);
    if (trustpoint === undefined || trustpoint.certificates.length > 0) {
      this.fail('the trustpoint is not ready');
      return;
    }
    this.say(
      'Enter the base 64 encoded certificate.',
      'End with a blank line or the word "quit" on a line by itself',
      '',
    );
    this.mode = { name: 'pem', trustpoint, lines: [] };
  }

  #pem(line: string, { trustpoint, lines }: Extract<Mode, { name: 'pem' }>): void {
    if (line !== '' && line !== 'quit') {
      lines.push(line);
      return;
    }
    const [certificate, ...more] = decodePemLines(lines) ?? [];
    if (certificate === undefined || more.length > 0 || !certificate.ca || !this.#isKnownOrRoot(certificate)) {
      this.mode = EXEC;
      this.fail('the certificate is not taken');
      return;
    }
    this.say(`Fingerprint: ${digestOf('sha1', certificate)}`);
    this.mode = { name: 'accept', trustpoint, certificate };
  }

  #isKnownOrRoot(certificate: X509Certificate): boolean {
    const installed = [...this.running.values()].flatMap(({ certificates }) => certificates);
    return (
      selfSigned(certificate) ||
      installed.some((issuer) => certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey))
    );
  }

  #answer(line: string, { trustpoint, certificate }: Extract<Mode, { name: 'accept' }>): void {
    if (line !== 'yes' && line !== 'no') {
      this.refuse(line, 'yes or no is expected');
      return;
    }
    this.mode = EXEC;
    if (line === 'yes') trustpoint.certificates.push(certificate);
    this.save();
  }

  #clear(name: string): void {
    const trustpoint = this.running.get(name);
    if (trustpoint === undefined || trustpoint.certificates.length === 0) this.fail('there is no certificate to clear');
    else trustpoint.certificates = [];
    this.save();
  }
}
