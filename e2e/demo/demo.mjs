// Shows the whole chain at work: demo.mjs [android|ios]. The example app's page, Capacitor's bridge, the Kotlin or the Swift shim, the
// Rust core, and the Android Keystore or the iOS Keychain, and back. It checks every line that it prints, and the first failed check ends
// it with an error.

import { launchChromium } from '../phone/chromium.mjs';
import { Phone } from '../phone/phone.mjs';
import { missingForBridge, missingForIosBridge } from '../phone/requirements.mjs';

import { onAndroid } from './android.mjs';
import { onIos } from './ios.mjs';
import { Story } from './story.mjs';

const PLATFORMS = {
  android: { missing: missingForBridge, play: onAndroid },
  ios: { missing: missingForIosBridge, play: onIos },
};

const platform = process.argv[2] ?? 'android';
if (platform !== 'android' && platform !== 'ios')
  throw new Error(`There is no demo of ${platform}, only of android and ios`);
const { missing, play } = PLATFORMS[platform];
const problem = missing();
if (problem) throw new Error(`The demo cannot run: ${problem}`);

const browser = await launchChromium();
const phone = await Phone.create(browser, { platform });
try {
  const story = new Story(phone);
  story.step(`The app runs in Chromium ${browser.version()} on the simulated phone`);
  await play(story, phone);
  console.log('\nThe demo is complete.');
} finally {
  await phone.dispose();
  await browser.close();
}
