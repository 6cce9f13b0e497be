import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

import { chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

const FLAGS = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
];

/** The Chromium of this machine, or `undefined`. */
export function findChromium() {
  const configured = process.env.STRONGROOM_CHROMIUM;
  if (configured) return configured;
  const folders = (process.env.PATH ?? '').split(delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

/** Starts Chromium without anything that uses the network by itself. */
export async function launchChromium() {
  const executablePath = findChromium();
  if (!executablePath) throw new Error(`There is no Chromium: set STRONGROOM_CHROMIUM or install ${NAMES.join(', ')}`);
  // Chromium's sandbox refuses to run as root, the usual user in containers.
  const args = process.getuid?.() === 0 ? [...FLAGS, '--no-sandbox'] : FLAGS;
  return chromium.launch({ executablePath, args });
}

/**
 * A window of its own, which waits long enough on a machine that does much else at the same time.
 *
 * @param {import('playwright-core').Browser} browser
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
export async function newContext(browser, options) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(120_000);
  return context;
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
