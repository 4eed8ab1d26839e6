/**
 * Commands that change or make files, with a SIGINT before calls that they make to the file system around these: what is
 * there is the old file or the new one, whole, nothing is left beside it, and what the call says is so. Which calls there
 * are comes from watching a call that nothing happens to. Needs the build, which `npm test` makes first.
 */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeKeystore } from '../../src/store/codecs.ts';
import { FIXTURE_PASSWORD } from '../store/keystore-fixtures.ts';
import { AT } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';
import { type Ended, inParallel, NEW_ROOT, placeForTests, STORES, TIMEOUT } from './keystore-processes.ts';

const processes = placeForTests();

/** What a call works on. */
interface Place {
  /** Holds what may change, which is watched. */
  readonly folder: string;
  /** A keystore in it. */
  readonly store: string;
  /** A keystore that is to come into it. */
  readonly made: string;
  /** Inputs elsewhere. */
  readonly pem: string;
  readonly p12: string;
}

function newPlace(): Place {
  const [folder, inputs] = [processes.newFolder(), processes.newFolder()];
  const place = {
    ...{ folder, store: join(folder, 'tg.jks'), made: join(folder, 'new.jks') },
    ...{ pem: join(inputs, 'root.pem'), p12: join(inputs, 'old.p12') },
  };
  writeFileSync(place.store, STORES.JKS);
  writeFileSync(place.p12, STORES['PKCS#12']);
  writeFileSync(place.pem, NEW_ROOT.pem);
  return place;
}

const trusting = ['--expect-sha256', NEW_ROOT.certificate.sha256, '--at', AT.toISOString()];

interface Command {
  readonly name: string;
  readonly argv: (place: Place) => readonly string[];
  /** Every so manieth call is interrupted; all of them where there is time. */
  readonly stride: number;
  /** The file that it changes or makes. */
  readonly target: 'store' | 'made';
}

const COMMANDS: readonly Command[] = [
  {
    name: 'keystore add',
    argv: ({ store, pem }) => ['keystore', 'add', store, pem, ...trusting],
    ...{ stride: 5, target: 'store' },
  },
  {
    name: 'keystore remove',
    argv: ({ store }) => ['keystore', 'remove', store, '--alias', 'alpha-root', '--yes'],
    ...{ stride: 5, target: 'store' },
  },
  {
    name: 'keystore create',
    argv: ({ made, pem }) => ['keystore', 'create', made, pem, '--type', 'jks', ...trusting],
    ...{ stride: 1, target: 'made' },
  },
  {
    name: 'keystore convert',
    argv: ({ made, p12 }) => ['keystore', 'convert', p12, made, '--type', 'jks'],
    ...{ stride: 1, target: 'made' },
  },
  {
    name: 'rotate',
    argv: ({ folder, store, pem }) => [
      ...['rotate', pem, '--keystore', store, '--device', 'ios:NEW', ...trusting],
      ...['--out', join(folder, 'run')],
    ],
    ...{ stride: 25, target: 'store' },
  },
];

/** Calls that write files of the user's choice. */
const ANSWERS: readonly Pick<Command, 'name' | 'argv'>[] = [
  { name: 'inspect --split', argv: ({ folder, pem }) => ['inspect', pem, '--split', join(folder, 'out')] },
  {
    name: 'snippet --out',
    argv: ({ folder, pem }) => [
      'snippet',
      pem,
      ...trusting,
      '--platform',
      'ios',
      '--trustpoint',
      'NEW',
      '--out',
      join(folder, 'out'),
    ],
  },
  {
    name: 'check --output over another answer',
    argv: ({ pem, store }) => ['check', pem, '--at', AT.toISOString(), '--output', `nagios=${store}`, '--force'],
  },
];

const namesBelow = (folder: string) => readdirSync(folder, { recursive: true }).map(String).sort();
const leftoversBelow = (folder: string) => namesBelow(folder).filter((name) => /\.anchorctl-(?:lock|tmp)\./.test(name));

/** The files below a folder by their names. */
function contentsBelow(folder: string): Readonly<Record<string, string>> {
  const files = namesBelow(folder).filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), 'latin1')]));
}

/** Whether the file is the new one; it is the old one or none else, and whole. */
function isNew(path: string, before: Uint8Array | null): boolean {
  if (!existsSync(path)) {
    expect(before).toBeNull();
    return false;
  }
  const bytes = new Uint8Array(readFileSync(path));
  expect(decodeKeystore(bytes, { password: FIXTURE_PASSWORD }).integrity).toBe('verified');
  return before === null || Buffer.compare(before, bytes) !== 0;
}

/** What the process says of what became of the file is so. */
function expectTruth({ status, signal, stderr }: Ended, isDone: boolean, path: string): void {
  if (signal !== null) {
    // Nothing was begun.
    expect([signal, isDone]).toEqual(['SIGINT', false]);
  } else if (status === 130) {
    expect(stderr).toContain('[run/interrupted]');
    expect(stderr.includes(`; changed: ${path}`)).toBe(isDone);
    expect(/(?:nothing|no keystore) was changed/.test(stderr)).toBe(!isDone);
  } else {
    expect([status, stderr, isDone]).toEqual([0, '', true]);
  }
}

describe.each(COMMANDS)('$name', ({ argv, stride, target }) => {
  test(
    'interrupted anywhere, leaves the old or the new, says which, and goes on with the next call',
    async () => {
      const whole = newPlace();
      const { status, stderr, calls } = await processes.spawnCall(argv(whole), { folder: whole.folder });
      expect([status, stderr]).toEqual([0, '']);
      const step = process.env.SLOW === undefined ? stride : 1;
      const seen: Record<string, number> = {};

      const interrupt = async (interruptAt: number) => {
        const place = newPlace();
        const before = target === 'store' ? STORES.JKS : null;
        const ended = await processes.spawnCall(argv(place), { folder: place.folder, interruptAt });
        const isDone = isNew(place[target], before);
        expectTruth(ended, isDone, place[target]);
        expect(leftoversBelow(place.folder), calls[interruptAt - 1]).toEqual([]);
        if (!isDone && ended.signal !== null) expect(namesBelow(place.folder)).toEqual(['tg.jks']);
        const outcome = `${ended.signal ?? ended.status} with the ${isDone ? 'new' : 'old'}`;
        seen[outcome] = (seen[outcome] ?? 0) + 1;
        if (isDone && ended.status === 0) return;
        const again = await anchorctl([...argv(place)], { env: { ANCHORCTL_STOREPASS: FIXTURE_PASSWORD } });
        expect([again.status, again.stderr]).toEqual([0, '']);
        expect(isNew(place[target], before)).toBe(true);
      };
      const points = calls.map((_, index) => index + 1).filter((point) => point % step === 0);
      await inParallel(points, interrupt);

      expect(Object.keys(seen)).toEqual(
        expect.arrayContaining([expect.stringContaining('with the old'), '0 with the new']),
      );
      const counts = Object.entries(seen).map(([outcome, count]) => `${count} times ${outcome}`);
      process.stdout.write(`interrupted at ${points.length} of ${calls.length} calls: ${counts.join(', ')}\n`);
    },
    TIMEOUT,
  );
});

describe.each(ANSWERS)('$name', ({ argv }) => {
  test(
    'interrupted anywhere, leaves all of its files or what was there',
    async () => {
      const whole = newPlace();
      const before = contentsBelow(whole.folder);
      const { status, stderr, calls } = await processes.spawnCall(argv(whole), { folder: whole.folder });
      expect([status, stderr]).toEqual([0, '']);
      const after = contentsBelow(whole.folder);
      expect(after).not.toEqual(before);
      let finished = 0;

      await inParallel([...calls.keys()], async (index) => {
        const place = newPlace();
        const ended = await processes.spawnCall(argv(place), { folder: place.folder, interruptAt: index + 1 });
        const files = contentsBelow(place.folder);
        expect([before, after], calls[index]).toContainEqual(files);
        if (ended.status === 0) {
          expect(files).toEqual(after);
          finished++;
        } else {
          expect(ended.signal ?? ended.status).toBe(ended.signal === null ? 130 : 'SIGINT');
        }
      });
      expect(finished).toBeGreaterThan(0);
      process.stdout.write(`interrupted at ${calls.length} calls: ${finished} times with all files\n`);
    },
    TIMEOUT,
  );
});
