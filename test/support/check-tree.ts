/**
 * A tree of files for `check` in which everything is that a format has to take: every level, names and texts that mean
 * something to some reader, a damaged file, a locked keystore, an archive, a device. The same bytes in every run.
 */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { zipSync } from 'fflate';
import { encodeKeystore } from '../../src/store/new-keystore.ts';
import { type Issued, type IssueOptions, issue, toPem } from './certificates.ts';

/** The instant as of which the tree is made to be checked. */
export const TREE_AT = '2026-11-01T00:00:00Z';

const DAY = 86_400_000;
const FIXTURES = join(import.meta.dirname, '../../fixtures');
/** RFC 8410: everything of a PKCS#8 Ed25519 key before its 32 bytes. */
const ED25519_HEAD = '302e020100300506032b657004220420';

/** Signatures of Ed25519 are the same in every run. */
function keyOf(number: number): KeyObject {
  const seed = Buffer.alloc(32, number);
  return createPrivateKey({
    key: Buffer.concat([Buffer.from(ED25519_HEAD, 'hex'), seed]),
    format: 'der',
    type: 'pkcs8',
  });
}

let made = 0;

/** A certificate that ends so many days after `TREE_AT`. */
function ending(days: number, subject: string, options: IssueOptions = {}): Issued {
  return issue({
    subject,
    key: keyOf(++made),
    serialNumber: BigInt(made),
    notBefore: new Date('2024-02-29T00:00:00Z'),
    notAfter: new Date(Date.parse(TREE_AT) + days * DAY),
    ...options,
  });
}

/** With the serial number -5, which no CA may give and every program has to live with; the signature does not hold then. */
function withNegativeSerial({ der }: Issued): string {
  const copy = Buffer.from(der);
  const version = copy.indexOf(Buffer.from('a003020102', 'hex'));
  copy[version + 7] = 0xfb;
  return toPem(copy);
}

const LEAF: IssueOptions = { basicConstraints: null, keyUsage: ['digitalSignature'] };

const SHOW = `R1#show crypto pki certificates
CA Certificate
  Status: Available
  Certificate Serial Number (hex): 00DC
  Certificate Usage: Signature
  Issuer: 
    cn=Device Root
  Subject: 
    cn=Device Root
  Validity Date: 
    start date: 09:17:52 UTC Jun 2 2022
    end   date: 09:17:52 UTC Nov 10 2026
  Associated Trustpoints: OLD-ROOT 
`;

/** Every file of the tree by its path, with slashes. */
function files(): Readonly<Record<string, string | Uint8Array>> {
  made = 0;
  const fine = ending(400, 'CN=Fine Root,O=Example,C=CH');
  const soon = ending(30, 'CN=soon.example.test', { ...LEAF, issuer: fine });
  const critical = ending(13.5, 'CN=critical.example.test', LEAF);
  const future = ending(3000, 'CN=Next Root', { notBefore: new Date('2026-11-01T00:00:01Z') });
  const forever = ending(0, 'CN=Forever', { notAfter: new Date('9999-12-31T23:59:59Z') });
  const odd = ending(400, 'CN=Größe 100% “quoted”,OU=Ops & Co,O=A\\B');
  const store = {
    'old "root" = 1; x,y:z|#': ending(-400.25, 'CN=Old Root'),
    fine,
  };
  return {
    'bundle.pem': `# two of them, one twice\n${fine.pem}${soon.pem}${fine.pem}`,
    'critical.pem': critical.pem,
    'future.der': future.der,
    'forever.pem': forever.pem,
    'sub folder/100% "a", b: c|d.pem': withNegativeSerial(odd),
    "sub folder/it's <b>&amp; [x](y) $HOME `id`.pem": ending(5, 'CN=[click](http://evil.example)').pem,
    'sub folder/two\nlines # SKIP.pem': ending(-1, 'CN=a\r\n::error::b\u202e').pem,
    'sub folder/\u2028=1+1;.pem': ending(1, 'CN==HYPERLINK("http://evil.example")').pem,
    'sub folder/a\\|b.pem': ending(59.999, 'CN=<img src=x onerror=alert(1)>|\\|`{0}` {{#if}}; days_left=999').pem,
    'archive.zip': zipSync({ 'inner/<c>|d.cer': ending(12, 'CN=In an archive').der }, { mtime: '2026-01-01T00:00:00' }),
    'stores/trust.jks': encodeKeystore(
      Object.entries(store).map(([alias, { certificate }]) => ({
        alias,
        kind: 'trusted-certificate',
        certificate: certificate.der,
        created: new Date(TREE_AT),
      })),
      { type: 'jks', password: 'Test123%' },
    ),
    'stores/locked.p12': readFileSync(join(FIXTURES, 'keystores/gateway-java17.p12')),
    'router/show.txt': SHOW,
    'router/no-date.txt': SHOW.replace(/ {2}Validity Date:.*2026\n/s, '').replaceAll('Device Root', 'Undated Root'),
    'damaged/cut.pem': soon.pem.slice(0, 200),
    'damaged/printed.txt': readFileSync(join(FIXTURES, 'text/guide-certificate-block.txt')),
    'notes.txt': 'nothing here\n',
  };
}

/** Writes the tree into a folder. */
export function writeCheckTree(folder: string): void {
  for (const [path, content] of Object.entries(files())) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}
