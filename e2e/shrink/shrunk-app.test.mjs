// The app after R8: shrunk as Gradle would do it, it works, and without any one of the plugin's rules it fails.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { fromRoot } from '../../scripts/paths.mjs';
import { launchChromium } from '../phone/chromium.mjs';
import { Phone } from '../phone/phone.mjs';

import { atMost } from './at-most.mjs';
import {
  CAPACITOR_RULES,
  endR8,
  OUR_RULES,
  PLUGINS,
  rulesOf,
  shrinkApp,
  shrunkDex,
  splitRules,
  writeRules,
} from './shrinker.mjs';
import { smoke, WELL } from './smoke.mjs';

const GRADLE = [rulesOf('app'), CAPACITOR_RULES];
/** The plugin's rules with as few others as possible. Without optimization, too much would still work. */
const BARE = [rulesOf('bare'), rulesOf('unoptimized'), CAPACITOR_RULES];

const rules = splitRules(OUR_RULES);
/** One app is shrunk while another one runs. */
const inTurn = atMost(2);
const NO_LIBRARY = { set: { code: 'NOT_INITIALISED', retryable: false } };
const NO_STRUCTURE = { set: { code: 'INTERNAL', retryable: false } };
const NO_PLUGIN = { set: { message: 'unable to find plugin : SecureStorage' } };

/** How each rule begins, and how an app fails without it. @type {[begin: string, failure: object][]} */
const NEEDED = [
  // Capacitor needs it, too, and is the first to fail.
  ['-keepattributes RuntimeVisibleAnnotations', NO_PLUGIN],
  ['-keep,includedescriptorclasses class', NO_LIBRARY],
  ['-keepclasseswithmembernames class com.sun.jna.Native, dev.strongroom.**', NO_LIBRARY],
  ['-keepclassmembers interface dev.strongroom.ffi.* extends com.sun.jna.Callback', NO_LIBRARY],
  ['-keep,allowshrinking,allowobfuscation class * extends com.sun.jna.Structure', NO_STRUCTURE],
  ['-keepclassmembers class * extends com.sun.jna.Structure', NO_LIBRARY],
];
const DESKTOP = '-dontwarn java.awt.*';

afterAll(endR8);

describe.concurrent('a shrunk app', () => {
  test('keeps secrets, from the page to the Keystore, and across a restart', () =>
    inTurn(async () => {
      const target = await shrinkApp('gradle', { rules: [...GRADLE, OUR_RULES] });
      const browser = await launchChromium();
      const phone = await Phone.create(browser, { plugins: PLUGINS, target });
      try {
        const key = phone.secret('a key');
        const value = phone.secret('a value');
        expect(await phone.call('set', { key, value })).toEqual({ value: true });
        await phone.restart();
        expect(await phone.call('get', { key })).toEqual({ value });
        expect(await phone.call('get', { key: 'absent' })).toMatchObject({ code: 'NOT_FOUND', retryable: false });

        await phone.kill();
        await phone.start({ before: async (simulator) => void (await simulator.hideKeys()) });
        // The example app shows the event.
        await phone.app.page.getByRole('log').getByText('KEY_LOST').waitFor();
        expect(await phone.call('getStatus')).toMatchObject({ quarantined: 1, lastReset: { reason: 'KEY_LOST' } });
        expect(phone.findLeaks().hits).toEqual([]);
      } finally {
        await phone.dispose();
        await browser.close();
      }
    }));

  test('works if R8 is compatible with ProGuard', () =>
    inTurn(async () => {
      const target = await shrinkApp('compatible', { rules: [...GRADLE, OUR_RULES], compatible: true });
      expect(await smoke(target)).toMatchObject(WELL);
    }));

  test("works with the plugin's rules alone", () =>
    inTurn(async () => {
      const target = await shrinkApp('bare', { rules: [...BARE, OUR_RULES] });
      expect(await smoke(target)).toMatchObject(WELL);
    }));

  // Capacitor's rules keep the plugin's class and its methods; ours do not repeat them.
  test('does not work without them', () =>
    inTurn(async () => {
      expect(await smoke(await shrinkApp('without', { rules: GRADLE }))).toMatchObject(NO_LIBRARY);
    }));
});

describe.concurrent('no rule can be left out', () => {
  test('these are all', () => {
    const begins = [DESKTOP, ...NEEDED.map(([begin]) => begin)];
    expect(rules.map((rule) => begins.find((begin) => rule.startsWith(begin)))).toEqual(begins);
  });

  test.each(NEEDED)('%s', (begin, failure) =>
    inTurn(async () => {
      const name = `without-${NEEDED.findIndex(([other]) => other === begin)}`;
      expect(await smoke(await shrinkApp(name, { rules: [...BARE, without(name, begin)] }))).toMatchObject(failure);
    }),
  );

  test(`${DESKTOP}, if something else in the app keeps all of JNA`, () =>
    inTurn(async () => {
      const all = writeRules('all-of-jna', ['-keep class com.sun.jna.** { *; }']);
      const shrunk = shrinkApp('without-desktop', { rules: [...BARE, all, without('without-desktop', DESKTOP)] });
      await expect(shrunk).rejects.toThrow('Missing class java.awt.');
    }));
});

test('the plugin adds no more than this to an app', () =>
  inTurn(async () => {
    const { length } = await shrunkDex('gradle', [...GRADLE, OUR_RULES]);
    const sizes = fromRoot('build/shrink/sizes.txt');
    mkdirSync(dirname(sizes), { recursive: true });
    writeFileSync(sizes, `DEX: ${length.toLocaleString('en-US')} bytes\n`);
    expect(length).toBeGreaterThan(50_000);
    expect(length).toBeLessThan(170_000);
  }));

/** Our rules without the one with this beginning. @param {string} name @param {string} begin */
function without(name, begin) {
  return writeRules(
    name,
    rules.filter((rule) => !rule.startsWith(begin)),
  );
}
