/**
 * A model of the Cisco NX-OS console, as far as CA certificates go (docs/platforms/nxos.md). What only recollection says
 * (the whole chain in one paste, the root last) is enforced here.
 */
import type { X509Certificate } from 'node:crypto';
import { DeviceConsole, decodePemLines, digestOf, selfSigned, type TrustpointState } from './console.ts';
import { NXOS_MODELS } from './references.ts';

type Mode =
  | { readonly name: 'exec' }
  | { readonly name: 'config' }
  | { readonly name: 'trustpoint'; readonly trustpoint: TrustpointState }
  | { readonly name: 'pem'; readonly trustpoint: TrustpointState; readonly lines: string[] }
  | { readonly name: 'accept'; readonly trustpoint: TrustpointState; readonly certificates: X509Certificate[] };

const EXEC: Mode = { name: 'exec' };
const CONFIG: Mode = { name: 'config' };
const COMMAND_MODES = ['exec', 'config', 'trustpoint'] as const;

const PROMPTS: Readonly<Record<Mode['name'], string>> = {
  exec: 'switch# ',
  config: 'switch(config)# ',
  trustpoint: 'switch(config-trustpoint)# ',
  pem: '',
  accept: 'Do you accept this certificate? [yes/no]:',
};

export class NxosConsole extends DeviceConsole<Mode> {
  constructor() {
    super(EXEC, PROMPTS, COMMAND_MODES, NXOS_MODELS);
    this.save();
  }

  protected enter(line: string): void {
    const { mode } = this;
    if (mode.name === 'exec') this.#exec(line);
    else if (mode.name === 'config') this.#config(line.trimStart());
    else if (mode.name === 'trustpoint') this.#trustpoint(line.trimStart(), mode.trustpoint);
    else if (mode.name === 'accept') this.#answer(line, mode.trustpoint, mode.certificates);
    else if (line === 'END OF INPUT') this.#checkInput(mode.trustpoint, mode.lines);
    else mode.lines.push(line);
  }

  #exec(line: string): void {
    if (line === 'configure terminal') {
      this.say('Enter configuration commands, one per line. End with CNTL/Z.');
      this.mode = CONFIG;
    } else if (line === 'copy running-config startup-config') {
      this.say('Copy complete.');
      this.save();
    } else {
      this.refuse(line);
    }
  }

  #config(line: string): void {
    const [, command, name = ''] = /^((?:no )?crypto ca (?:trustpoint|authenticate)) ([\w.-]{1,32})$/.exec(line) ?? [];
    if (line === 'end' || line === 'exit') this.mode = EXEC;
    else if (command === 'crypto ca trustpoint')
      this.mode = { name: 'trustpoint', trustpoint: this.enterTrustpoint(name) };
    else if (command === 'crypto ca authenticate') this.#authenticate(name);
    else if (command === 'no crypto ca trustpoint') this.#remove(name);
    else if (!this.enterReference([], line)) this.refuse(line);
  }

  #trustpoint(line: string, trustpoint: TrustpointState): void {
    if (line === 'exit') this.mode = CONFIG;
    else if (line === 'end') this.mode = EXEC;
    else if (line === 'enrollment terminal') trustpoint.settings = [line];
    else if (line === 'delete ca-certificate') {
      const name = [...this.running].find(([, state]) => state === trustpoint)?.[0] ?? '';
      if (trustpoint.certificates.length === 0 || this.references.uses(name)) {
        this.fail('could not perform CA certificate(s) deletion');
      } else trustpoint.certificates = [];
    } else this.refuse(line);
  }

  #authenticate(name: string): void {
    const trustpoint = this.running.get(name);
    if (trustpoint === undefined || trustpoint.certificates.length > 0) {
      this.#abort();
      return;
    }
    this.say(
      'input (cut & paste) CA certificate (chain) in PEM format;',
      'end the input with a line containing only END OF INPUT :',
    );
    this.mode = { name: 'pem', trustpoint, lines: [] };
  }

  /** Every certificate is signed by the one below it in the paste, and the last by itself. */
  #checkInput(trustpoint: TrustpointState, lines: readonly string[]): void {
    const certificates = decodePemLines(lines) ?? [];
    const isChain = certificates.every((certificate, index) => {
      const issuer = certificates[index + 1];
      return issuer === undefined
        ? selfSigned(certificate)
        : certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
    });
    const [first] = certificates;
    if (first === undefined || !isChain || !certificates.every(({ ca }) => ca)) {
      this.#abort();
    } else {
      this.say(`Fingerprint(s): MD5 Fingerprint=${digestOf('md5', first)}`);
      this.mode = { name: 'accept', trustpoint, certificates };
    }
  }

  #answer(line: string, trustpoint: TrustpointState, certificates: X509Certificate[]): void {
    if (line === 'yes') {
      trustpoint.certificates = certificates;
      this.mode = CONFIG;
    } else if (line === 'no') {
      this.#abort();
    } else {
      this.invalid.push(`${this.prompt}${line}`);
    }
  }

  #abort(): void {
    this.fail('could not perform CA authentication');
    this.mode = CONFIG;
  }

  #remove(name: string): void {
    const trustpoint = this.running.get(name);
    // The guide wants the CA certificate deleted first; how the console refuses is not recorded.
    if (trustpoint === undefined || trustpoint.certificates.length > 0 || this.references.uses(name)) {
      this.fail('the trustpoint is not removed');
    } else this.running.delete(name);
  }
}
