import assert from 'node:assert/strict';

/**
 * Makes calls of the bridge protocol through the API, in a page that has it as `capacitorStrongroom`.
 *
 * @param {import('playwright-core').Page} page
 * @param {(label: string) => string} text makes a text for a key or a value
 */
export async function useHelpers(page, text) {
  await keepObjects(page, text('the key of an object'), text('what an object holds'));
  await countTogether(page, text('the key of a counter'), 50);
}

/** @param {import('playwright-core').Page} page @param {string} key @param {string} value */
async function keepObjects(page, key, value) {
  const object = {
    text: value,
    date: '2026-11-24T12:00:00.000Z',
    list: [0.1, -1e21, null, { deep: ['🔑', '\u2028', ''] }],
  };
  const seen = await page.evaluate(async ([key, object]) => {
    const { SecureStorage } = /** @type {any} */ (globalThis).capacitorStrongroom;
    const codes = /** @type {string[]} */ ([]);
    const note = (/** @type {any} */ error) => void codes.push(error.code);
    await SecureStorage.getJSON({ key }).catch(note);
    await SecureStorage.setJSON({ key, value: object });
    await SecureStorage.setJSON({ key, value: { when: new Date() } }).catch(note);
    const read = (await SecureStorage.getJSON({ key })).value;
    await SecureStorage.set({ key, value: 'no JSON' });
    await SecureStorage.getJSON({ key }).catch(note);
    return { read, codes };
  }, /** @type {const} */ ([key, object]));
  assert.deepEqual(seen, { read: object, codes: ['NOT_FOUND', 'INVALID_ARGUMENT', 'INVALID_ARGUMENT'] });
}

/** Counts up in parallel; half of the updates bypass the page's own queue for updates. @param {import('playwright-core').Page} page @param {string} key @param {number} times */
async function countTogether(page, key, times) {
  const counted = await page.evaluate(async ([key, times]) => {
    const { SecureStorage } = /** @type {any} */ (globalThis).capacitorStrongroom;
    const next = (/** @type {string | null} */ value) => String(Number(value ?? 0) + 1);
    /** @returns {Promise<unknown>} */
    const swap = async () => {
      const expected = (await SecureStorage.getMany({ keys: [key] })).value[0];
      const { value: done } = await SecureStorage.compareAndSet({ key, expected, value: next(expected) });
      return done || swap();
    };
    const calls = Array.from({ length: times }, (_, index) =>
      index % 2 === 0 ? SecureStorage.update({ key }, next) : swap(),
    );
    await Promise.all(calls);
    return (await SecureStorage.get({ key })).value;
  }, /** @type {const} */ ([key, times]));
  assert.equal(counted, String(times));
}
