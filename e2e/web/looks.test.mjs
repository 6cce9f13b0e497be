import { describe, expect, test } from 'vitest';

import { findBarriers } from '../looks/axe.mjs';
import { findLowContrast } from '../looks/contrast.mjs';
import { findLayoutFlaws, withTextSize } from '../looks/layout.mjs';
import { findFlaws, screens } from '../looks/screens.mjs';
import { takeScreenshots } from '../looks/screenshots.mjs';

import { useExampleApp } from './example-app.mjs';

const app = useExampleApp();

describe('can be seen, read and touched by everybody', () => {
  test.each(Object.keys(screens))('%s', async (name) => {
    await screens[name]?.({ ...app, expire });
    expect(await findFlaws(app.page)).toEqual([]);
  });

  test('in the safe area', async () => {
    const { page, screen } = app;
    await screen.save('a key', 'v');
    const insets = { top: 59, right: 47, bottom: 34, left: 47 };
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Emulation.setSafeAreaInsetsOverride', { insets });
    const notice = await page.locator('#notice').boundingBox();
    expect(notice?.y).toBeGreaterThanOrEqual(insets.top);
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    for (const part of await page.locator('header, main > section, #notice').all()) {
      const { x = 0, width = 0 } = (await part.boundingBox()) ?? {};
      expect(x).toBeGreaterThanOrEqual(insets.left);
      expect(x + width).toBeLessThanOrEqual(360 - insets.right);
    }
    const { y = 0, height = 0 } = (await page.locator('main').boundingBox()) ?? {};
    expect(Math.floor(y + height)).toBeLessThanOrEqual(740 - insets.bottom);
  });
});

describe('a planted flaw is found', () => {
  test('a field without a label', async () => {
    await app.page.locator('label[for=key]').evaluate((label) => label.remove());
    await app.page.locator('#key').evaluate((key) => key.removeAttribute('placeholder'));
    expect(await findBarriers(app.page)).toEqual([expect.stringMatching(/^label: html > body > .*input/)]);
  });

  test('a text with too little contrast', async () => {
    await app.page.evaluate(() => document.querySelector('h1')?.style.setProperty('color', '#999'));
    expect(await findBarriers(app.page)).toEqual([expect.stringMatching(/^color-contrast: .*h1/)]);
    expect(await findLowContrast(app.page)).toEqual([expect.stringMatching(/^H1/)]);
  });

  test('an element that sticks out, is cut off or is too small', async () => {
    await app.page.evaluate(() => {
      document.querySelector('h1')?.style.setProperty('width', '400px');
      document.getElementById('refresh')?.style.setProperty('max-width', '50px');
      document.getElementById('key')?.style.setProperty('min-height', '43px');
      document.getElementById('key')?.style.setProperty('height', '43px');
    });
    const flaws = await findLayoutFlaws(app.page);
    for (const flaw of ['sticks out: H1 ', 'is cut off: BUTTON refresh', 'is too small: INPUT key']) {
      expect(flaws).toContain(flaw);
    }
  });

  test('a flaw that only large text shows', async () => {
    await app.page.evaluate(() => document.querySelector('h1')?.style.setProperty('overflow-wrap', 'normal'));
    await app.page.setViewportSize({ width: 320, height: 568 });
    expect(await findLayoutFlaws(app.page)).toEqual([]);
    expect(await withTextSize(app.page, 3, () => findLayoutFlaws(app.page))).not.toEqual([]);
    expect(await findLayoutFlaws(app.page)).toEqual([]);
  });
});

test('its screenshots are written, and small', async () => {
  for (const size of await takeScreenshots(app.page, 'browser')) {
    expect(size).toBeGreaterThan(5_000);
    expect(size).toBeLessThan(60_000);
  }
});

/** @param {string} key */
async function expire(key) {
  await app.page.getByLabel('Expires').selectOption('In 10 seconds');
  await app.screen.save(key, 'v');
  await app.page.clock.fastForward(11_000);
}
