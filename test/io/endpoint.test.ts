import dns from 'node:dns';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer, type TlsOptions } from 'node:tls';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { parseEndpoint, readEndpoint } from '../../src/io/endpoint.ts';
import { type Issued, issue } from '../support/certificates.ts';

let root: Issued;
let server: Issued;
let listening: { readonly port: number; readonly close: () => void } | null = null;

beforeAll(() => {
  root = issue({ subject: 'CN=Root' });
  server = issue({ subject: 'CN=localhost', issuer: root, basicConstraints: null, keyUsage: null });
});
afterEach(() => {
  vi.restoreAllMocks();
  listening?.close();
  listening = null;
});

async function listen(listener: Server): Promise<string> {
  const open = new Set<Socket>();
  listener.on('connection', (socket) => open.add(socket));
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listening = {
    port,
    close: () => {
      for (const socket of open) socket.destroy();
      listener.close();
    },
  };
  return `tls://127.0.0.1:${port}`;
}

function tlsServer(chain: readonly Issued[], options: TlsOptions = {}): Promise<string> {
  const listener = createServer({
    key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    cert: chain.map(({ pem }) => pem).join(''),
    ...options,
  });
  listener.on('tlsClientError', () => {});
  return listen(listener);
}

describe('readEndpoint', () => {
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;

  test.each<{ name: string; options: () => TlsOptions }>([
    { name: 'TLS 1.3', options: () => ({ minVersion: 'TLSv1.3' }) },
    { name: 'TLS 1.2', options: () => ({ maxVersion: 'TLSv1.2' }) },
    { name: 'TLS 1.0, of old appliances', options: () => old },
    { name: 'TLS 1.3 and wants a certificate of ours', options: () => ({ requestCert: true, ca: root.pem }) },
    {
      name: 'TLS 1.2 and wants a certificate of ours',
      options: () => ({ requestCert: true, ca: root.pem, maxVersion: 'TLSv1.2' }),
    },
  ])('reads the chain of a server that speaks $name', async ({ options }) => {
    const endpoint = await tlsServer([server, root], options());
    expect(await readEndpoint(endpoint)).toEqual([server.der, root.der]);
  });

  test('reads what the server sends, and no more', async () => {
    expect(await readEndpoint(await tlsServer([server]))).toEqual([server.der]);
  });

  test.each<{ name: string; options: TlsOptions }>([
    { name: 'TLS 1.2', options: { maxVersion: 'TLSv1.2' } },
    { name: 'TLS_AES_128_GCM_SHA256', options: { ciphers: 'TLS_AES_128_GCM_SHA256' } },
    { name: 'TLS_AES_256_GCM_SHA384', options: { ciphers: 'TLS_AES_256_GCM_SHA384' } },
    { name: 'TLS_CHACHA20_POLY1305_SHA256', options: { ciphers: 'TLS_CHACHA20_POLY1305_SHA256' } },
    { name: 'TLS 1.3 after a retry', options: { minVersion: 'TLSv1.3', ecdhCurve: 'P-521' } },
  ])('reads what is sent beside the chain, in its order, by $name', async ({ options }) => {
    const next = issue({ subject: 'CN=Next Root' });
    const ca = issue({ subject: 'CN=CA', issuer: root });
    const crossed = issue({ subject: 'CN=CA', issuer: next, key: ca.privateKey });
    const own = issue({
      subject: 'CN=localhost',
      issuer: ca,
      key: server.privateKey,
      basicConstraints: null,
      keyUsage: null,
    });
    const crowd = Array.from({ length: 40 }, (_, i) => issue({ subject: `CN=${i} ${'x'.repeat(400)}` }));
    const sent = [own, crossed, ca, ...crowd];
    const endpoint = await tlsServer(sent, options);
    expect((await readEndpoint(endpoint)).map((der) => Buffer.from(der).toString('hex'))).toEqual(
      sent.map(({ der }) => Buffer.from(der).toString('hex')),
    );
  });

  test.each<{ name: string; options: TlsOptions }>([
    { name: 'TLS 1.2', options: { maxVersion: 'TLSv1.2' } },
    { name: 'TLS 1.3', options: { minVersion: 'TLSv1.3' } },
  ])('reads all that a server sends, or says that it is too much, by $name', async ({ options }) => {
    const one = issue({ subject: 'CN=One of many' });
    const many = Array.from({ length: 200 }, () => one);
    expect(await readEndpoint(await tlsServer([server, ...many], options))).toHaveLength(201);
    listening?.close();
    const endpoint = await tlsServer([server, ...many, ...many, ...many, ...many], options);
    await expect(readEndpoint(endpoint)).rejects.toMatchObject({
      message: 'no TLS handshake: excessive message size',
      hint: expect.stringContaining('no more than 100 kB of certificates are taken'),
    });
  });

  test('says the name of the host to a server with several', async () => {
    const names: string[] = [];
    const endpoint = await tlsServer([server], {
      SNICallback: (name, done) => {
        names.push(name);
        done(null);
      },
    });
    await readEndpoint(endpoint.replace('127.0.0.1', 'localhost'));
    expect(names).toEqual(['localhost']);
  });

  test.each([
    ['without the dot at its end (RFC 6066 section 3)', 'localhost.', 'localhost'],
    ['of letters beyond ASCII as name servers know it', 'bücher.example', 'xn--bcher-kva.example'],
  ])('says a name %s', async (_how, host, expected) => {
    const names: string[] = [];
    const endpoint = await tlsServer([server], {
      SNICallback: (name, done) => {
        names.push(name);
        done(null);
      },
    });
    vi.spyOn(dns, 'lookup').mockImplementation(((_host: string, _options: unknown, callback: CallableFunction) => {
      callback(null, [{ address: '127.0.0.1', family: 4 }]);
    }) as typeof dns.lookup);
    await readEndpoint(endpoint.replace('127.0.0.1', host));
    expect(names).toEqual([expected]);
  });

  test.each<{ name: string; answer: (socket: Socket) => void; message: string; timeoutMs?: number }>([
    {
      name: 'speaks no TLS',
      answer: (socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n'),
      message: 'no TLS handshake: wrong version number',
    },
    { name: 'hangs up', answer: (socket) => socket.end(), message: 'the server closed the connection' },
    { name: 'resets', answer: (socket) => socket.resetAndDestroy(), message: 'the server closed the connection' },
    { name: 'says nothing', answer: () => {}, message: 'the server did not answer in time', timeoutMs: 300 },
  ])('refuses a server that $name', async ({ answer, message, timeoutMs = 20_000 }) => {
    const endpoint = await listen(createTcpServer(answer));
    await expect(readEndpoint(endpoint, { timeoutMs })).rejects.toMatchObject({
      code: 'input/not-readable',
      message,
      at: { source: endpoint },
      hint: expect.stringMatching(/^check /),
    });
  });

  test.each([
    // Releases of OpenSSL put different words before those of the alert.
    { name: 'knows no such name', alert: 112, message: /^no TLS handshake: .*unrecognized name$/ },
    { name: 'has no cipher suite for us', alert: 40, message: /^no TLS handshake: .*alert handshake failure$/ },
  ])('of one that $name it is not said that it speaks no TLS', async ({ alert, message }) => {
    const answer = (socket: Socket) =>
      void socket.once('data', () => socket.end(Uint8Array.of(21, 3, 3, 0, 2, 2, alert)));
    await expect(readEndpoint(await listen(createTcpServer(answer)))).rejects.toMatchObject({
      message: expect.stringMatching(message),
      hint: expect.stringMatching(/^the server speaks TLS and turns this call away: .*--servername/),
    });
  });

  test('says when the name is not found out in time, and when it was given up', async () => {
    vi.spyOn(dns, 'lookup').mockImplementation((() => {}) as unknown as typeof dns.lookup);
    await expect(readEndpoint('tls://gw.example.com', { timeoutMs: 100 })).rejects.toMatchObject({
      message: 'the name of the host cannot be looked up now',
      hint: 'check the name server of this machine, or give the address',
    });
    await expect(readEndpoint('tls://gw.example.com', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      message: 'no TLS handshake: it was given up',
    });
  });

  test('says when nobody listens', async () => {
    const endpoint = await tlsServer([server]);
    listening?.close();
    await expect(readEndpoint(endpoint)).rejects.toMatchObject({
      message: 'the connection was refused',
      hint: 'check the port, and that the service runs',
    });
  });

  test('says when there is no such host', async () => {
    // Reserved for this by RFC 6761; a machine without a name server cannot tell.
    await expect(readEndpoint('tls://no-such-host.invalid:443', { timeoutMs: 3000 })).rejects.toMatchObject({
      code: 'input/not-readable',
      message: expect.stringMatching(/no host of that name|cannot be looked up now|did not answer/),
      hint: expect.stringMatching(/^check /),
    });
  });
});

test('a server that does not show that it has the key of its certificate has shown nothing', async () => {
  await tlsServer([server, root], { maxVersion: 'TLSv1.2' });
  const behind = listening;
  const proxy = changing(behind?.port ?? 0, (flight) => {
    // Before the ServerHelloDone of 9 octets stands the signature over the key exchange.
    flight.writeUInt8((flight.at(-12) ?? 0) ^ 1, flight.length - 12);
    return flight;
  });
  const endpoint = await listen(proxy);
  await expect(readEndpoint(endpoint)).rejects.toMatchObject({ code: 'input/not-readable' });
  behind?.close();
});

/** Passes everything on, what the server says first as it is changed. */
const changing = (port: number, change: (flight: Buffer) => Buffer): Server =>
  createTcpServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    upstream.once('data', (flight: Buffer) => {
      client.write(change(flight));
      upstream.pipe(client);
    });
    client.pipe(upstream);
    for (const socket of [client, upstream]) socket.on('error', () => {});
  });

test.each<{ name: string; options: TlsOptions }>([
  { name: 'TLS 1.2', options: { maxVersion: 'TLSv1.2' } },
  { name: 'TLS 1.2 and wants a certificate of ours', options: { maxVersion: 'TLSv1.2', requestCert: true } },
  { name: 'TLS 1.3', options: { minVersion: 'TLSv1.3' } },
])('all that is sent is read behind a warning that the name is not known ($name)', async ({ options }) => {
  const crossed = issue({ subject: 'CN=Of no chain' });
  await tlsServer([server, crossed, root], { ca: root.pem, ...options });
  const behind = listening;
  // RFC 6066 section 3: servers of Java warn so.
  const warning = Uint8Array.of(21, 3, 3, 0, 2, 1, 112);
  const endpoint = await listen(changing(behind?.port ?? 0, (flight) => Buffer.concat([warning, flight])));
  expect(await readEndpoint(endpoint)).toEqual([server.der, crossed.der, root.der]);
  behind?.close();
});

/** Takes renegotiation_info out of a ServerHello, which servers from before RFC 5746 do not send. */
function withoutRenegotiationInfo(flight: Buffer): Buffer {
  // Record and message header, version and random; session id; suite and compression.
  const extensionsAt = 44 + (flight[43] ?? 0) + 3;
  const at = flight.indexOf(Buffer.from('ff01000100', 'hex'), extensionsAt);
  const changed = Buffer.concat([flight.subarray(0, at), flight.subarray(at + 5)]);
  changed.writeUInt16BE(flight.readUInt16BE(3) - 5, 3);
  changed.writeUIntBE(flight.readUIntBE(6, 3) - 5, 6, 3);
  changed.writeUInt16BE(flight.readUInt16BE(extensionsAt) - 5, extensionsAt);
  return changed;
}

test('reads a server that is older than secure renegotiation', async () => {
  await tlsServer([server, root], { maxVersion: 'TLSv1.2' });
  const behind = listening;
  expect(await readEndpoint(await listen(changing(behind?.port ?? 0, withoutRenegotiationInfo)))).toEqual([
    server.der,
    root.der,
  ]);
  behind?.close();
});

describe('a server that breaks off', () => {
  /** Passes on so many records of what a server says first, and hangs up. */
  const breakingOffAfter = (records: number, port: number): Server =>
    createTcpServer((client) => {
      const upstream = connect(port, '127.0.0.1');
      let flight = Buffer.alloc(0);
      upstream.on('data', (bytes: Buffer) => {
        flight = Buffer.concat([flight, bytes]);
        let end = 0;
        for (let i = 0; i < records && end + 5 <= flight.length; i++) end += 5 + flight.readUInt16BE(end + 3);
        if (end > 0 && end <= flight.length) client.end(flight.subarray(0, end));
      });
      client.pipe(upstream);
      for (const socket of [client, upstream]) socket.on('error', () => {});
    });

  async function readUpTo(records: number, options: TlsOptions): Promise<readonly Uint8Array[] | string> {
    await tlsServer([server, root], options);
    const behind = listening;
    try {
      return await readEndpoint(await listen(breakingOffAfter(records, behind?.port ?? 0)));
    } catch (error) {
      return (error as Error).message;
    } finally {
      listening?.close();
      behind?.close();
    }
  }

  test.each<{ name: string; options: TlsOptions; records: number }>([
    // ServerHello, Certificate, ServerKeyExchange.
    { name: 'TLS 1.2', options: { maxVersion: 'TLSv1.2' }, records: 3 },
    // ServerHello, ChangeCipherSpec, EncryptedExtensions, Certificate, CertificateVerify.
    { name: 'TLS 1.3', options: { minVersion: 'TLSv1.3' }, records: 5 },
  ])('before its flight is whole has not shown that it has the key ($name)', async ({ options, records }) => {
    for (let sent = 1; sent <= records; sent++) {
      expect(await readUpTo(sent, options)).toBe('the server closed the connection');
    }
  });

  test('after it has signed the key exchange has shown it', async () => {
    expect(await readUpTo(4, { maxVersion: 'TLSv1.2' })).toEqual([server.der, root.der]);
  });

  test('has shown nothing where the key exchange proves nothing before the end', async () => {
    const rsa = issue({ subject: 'CN=localhost', key: 'rsa2048', basicConstraints: null, keyUsage: null });
    const options: TlsOptions = {
      key: rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }),
      cert: rsa.pem,
      maxVersion: 'TLSv1.2',
      ciphers: 'AES128-SHA@SECLEVEL=0',
    };
    expect(await readEndpoint(await tlsServer([server], options))).toEqual([rsa.der]);
    listening?.close();
    expect(await readUpTo(3, options)).toBe('the server closed the connection');
  });
});

describe('parseEndpoint', () => {
  test.each([
    ['tls://gw.example.com:8443', 'gw.example.com', 8443],
    ['TLS://gw.example.com', 'gw.example.com', 443],
    ['tls://10.0.0.1:443/', '10.0.0.1', 443],
    ['tls://[2001:db8::1]:8443', '2001:db8::1', 8443],
    ['tls://Bücher.example', 'xn--bcher-kva.example', 443],
  ])('reads %s', (argument, host, port) => {
    expect(parseEndpoint(argument)).toEqual({ host, port });
  });

  test.each([
    'tls://',
    'tls://:443',
    'https://gw',
    'tls://gw:0',
    'tls://gw:65536',
    'tls://gw:https',
    'tls://gw/path',
    'tls://user@gw',
    'tls://[gw]:443',
    'tls://2001:db8::1',
    'tls://a b',
    'tls://ü\u202e.example',
  ])('refuses %s', (argument) => {
    expect(() => parseEndpoint(argument)).toThrow(
      expect.objectContaining({ code: 'usage/bad-value', at: { source: argument } }),
    );
  });
});
