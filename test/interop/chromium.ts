/** Runs pages in Chromium without a window. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const executablePath = ['chromium', 'chromium-browser']
  .flatMap((name) => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)))
  .find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

/** What only a page that hangs takes, in milliseconds. */
const LONGEST = 120_000;

export const hasChromium: boolean = executablePath !== undefined;

/** A browser; whoever starts it closes it. */
export function launchChromium(): Promise<Browser> {
  // In a container, and as root, Chromium has no sandbox of its own; it is shown pages of ours alone.
  return chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/** A page, and everything that it should not do. */
export interface WatchedPage {
  readonly page: Page;
  /** Messages on the console, errors, and requests besides the one for the page. */
  readonly complaints: string[];
}

/** Opens a file. */
export async function openPage(browser: Browser, url: string, options?: BrowserContextOptions): Promise<WatchedPage> {
  const page = await (await browser.newContext(options)).newPage();
  page.setDefaultTimeout(LONGEST);
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (request.url() !== url) complaints.push(`request: ${request.url()}`);
  });
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(url);
  return { page, complaints };
}
