// The old plugins' real code beside ours, for every row of docs/migrating.md that shows in a browser.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { launchChromium } from '../lib/chromium.mjs';
import { ROWS as AP } from '../migrating/web-ap.mjs';
import { ROWS as MK } from '../migrating/web-mk.mjs';

import { PeerPage } from './peers.mjs';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Record<'mk' | 'ap' | 'ours', PeerPage>} */
let places;
/** @type {PeerPage[]} */
let others = [];

beforeAll(async () => {
  browser = await launchChromium();
  places = {
    mk: await PeerPage.open(browser, ['mk']),
    ap: await PeerPage.open(browser, ['ap']),
    ours: await PeerPage.open(browser, ['ours']),
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

/** @type {import('./peers.mjs').WebSides['open']} */
async function open(sides, host) {
  const place = await PeerPage.open(browser, sides, host);
  others.push(place);
  return place;
}

function sides() {
  return { mk: places.mk.side('mk'), ap: places.ap.side('ap'), ours: places.ours.side('ours'), open };
}

describe.each([
  ['capacitor-secure-storage-plugin', MK],
  ['@aparajita/capacitor-secure-storage', AP],
])('beside %s', (_, rows) => {
  test.each(Object.entries(rows))('%s', (_, check) => check(sides()));
});
