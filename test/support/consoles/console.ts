/**
 * What the models of device consoles share: a line goes in, the device answers, and what it did not take is kept. The
 * models know nothing of the code under test: they read the pasted text themselves and decode it with node:crypto. They
 * are stricter than devices; what no source shows a device to accept is refused.
 */
import { createHash, X509Certificate } from 'node:crypto';
import { ConfiguredReferences, type ReferenceModel } from './references.ts';

/** The longest line of any transcript; IOS cuts very long ones. */
const LONGEST_LINE = 80;

/** A trustpoint as the device keeps it: sub-mode lines, and the SHA-256 of its CA certificates. */
export interface TrustpointState {
  settings: string[];
  certificates: X509Certificate[];
}

/** Certificates as a test compares them. */
export type Installed = Readonly<Record<string, readonly string[]>>;

/** A console at the privileged exec prompt. `Mode` is a union of objects with a `name`. */
export abstract class DeviceConsole<Mode extends { readonly name: string }> {
  /** Everything that stood on the screen. */
  readonly screen: string[] = [];
  /** Lines that the device answered with `% Invalid input`, with the prompt they met. */
  readonly invalid: string[] = [];
  /** Messages of commands that failed. */
  readonly failures: string[] = [];
  protected readonly running: Map<string, TrustpointState> = new Map();
  /** What names trustpoints. */
  protected readonly references: ConfiguredReferences;
  protected mode: Mode;
  readonly #exec: Mode;
  readonly #prompts: Readonly<Record<Mode['name'], string>>;
  readonly #commandModes: ReadonlySet<Mode['name']>;
  #startup = '';
  #typed = '';

  /**
   * @param exec - the mode of the privileged exec prompt
   * @param prompts - of each mode
   * @param commandModes - those in which a line is a command; in the others it is an answer or a text
   * @param models - of the commands that name a trustpoint
   */
  constructor(
    exec: Mode,
    prompts: Readonly<Record<Mode['name'], string>>,
    commandModes: readonly Mode['name'][],
    models: readonly ReferenceModel[],
  ) {
    this.references = new ConfiguredReferences(models);
    this.#exec = exec;
    this.#prompts = prompts;
    this.#commandModes = new Set(commandModes);
    this.mode = exec;
  }

  get prompt(): string {
    return this.#prompts[this.#modeName];
  }

  /** One line, entered in the current mode. */
  protected abstract enter(line: string): void;

  /** Types text as a terminal program does: a line counts when its line end has been sent. */
  paste(text: string): this {
    const lines = `${this.#typed}${text}`.split('\n');
    this.#typed = lines.pop() ?? '';
    for (const line of lines) {
      this.screen.push(`${this.prompt}${line}`);
      if (/[^ -~]/.test(line)) this.refuse(line, 'a character that acts on the console');
      else if (line.includes('?')) this.refuse(line, 'a question mark asks for help');
      else if (line.length > LONGEST_LINE) this.refuse(line, 'the line is cut');
      else if (line.endsWith(' ')) this.refuse(line, 'a blank at the end');
      else if (!this.#isPassedOver(line)) this.enter(line);
    }
    return this;
  }

  /** Among commands, blank lines and comments are none. */
  #isPassedOver(line: string): boolean {
    return this.#commandModes.has(this.#modeName) && (line.trim() === '' || /^ *!/.test(line));
  }

  get #modeName(): Mode['name'] {
    return this.mode.name;
  }

  /** The session is lost: what was being typed or asked is dropped, the running configuration stays. */
  reconnect(): this {
    this.#typed = '';
    this.mode = this.#exec;
    return this;
  }

  /** Certificates by trustpoint; trustpoints without a certificate are there too. */
  get installed(): Installed {
    return Object.fromEntries([...this.running].map(([name, { certificates }]) => [name, certificates.map(sha256Of)]));
  }

  /** The commands that name a trustpoint, each with its modes. */
  get uses(): readonly string[] {
    return this.references.shown;
  }

  /** Whether a reload would change nothing. */
  get saved(): boolean {
    return this.#startup === this.#snapshot();
  }

  /** Whether the next line is a command, and nothing half-typed is in the way. */
  get atExec(): boolean {
    return this.mode === this.#exec && this.#typed === '';
  }

  /** A trustpoint by its name, made where there is none. */
  protected enterTrustpoint(name: string): TrustpointState {
    const trustpoint = this.running.get(name) ?? { settings: [], certificates: [] };
    this.running.set(name, trustpoint);
    return trustpoint;
  }

  /** A line that may name a trustpoint; false where it is none that the device knows. */
  protected enterReference(modes: readonly string[], line: string): boolean {
    const complaint = this.references.enter(modes, line, (name) => this.running.has(name));
    if (complaint === null) return false;
    if (complaint !== '') this.fail(complaint);
    return true;
  }

  protected save(): void {
    this.#startup = this.#snapshot();
  }

  protected say(...lines: string[]): void {
    this.screen.push(...lines);
  }

  protected fail(...lines: string[]): void {
    this.say(...lines);
    this.failures.push(...lines);
  }

  protected refuse(line: string, why?: string): void {
    this.say("% Invalid input detected at '^' marker.");
    this.invalid.push(`${this.prompt}${line}${why === undefined ? '' : ` (${why})`}`);
  }

  #snapshot(): string {
    return JSON.stringify([
      this.references.shown,
      [...this.running].map(([name, { settings, certificates }]) => [name, settings, certificates.map(sha256Of)]),
    ]);
  }
}

/** The certificates of PEM lines, or null when they are anything but whole blocks one after the other. */
export function decodePemLines(lines: readonly string[]): X509Certificate[] | null {
  const certificates: X509Certificate[] = [];
  let body: string[] | null = null;
  for (const line of lines) {
    if (line === '-----BEGIN CERTIFICATE-----' && body === null) body = [];
    else if (line === '-----END CERTIFICATE-----' && body !== null) {
      try {
        certificates.push(new X509Certificate(Buffer.from(body.join(''), 'base64')));
      } catch {
        return null;
      }
      body = null;
    } else if (body !== null && /^[A-Za-z0-9+/]{1,76}={0,2}$/.test(line)) body.push(line);
    else return null;
  }
  return body === null && certificates.length > 0 ? certificates : null;
}

/** Whether a certificate carries a signature that its own key verifies. */
export function selfSigned(certificate: X509Certificate): boolean {
  return certificate.verify(certificate.publicKey);
}

/** Digest of the DER, upper-case hex. */
export function digestOf(algorithm: 'md5' | 'sha1', certificate: X509Certificate): string {
  return createHash(algorithm).update(certificate.raw).digest('hex').toUpperCase();
}

/** As `show` prints a digest: groups of eight. */
export function grouped(hex: string): string {
  return `${(hex.match(/.{8}/g) ?? []).join(' ')} `;
}

function sha256Of(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase();
}
