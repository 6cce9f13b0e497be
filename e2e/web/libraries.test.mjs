// Other libraries keep their sessions in our store, in a browser.

import { readFileSync } from 'node:fs';

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

import { launchChromium } from '../lib/chromium.mjs';
import { AuthServer, buildLibraries } from '../lib/libraries.mjs';
import { fromRoot } from '../lib/paths.mjs';
import { act, EXPECTED, keys, playStories, signIn, STORIES } from '../scenarios/stories.mjs';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {import('playwright-core').Page} */
let page;
/** @type {string} */
let built;
/** @type {AuthServer} */
let server;
/** @type {string[]} */
let log;

beforeAll(async () => {
  built = await buildLibraries();
  browser = await launchChromium();
});

afterAll(() => browser.close());

beforeEach(async () => {
  const context = await browser.newContext();
  await context.route('https://localhost/**', (route) => {
    const { pathname } = new URL(route.request().url());
    const file = pathname.includes('.') ? pathname : '/index.html';
    const contentType = file.endsWith('.js') ? 'text/javascript' : 'text/html';
    return route.fulfill({ contentType, body: readFileSync(fromRoot(`${built}${file}`), 'utf8') });
  });
  let last = 0;
  server = new AuthServer((label) => `${label.replaceAll(' ', '-')}-${++last}`);
  await server.answer(context);
  page = await context.newPage();
  log = [];
  page.on('console', (message) => log.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => log.push(`uncaught: ${error.message}`));
  await page.goto('https://localhost/');
});

afterEach(async () => {
  const known = [/^warning: Strongroom: a browser has no secure storage/, STARTED_TWICE];
  expect(log.filter((line) => !known.some((pattern) => pattern.test(line)))).toEqual([]);
  await page.context().close();
});

test.each(Object.keys(STORIES))('%s signs in, is restored, signs out', async (name) => {
  const comeBack = async () => void (await page.reload());
  const played = await playStories([name], { page: () => page, comeBack });
  expect(played.get(name)).toEqual(EXPECTED);
  expect(server.requests).toEqual(STORIES[name]);
});

test.each(Object.keys(STORIES))('%s keeps the session in memory where that is all there is', async (name) => {
  await page.evaluate(() => {
    /** @type {any} */ (globalThis).configureWeb({ web: 'memory' });
  });
  const user = await signIn(page, name);
  expect(await act(page, name, 'open')).toBe(user);
  expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
  await act(page, name, 'logOut');
  expect(await keys(page, name)).toEqual([]);
});

/** What libraries say of a page that starts them twice. */
const STARTED_TWICE = /Multiple GoTrueClient instances|Redefining LocalForage driver/;
