import { afterAll, beforeAll, expect, inject, test } from 'vitest';

import { launchChromium } from '../phone/chromium.mjs';
import { Phone } from '../phone/phone.mjs';

// The test loads the API a second time, beside that of the app.
const PARTS = 2;

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Phone} */
let phone;

beforeAll(async () => {
  browser = await launchChromium();
  phone = await Phone.create(browser, { platform: inject('platform'), config: { loggingBehavior: 'production' } });
});

afterAll(async () => {
  await phone.dispose();
  await browser.close();
});

test("with Capacitor's logging on, the page's console stays clean, that of the app does not, and the status says so", async () => {
  const key = phone.secret('the key');
  const value = phone.secret('the value');
  await phone.call('set', { key, value });
  await phone.call('get', { key });
  await phone.call('setMany', { items: [{ key, value }] });
  expect(await phone.call('getMany', { keys: [key] })).toEqual({ value: [value] });
  expect(await phone.call('getOrCreate', { key, value })).toEqual({ value, created: false });
  expect(await phone.call('compareAndSet', { key, expected: value, value })).toEqual({ value: true });
  expect(await phone.call('removeMany', { keys: [key] })).toEqual({ value: 1 });
  expect(await phone.call('getStatus')).toMatchObject({ bridgeLogging: true });

  // `bridgeLogging` warns that Capacitor's native side prints: the options of calls on Android, their results on iOS. This also shows
  // that the search finds secrets.
  const printed = phone.platform === 'android' ? ['the key', 'the value'] : ['the value'];
  const { hits } = phone.findLeaks();
  expect(new Set(hits.map(({ label }) => label))).toEqual(new Set(printed));
  expect(new Set(hits.map(({ place }) => place))).toEqual(new Set([phone.console]));
  expect(phone.app.log.join('\n')).toContain('[redacted]');
});

test('a release build with its logging on is warned once for each page', async () => {
  const warnings = () => phone.app.log.filter((line) => line.startsWith('warning: Strongroom'));
  expect(await phone.app.page.evaluate(() => /** @type {any} */ (globalThis).Capacitor.DEBUG)).toBe(false);
  expect(warnings()).toHaveLength(PARTS);
  await phone.call('keys');
  await phone.call('keys');
  expect(warnings()).toHaveLength(PARTS);
});
