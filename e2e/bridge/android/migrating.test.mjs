// The old plugins' real Android code beside ours in the simulator, for the rows of docs/guide/moving-in.md that are visible on a phone.

import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, test } from 'vitest';

import { MOVE, moveFromAp, moveFromMk, moveLater } from '../../migrating/moving.mjs';
import { CompiledPlugins, PhoneWithPlugins } from '../../migrating/on-phone.mjs';
import { CLASH, ROWS as AP } from '../../migrating/phone-ap.mjs';
import { ROWS as CONSOLE } from '../../migrating/phone-console.mjs';
import { ROWS as MK } from '../../migrating/phone-mk.mjs';
import { PACKAGES } from '../../migrating/plugins.mjs';
import { launchChromium } from '../../phone/chromium.mjs';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {CompiledPlugins} */
let build;
/** @type {PhoneWithPlugins} */
let phone;

beforeAll(async () => {
  browser = await launchChromium();
  build = new CompiledPlugins();
  phone = await PhoneWithPlugins.create(browser, build);
});

afterAll(async () => {
  await phone?.dispose();
  build?.remove();
  await browser?.close();
});

/** @param {PhoneWithPlugins} [of] */
function sides(of = phone) {
  return { phone: of, mk: of.side('mk'), ap: of.side('ap'), ours: of.side('ours') };
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

describe("with Capacitor's logging on", () => {
  /** @type {PhoneWithPlugins} */
  let talkative;

  beforeAll(async () => {
    talkative = await PhoneWithPlugins.create(browser, build, { loggingBehavior: 'production' });
  });

  afterAll(() => talkative.dispose());

  test.each(Object.entries(CONSOLE))('%s', (_, check) => check(sides(talkative)));
});

describe('two plugins with one id', () => {
  test.each(Object.entries(CLASH))('%s', async (_, orders) => {
    for (const { native, check } of orders) await inOrder(native, check);
  });

  /** @type {(native: ('ap' | 'ours')[], check: (sides: any) => Promise<void>) => Promise<void>} */
  async function inOrder(native, check) {
    const clash = await PhoneWithPlugins.withClash(browser, build, { native, imports: ['ours', 'ap'] });
    try {
      await check({ ap: clash.side('ap'), ours: clash.side('ours') });
    } finally {
      await clash.dispose();
    }
  }
});

describe('moving the data with the code of the page', () => {
  test('from capacitor-secure-storage-plugin', async () => {
    const { mk, ours } = sides();
    await moveFromMk({ old: mk, ours, move: () => phone.run(MOVE.mk()) });
  });

  test('from @aparajita/capacitor-secure-storage, renamed', async () => {
    const { ap, ours } = sides();
    const renamed = { [PACKAGES.ap]: join(build.renamed, 'dist/esm/index.js') };
    await moveFromAp({ old: ap, ours, move: () => phone.run(MOVE.ap(), renamed) });
  });

  test('later, if the Keystore does not answer now', async () => {
    const { mk, ours } = sides();
    await ours.resolve('set', { key: 'another', value: 'v' });
    await moveLater({
      old: mk,
      ours,
      move: () => phone.run(MOVE.mk()),
      fail: () =>
        phone.restart(undefined, {
          before: (simulator) => simulator.command('keystore.fault', { fault: 'hardwareBusy', times: -1 }),
        }),
      recover: () => phone.keystore('clearFaults'),
    });
  });
});
