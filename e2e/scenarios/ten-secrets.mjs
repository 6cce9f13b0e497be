import assert from 'node:assert/strict';

import { AppScreen } from '../phone/app-screen.mjs';

const MIB = 1024 * 1024;

/** @typedef {[key: string, value: string][]} Secrets */

/**
 * Ten very different keys and values.
 *
 * @param {import('../phone/phone.mjs').Phone} phone
 * @returns {Secrets}
 */
export function tenSecrets(phone) {
  const plain = Array.from({ length: 7 }, (_, index) => [
    phone.secret(`key ${index + 1}`, 'token-'),
    phone.secret(`value ${index + 1}`),
  ]);
  return /** @type {Secrets} */ ([
    ...plain,
    [phone.secret('the key with emoji and colon', 'user:🔑:'), phone.secret('its value', 'grüße κόσμε ')],
    [phone.secret('the key of the empty value', 'empty-'), ''],
    [phone.secret('the key of the large value', 'large-'), phone.longSecret('the large value', MIB)],
  ]);
}

/**
 * New values for the same keys.
 *
 * @param {import('../phone/phone.mjs').Phone} phone
 * @param {Secrets} secrets
 * @returns {Secrets}
 */
export function renewed(phone, secrets) {
  const values = tenSecrets(phone);
  return secrets.map(([key], index) => [key, values[index]?.[1] ?? '']);
}

/**
 * Saves all through the form of the page.
 *
 * @param {import('../phone/phone.mjs').Phone} phone
 * @param {Secrets} secrets
 * @param {(text: string) => void} [tell]
 */
export async function saveThroughForm(phone, secrets, tell) {
  const screen = new AppScreen(phone.app.page);
  for (const [index, [key, value]] of secrets.entries()) {
    await screen.save(key, value);
    tell?.(`saved ${index + 1} of ${secrets.length}, ${Buffer.byteLength(value)} bytes`);
  }
}

/**
 * Replaces all values at once, and kills the process as soon as the page has its last answer.
 *
 * @param {import('../phone/phone.mjs').Phone} phone
 * @param {Secrets} secrets
 */
export async function replaceAndKill(phone, secrets) {
  const answers = await phone.callAll(secrets.map(([key, value]) => ['set', { key, value }]));
  await phone.kill();
  assert.deepEqual(
    answers,
    secrets.map(() => ({ value: true })),
  );
}

/**
 * Reads all back, and compares every byte.
 *
 * @param {import('../phone/phone.mjs').Phone} phone
 * @param {Secrets} secrets
 */
export async function readBack(phone, secrets) {
  const answers = await phone.callAll(secrets.map(([key]) => ['get', { key }]));
  for (const [index, [, value]] of secrets.entries()) {
    assert.ok(answers[index].value === value, `value ${index + 1} is not what was stored`);
  }
  const { value: keys } = await phone.call('keys');
  assert.equal(keys.length, secrets.length);
}
