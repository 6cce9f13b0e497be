// Other libraries store their sessions through the plugin, in a browser.

import { readFileSync } from 'node:fs';

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

import { fromRoot } from '../../scripts/paths.mjs';
import { AuthServer, buildLibraries } from '../libraries/bundle.mjs';
import { launchChromium, newContext } from '../phone/chromium.mjs';
import { act, attempt, expected, keys, playStories, signIn, STORIES } from '../scenarios/stories.mjs';

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
  const context = await newContext(browser);
  await context.route('https://localhost/**', (route) => {
    const { pathname } = new URL(route.request().url());
    const file = pathname.includes('.') ? pathname : '/index.html';
    const contentType = file.endsWith('.js') ? 'text/javascript' : 'text/html';
    return route.fulfill({ contentType, body: readFileSync(fromRoot(`${built}${file}`), 'utf8') });
  });
  let last = 0;
  // Each is longer than the one before, so a full disk has no space for it.
  server = new AuthServer((label) => `${label.replaceAll(' ', '-')}-${'x'.repeat(++last)}`);
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
  expect(played.get(name)).toEqual(expected(name));
  expect(server.requests).toEqual(STORIES[name]);
});

test.each(Object.keys(STORIES))('%s keeps the session in memory if there is no other storage', async (name) => {
  await page.evaluate(() => {
    /** @type {any} */ (globalThis).configureWeb({ web: 'memory' });
  });
  const user = await signIn(page, name);
  expect(await act(page, name, 'open')).toBe(user);
  expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
  await act(page, name, 'logOut');
  expect(await keys(page, name)).toEqual([]);
});

test('signing out of one does not affect the others', async () => {
  const names = Object.keys(STORIES);
  for (const name of names) await signIn(page, name);
  for (const name of names) {
    const others = names.filter((other) => other !== name);
    const before = await Promise.all(others.map((other) => keys(page, other)));
    await act(page, name, 'logOut');
    expect(await Promise.all(others.map((other) => keys(page, other)))).toEqual(before);
  }
});

test('a second database of Ionic Storage in the store is refused, and stored nowhere else', async () => {
  await signIn(page, 'ionic');
  expect(await attempt(page, 'ionic', 'openOther')).toBe('rejected: INVALID_ARGUMENT');
  expect(await page.evaluate(() => indexedDB.databases())).toEqual([]);
});

// Each library reacts differently: see docs/guide/adapters.md.
test.each([
  ['supabase', 'rejected: refresh_token_not_found', null],
  ['oidc', 'rejected: invalid_grant', 'ada'],
  ['zustand', 'done', 'ada'],
  ['redux', 'done', 'ada'],
  ['ionic', 'done', 'ada'],
])('%s reports that the disk is full, and overwrites nothing', async (name, renewedAgain, later) => {
  const user = await signIn(page, name);
  await fillDisk(page);
  expect(await attempt(page, name, 'renew')).toBe('rejected: STORAGE_FULL');
  await page.reload();
  expect(await attempt(page, name, 'open')).toBe(user);
  await page.evaluate(() => {
    localStorage.removeItem('junk');
  });
  expect((await attempt(page, name, 'renew')) ?? 'done').toBe(renewedAgain);
  await page.clock.setFixedTime(Date.now() + 2 * 3600 * 1000);
  await page.reload();
  expect(await attempt(page, name, 'open')).toBe(later);
  // Chromium reports the tokens that were refused, redux-persist the full disk.
  const known = /the server responded with a status of 400|no room left in localStorage/;
  log = log.filter((line) => !known.test(line));
});

/** @param {import('playwright-core').Page} page */
async function fillDisk(page) {
  await page.evaluate(() => {
    let junk = '';
    for (let size = 2 ** 22; size >= 1;) {
      try {
        localStorage.setItem('junk', junk + 'x'.repeat(size));
        junk += 'x'.repeat(size);
      } catch {
        size /= 2;
      }
    }
  });
}

/** Messages of libraries that a page starts twice. */
const STARTED_TWICE = /Multiple GoTrueClient instances|Redefining LocalForage driver/;
