import { pluginScripts } from '../lib/plugin-build.mjs';

/**
 * A page with the plugin's IIFE build on a host of choice. Nothing leaves the machine: every request is answered here.
 *
 * @param {import('playwright-core').Browser} browser
 * @param {{ host?: string, preface?: string }} [options] `preface` is a script that runs before Capacitor
 */
export async function openPage(browser, { host = 'localhost', preface = '' } = {}) {
  const context = await browser.newContext();
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

/**
 * Calls the API in the page.
 *
 * @param {import('playwright-core').Page} page
 * @param {string} method
 * @param {unknown} [options]
 * @returns {Promise<any>} the result, or `{ code, retryable, message }` of the error
 */
export function call(page, method, options) {
  return page.evaluate(async ([method, options]) => {
    const { SecureStorage, SecureStorageError } = /** @type {any} */ (globalThis).capacitorStrongroom;
    try {
      return await SecureStorage[method](options);
    } catch (error) {
      if (!(error instanceof SecureStorageError)) throw error;
      const { code, retryable, message } = /** @type {any} */ (error);
      return { code, retryable, message };
    }
  }, /** @type {[string, any]} */ ([method, options]));
}
