/**
 * The configuration of a modelled device: trustpoints, and the lines and contexts beside them. Those mean nothing to a
 * model but for the trustpoints that they name. A console knows the commands that were in the configuration it started
 * with, and no others: a line that differs from one of them in the trustpoint alone is taken, in its context.
 */
import { X509Certificate } from 'node:crypto';
import { type DumpLayout, printChain } from '../running-config.ts';

/** A trustpoint as the device keeps it: the lines of its sub-mode and its CA certificates. */
export interface TrustpointState {
  settings: string[];
  certificates: X509Certificate[];
}

/** A line outside the trustpoints, in its contexts, the outermost first. */
interface KeptLine {
  readonly contexts: readonly string[];
  readonly text: string;
}

/** A command by the configuration that had it; null stands where it names a trustpoint. */
interface Command {
  readonly contexts: readonly string[];
  readonly words: readonly (string | null)[];
}

/** Commands of which a context may have several that differ in the trustpoint alone. */
const ADDED = /^(?:pki trustpoint|ca trust-point|trustpoint verify|crypto ikev2 remote-access trustpoint) /;

export class Configuration {
  readonly trustpoints: Map<string, TrustpointState> = new Map();
  #kept: KeptLine[] = [];
  #commands: readonly Command[] = [];

  /** Adds the lines of a running configuration. */
  load(text: string): void {
    const contexts: { readonly indentation: number; readonly text: string }[] = [];
    const added: KeptLine[] = [];
    let rows: string[] = [];
    for (const line of text.split('\n')) {
      const indentation = line.search(/\S/);
      const words = line.trim();
      if (indentation === -1 || words.startsWith('!') || words === 'end') continue;
      while ((contexts.at(-1)?.indentation ?? -1) >= indentation) contexts.pop();
      const [around = words, ...inner] = contexts.map((context) => context.text);
      const [, kind, name = ''] = /^crypto (?:pki|ca) (trustpoint|certificate chain) (\S+)$/.exec(around) ?? [];
      const isHeading = contexts.length === 0;
      contexts.push({ indentation, text: words });
      if (kind === undefined) added.push({ contexts: isHeading ? [] : [around, ...inner], text: words });
      else if (isHeading) this.trustpoint(name);
      else if (kind === 'trustpoint') this.trustpoint(name).settings.push(words);
      else if (words.startsWith('certificate ')) rows = [words];
      else if (words !== 'quit') rows.push(words);
      else this.trustpoint(name).certificates.push(...caCertificateOf(rows));
    }
    this.#kept.push(...added);
    this.#commands = [...this.#commands, ...added.map((line) => this.#commandOf(line))];
  }

  /** The trustpoint of this name, made where there is none. */
  trustpoint(name: string): TrustpointState {
    const trustpoint = this.trustpoints.get(name) ?? { settings: [], certificates: [] };
    this.trustpoints.set(name, trustpoint);
    return trustpoint;
  }

  /** The lines that use a trustpoint: any outside the trustpoints that names it, and the trustpoints below it. */
  usersOf(name: string): readonly string[] {
    return [
      ...this.#kept.map(({ text }) => text).filter((text) => text.split(' ').includes(name)),
      ...[...this.trustpoints.values()]
        .flatMap(({ settings }) => settings)
        .filter((setting) => setting === `chain-validation continue ${name}`),
    ];
  }

  /**
   * A command that is no business of the model.
   *
   * @returns the contexts in which the console is behind it; null where the device does not know the command, `absent` where
   *   that is to take out what is not there
   */
  enter(line: string, contexts: readonly string[]): readonly string[] | 'absent' | null {
    const removed = /^no (.+)$/.exec(line)?.[1];
    if (removed !== undefined) {
      const left = { contexts, text: removed };
      if (this.#remove(left)) return contexts;
      return this.#commands.some((command) => isForm(left, command)) ? 'absent' : null;
    }
    const entered = { contexts, text: line };
    const commands = this.#commands.filter((command) => this.#isOne(entered, command));
    if (commands.length === 0) return null;
    const inside = [...contexts, line];
    const isContext = this.#commands.some((command) => isSamePath(command.contexts, inside));
    const replaces = (kept: KeptLine) =>
      isContext || ADDED.test(line) ? isSame(kept, entered) : commands.some((command) => this.#isOne(kept, command));
    this.#place(entered, replaces);
    return isContext ? inside : contexts;
  }

  clone(): Configuration {
    const clone = new Configuration();
    for (const [name, { settings, certificates }] of this.trustpoints) {
      clone.trustpoints.set(name, { settings: [...settings], certificates: [...certificates] });
    }
    clone.#kept = [...this.#kept];
    clone.#commands = this.#commands;
    return clone;
  }

  /** @param layout - of the certificates; null where the platform keeps them outside the configuration */
  print(keyword: 'crypto pki' | 'crypto ca', layout: DumpLayout | null): string {
    const heads = [...this.trustpoints].flatMap(([name, { settings }]) => [
      `${keyword} trustpoint ${name}`,
      ...settings.map((setting) => ` ${setting}`),
      '!',
    ]);
    const chains = [...this.trustpoints]
      .filter(([, { certificates }]) => layout !== null && certificates.length > 0)
      .map(([name, { certificates }]) =>
        printChain(
          name,
          certificates.map((certificate) => ({ der: certificate.raw, heading: `ca ${serialOf(certificate)}` })),
          layout ?? undefined,
        ).trimEnd(),
      );
    const kept = this.#kept.map(({ contexts, text }) => `${' '.repeat(contexts.length)}${text}`);
    return [...heads, ...chains, ...kept, 'end', ''].join('\n');
  }

  /** Everything in it, certificates too, as text to compare. */
  get fingerprint(): string {
    const trustpoints = [...this.trustpoints].map(([name, { settings, certificates }]) => [
      name,
      [...settings].sort(),
      certificates.map(({ fingerprint256 }) => fingerprint256),
    ]);
    return JSON.stringify([trustpoints.sort(), this.#kept.map(({ contexts, text }) => [...contexts, text]).sort()]);
  }

  /** Where the line that it replaces stood, else behind the others of its context. */
  #place(line: KeptLine, replaces: (kept: KeptLine) => boolean): void {
    const { contexts } = line;
    const first = this.#kept.findIndex(replaces);
    if (first >= 0) {
      this.#kept = this.#kept.flatMap((kept, index) => (index === first ? line : replaces(kept) ? [] : kept));
      return;
    }
    const last = this.#kept.findLastIndex((kept) =>
      isSamePath([...kept.contexts, kept.text].slice(0, contexts.length), contexts),
    );
    this.#kept.splice(last + 1, 0, line);
  }

  #remove(line: KeptLine): boolean {
    const inside = [...line.contexts, line.text];
    const isIn = ({ contexts }: KeptLine) => isSamePath(contexts.slice(0, inside.length), inside);
    const left = this.#kept.filter((kept) => !isSame(kept, line) && !isIn(kept));
    const isRemoved = left.length < this.#kept.length;
    this.#kept = left;
    return isRemoved;
  }

  #commandOf({ contexts, text }: KeptLine): Command {
    return { contexts, words: text.split(' ').map((word) => (this.trustpoints.has(word) ? null : word)) };
  }

  /** Whether a line is this command, for any trustpoint that there is. */
  #isOne(line: KeptLine, command: Command): boolean {
    const words = line.text.split(' ');
    return (
      isForm(line, command) && words.every((word, index) => command.words[index] !== null || this.trustpoints.has(word))
    );
  }
}

/** The serial number of a certificate as Cisco prints it, upper case: whole octets, with the zero of the sign. */
export function serialOf({ serialNumber }: X509Certificate): string {
  const even = serialNumber.length % 2 === 0 ? serialNumber : `0${serialNumber}`;
  return /^[89A-F]/.test(even) ? `00${even}` : even;
}

/** The certificate behind ` certificate ca 01`; none where that names another kind, or a file. */
function caCertificateOf([heading = '', ...rows]: readonly string[]): readonly X509Certificate[] {
  if (!/^certificate ca \S+$/.test(heading)) return [];
  return [new X509Certificate(Buffer.from(rows.join('').replaceAll(' ', ''), 'hex'))];
}

/** Whether a line is this command, for any trustpoint. */
function isForm({ contexts, text }: KeptLine, command: Command): boolean {
  const words = text.split(' ');
  return (
    isSamePath(contexts, command.contexts) &&
    words.length === command.words.length &&
    words.every((word, index) => command.words[index] === null || word === command.words[index])
  );
}

function isSame(a: KeptLine, b: KeptLine): boolean {
  return a.text === b.text && isSamePath(a.contexts, b.contexts);
}

function isSamePath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((context, index) => context === b[index]);
}
