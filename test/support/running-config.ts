/**
 * Running configurations as devices print them, written independently of the code under test: the layouts that samples
 * of IOS, IOS XE and ASA show.
 */

/** How a device prints the rows of a certificate. */
export interface DumpLayout {
  readonly name: string;
  readonly keyword: 'crypto pki' | 'crypto ca';
  readonly rowIndentation: string;
  readonly wordsInRow: number;
  readonly upperCase: boolean;
  /** Whether full rows end with a blank. */
  readonly trailingBlank: boolean;
  readonly quit: string;
}

const IOS: DumpLayout = {
  name: 'IOS as the device prints it',
  keyword: 'crypto pki',
  rowIndentation: '  ',
  wordsInRow: 8,
  upperCase: true,
  trailingBlank: true,
  quit: '  \tquit',
};

/** As it can be typed: a blank at the end is none of the row. */
const STRIPPED: DumpLayout = { ...IOS, name: 'IOS with trailing blanks stripped', trailingBlank: false };

export const LAYOUTS: readonly DumpLayout[] = [
  IOS,
  STRIPPED,
  { ...IOS, name: 'IOS copied from a terminal', trailingBlank: false, quit: '        quit' },
  { ...IOS, name: 'old IOS', keyword: 'crypto ca', rowIndentation: '   ' },
  {
    name: 'ASA',
    keyword: 'crypto ca',
    rowIndentation: '    ',
    wordsInRow: 10,
    upperCase: false,
    trailingBlank: false,
    quit: '  quit',
  },
];

/** A chain with certificates by the serial number of their line. */
export function printChain(
  trustpoint: string,
  certificates: readonly { readonly der: Uint8Array; readonly heading: string }[],
  layout: DumpLayout = IOS,
): string {
  return [
    `${layout.keyword} certificate chain ${trustpoint}`,
    ...certificates.flatMap(({ der, heading }) => [` certificate ${heading}`, ...printRows(der, layout), layout.quit]),
    '',
  ].join('\n');
}

/** The rows of one certificate. */
export function printRows(der: Uint8Array, layout: DumpLayout = STRIPPED): string[] {
  const { rowIndentation, wordsInRow, upperCase, trailingBlank } = layout;
  const hex = Buffer.from(der).toString('hex');
  const rows = (upperCase ? hex.toUpperCase() : hex).match(new RegExp(`.{1,${wordsInRow * 8}}`, 'g')) ?? [];
  return rows.map((row, index) => {
    const words = (row.match(/.{1,8}/g) ?? []).join(' ');
    return `${rowIndentation}${words}${trailingBlank && index < rows.length - 1 ? ' ' : ''}`;
  });
}
