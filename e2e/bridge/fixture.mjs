import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';

import { launchChromium } from '../phone/chromium.mjs';
import { Phone } from '../phone/phone.mjs';

/** The phone of this run. Most tests here run on both. */
export const platform = inject('platform');

/**
 * One phone for the tests of a file. After each test, no secret may have leaked, and no console may contain an error or warning.
 *
 * @param {import('../phone/phone.mjs').Config} [config]
 * @param {() => Promise<string>} [buildWeb] builds the pages and returns their folder
 */
export function usePhone(config, buildWeb) {
  /** @type {import('playwright-core').Browser} */
  let browser;
  /** @type {{ phone: Phone }} */
  const held = { phone: /** @type {any} */ (undefined) };

  beforeAll(async () => {
    browser = await launchChromium();
    held.phone = await Phone.create(browser, { platform, config, web: await buildWeb?.() });
  });

  afterEach(async () => {
    const { files, hits } = held.phone.findLeaks();
    expect(hits).toEqual([]);
    expect(files).toBeGreaterThan(0);
    expect(held.phone.takeComplaints()).toEqual([]);
    if (platform === 'ios') expect(await held.phone.simulator.command('keychain.violations')).toEqual([]);
  });

  afterAll(async () => {
    await held.phone?.dispose();
    await browser?.close();
  });

  return held;
}
