/** `check` and `inspect` of certificates that RFC 5280 rules out: read, and told of. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { issue } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';

const AT = ['--at', '2026-11-01T00:00:00Z'];

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchorctl-check-'));
  file = join(folder, 'router.pem');
});
afterEach(() => rmSync(folder, { recursive: true }));

const router = { subject: 'CN=Router', version: 4 };

test('one that is valid for long has a warning', async () => {
  const { pem, certificate } = issue(router);
  writeFileSync(file, pem);
  const call = await anchorctl(['check', ...AT, '--json', file]);
  expect(call.status).toBe(0);
  expect(call.json()).toMatchObject({
    summary: { certificates: 1, ok: 1, errors: 0 },
    certificates: [{ level: 'ok', sha256: certificate.sha256 }],
    findings: [
      {
        code: 'certificate/defect',
        severity: 'warning',
        message: 'CN=Router: version 4 is none that X.509 has',
        sha256: certificate.sha256,
        source: { input: file, line: 1 },
      },
    ],
  });
  expect((await anchorctl(['check', ...AT, '--fail-on', 'warning', file])).status).toBe(1);
  const { stdout } = await anchorctl(['check', ...AT, file]);
  expect(stdout).toContain('[certificate/defect]');
});

test.each(['csv', 'ics', 'ndjson', 'openmetrics', 'prometheus'])(
  '%s, which lists certificates alone, leaves it to stderr',
  async (format) => {
    writeFileSync(file, issue(router).pem);
    const call = await anchorctl(['check', ...AT, '--fail-on', 'warning', '--format', format, file]);
    expect(call.status).toBe(1);
    expect(call.stderr).toMatch(/^warning: .*router\.pem line 1: .* \[certificate\/defect\]/);
  },
);

test.each(['', '\n    codes: [certificate/defect]'])('a policy may leave it be%j', async (codes) => {
  const { pem, certificate } = issue(router);
  writeFileSync(file, pem);
  const policy = join(folder, 'anchorctl.yaml');
  const exception = `sha256: ${certificate.sha256}\n    reason: delivered so\n    until: 2030-01-01${codes}`;
  writeFileSync(policy, `version: 1\nignore:\n  - ${exception}\n`);
  expect((await anchorctl(['check', ...AT, '--fail-on', 'warning', '--policy', policy, file])).status).toBe(0);
});

test('a damaged copy is an error', async () => {
  const { pem } = issue({ ...router, badSignature: true });
  writeFileSync(file, pem);
  expect((await anchorctl(['check', ...AT, file])).status).toBe(3);
  const { status, stderr } = await anchorctl(['inspect', file]);
  expect(status).toBe(3);
  expect(stderr).toContain('a damaged copy of CN=Router: its own signature fails, and version 4 is none');
});

test('one that a server sends is noted, too', async () => {
  const { pem, privateKey } = issue(router);
  const server = createServer({ key: privateKey.export({ type: 'pkcs8', format: 'pem' }), cert: pem });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const name = `tls://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const { status, stdout } = await anchorctl(['inspect', name]);
    expect(status).toBe(0);
    expect(stdout).toContain('CN=Router: version 4 is none that X.509 has [certificate/defect]');
    expect((await anchorctl(['inspect', '--strict', name])).status).toBe(3);
  } finally {
    server.close();
  }
});

test('inspect notes it, and refuses it where it is to be strict', async () => {
  writeFileSync(file, issue(router).pem);
  const { status, stdout } = await anchorctl(['inspect', file]);
  expect(status).toBe(0);
  expect(stdout).toContain('CN=Router: version 4 is none that X.509 has [certificate/defect]');
  expect((await anchorctl(['inspect', '--strict', file])).status).toBe(3);
});
