/**
 * What the models of device consoles share: a line goes in, the device answers, and what it did not take is kept. The
 * models know nothing of the code under test: they read the pasted text themselves and decode it with node:crypto. They
 * are stricter than devices; what no source shows a device to accept is refused.
 */
import { createHash, X509Certificate } from 'node:crypto';
import type { DumpLayout } from '../running-config.ts';
import { Configuration, type TrustpointState } from './configuration.ts';

/** The longest line of any transcript. */
const LONGEST_LINE = 80;

/** What a device keeps of a line; transcripts show longer ones to be cut, and not where. */
const KEPT_OF_LINE = 254;

/** Certificates as a test compares them. */
export type Installed = Readonly<Record<string, readonly string[]>>;

/** The modes that every console has. */
export type CommonMode =
  | { readonly name: 'exec' }
  | { readonly name: 'config' }
  /** Somewhere in the configuration that is no business of the model, the outermost context first. */
  | { readonly name: 'context'; readonly contexts: readonly string[] };

/** What a model is told about its platform. */
export interface ConsoleTraits<Mode extends { readonly name: string }> {
  readonly prompts: Readonly<Record<(Mode | CommonMode)['name'], string>>;
  /** Those of its own modes in which a line is a command; in the others it is an answer or a text. */
  readonly commandModes: readonly Mode['name'][];
  /** The word of its own configuration. */
  readonly keyword: 'crypto pki' | 'crypto ca';
  /** How the configuration has certificates; null where they are kept outside of it. */
  readonly layout: DumpLayout | null;
}

/** A console at the privileged exec prompt. `Mode` is the union of the modes beside the common ones. */
export abstract class DeviceConsole<Mode extends { readonly name: string }> {
  /** Everything that stood on the screen. */
  readonly screen: string[] = [];
  /** Lines that the device answered with `% Invalid input`, with the prompt they met. */
  readonly invalid: string[] = [];
  /** Messages of commands that failed. */
  readonly failures: string[] = [];
  protected running: Configuration = new Configuration();
  protected mode: Mode | CommonMode = { name: 'exec' };
  readonly #traits: ConsoleTraits<Mode>;
  #startup: Configuration = new Configuration();
  #typed = '';

  constructor(traits: ConsoleTraits<Mode>) {
    this.#traits = traits;
  }

  /** What stands before the next line. */
  get prompt(): string {
    return this.#traits.prompts[this.mode.name as (Mode | CommonMode)['name']];
  }

  /** A line at the exec prompt. */
  protected abstract exec(line: string): void;

  /** A line of the configuration; false for one that the model has no part in. */
  protected abstract configure(line: string): boolean;

  /** A line in a mode of the platform's own. */
  protected abstract enter(line: string, mode: Mode): void;

  /** `end` or `exit` in the configuration. */
  protected leaveConfiguration(): void {
    this.mode = { name: 'exec' };
  }

  /** Where commands of the configuration go. */
  protected get edited(): Configuration {
    return this.running;
  }

  /** What stood in the configuration before, and was saved: trustpoints, their chains, other lines and contexts. */
  load(configuration: string): this {
    this.running.load(configuration);
    this.save();
    return this;
  }

  /** Types text as a terminal program does: a line counts when its line end has been sent. */
  paste(text: string): this {
    const lines = `${this.#typed}${text}`.split('\n');
    this.#typed = lines.pop() ?? '';
    for (const line of lines) {
      this.screen.push(`${this.prompt}${line}`);
      if (/[^ -~]/.test(line)) this.refuse(line, 'a character that acts on the console');
      else if (line.includes('?')) this.refuse(line, 'a question mark asks for help');
      else if (line.endsWith(' ')) this.refuse(line, 'a blank at the end');
      else {
        if (line.length > LONGEST_LINE) this.object(line, 'longer than any line of a transcript');
        if (!this.#isPassedOver(line)) this.#enter(line.slice(0, KEPT_OF_LINE));
      }
    }
    return this;
  }

  /** Among commands, blank lines and comments are none. */
  #isPassedOver(line: string): boolean {
    const commandModes: readonly string[] = ['exec', 'config', 'context', ...this.#traits.commandModes];
    return commandModes.includes(this.mode.name) && (line.trim() === '' || /^ *!/.test(line));
  }

  #enter(line: string): void {
    const { mode } = this;
    if (isCommon(mode, 'exec')) {
      if (line === 'show running-config') this.say(...this.configuration.split('\n'));
      else this.exec(line);
    } else if (isCommon(mode, 'config')) this.#configure(line.trimStart());
    else if (isCommon(mode, 'context')) this.#keep(line.trimStart(), mode.contexts);
    else this.enter(line, mode as Mode);
  }

  #configure(line: string): void {
    if (line === 'end' || line === 'exit') this.leaveConfiguration();
    else if (!this.configure(line)) this.#keep(line, []);
  }

  #keep(line: string, contexts: readonly string[]): void {
    if (contexts.length > 0 && line === 'end') this.leaveConfiguration();
    else if (contexts.length > 0 && line === 'exit') this.#comeInto(contexts.slice(0, -1));
    else {
      const inside = this.edited.enter(line, contexts);
      if (inside === null) this.refuse(line);
      else if (inside === 'absent') this.fail('what is to be removed is not there');
      else this.#comeInto(inside);
    }
  }

  #comeInto(contexts: readonly string[]): void {
    this.mode = contexts.length === 0 ? { name: 'config' } : { name: 'context', contexts };
  }

  /** The session is lost: what was being typed or asked is dropped, the running configuration stays. */
  reconnect(): this {
    this.#typed = '';
    this.mode = { name: 'exec' };
    return this;
  }

  /** The power fails: what was not saved is gone. */
  reload(): this {
    this.running = this.#startup.clone();
    return this.reconnect();
  }

  /** The running configuration as the device prints it. */
  get configuration(): string {
    return this.running.print(this.#traits.keyword, this.#traits.layout);
  }

  /** Certificates by trustpoint; trustpoints without a certificate are there too. */
  get installed(): Installed {
    return Object.fromEntries(
      [...this.running.trustpoints].map(([name, { certificates }]) => [name, certificates.map(sha256Of)]),
    );
  }

  /** Sub-mode lines by trustpoint. */
  get settings(): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries([...this.running.trustpoints].map(([name, { settings }]) => [name, settings]));
  }

  /** Whether a reload would change nothing. */
  get saved(): boolean {
    return this.#startup.fingerprint === this.running.fingerprint;
  }

  /** Whether the next line is a command, and nothing half-typed is in the way. */
  get atExec(): boolean {
    return this.mode.name === 'exec' && this.#typed === '';
  }

  protected save(): void {
    this.#startup = this.running.clone();
  }

  /**
   * A question that takes its own words and nothing else: whatever else is typed is no command, and it is asked again.
   *
   * @returns whether the line is an answer
   */
  protected answer(line: string, decide: (yes: boolean) => void, words: RegExp = /^(?:yes|no)$/): boolean {
    const isAnswer = words.test(line);
    if (isAnswer) decide(line.startsWith('y'));
    else this.object(line, 'yes or no is expected');
    return isAnswer;
  }

  protected say(...lines: string[]): void {
    this.screen.push(...lines);
  }

  protected fail(...lines: string[]): void {
    this.say(...lines);
    this.failures.push(...lines);
  }

  protected refuse(line: string, why?: string): void {
    this.object(line, why);
    this.say("% Invalid input detected at '^' marker.");
  }

  /** Notes a line that no device should be sent. */
  protected object(line: string, why?: string): void {
    this.invalid.push(`${this.prompt}${line}${why === undefined ? '' : ` (${why})`}`);
  }
}

/** The commands that concern a trustpoint by its name, without that name. */
export function splitCommand(line: string, keyword: 'pki' | 'ca'): { readonly command: string; readonly name: string } {
  const [, no = '', command = '', name = ''] =
    new RegExp(`^(no )?crypto ${keyword} (trustpoint|authenticate|certificate chain) ([\\w.-]{1,32})$`).exec(line) ??
    [];
  return { command: `${no}${command}`, name };
}

/** The certificates of PEM lines, or null when they are anything but whole blocks one after the other. */
export function decodePemLines(lines: readonly string[]): X509Certificate[] | null {
  const certificates: X509Certificate[] = [];
  let body: string[] | null = null;
  for (const line of lines) {
    if (line === '-----BEGIN CERTIFICATE-----' && body === null) body = [];
    else if (line === '-----END CERTIFICATE-----' && body !== null) {
      try {
        certificates.push(decodeCertificate(body.join(''), 'base64'));
      } catch {
        return null;
      }
      body = null;
    } else if (body !== null && /^[A-Za-z0-9+/]{1,76}={0,2}$/.test(line)) body.push(line);
    else return null;
  }
  return body === null && certificates.length > 0 ? certificates : null;
}

/** The one CA certificate of PEM lines. */
export function decodeOneCa(lines: readonly string[]): X509Certificate | null {
  const [certificate, ...more] = decodePemLines(lines) ?? [];
  return certificate?.ca === true && more.length === 0 ? certificate : null;
}

/** Certificates by the text that they were typed as, and whether one issued another: decoding and verifying take time. */
const decoded = new Map<string, X509Certificate>();
const verified = new WeakMap<X509Certificate, WeakMap<X509Certificate, boolean>>();

/** Throws for what is no certificate. */
export function decodeCertificate(text: string, encoding: 'base64' | 'hex'): X509Certificate {
  const certificate = decoded.get(text) ?? new X509Certificate(Buffer.from(text, encoding));
  decoded.set(text, certificate);
  return certificate;
}

/** Whether a certificate carries a signature that its own key verifies. */
export function selfSigned(certificate: X509Certificate): boolean {
  return isIssuedBy(certificate, certificate);
}

/** Whether one certificate issued another. */
export function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  const issuers = verified.get(certificate) ?? new WeakMap<X509Certificate, boolean>();
  const isIssued = issuers.get(issuer) ?? (certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey));
  verified.set(certificate, issuers.set(issuer, isIssued));
  return isIssued;
}

/** Sets a line of a sub-mode; those of the same kind are replaced. False for one that the sub-mode does not know. */
export function set(trustpoint: TrustpointState, line: string, known: readonly RegExp[]): boolean {
  const kind = known.find((setting) => setting.test(line));
  if (kind === undefined) return false;
  trustpoint.settings = [...trustpoint.settings.filter((setting) => !kind.test(setting)), line];
  return true;
}

/** Digest of the DER, upper-case hex. */
export function digestOf(algorithm: 'md5' | 'sha1', certificate: X509Certificate): string {
  return createHash(algorithm).update(certificate.raw).digest('hex').toUpperCase();
}

/** As `show` prints a digest: groups of eight. */
export function grouped(hex: string): string {
  return `${(hex.match(/.{8}/g) ?? []).join(' ')} `;
}

function isCommon<Name extends CommonMode['name']>(
  mode: { readonly name: string },
  name: Name,
): mode is Extract<CommonMode, { readonly name: Name }> {
  return mode.name === name;
}

export function sha256Of(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase();
}
