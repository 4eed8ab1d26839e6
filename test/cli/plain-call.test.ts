import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CalledCommand, Command, CommandModule } from '../../src/cli/command.ts';
import { commands, loadCommand } from '../../src/cli/commands.ts';
import { parseArguments } from '../../src/cli/parser.ts';
import { parsePlainCall } from '../../src/cli/plain-call.ts';
import { TrustError } from '../../src/errors.ts';

const numRuns = process.env.SLOW ? 5000 : 60;

const names = namesIn(commands).filter((name) => name !== 'keytool');

/** Every command by the words that call it. */
function namesIn(table: readonly Command[]): readonly string[] {
  return table.flatMap((command) => {
    const [name = ''] = command.usage.split(' ', 1);
    return 'subcommands' in command ? namesIn(command.subcommands).map((inner) => `${name} ${inner}`) : [name];
  });
}

async function callOf(argv: readonly string[]): Promise<CalledCommand> {
  const called = await loadCommand(argv);
  if (called === null) throw new Error(`${argv.join(' ')} names no command`);
  return called;
}

/** What a command declares, asked of yargs itself. */
function optionsOf(module: CalledCommand['module']): readonly string[] {
  const found: string[] = [];
  const listener = new Proxy(
    {},
    {
      get: (_, method) => (first: unknown) => {
        if (method === 'option') found.push(String(first));
        if (method === 'options') found.push(...Object.keys(first as object));
        return listener;
      },
    },
  );
  (module as CommandModule<unknown>).options(listener as never);
  return found;
}

/** What yargs makes of a call, without what it says of itself; null where it refuses. */
function byYargs(argv: readonly string[], called: CalledCommand): unknown {
  try {
    const { args, output } = parseArguments(argv, called, { columns: 80, shell: '' });
    if (args === null) return { output };
    return Object.fromEntries(Object.entries(args as object).filter(([name]) => name !== '_' && name !== '$0'));
  } catch (error) {
    if (error instanceof TrustError) return null;
    throw error;
  }
}

const texts = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('a.pem', 'b', 'jks', 'text', 'json', 'csv', '60d', '2026-11-30', '1/2', 'path'),
  },
  fc.constantFrom('', '-', '--', '-x', 'true', 'false', '0', '1e3', '0x10', 'a=b', '"q"', "'", 'a b', 'ü', '=', 'a,b'),
  fc.string({ maxLength: 4 }).filter((text) => !text.includes('\0')),
);

test.each(names)('%s: what is read as a plain call, yargs reads the same', async (name) => {
  const { module } = await callOf(name.split(' '));
  const declared = optionsOf(module);
  const word = fc.oneof(
    texts.map((text) => [text]),
    fc.tuple(fc.constantFrom(...declared), texts).map(([option, text]) => [`--${option}`, text]),
    fc.tuple(fc.constantFrom(...declared), texts).map(([option, text]) => [`--${option}=${text}`]),
    fc
      .constantFrom(...declared, 'no-such-option', 'help', 'version', 'no-json', 'Json')
      .map((option) => [`--${option}`]),
    fc.constantFrom(['-h'], ['-q'], ['--']),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 5 }), async (parts) => {
      const argv = [...name.split(' '), ...parts.flat()];
      const called = await callOf(argv);
      const plain = parsePlainCall(called);
      if (plain !== null) expect(plain).toEqual(byYargs(argv, called));
    }),
    { numRuns },
  );
});

describe('is plain', () => {
  test.each([
    'keystore list store.jks',
    'keystore list store.jks --json --storepass-env PW',
    'keystore add store.jks a.pem b.pem --expect-sha256 aa --expect-sha256=bb --at 2026-11-30 --yes',
    '--format json keystore diff a b',
    'check folder --warn 60d --fail-on expired --quiet',
    'validate a.pem --as path --crl x --crl y --purpose any',
    'snippet a.pem --platform ios --trustpoint ROOT --chain',
    'catalog list',
  ])('%s', async (line) => {
    const argv = line.split(' ');
    const called = await callOf(argv);
    const plain = parsePlainCall(called);
    expect(plain).not.toBeNull();
    expect(plain).toEqual(byYargs(argv, called));
  });
});

describe('is left to yargs', () => {
  test.each([
    'keystore list',
    'keystore list a b',
    'keystore list a --no-quiet',
    'keystore list a --json=true',
    'keystore list a --format json --json',
    'keystore list a --format xml',
    'keystore list a --storepass x --storepass y',
    'keystore list a --storepass',
    'keystore list a --storepass -x',
    'keystore list -- -a',
    'keystore list a --help',
    'keystore list a -h',
    'keystore list a --file b',
    'keystore list --quiet true',
    'inspect -',
    'keystore add a b --at soon',
    'snippet a.pem',
  ])('%s', async (line) => {
    const argv = line.split(' ');
    expect(parsePlainCall(await callOf(argv))).toBeNull();
  });
});
