import { readFileSync } from 'node:fs';

import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';

import { fromRoot } from '../../scripts/paths.mjs';
import { AppScreen } from '../phone/app-screen.mjs';
import { launchChromium, newContext } from '../phone/chromium.mjs';

const TYPES = { html: 'text/html', js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' };
const KNOWN = 'warning: Strongroom: a browser has no secure storage';

/** @typedef {{ page: import('playwright-core').Page, screen: AppScreen, log: string[] }} ExampleApp */

/** The example app in a browser, a new page for each test of a file. After each test, the console must be empty. */
export function useExampleApp() {
  /** @type {import('playwright-core').Browser} */
  let browser;
  const held = /** @type {ExampleApp} */ ({});

  beforeAll(async () => {
    browser = await launchChromium();
  });

  beforeEach(async () => {
    Object.assign(held, await open(browser));
  });

  afterEach(async () => {
    await held.page.context().close();
    expect(complaints(held.log)).toEqual([]);
  });

  afterAll(() => browser.close());

  return held;
}

/**
 * The lines of the page's console, except one expected warning.
 *
 * @param {string[]} log
 */
export function complaints(log) {
  const known = log.findIndex((line) => line.startsWith(KNOWN));
  return log.filter((_, index) => index !== known);
}

/**
 * @param {import('playwright-core').Browser} browser
 * @returns {Promise<ExampleApp>}
 */
async function open(browser) {
  const context = await newContext(browser, { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2 });
  await context.route('**/*', (route) => {
    const { pathname } = new URL(route.request().url());
    const file = pathname === '/' ? '/index.html' : pathname;
    const type = Object.entries(TYPES).find(([ending]) => file.endsWith(`.${ending}`));
    return route.fulfill({ contentType: type?.[1], body: readFileSync(fromRoot(`example-app/dist${file}`)) });
  });
  const page = await context.newPage();
  /** @type {string[]} */
  const log = [];
  page.on('console', (message) => log.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => log.push(`uncaught: ${error.message}`));
  await page.clock.install();
  await page.goto('https://localhost/');
  return { page, screen: new AppScreen(page), log };
}
