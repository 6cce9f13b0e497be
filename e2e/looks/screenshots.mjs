import { mkdirSync, writeFileSync } from 'node:fs';

import { fromRoot } from '../../scripts/paths.mjs';
import { AppScreen } from '../phone/app-screen.mjs';

const FOLDER = fromRoot('build/screenshots');
const KEYS = ['access-token', 'database-key', 'refresh-token'];

/**
 * Writes pictures of the example app to `build/screenshots/`: light from the top, dark from the list on. The same
 * Chromium writes the same bytes again.
 *
 * @param {import('playwright-core').Page} page of two device pixels per CSS pixel, with nothing stored
 * @param {string} name
 * @returns {Promise<number[]>} the sizes of the files in bytes
 */
export async function takeScreenshots(page, name) {
  // The app shows ages of keys in minutes. With this clock, they are new.
  await page.clock.setFixedTime('2026-01-01T09:00:00');
  await page.setViewportSize({ width: 360, height: 740 });
  const screen = new AppScreen(page);
  for (const key of KEYS) await screen.save(key, 'not shown');
  await screen.closeNotice();
  mkdirSync(FOLDER, { recursive: true });
  const top = await write(page, `${name}-light`, 'light', '#summary');
  const list = await write(page, `${name}-dark`, 'dark', '#secrets-heading');
  return [top, list];
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} name
 * @param {'light' | 'dark'} colorScheme
 * @param {string} selector of the element near the top of the picture
 */
async function write(page, name, colorScheme, selector) {
  await page.emulateMedia({ colorScheme });
  await page.evaluate((wanted) => {
    /** @type {HTMLElement} */ (document.activeElement)?.blur();
    const offset = document.querySelector(wanted)?.getBoundingClientRect().top ?? 0;
    window.scrollBy({ top: offset - 32, behavior: 'instant' });
  }, selector);
  const devtools = await page.context().newCDPSession(page);
  const { data } = await devtools.send('Page.captureScreenshot', { format: 'webp', quality: 90 });
  const picture = Buffer.from(data, 'base64');
  writeFileSync(`${FOLDER}/${name}.webp`, picture);
  return picture.length;
}
