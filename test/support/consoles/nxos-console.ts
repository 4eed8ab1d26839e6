/**
 * A model of the Cisco NX-OS console, as far as CA certificates go (docs/platforms/nxos.md). What only recollection says
 * (the whole chain in one paste, the root last, at most ten certificates in it and sixteen trustpoints) is enforced here.
 */
import type { X509Certificate } from 'node:crypto';
import type { TrustpointState } from './configuration.ts';
import {
  type ConsoleTraits,
  DeviceConsole,
  decodePemLines,
  digestOf,
  isIssuedBy,
  selfSigned,
  set,
  splitCommand,
} from './console.ts';

type Mode =
  | { readonly name: 'trustpoint'; readonly trustpoint: TrustpointState; readonly of: string }
  | { readonly name: 'pem'; readonly trustpoint: TrustpointState; readonly lines: string[] }
  | { readonly name: 'accept'; readonly trustpoint: TrustpointState; readonly certificates: X509Certificate[] };

const TRAITS: ConsoleTraits<Mode> = {
  prompts: {
    exec: 'switch# ',
    config: 'switch(config)# ',
    context: 'switch(config-sub)# ',
    trustpoint: 'switch(config-trustpoint)# ',
    pem: '',
    accept: 'Do you accept this certificate? [yes/no]:',
  },
  commandModes: ['trustpoint'],
  keyword: 'crypto ca',
  layout: null,
};

const SETTINGS: readonly RegExp[] = [/^enrollment terminal$/, /^revocation-check (?:none|crl(?: none)?)$/];
const MOST_TRUSTPOINTS = 16;
const LONGEST_CHAIN = 10;

export class NxosConsole extends DeviceConsole<Mode> {
  constructor() {
    super(TRAITS);
    this.save();
  }

  protected enter(line: string, mode: Mode): void {
    if (mode.name === 'trustpoint') this.#trustpoint(line.trimStart(), mode);
    else if (mode.name === 'accept') this.answer(line, (yes) => this.#decide(yes, mode));
    else if (line === 'END OF INPUT') this.#checkInput(mode.trustpoint, mode.lines);
    else mode.lines.push(line);
  }

  protected exec(line: string): void {
    const [, shown] = /^show crypto ca certificates ([\w.-]{1,32})$/.exec(line) ?? [];
    if (line === 'configure' || line === 'configure terminal') {
      this.say('Enter configuration commands, one per line. End with CNTL/Z.');
      this.mode = { name: 'config' };
    } else if (line === 'copy running-config startup-config') {
      this.say('Copy complete.');
      this.save();
    } else if (shown !== undefined) this.#show(shown);
    else this.refuse(line);
  }

  protected configure(line: string): boolean {
    const { command, name } = splitCommand(line, 'ca');
    if (command === 'trustpoint') this.#enterTrustpoint(name);
    else if (command === 'authenticate') this.#authenticate(name);
    else if (command === 'no trustpoint') this.#remove(name);
    else return false;
    return true;
  }

  #enterTrustpoint(name: string): void {
    const { trustpoints } = this.running;
    if (!trustpoints.has(name) && trustpoints.size >= MOST_TRUSTPOINTS) this.fail('too many trustpoints');
    else this.mode = { name: 'trustpoint', trustpoint: this.running.trustpoint(name), of: name };
  }

  #trustpoint(line: string, { trustpoint, of }: Extract<Mode, { name: 'trustpoint' }>): void {
    if (line === 'exit') this.mode = { name: 'config' };
    else if (line === 'end') this.mode = { name: 'exec' };
    else if (line === 'delete ca-certificate') {
      if (trustpoint.certificates.length === 0 || this.running.usersOf(of).length > 0) {
        this.fail('could not perform CA certificate(s) deletion');
      } else trustpoint.certificates = [];
    } else if (!set(trustpoint, line, SETTINGS)) this.refuse(line);
  }

  #authenticate(name: string): void {
    const trustpoint = this.running.trustpoints.get(name);
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
      return issuer === undefined ? selfSigned(certificate) : isIssuedBy(certificate, issuer);
    });
    const [first] = certificates;
    const isFit = isChain && certificates.length <= LONGEST_CHAIN && certificates.every(({ ca }) => ca);
    if (first === undefined || !isFit) this.#abort();
    else {
      this.say(`Fingerprint(s): MD5 Fingerprint=${withColons(digestOf('md5', first))}`);
      this.mode = { name: 'accept', trustpoint, certificates };
    }
  }

  #decide(yes: boolean, { trustpoint, certificates }: Extract<Mode, { name: 'accept' }>): void {
    this.mode = { name: 'config' };
    if (yes) trustpoint.certificates = certificates;
    else this.#abort();
  }

  #abort(): void {
    this.fail('could not perform CA authentication');
    this.mode = { name: 'config' };
  }

  #remove(name: string): void {
    const trustpoint = this.running.trustpoints.get(name);
    const isUsed = this.running.usersOf(name).length > 0;
    // The guide wants the CA certificate deleted first; how the console refuses is not recorded.
    if (trustpoint === undefined || trustpoint.certificates.length > 0 || isUsed) {
      this.fail('the trustpoint is not removed');
    } else {
      this.running.trustpoints.delete(name);
    }
  }

  #show(name: string): void {
    const certificates = this.running.trustpoints.get(name)?.certificates ?? [];
    this.say(
      `Trustpoint: ${name}`,
      ...certificates.flatMap((certificate, index) => [
        `CA certificate ${index}:`,
        `subject= /${certificate.subject.replaceAll('\n', '/')}`,
        `issuer= /${certificate.issuer.replaceAll('\n', '/')}`,
        `serial=${certificate.serialNumber}`,
        `notBefore=${certificate.validFrom}`,
        `notAfter=${certificate.validTo}`,
        `SHA1 Fingerprint=${withColons(digestOf('sha1', certificate))}`,
        '',
      ]),
    );
  }
}

function withColons(hex: string): string {
  return (hex.match(/../g) ?? []).join(':');
}
