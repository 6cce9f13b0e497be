import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { findFlaws, screens } from '../looks/screens.mjs';
import { takeScreenshots } from '../looks/screenshots.mjs';
import { AppScreen } from '../phone/app-screen.mjs';
import { loseKey } from '../scenarios/keystore-faults.mjs';
import { unreadable } from '../scenarios/unreadable.mjs';

import { platform, usePhone } from './fixture.mjs';

const held = usePhone();
const failure = unreadable(platform);

beforeEach(async () => {
  const { phone } = held;
  // The page's calls must be answered before it closes.
  await phone.app.page.getByText('Protected by the operating system').waitFor();
  await phone.call('clear');
  await phone.app.reload();
  await phone.app.loadApi();
});

afterEach(() => failure.end(held.phone.simulator));

describe('can be seen, read and touched by everybody', () => {
  test.each(Object.keys(screens))('%s', async (name) => {
    const { page } = held.phone.app;
    await screens[name]?.({ page, screen: new AppScreen(page), expire });
    expect(await findFlaws(page)).toEqual([]);
  });

  test('an error that can be retried', async () => {
    const { phone } = held;
    await phone.call('set', { key: 'a key', value: 'v' });
    await phone.kill();
    await phone.start({ before: failure.begin });
    const { page } = phone.app;
    await page.getByRole('alert').getByText(failure.code, { exact: true }).waitFor();
    expect(await findFlaws(page)).toEqual([]);

    await failure.end(phone.simulator);
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => new AppScreen(page).keys()).toEqual(['a key']);
  });

  test.runIf(platform === 'android')('a file in quarantine', async () => {
    const { phone } = held;
    await phone.call('set', { key: 'a key', value: 'v' });
    const { restore } = await loseKey(phone);
    const { page } = phone.app;
    const screen = new AppScreen(page);
    await expect.poll(() => screen.status('Files in quarantine')).toBe('1');
    expect(await findFlaws(page)).toEqual([]);

    await restore();
    await page.getByRole('button', { name: 'Recover' }).click();
    await page.getByRole('status').getByText('1 item recovered').waitFor();
    expect(await screen.keys()).toEqual(['a key']);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('status-heading');
  });
});

test('its screenshots are written, and small', async () => {
  for (const size of await takeScreenshots(held.phone.app.page, platform)) {
    expect(size).toBeGreaterThan(5_000);
    expect(size).toBeLessThan(60_000);
  }
});

/** @param {string} key */
async function expire(key) {
  await held.phone.call('set', { key, value: 'v', ttl: 0.001 });
  await new Promise((resolve) => setTimeout(resolve, 50));
}
