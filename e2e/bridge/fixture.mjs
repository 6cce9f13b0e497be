import { afterAll, afterEach, beforeAll, expect } from 'vitest';

import { launchChromium } from '../phone/chromium.mjs';
import { Phone } from '../phone/phone.mjs';

/**
 * One phone for the tests of a file. After each test nothing may have leaked, and no page may have complained.
 *
 * @param {import('../phone/phone.mjs').Config} [config]
 * @param {() => Promise<string>} [buildWeb] makes the pages, and tells where they lie
 */
export function usePhone(config, buildWeb) {
  /** @type {import('playwright-core').Browser} */
  let browser;
  /** @type {{ phone: Phone }} */
  const held = { phone: /** @type {any} */ (undefined) };

  beforeAll(async () => {
    browser = await launchChromium();
    held.phone = await Phone.create(browser, config, await buildWeb?.());
  });

  afterEach(async () => {
    const { files, hits } = held.phone.findLeaks();
    expect(hits).toEqual([]);
    expect(files).toBeGreaterThan(0);
    expect(held.phone.takeComplaints()).toEqual([]);
  });

  afterAll(async () => {
    await held.phone?.dispose();
    await browser?.close();
  });

  return held;
}
