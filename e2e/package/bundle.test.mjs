// What an app's bundler makes of the package.

import { afterAll, beforeAll, expect, test } from 'vitest';

import { bundle, gzipped } from '../../scripts/package/bundle.mjs';
import { Consumer } from '../../scripts/package/consumer.mjs';

/** @type {Consumer} */
let consumer;

beforeAll(() => {
  consumer = new Consumer();
});

afterAll(() => {
  consumer.remove();
});

test('what an app loads for the storage is at most 3 kB, compressed', async () => {
  const { code, lazy } = await bundle(consumer.folder, "export { SecureStorage } from 'capacitor-strongroom';");
  expect(gzipped(code)).toBeLessThanOrEqual(3000);
  expect(code).toContain('compareAndSet');
  // The fallback for browsers comes when it is needed: a phone never loads it.
  expect(code).not.toContain('INSECURE-DEBUG');
  expect(lazy.join()).toContain('INSECURE-DEBUG');
});

test('the adapters come only to an app that uses them, and fit into the 3 kB', async () => {
  const load = async (/** @type {string} */ adapters) => {
    const { code } = await bundle(consumer.folder, `export { SecureStorage${adapters} } from 'capacitor-strongroom';`);
    return { size: gzipped(code), parts: ['getItem', '_initStorage'].filter((part) => code.includes(part)) };
  };
  const without = await load('');
  const texts = await load(', asAsyncStorage');
  const all = await load(', asAsyncStorage, asLocalForageDriver');
  expect([without.parts, texts.parts, all.parts]).toEqual([[], ['getItem'], ['getItem', '_initStorage']]);
  expect(texts.size - without.size).toBeLessThanOrEqual(300);
  expect(all.size).toBeLessThanOrEqual(3000);
});

test('nothing of the tests of apps is in an app', async () => {
  const { code, lazy } = await bundle(consumer.folder, "export * from 'capacitor-strongroom';");
  expect([code, ...lazy].join()).not.toContain('A test asked for this failure');
});

test('an app that keeps the storage keeps what guards the log, and one that does not keeps neither', async () => {
  const used = await bundle(consumer.folder, "export { SecureStorage } from 'capacitor-strongroom';");
  expect(used.code).toContain('logToNative');
  expect(used.code).toContain('loggingBehavior');
  const unused = await bundle(consumer.folder, "export { SecureStorageError } from 'capacitor-strongroom';");
  expect(unused.code).not.toContain('logToNative');
  expect(unused.code).not.toContain('registerPlugin');
});
