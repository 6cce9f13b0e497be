// The package in the bundle of an app.

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
  expect(gzipped(code)).toBeLessThanOrEqual(3072);
  expect(code).toContain('compareAndSet');
  // The fallback for browsers is loaded on demand: a phone never loads it.
  expect(code).not.toContain('INSECURE-DEBUG');
  expect(lazy.join()).toContain('INSECURE-DEBUG');
});

test('the adapters are only in an app that uses them, and fit into 3 KiB', async () => {
  const load = async (/** @type {string} */ adapters) => {
    const { code } = await bundle(consumer.folder, `export { SecureStorage${adapters} } from 'capacitor-strongroom';`);
    return { size: gzipped(code), parts: ['getItem', '_initStorage'].filter((part) => code.includes(part)) };
  };
  const without = await load('');
  const texts = await load(', asAsyncStorage');
  const all = await load(', asAsyncStorage, asLocalForageDriver');
  expect([without.parts, texts.parts, all.parts]).toEqual([[], ['getItem'], ['getItem', '_initStorage']]);
  expect(texts.size - without.size).toBeLessThanOrEqual(300);
  expect(all.size).toBeLessThanOrEqual(3072);
});

test('an app contains nothing of the fake for tests', async () => {
  const { code, lazy } = await bundle(consumer.folder, "export * from 'capacitor-strongroom';");
  expect([code, ...lazy].join()).not.toContain('A test asked for this failure');
});

test('an app that uses the storage contains the redaction of the log, and an app that does not contains neither', async () => {
  const used = await bundle(consumer.folder, "export { SecureStorage } from 'capacitor-strongroom';");
  expect(used.code).toContain('logToNative');
  expect(used.code).toContain('loggingBehavior');
  const unused = await bundle(consumer.folder, "export { SecureStorageError } from 'capacitor-strongroom';");
  expect(unused.code).not.toContain('logToNative');
  expect(unused.code).not.toContain('registerPlugin');
});
