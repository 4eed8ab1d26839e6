/**
 * What the console models know of commands that name a trustpoint: the modes they stand in, and whether a new one takes the
 * place of an old one. Written from configurations of devices, not from the code under test.
 */

/** A command that names a trustpoint. */
export interface ReferenceModel {
  /** The modes it stands in, outermost first. */
  readonly modes: readonly RegExp[];
  /** Its group `name` is the trustpoint. */
  readonly command: RegExp;
  /** Whether several may stand beside one another. */
  readonly isList: boolean;
}

const one = (command: RegExp, ...modes: readonly RegExp[]): ReferenceModel => ({ modes, command, isList: false });
const several = (command: RegExp, ...modes: readonly RegExp[]): ReferenceModel => ({ modes, command, isList: true });

export const IOS_MODELS: readonly ReferenceModel[] = [
  one(/^ip http (?:client )?secure-trustpoint (?<name>\S+)$/),
  one(/^(?:tls|dtls) trustpoint (?:client|server) (?<name>\S+)$/, /^radius server \S+$/),
  one(/^crypto signaling default trustpoint (?<name>\S+)(?: cn-san-validate server)?$/, /^sip-ua$/),
  one(/^trustpoint (?<name>\S+)$/, /^voice class tls-profile \d+$/),
  one(/^trustpoint sign (?<name>\S+)$/, /^ip ssh server certificate profile$/, /^server$/),
  several(/^trustpoint verify (?<name>\S+)$/, /^ip ssh server certificate profile$/, /^user$/),
  several(/^pki trustpoint (?<name>\S+)(?: sign| verify)?$/, /^crypto ikev2 profile \S+$/),
  several(/^ca trust-point (?<name>\S+)$/, /^crypto isakmp profile \S+$/),
];

export const ASA_MODELS: readonly ReferenceModel[] = [
  one(/^ssl trust-point (?<name>\S+) \S+$/),
  one(/^crypto map \S+ \d+ set trustpoint (?<name>\S+)$/),
  several(/^crypto ikev2 remote-access trustpoint (?<name>\S+)$/),
  one(/^ikev1 trust-point (?<name>\S+)$/, /^tunnel-group \S+ ipsec-attributes$/),
  one(/^ikev2 local-authentication certificate (?<name>\S+)$/, /^tunnel-group \S+ ipsec-attributes$/),
  one(/^trustpoint idp (?<name>\S+)$/, /^webvpn$/, /^saml idp \S+$/),
];

export const NXOS_MODELS: readonly ReferenceModel[] = [
  one(/^grpc (?:client root )?certificate (?<name>\S+)$/),
  one(/^nxapi certificate trustpoint (?<name>\S+)$/),
];

export const XR_MODELS: readonly ReferenceModel[] = [one(/^trustpoint (?<name>\S+)$/, /^logging tls-server \S+$/)];

/** The references that a device is configured with. */
export class ConfiguredReferences {
  readonly #models: readonly ReferenceModel[];
  /** The command by its place; of a list each has a place of its own. */
  readonly #lines = new Map<string, { readonly name: string; readonly shown: string }>();

  constructor(models: readonly ReferenceModel[]) {
    this.#models = models;
  }

  /** Whether a line enters a mode in which references stand. */
  entersMode(modes: readonly string[], line: string): boolean {
    const path = [...modes, line];
    return this.#models.some((model) => path.length <= model.modes.length && fits(model.modes, path));
  }

  /**
   * A line that names a trustpoint, or takes that back.
   *
   * @returns null for a line that is none; otherwise what the device complains of, or nothing
   */
  enter(modes: readonly string[], line: string, isKnown: (name: string) => boolean): string | null {
    const isNo = line.startsWith('no ');
    const command = isNo ? line.slice(3) : line;
    for (const model of this.#models) {
      const name = model.command.exec(command)?.groups?.name;
      if (name === undefined || model.modes.length !== modes.length || !fits(model.modes, modes)) continue;
      const place = JSON.stringify([...modes, model.isList ? command : command.replace(name, '')]);
      if (isNo) return this.#lines.delete(place) ? '' : '% there is nothing to take back';
      if (!isKnown(name)) return `% trustpoint ${name} is not there`;
      this.#lines.set(place, { name, shown: [...modes, command].join(' / ') });
      return '';
    }
    return null;
  }

  uses(name: string): boolean {
    return [...this.#lines.values()].some((line) => line.name === name);
  }

  /** Each with its modes, sorted. */
  get shown(): readonly string[] {
    return [...this.#lines.values()].map(({ shown }) => shown).sort();
  }
}

function fits(patterns: readonly RegExp[], path: readonly string[]): boolean {
  return path.every((line, depth) => patterns[depth]?.test(line) === true);
}
