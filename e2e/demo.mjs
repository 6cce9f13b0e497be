// Shows the whole chain at work: the example app's page, Capacitor's Android bridge, the Kotlin shim, the Rust core and the Android
// Keystore, and back. It checks every line that it prints, and the first failed check ends it with an error.

import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';

import { fromRoot } from '../scripts/paths.mjs';

import { AppScreen } from './phone/app-screen.mjs';
import { launchChromium } from './phone/chromium.mjs';
import { Phone } from './phone/phone.mjs';
import { missingForBridge } from './phone/requirements.mjs';
import { loseKey, surviveRetryableFault } from './scenarios/keystore-faults.mjs';
import { countOperations } from './scenarios/keystore-operations.mjs';
import { callInParallel } from './scenarios/parallel-calls.mjs';
import { readBack, renewed, replaceAndKill, saveThroughForm, tenSecrets } from './scenarios/ten-secrets.mjs';
import { refuseRawCalls } from './scenarios/wrong-arguments.mjs';

const PICTURES = fromRoot('build/demo');

const missing = missingForBridge();
if (missing) throw new Error(`The demo cannot run: ${missing}`);

rmSync(PICTURES, { recursive: true, force: true });
mkdirSync(PICTURES, { recursive: true });
const browser = await launchChromium();
const phone = await Phone.create(browser);
try {
  await demo();
  console.log('\nThe demo is complete.');
} finally {
  await phone.dispose();
  await browser.close();
}

async function demo() {
  step(`The app runs in Chromium ${browser.version()} on the simulated phone`);
  await show('getStatus');
  await picture('1-fresh');

  step('Ten secrets are saved through the form of the page');
  const secrets = tenSecrets(phone);
  await saveThroughForm(phone, secrets, note);
  await keystoreOperations('so far');
  await show('getStatus');
  noLeaks();
  await picture('2-ten-secrets', { fullPage: true });
  await picture('2-ten-secrets-dark', { fullPage: true, colorScheme: 'dark' });

  step('All ten are replaced at once, and the process is killed with SIGKILL as soon as the last promise resolves');
  const fresh = renewed(phone, secrets);
  await replaceAndKill(phone, fresh);
  note('the process is gone');
  noLeaks();

  step('The process is started again, and all ten are read back');
  await phone.start();
  await readBack(phone, fresh);
  note('all ten are the values that were stored last, byte for byte');
  await keystoreOperations('since the start of the process');
  noLeaks();
  const screen = new AppScreen(phone.app.page);
  await screen.reveal(/** @type {[string, string]} */ (fresh[7])[0]);
  await picture('3-after-the-kill-dark', { colorScheme: 'dark', fullPage: true });

  step('1,000 reads in one process');
  const operations = await countOperations(phone, 1000);
  assert.equal(operations, 1);
  note(`${operations} Keystore operation`);
  noLeaks();

  step('500 calls at once');
  await callInParallel(phone, 500);
  note('each was answered once and correctly');
  noLeaks();

  step('The Keystore fails for a moment');
  await surviveRetryableFault(phone, 'hardwareBusy', async () => {
    note('calls reject with UNAVAILABLE, retryable: true; no file has changed');
    await picture('4-unavailable');
  });
  note('the Keystore works again, and the next call has succeeded');
  noLeaks();

  step('The Keystore loses the key');
  const records = (await phone.call('getStatus')).records;
  const { restore } = await loseKey(phone);
  note('the file is in quarantine, byte for byte; an empty store is in use; the event storeReset was fired');
  await picture('5-key-lost', { fullPage: true });
  noLeaks();

  step('The key comes back, as after a system update that repairs it');
  await restore();
  assert.deepEqual(await phone.call('recover'), { recovered: records, remaining: 0 });
  note(`recover() restored ${records} of ${records} items`);
  noLeaks();

  step('Wrong calls, without the TypeScript API');
  note(`${await refuseRawCalls(phone)} wrong calls and broken messages were refused and changed nothing`);
  noLeaks();
}

/** @param {string} text */
function step(text) {
  console.log(`\n${text}`);
}

/** @param {string} text */
function note(text) {
  console.log(`  ${text}`);
}

/** @param {string} method */
async function show(method) {
  const { securityLevel, location, records, fileBytes, bridgeLogging } = await phone.call(method);
  note(
    `security level ${securityLevel}, ${location}, ${records} records, ${fileBytes} bytes, bridge logging ${bridgeLogging}`,
  );
}

/** @param {string} since */
async function keystoreOperations(since) {
  const { operations, encrypt, decrypt, generate } = await phone.simulator.command('keystore.counts');
  note(`Keystore operations ${since}: ${operations} (${encrypt} encrypt, ${decrypt} decrypt), ${generate} keys made`);
}

function noLeaks() {
  report(phone.findLeaks());
}

/** @param {{ files: number, hits: unknown[] }} found */
function report({ files, hits }) {
  assert.deepEqual(hits, [], 'a secret or a key was found where it must not be');
  note(`0 secrets and 0 keys found in ${files} files of the data directory and in everything that was printed`);
}

/**
 * @param {string} name
 * @param {Parameters<AppScreen['screenshot']>[1]} [options]
 */
async function picture(name, options) {
  const path = `${PICTURES}/${name}.png`;
  await new AppScreen(phone.app.page).screenshot(path, options);
  note(`picture: build/demo/${name}.png`);
}
