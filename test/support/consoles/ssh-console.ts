/**
 * Console models behind SSH, as a terminal program meets them: what is typed comes back, CR and LF each end a line, lines
 * end with CR LF, and the prompt stands before the next one. The client asks for a terminal and a shell (RFC 4254 6.2, 6.5).
 */
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import ssh2, { type ClientChannel, type ServerChannel } from 'ssh2';
import type { Console } from './cases.ts';

/** A device that can be reached over the loopback, for as long as the test wants. */
export interface SshServer {
  /** A session of its own, at the first prompt of this console. */
  readonly open: (console: Console) => Promise<Terminal>;
  readonly close: () => Promise<void>;
}

/** A device waits for the next line: at a prompt, at a question, or for a certificate. */
const WAITS = /(?:# ?|\[yes\/no\]: ?|line by itself\.?\r\n(?:\r\n)?|END OF INPUT :\r\n)$/;

/** The end of a session that a person sees. */
export class Terminal {
  readonly #channel: ClientChannel;
  #received = '';
  #onArrival: () => void = () => undefined;

  constructor(channel: ClientChannel) {
    this.#channel = channel;
    const arrive = (): void => this.#onArrival();
    channel.setEncoding('latin1');
    channel.on('data', (text: string) => {
      this.#received += text;
      arrive();
    });
    channel.on('close', arrive);
  }

  /** Everything that the device has shown. */
  get received(): string {
    return this.#received;
  }

  /** Sends text in pieces of these sizes, over and over; in one piece where there are none. */
  paste(text: string, sizes: readonly number[] = [text.length]): void {
    for (let start = 0, turn = 0; start < text.length; turn += 1) {
      const size = sizes[turn % sizes.length] ?? text.length;
      this.#channel.write(text.slice(start, start + size));
      start += size;
    }
  }

  /** Sends each line when the device waits for one; rows of a certificate when it has shown the row before. */
  async typeLines(text: string): Promise<void> {
    let isCertificate = false;
    await this.#until(0, '', WAITS);
    for (const line of text.split('\n').slice(0, -1)) {
      const start = this.#received.length;
      if (line.startsWith('-----BEGIN ')) isCertificate = true;
      this.#channel.write(`${line}\r`);
      await this.#until(start, `${line}\r\n`, isCertificate ? /^/ : WAITS);
      if (line.startsWith('-----END ')) isCertificate = false;
    }
  }

  /** Ends the input and waits until the device has taken all of it. */
  async close(): Promise<void> {
    const closed = once(this.#channel, 'close');
    this.#channel.end();
    await closed;
  }

  async #until(start: number, echo: string, state: RegExp): Promise<void> {
    const isReached = () => {
      const shown = this.#received.slice(start);
      return shown.startsWith(echo) && state.test(shown.slice(echo.length));
    };
    while (!isReached()) {
      if (this.#channel.closed)
        throw new Error(`the session ended after ${JSON.stringify(this.#received.slice(-200))}`);
      await new Promise<void>((resolve) => {
        this.#onArrival = resolve;
      });
    }
  }
}

/** Starts a server on a free port of the loopback, with a key of its own, and connects to it. */
export async function startSshServer(): Promise<SshServer> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const waiting: Console[] = [];
  const server = new ssh2.Server({ hostKeys: [privateKey.export({ type: 'pkcs1', format: 'pem' })] }, (connection) => {
    connection.on('authentication', (context) => context.accept());
    connection.on('session', (accept) => {
      const session = accept();
      session.on('pty', (acceptTerminal) => acceptTerminal());
      session.on('shell', (acceptShell) => {
        const console = waiting.shift();
        if (console !== undefined) serve(console, acceptShell());
      });
    });
  });
  // Typing is many small packets, none of which should wait for another.
  const listener = createServer({ noDelay: true }, (socket) => server.injectSocket(socket));
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const client = new ssh2.Client();
  client.connect({ sock: connect({ host: '127.0.0.1', port, noDelay: true }), username: 'admin', password: '' });
  await once(client, 'ready');
  return {
    open: (console) =>
      new Promise((resolve, reject) => {
        waiting.push(console);
        client.shell({ term: 'vt100', cols: 80, rows: 24 }, (error, channel) =>
          error === undefined ? resolve(new Terminal(channel)) : reject(error),
        );
      }),
    close: async () => {
      const closed = once(client, 'close');
      client.end();
      await closed;
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}

function serve(console: Console, channel: ServerChannel): void {
  let typed = '';
  channel.write(console.prompt);
  channel.on('data', (bytes: Buffer) => {
    let shown = '';
    for (const character of bytes.toString('latin1')) {
      if (character === '\r' || character === '\n') {
        shown += `\r\n${answersTo(console, typed)}${console.prompt}`;
        typed = '';
      } else {
        shown += character;
        typed += character;
      }
    }
    channel.write(shown);
  });
  channel.on('end', () => {
    channel.exit(0);
    channel.end();
  });
}

/** What a line makes the console say, without the line itself. */
function answersTo(console: Console, line: string): string {
  const before = console.screen.length;
  console.paste(`${line}\n`);
  return console.screen
    .slice(before + 1)
    .map((text) => `${text}\r\n`)
    .join('');
}
