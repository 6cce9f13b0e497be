import { readFileSync } from 'node:fs';

// The text goes to the page unchanged: half a surrogate pair cannot reach the browser in another form.
const text = readFileSync(new URL('behaviour.json', import.meta.url), 'utf8');

/** @typedef {{ name: string, only?: string, steps: unknown[] }} Case */

/** The cases that the TypeScript API can run. */
export const cases = /** @type {Case[]} */ (JSON.parse(text)).filter(({ only }) => only === undefined);

/**
 * Runs one case in a page that has the plugin's IIFE build, on stores that it empties before.
 *
 * @param {import('playwright-core').Page} page
 * @param {string} name
 * @param {string} [source] the cases as JSON
 * @returns {Promise<string[]>} the differences from the case, without keys and values
 */
export function runCase(page, name, source = text) {
  return page.evaluate(runInPage, { text: source, name });
}

/**
 * Self-contained, because its source is sent to the page.
 *
 * @param {{ text: string, name: string }} input
 */
async function runInPage({ text, name }) {
  const { SecureStorage, SecureStorageError } = /** @type {any} */ (globalThis).capacitorStrongroom;
  const found = JSON.parse(text).find((/** @type {any} */ entry) => entry.name === name);
  const steps = /** @type {any[]} */ (expand(found.steps));

  const stores = new Set(['default', ...steps.map((step) => step.options?.store)]);
  for (const store of stores) {
    if (/^[a-z0-9._-]{1,64}$/.test(store) && typeof store === 'string') await SecureStorage.clear({ store });
  }

  const failures = [];
  for (const [index, step] of steps.entries()) {
    const problem = check(step, await call(step));
    if (problem) failures.push(`step ${index + 1}, ${step.method}: ${problem}`);
  }
  return failures;

  async function call(/** @type {any} */ step) {
    try {
      return { result: await SecureStorage[step.method](step.options) };
    } catch (error) {
      return { error };
    }
  }

  function check(/** @type {any} */ step, /** @type {any} */ { result, error }) {
    if ('error' in step) {
      if (!error) return `resolved, expected ${step.error}`;
      if (!(error instanceof SecureStorageError)) return 'rejected with something other than a SecureStorageError';
      return error.code === step.error ? undefined : `rejected with ${error.code}, expected ${step.error}`;
    }
    if (error) return `rejected with ${error.code}`;
    const seen = step.includes ? pick(result, Object.keys(step.includes)) : result;
    return canonical(seen) === canonical(step.includes ?? step.result) ? undefined : 'resolved with another result';
  }

  function pick(/** @type {any} */ object, /** @type {string[]} */ names) {
    return Object.fromEntries(names.map((field) => [field, object[field]]));
  }

  function canonical(/** @type {any} */ value) {
    return JSON.stringify(value, (_, part) =>
      part && typeof part === 'object' && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
        : part,
    );
  }

  /** @type {(value: any) => any} */
  function expand(value) {
    if (Array.isArray(value)) return value.map(expand);
    if (!value || typeof value !== 'object') return value;
    if (value.$repeat) return value.$repeat[0].repeat(value.$repeat[1]);
    if (value.$list) return list(value.$list[0], JSON.stringify(value.$list[1]));
    return Object.fromEntries(Object.entries(value).map(([field, part]) => [field, expand(part)]));
  }

  function list(/** @type {number} */ length, /** @type {string} */ entry) {
    return Array.from({ length }, (_, index) => JSON.parse(entry.replaceAll('#', String(index))));
  }
}
