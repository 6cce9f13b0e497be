// The old plugins' real Android code beside ours in the simulator, for the rows of docs/migrating.md that show on a phone.

import { afterAll, beforeAll, beforeEach, describe, test } from 'vitest';

import { launchChromium } from '../lib/chromium.mjs';
import { CLASH, ROWS as AP } from '../migrating/phone-ap.mjs';
import { ROWS as MK } from '../migrating/phone-mk.mjs';

import { PeerBuild, PeerPhone } from './peers.mjs';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {PeerBuild} */
let build;
/** @type {PeerPhone} */
let phone;

beforeAll(async () => {
  browser = await launchChromium();
  build = new PeerBuild();
  phone = await PeerPhone.create(browser, build);
});

afterAll(async () => {
  await phone?.dispose();
  build?.remove();
  await browser?.close();
});

function sides() {
  return { phone, mk: phone.side('mk'), ap: phone.side('ap'), ours: phone.side('ours') };
}

beforeEach(async () => {
  const { mk, ap, ours } = sides();
  await phone.keystore('clearFaults');
  for (const store of ['default', 'other']) await ours.resolve('clear', { store });
  await mk.resolve('clear');
  await ap.resolve('clear');
});

describe.each([
  ['capacitor-secure-storage-plugin', MK],
  ['@aparajita/capacitor-secure-storage', AP],
])('beside %s', (_, rows) => {
  test.each(Object.entries(rows))('%s', (_, check) => check(sides()));
});

describe('two plugins with one id', () => {
  test.each([
    ['ap-plugin-id', 'ours is registered last', ['ap', 'ours'], CLASH['ap-plugin-id'].oursLast],
    ['ap-plugin-id', 'theirs is registered last', ['ours', 'ap'], CLASH['ap-plugin-id'].theirsLast],
  ])('%s: %s', async (_, __, native, check) => {
    const clash = await PeerPhone.withClash(browser, build, { native, imports: ['ours', 'ap'] });
    try {
      await check({ ap: clash.side('ap'), ours: clash.side('ours') });
    } finally {
      await clash.dispose();
    }
  });
});
