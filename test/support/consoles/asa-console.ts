/**
 * A model of the Cisco ASA console, as far as CA certificates go (docs/platforms/asa.md). Where only recollection says how a
 * question reads, the model asks it in that form and takes yes or no, nothing else.
 */
import type { X509Certificate } from 'node:crypto';
import { LAYOUTS } from '../running-config.ts';
import { serialOf, type TrustpointState } from './configuration.ts';
import { type ConsoleTraits, DeviceConsole, decodeOneCa, digestOf, selfSigned, set, splitCommand } from './console.ts';

/** The trustpoint that a dialog is about. */
interface Subject {
  readonly of: string;
  readonly trustpoint: TrustpointState;
}

type Mode =
  | { readonly name: 'trustpoint'; readonly trustpoint: TrustpointState }
  | { readonly name: 'chain'; readonly trustpoint: TrustpointState }
  | { readonly name: 'pem'; readonly subject: Subject; readonly asks: boolean; readonly lines: string[] }
  | { readonly name: 'accept'; readonly subject: Subject; readonly certificate: X509Certificate }
  | { readonly name: 'remove'; readonly remove: () => void };

const TRAITS: ConsoleTraits<Mode> = {
  prompts: {
    exec: 'ciscoasa# ',
    config: 'ciscoasa(config)# ',
    context: 'ciscoasa(config-sub)# ',
    trustpoint: 'ciscoasa(config-ca-trustpoint)# ',
    chain: 'ciscoasa(config-cert-chain)# ',
    pem: '',
    accept: 'Do you accept this certificate? [yes/no]: ',
    remove: 'Are you sure you want to do this? [yes/no]: ',
  },
  commandModes: ['trustpoint', 'chain'],
  keyword: 'crypto ca',
  layout: LAYOUTS.find(({ name }) => name === 'ASA') ?? null,
};

const SETTINGS: readonly RegExp[] = [
  /^enrollment terminal$/,
  /^revocation-check (?:none|(?:crl|ocsp|crl ocsp|ocsp crl)(?: none)?)$/,
  /^no validation-usage$/,
  /^no ca-check$/,
];

export class AsaConsole extends DeviceConsole<Mode> {
  constructor() {
    super(TRAITS);
    this.load('crypto ca trustpoint _SmartCallHome_ServerCA\n no validation-usage\n');
  }

  protected enter(line: string, mode: Mode): void {
    if (mode.name === 'trustpoint') this.#trustpoint(line.trimStart(), mode.trustpoint);
    else if (mode.name === 'chain') this.#chain(line.trimStart(), mode.trustpoint);
    else if (mode.name === 'pem') this.#pem(line, mode);
    else if (mode.name === 'accept') this.answer(line, (yes) => this.#decide(yes, mode));
    else
      this.answer(line, (yes) => {
        this.mode = { name: 'config' };
        if (yes) mode.remove();
      });
  }

  protected exec(line: string): void {
    const [, shown] = /^show crypto ca certificates ([\w.-]{1,32})$/.exec(line) ?? [];
    if (line === 'configure terminal') this.mode = { name: 'config' };
    else if (line === 'write memory') {
      this.say('Building configuration...', 'Cryptochecksum: 00000000 00000000 00000000 00000000', '[OK]');
      this.save();
    } else if (shown !== undefined) this.#show(shown);
    else this.refuse(line);
  }

  protected configure(line: string): boolean {
    const { command, name } = splitCommand(line.replace(/ nointeractive$/, ''), 'ca');
    const asks = !line.endsWith(' nointeractive');
    if (command === 'authenticate') this.#authenticate(name, asks);
    else if (!asks) return false;
    else if (command === 'trustpoint') this.mode = { name: 'trustpoint', trustpoint: this.running.trustpoint(name) };
    else if (command === 'certificate chain') this.#enterChain(name);
    else if (command === 'no trustpoint') this.#askToRemove(name);
    else return false;
    return true;
  }

  /** A transcript authenticates from here, without leaving the trustpoint first. */
  #trustpoint(line: string, trustpoint: TrustpointState): void {
    if (line === 'exit') this.mode = { name: 'config' };
    else if (line === 'end') this.mode = { name: 'exec' };
    else if (line.startsWith('crypto ca authenticate ') && this.configure(line)) return;
    else if (!set(trustpoint, line, SETTINGS)) this.refuse(line);
  }

  #failUnknown(name: string): void {
    this.fail(`ERROR: CA trustpoint '${name}' is not known.`);
  }

  #authenticate(name: string, asks: boolean): void {
    const trustpoint = this.running.trustpoints.get(name);
    if (trustpoint === undefined) this.#failUnknown(name);
    else if (trustpoint.certificates.length > 0) this.fail('ERROR: the trustpoint has a CA certificate');
    else if (!trustpoint.settings.includes('enrollment terminal')) this.fail('ERROR: no enrollment over the terminal');
    else {
      const [what, end] = asks
        ? ['Enter the base 64 encoded CA certificate.', 'End with the word "quit" on a line by itself']
        : ['Enter the certificate in base64 representation....', 'End with the word "quit" on a line by itself.'];
      this.say(what, end, '');
      this.mode = { name: 'pem', subject: { of: name, trustpoint }, asks, lines: [] };
    }
  }

  /** Only `quit` ends the input; blank lines in it do no harm. */
  #pem(line: string, { subject, asks, lines }: Extract<Mode, { name: 'pem' }>): void {
    if (line !== 'quit') {
      if (line !== '') lines.push(line);
      return;
    }
    const certificate = decodeOneCa(lines);
    if (certificate === null) {
      this.mode = { name: 'config' };
      this.fail('ERROR: the certificate is not taken');
      return;
    }
    const fingerprint = (digestOf('md5', certificate).toLowerCase().match(/.{8}/g) ?? []).join(' ');
    this.say('INFO: Certificate has the following attributes:', `Fingerprint:     ${fingerprint}`);
    const accept = { name: 'accept', subject, certificate } as const;
    if (asks) this.mode = accept;
    else this.#decide(true, accept);
  }

  #decide(accepted: boolean, { subject, certificate }: Extract<Mode, { name: 'accept' }>): void {
    this.mode = { name: 'config' };
    if (!accepted) {
      this.fail('ERROR: the certificate is rejected');
      return;
    }
    if (!selfSigned(certificate)) {
      this.say('', `Trustpoint '${subject.of}' is a subordinate CA and holds a non self-signed certificate.`);
    }
    subject.trustpoint.certificates.push(certificate);
    this.say('', 'Trustpoint CA certificate accepted.', '', '% Certificate successfully imported');
  }

  #askToRemove(name: string): void {
    if (!this.running.trustpoints.has(name)) this.#failUnknown(name);
    else if (this.running.usersOf(name).length > 0) this.fail(`ERROR: the trustpoint ${name} is in use`);
    else {
      this.say(
        'WARNING: Removing an enrolled trustpoint will destroy all certificates received from the related Certificate Authority.',
      );
      this.mode = {
        name: 'remove',
        remove: () => {
          this.running.trustpoints.delete(name);
          this.say('INFO: Be sure to ask the CA administrator to revoke your certificates.');
        },
      };
    }
  }

  #enterChain(name: string): void {
    const trustpoint = this.running.trustpoints.get(name);
    if (trustpoint === undefined) this.#failUnknown(name);
    else this.mode = { name: 'chain', trustpoint };
  }

  /** A certificate can be taken out by its serial number; that rows of hex can be typed is not documented. */
  #chain(line: string, trustpoint: TrustpointState): void {
    const [, serial] = /^no certificate ca ([0-9a-f]+)$/.exec(line) ?? [];
    const removed = trustpoint.certificates.find((certificate) => serialOf(certificate).toLowerCase() === serial);
    if (line === 'exit') this.mode = { name: 'config' };
    else if (line === 'end') this.mode = { name: 'exec' };
    else if (removed === undefined) this.refuse(line);
    else {
      this.say(
        'WARNING: The CA certificate will be disassociated from this trustpoint and will be removed if it is not associated with any other trustpoint. Any other certificates issued by this CA and associated with this trustpoint will also be removed.',
      );
      this.mode = {
        name: 'remove',
        remove: () => {
          trustpoint.certificates = trustpoint.certificates.filter((certificate) => certificate !== removed);
        },
      };
    }
  }

  #show(name: string): void {
    const certificates = this.running.trustpoints.get(name)?.certificates ?? [];
    const rdns = (dn: string) =>
      dn
        .split('\n')
        .reverse()
        .map((rdn) => `    ${rdn.replace(/^[A-Z]+/, (type) => type.toLowerCase())}`);
    for (const certificate of certificates) {
      this.say(
        'CA Certificate',
        '  Status: Available',
        `  Certificate Serial Number: ${serialOf(certificate).toLowerCase()}`,
        '  Certificate Usage: Signature',
        '  Issuer Name: ',
        ...rdns(certificate.issuer),
        '  Subject Name: ',
        ...rdns(certificate.subject),
        `  Associated Trustpoints: ${name} `,
        '',
      );
    }
  }
}
