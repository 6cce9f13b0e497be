// The old plugins' real code beside ours, for every row of docs/guide/moving-in.md that is visible in a browser.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { renameAparajita } from '../migrating/android-plugins.mjs';
import { MOVE, moveFromAp, moveFromMk } from '../migrating/moving.mjs';
import { PageWithPlugins } from '../migrating/on-web.mjs';
import { PACKAGES, sidesScript } from '../migrating/plugins.mjs';
import { ROWS as AP } from '../migrating/web-ap.mjs';
import { ROWS as MK } from '../migrating/web-mk.mjs';
import { launchChromium } from '../phone/chromium.mjs';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Record<'mk' | 'ap' | 'ours', PageWithPlugins>} */
let places;
/** @type {PageWithPlugins[]} */
let others = [];

beforeAll(async () => {
  browser = await launchChromium();
  places = {
    mk: await PageWithPlugins.open(browser, ['mk']),
    ap: await PageWithPlugins.open(browser, ['ap']),
    ours: await PageWithPlugins.open(browser, ['ours']),
  };
});

afterAll(() => browser.close());

beforeEach(async () => {
  for (const place of Object.values(places)) await place.renew();
});

afterEach(async () => {
  const logs = [...Object.values(places), ...others].flatMap(({ log }) => log);
  await Promise.all(others.map((place) => place.close()));
  others = [];
  expect(logs.filter((line) => /^(uncaught|error)/.test(line))).toEqual([]);
});

/** @type {import('../migrating/on-web.mjs').WebSides['open']} */
async function open(sides, host) {
  const place = await PageWithPlugins.open(browser, sides, host);
  others.push(place);
  return place;
}

/** @type {import('../migrating/on-web.mjs').WebSides['run']} */
async function run(source, alias) {
  const place = await PageWithPlugins.withScript(browser);
  others.push(place);
  return place.run(source, alias);
}

function sides() {
  return { mk: places.mk.side('mk'), ap: places.ap.side('ap'), ours: places.ours.side('ours'), open, run };
}

describe.each([
  ['capacitor-secure-storage-plugin', MK],
  ['@aparajita/capacitor-secure-storage', AP],
])('beside %s', (_, rows) => {
  test.each(Object.entries(rows))('%s', (_, check) => check(sides()));
});

describe('moving the data with the code of the page', () => {
  test('from capacitor-secure-storage-plugin', async () => {
    const place = await open(['mk', 'ours']);
    const [old, ours] = [place.side('mk'), place.side('ours')];
    await moveFromMk({ old, ours, move: () => place.run(MOVE.mk()) });
  });

  test('from @aparajita/capacitor-secure-storage, renamed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'strongroom-plugins-'));
    try {
      const renamed = { [PACKAGES.ap]: join(renameAparajita(folder), 'dist/esm/index.js') };
      const place = await PageWithPlugins.withScript(browser, await sidesScript(['ours', 'ap'], renamed));
      others.push(place);
      const [old, ours] = [place.side('ap'), place.side('ours')];
      await moveFromAp({ old, ours, move: () => place.run(MOVE.ap(), renamed) });
      expect(place.log.filter((line) => line.includes('already registered'))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
