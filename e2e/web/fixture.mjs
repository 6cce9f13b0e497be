import { newContext } from '../phone/chromium.mjs';
import { pluginScripts } from '../phone/plugin-build.mjs';

/**
 * A page with the plugin's IIFE build on a host of choice. Nothing leaves the machine: every request is answered here.
 *
 * @param {import('playwright-core').Browser} browser
 * @param {{ host?: string, preface?: string }} [options] `preface` is a script that runs before Capacitor
 */
export async function openPage(browser, { host = 'localhost', preface = '' } = {}) {
  const context = await newContext(browser);
  const scripts = [preface, ...pluginScripts()].map((script) => `<script>${script}</script>`);
  await context.route('**/*', (route) =>
    route.fulfill({ contentType: 'text/html', body: `<!doctype html><meta charset="utf-8">${scripts.join('')}` }),
  );
  const page = await context.newPage();
  /** @type {string[]} */
  const log = [];
  page.on('console', (message) => log.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => log.push(`uncaught: ${error.message}`));
  await page.goto(`https://${host}/`);
  return { page, log, context };
}
