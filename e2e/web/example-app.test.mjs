import { readFileSync } from 'node:fs';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { AppScreen } from '../lib/app-screen.mjs';
import { launchChromium } from '../lib/chromium.mjs';
import { findLowContrast } from '../lib/contrast.mjs';
import { fromRoot } from '../lib/paths.mjs';

const TYPES = { html: 'text/html', js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' };

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {import('playwright-core').Page} */
let page;
/** @type {AppScreen} */
let screen;
/** @type {string[]} */
let log;

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(() => browser.close());

beforeEach(async () => {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 } });
  await context.route('**/*', (route) => {
    const { pathname } = new URL(route.request().url());
    const file = pathname === '/' ? '/index.html' : pathname;
    const type = Object.entries(TYPES).find(([ending]) => file.endsWith(`.${ending}`));
    return route.fulfill({ contentType: type?.[1], body: readFileSync(fromRoot(`example-app/dist${file}`)) });
  });
  page = await context.newPage();
  log = [];
  page.on('console', (message) => log.push(message.text()));
  page.on('pageerror', (error) => log.push(error.message));
  await page.clock.install();
  await page.goto('https://localhost/');
  screen = new AppScreen(page);
});

afterEach(async () => {
  await page.context().close();
});

const names = () => page.locator('#secrets .name').allInnerTexts();

test('saves, lists, shows and removes', async () => {
  await screen.save('user:🔑', 'the value');
  await screen.save('empty', '');
  expect(await names()).toEqual(['empty', 'user:🔑']);
  expect(await screen.reveal('user:🔑')).toBe('the value');
  expect(await screen.reveal('empty')).toBe('(empty)');
  await page.getByRole('button', { name: 'Remove empty' }).click();
  await expect.poll(names).toEqual(['user:🔑']);
});

test('removes all after a question, and not without it', async () => {
  await screen.save('one', '1');
  await screen.save('two', '2');
  await page.getByRole('button', { name: 'Remove all' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  expect(await names()).toHaveLength(2);
  await page.getByRole('button', { name: 'Remove all' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove all' }).click();
  await page.getByText('Nothing is stored yet').waitFor();
  expect(await names()).toEqual([]);
});

test('lists an item that has expired', async () => {
  await page.getByLabel('Expires').selectOption('In 10 seconds');
  await screen.save('short-lived', 'v');
  await page.clock.fastForward(11_000);
  await screen.refresh();
  await page.getByText('“short-lived” has expired').waitFor();
  expect(await screen.eventCodes()).toEqual(['expired']);
  expect(await names()).toEqual([]);
});

test('shows an error with its code, and keeps what was typed', async () => {
  await page.getByLabel('Value', { exact: true }).fill('a value without a key');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('INVALID_ARGUMENT').waitFor();
  expect(await screen.errorCode()).toBe('INVALID_ARGUMENT');
  expect(await page.getByLabel('Value', { exact: true }).inputValue()).toBe('a value without a key');
});

test('says plainly that a browser protects nothing', async () => {
  await page.getByText('Not protected: for debugging only').waitFor();
  expect(await screen.status('Protection')).toBe('None');
  expect(await screen.status('Stored in')).toBe('localStorage, unencrypted');
});

test('runs under its content security policy without a complaint', async () => {
  await screen.save('k', 'v');
  expect(log.filter((line) => !line.startsWith('Strongroom: a browser has no secure storage'))).toEqual([]);
});

describe('can be used by everybody', () => {
  test('every control has a name and is large enough to be touched', async () => {
    await screen.save('k', 'v');
    for (const control of await page.locator('button:visible, input:visible, textarea:visible, select:visible').all()) {
      expect((await control.boundingBox())?.height).toBeGreaterThanOrEqual(44);
      expect(
        await control.evaluate((element) => /** @type {any} */ (element).labels?.length || element.textContent),
      ).toBeTruthy();
    }
  });

  test.each(/** @type {const} */ (['light', 'dark']))('every text can be read (%s)', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await screen.save('k', 'v');
    await screen.reveal('k');
    expect(await findLowContrast(page)).toEqual([]);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('INVALID_ARGUMENT').waitFor();
    expect(await findLowContrast(page)).toEqual([]);
  });

  test('a text that cannot be read is found', async () => {
    await page.evaluate(() => {
      document.querySelector('h1')?.style.setProperty('color', '#999');
    });
    expect(await findLowContrast(page)).toHaveLength(1);
  });

  test.each([320, 360, 768])('nothing sticks out at a width of %i', async (width) => {
    await page.setViewportSize({ width, height: 700 });
    await screen.save('a-key-of-a-length-that-is-met-in-practice-'.repeat(3), 'v');
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  });
});
