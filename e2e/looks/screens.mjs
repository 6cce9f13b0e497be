import { findBarriers } from './axe.mjs';
import { findLowContrast } from './contrast.mjs';
import { findLayoutFlaws, withTextSize } from './layout.mjs';

/**
 * The example app with nothing stored. `expire` depends on where it runs.
 *
 * @typedef {{ page: import('playwright-core').Page, screen: import('../phone/app-screen.mjs').AppScreen, expire: (key: string) => Promise<void> }} Stage
 */

const KEYS = ['a', 'access-token', 'user:🔑:👩‍👩‍👧', 'مفتاح التشفير', 'unbroken'.repeat(128)];

/** The states of the app, and how a user reaches them. @type {Record<string, (stage: Stage) => Promise<void>>} */
export const screens = {
  async 'nothing stored'({ page }) {
    await page.getByText('Nothing is stored yet').waitFor();
  },

  async 'secrets, and a notice of success'({ screen }) {
    for (const key of KEYS) await screen.save(key, 'v');
  },

  async 'values shown'({ screen }) {
    for (const key of KEYS) await screen.save(key, `${'unbroken'.repeat(64)} ${key}`);
    for (const key of KEYS) await screen.reveal(key);
  },

  async 'an error'({ page }) {
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('alert').getByText('INVALID_ARGUMENT').waitFor();
  },

  async 'a question'({ page, screen }) {
    const key = KEYS.at(-1) ?? '';
    await screen.save(key, 'v');
    await page.getByRole('button', { name: `Remove ${key}` }).click();
    await page.getByRole('alertdialog').waitFor();
  },

  async 'an event'({ page, screen, expire }) {
    for (const key of KEYS) await expire(key);
    await screen.refresh();
    await page
      .getByText('it had expired')
      .nth(KEYS.length - 1)
      .waitFor();
  },
};

const LOOKS = /** @type {const} */ ([
  { colorScheme: 'light', width: 360, height: 740 },
  { colorScheme: 'dark', width: 360, height: 740 },
  { colorScheme: 'light', width: 320, height: 568 },
  { colorScheme: 'dark', width: 740, height: 360 },
  { colorScheme: 'light', width: 320, height: 568, text: 2 },
]);

/**
 * The flaws of the page: light and dark, on small phones, in landscape, and with large text.
 *
 * @param {import('playwright-core').Page} page
 */
export async function findFlaws(page) {
  const flaws = [];
  for (const look of LOOKS) {
    const { colorScheme, width, height, text = 1 } = { text: undefined, ...look };
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height });
    const found = await withTextSize(page, text, async () => [
      ...(await findBarriers(page)),
      ...(await findLowContrast(page)),
      ...(await findLayoutFlaws(page)),
    ]);
    flaws.push(...found.map((flaw) => `${colorScheme}, ${width} wide, text × ${text}: ${flaw}`));
  }
  return flaws;
}
