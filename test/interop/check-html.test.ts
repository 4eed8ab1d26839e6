/** The HTML page of `check` in a browser: what its script does, what it must not do, and whether everyone can use it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CheckReport } from '../../src/check/check-report.ts';
import type { Finding } from '../../src/check/finding.ts';
import { htmlPage } from '../../src/report/check/html.ts';
import { sourceOf } from '../../src/x509/source.ts';
import { AT, issue } from '../support/certificates.ts';
import { endEntity, manyCertificates, publicRoot, reportOn } from '../support/check-report.ts';
import { hasChromium, launchChromium, openPage } from './chromium.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const HOSTILE = '<img src=x onerror=alert(1)>';

const unreadable: Finding = {
  code: 'input/not-readable',
  severity: 'error',
  message: 'cannot read the file: permission denied',
  hint: 'run as a user who may read it',
  source: sourceOf(`tls/${HOSTILE}.pem`),
};

function smallReport(): CheckReport {
  const [old, recent] = [publicRoot('QuoVadis Root CA 2'), publicRoot('IdenTrust Commercial Root CA 1')];
  const root = issue({ subject: 'CN=Private Root' });
  const notBefore = new Date(AT.getTime() + 86_400_000);
  return reportOn(
    {
      'gw-01/cacerts.jks': [old],
      'gw-02/cacerts.jks': [old, recent],
      'gw-03/cacerts.jks': [recent, root.certificate],
      'gw-04/cacerts.jks': [recent],
      'gw-05/cacerts.jks': [recent],
      'tls/shop.pem': [endEntity('CN=shop', 5, { issuer: root })],
      'tls/api.pem': [endEntity('CN=api', 40, { issuer: root })],
      'tls/mail.pem': [endEntity('CN=mail', 200, { issuer: root })],
      'tls/gone.pem': [endEntity('CN=gone', -3)],
      'tls/next.pem': [endEntity('CN=next', 300, { notBefore })],
      'tls/odd.pem': [endEntity(`CN=${HOSTILE}`, 100)],
    },
    [unreadable],
  );
}

describe.skipIf(!hasChromium)('the page of a check in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'anchorctl-html-'));
  const write = (name: string, report: CheckReport): string => {
    const context = { version: '0.0.0', toRelative: (path: string) => path };
    writeFileSync(join(folder, name), [...htmlPage.render(report, context)].join(''));
    return pathToFileURL(join(folder, name)).href;
  };
  let browser: Browser;
  let url: string;
  beforeAll(async () => {
    browser = await launchChromium();
    url = write('small.html', smallReport());
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  const names = (page: Page) => page.locator('#rows .name').allTextContents();
  const count = (page: Page) => page.locator('#count').textContent();
  const sortBy = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

  test('asks for nothing, complains of nothing, and shows hostile names as text', async () => {
    const { page, complaints } = await openPage(browser, url);
    expect(await names(page)).toContain(HOSTILE);
    expect(await page.locator('.finding.error').first().textContent()).toContain(HOSTILE);
    expect(await page.locator('img').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('its policy keeps script and style of others from running', async () => {
    const { page, complaints } = await openPage(browser, url);
    const refused = page.waitForEvent('requestfailed');
    await page.evaluate(() => {
      const script = document.createElement('script');
      try {
        script.append('document.title = "taken"');
        document.head.append(script);
      } catch {
        // Refused before it could run.
      }
      const image = document.createElement('img');
      image.src = 'https://example.com/x.png';
      document.body.append(image);
    });
    expect((await refused).failure()?.errorText).toBe('csp');
    expect(await page.title()).not.toBe('taken');
    expect(complaints.join(' ')).toContain('Content Security Policy');
  });

  test('searches names, places and fingerprints, all words of them', async () => {
    const { page, complaints } = await openPage(browser, url);
    const search = page.getByLabel('Search');
    await search.fill('TLS/MAIL');
    expect(await names(page)).toEqual(['mail']);
    expect(await count(page)).toBe('1 of 9 certificates');
    await search.fill('quovadis gw-02');
    expect(await names(page)).toEqual(['QuoVadis Root CA 2']);
    await search.fill('85:A0:DD:7D:D7:20');
    expect(await names(page)).toEqual(['QuoVadis Root CA 2']);
    await search.fill('tls/mail quovadis');
    expect(await count(page)).toBe('0 of 9 certificates');
    await search.fill('');
    expect(await names(page)).toHaveLength(9);
    expect(complaints).toEqual([]);
  });

  test('shows the levels that are chosen', async () => {
    const { page } = await openPage(browser, url);
    await page.getByRole('checkbox', { name: 'ok' }).uncheck();
    expect(await names(page)).toEqual(['gone', 'shop', 'api', 'next']);
    await page.getByRole('checkbox', { name: 'warning' }).uncheck();
    expect(await names(page)).toEqual(['gone', 'shop', 'next']);
    await page.getByRole('checkbox', { name: 'ok' }).check();
    expect(await names(page)).toHaveLength(8);
  });

  test('sorts by each column, both ways, and says so', async () => {
    const { page } = await openPage(browser, url);
    const heading = (name: string) => page.getByRole('columnheader', { name });
    expect(await heading('Expires').getAttribute('aria-sort')).toBe('ascending');
    await sortBy(page, 'Certificate');
    const sorted = await names(page);
    expect(sorted).toEqual([...sorted].sort(new Intl.Collator('en', { numeric: true }).compare));
    expect(await heading('Expires').getAttribute('aria-sort')).toBeNull();
    await sortBy(page, 'Certificate');
    expect(await heading('Certificate').getAttribute('aria-sort')).toBe('descending');
    expect(await names(page)).toEqual([...sorted].reverse());
    await sortBy(page, 'Level');
    const levels = await page.locator('#rows .level').allTextContents();
    expect(levels.slice(0, 5)).toEqual(['expired', 'critical', 'not-yet-valid', 'warning', 'ok']);
    await sortBy(page, 'Expires');
    expect((await names(page)).slice(0, 3)).toEqual(['gone', 'shop', 'api']);
  });

  test('the timeline can be walked with the keyboard, tells what ends when, and narrows the table', async () => {
    const { page, complaints } = await openPage(browser, url);
    const columns = page.locator('#timeline-svg .column');
    expect(await page.locator('#timeline-svg .column[tabindex="0"]').count()).toBe(1);
    await columns.first().focus();
    const tooltip = page.getByRole('tooltip');
    expect(await tooltip.textContent()).toContain('2026-10-29 expired: gone');
    await page.keyboard.press('ArrowRight');
    expect(await tooltip.textContent()).toContain('2026-11-06 critical: shop');
    await page.keyboard.press('End');
    expect(await tooltip.textContent()).toContain('Private Root');
    await page.keyboard.press('Escape');
    expect(await tooltip.isVisible()).toBe(false);
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    expect(await names(page)).toEqual(['shop']);
    await page.getByRole('button', { name: 'show all dates' }).click();
    expect(await names(page)).toHaveLength(9);
    await columns.nth(2).hover();
    expect(await tooltip.textContent()).toContain('warning: api');
    expect(complaints).toEqual([]);
  });

  test('every column of the timeline narrows the table to as many as it says', async () => {
    const { page } = await openPage(browser, url);
    for (const column of await page.locator('#timeline-svg .column').all()) {
      await column.press('Enter');
      const [, told] = /: (\d+) certificate/.exec((await column.getAttribute('aria-label')) ?? '') ?? [];
      expect((await names(page)).length).toBe(Number(told));
    }
  });

  test('is whole without script', async () => {
    const { page, complaints } = await openPage(browser, url, { javaScriptEnabled: false });
    expect(await page.locator('#rows tr:visible').count()).toBe(9);
    expect(await page.locator('.control:visible').count()).toBe(0);
    expect(await page.locator('#timeline-svg title').first().textContent()).toBe('Timeline of expiries');
    expect(complaints).toEqual([]);
  });

  test('on paper the table is whole, all places are there, and no control is', async () => {
    const { page } = await openPage(browser, url);
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.control:visible').count()).toBe(0);
    const printed = page.evaluate(() => {
      dispatchEvent(new Event('beforeprint'));
      const places = [...document.querySelectorAll('#rows li')].filter((item) => item.checkVisibility());
      const seen = { rows: document.querySelectorAll('#rows tr').length, places: places.length };
      dispatchEvent(new Event('afterprint'));
      return seen;
    });
    expect(await printed).toEqual({ rows: 9, places: 6 });
    expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(10_000);
  });

  const audit = async (page: Page) => {
    await page.evaluate(AXE);
    const { violations, incomplete } = await page.evaluate(() =>
      (globalThis as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run(),
    );
    const describeAll = (results: AxeResults['violations']) =>
      results.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`)}`);
    return { violations: describeAll(violations), incomplete: describeAll(incomplete) };
  };

  test.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 390],
    ['dark', 390],
  ] as const)('axe finds nothing: %s, %d wide, all that opens open', async (colorScheme, width) => {
    const { page } = await openPage(browser, url, { colorScheme, viewport: { width, height: 800 } });
    await page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true;
    });
    await page.locator('#timeline-svg .column').first().focus();
    const { violations, incomplete } = await audit(page);
    expect(violations).toEqual([]);
    expect(incomplete.filter((result) => !result.startsWith('color-contrast'))).toEqual([]);
  });

  test.each([320, 390, 1280])('nothing is wider than a window of %d', async (width) => {
    const { page } = await openPage(browser, url, { viewport: { width, height: 800 } });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });

  test('ten thousand certificates can be worked with', async () => {
    const root = issue({ subject: 'CN=Fleet Root' });
    const big = write('big.html', reportOn(manyCertificates(10_000, root)));
    const { page, complaints } = await openPage(browser, big);
    const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0);
    const loaded = await page.evaluate(() => performance.getEntriesByType('navigation')[0]?.duration ?? 0);
    expect(await page.locator('#rows tr').count()).toBe(100);
    const filtered = await page.evaluate(async () => {
      const search = document.getElementById('search') as HTMLInputElement;
      const times: number[] = [];
      for (const text of ['e', 'gw-0123', 'gw 77', '', 'gw-04999']) {
        const start = performance.now();
        search.value = text;
        search.dispatchEvent(new Event('input'));
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        times.push(performance.now() - start);
      }
      return times;
    });
    const ms = (time: number) => `${Math.round(time)} ms`;
    process.stdout.write(
      `10,000 certificates: first paint ${ms(paint)}, loaded ${ms(loaded)}, a filter ${filtered.map(ms).join(', ')}\n`,
    );
    expect(await names(page)).toEqual(['gw-04999.example.com']);
    await page.getByLabel('Search').fill('');
    await page.getByRole('button', { name: 'Next page' }).click();
    expect(await count(page)).toBe('10,000 of 10,000 certificates, 101 to 200 on this page');
    await page.getByLabel('Rows on a page').selectOption('500');
    expect(await page.locator('#rows tr').count()).toBe(500);
    const onPaper = await page.evaluate(() => {
      dispatchEvent(new Event('beforeprint'));
      return document.querySelectorAll('#rows tr').length;
    });
    expect(onPaper).toBe(10_000);
    expect(complaints).toEqual([]);
  });
});
