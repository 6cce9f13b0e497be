import assert from 'node:assert/strict';

import { vaultFiles } from '../phone/vault-files.mjs';

/**
 * Starts the app while the Keystore fails, and checks that nothing changes and that the next call works.
 *
 * @param {import('../phone/phone.mjs').Phone} phone
 * @param {string} fault
 * @param {() => Promise<void>} [meanwhile] runs while the Keystore fails
 */
export async function surviveRetryableFault(phone, fault, meanwhile) {
  const key = phone.secret('a key during a transient fault');
  const value = phone.secret('a value during a transient fault');
  await phone.call('set', { key, value });
  await phone.kill();
  const before = vaultFiles(phone.data);
  assert.notEqual(before.size, 0);

  await phone.start({ before: (simulator) => simulator.command('keystore.fault', { fault, times: -1 }) });
  const failed = await phone.callAll([
    ['get', { key }],
    ['set', { key, value: 'other' }],
    ['remove', { key }],
    ['keys'],
  ]);
  for (const { code, retryable } of failed)
    assert.deepEqual({ code, retryable }, { code: 'UNAVAILABLE', retryable: true });
  await meanwhile?.();
  assert.deepEqual(vaultFiles(phone.data), before, 'the files are untouched');

  await phone.simulator.command('keystore.clearFaults');
  assert.deepEqual(await phone.call('get', { key }), { value });
}

/**
 * Hides the key of the app's store. Checks that the file goes into quarantine unchanged, an empty store starts, and the event fires.
 *
 * @param {import('../phone/phone.mjs').Phone} phone
 * @returns {Promise<{ restore: () => Promise<void> }>} `restore` brings the key back
 */
export async function loseKey(phone) {
  await phone.kill();
  const before = new Set(vaultFiles(phone.data).values());
  /** @type {string[]} */
  let aliases = [];
  await phone.start({
    before: async (simulator) => {
      aliases = await simulator.hideKeys();
      assert.notEqual(aliases.length, 0);
    },
  });
  await phone.app.page.getByRole('log').getByText('KEY_LOST').waitFor();

  const status = await phone.call('getStatus');
  assert.equal(status.quarantined, 1);
  assert.equal(status.records, 0);
  assert.equal(status.lastReset.reason, 'KEY_LOST');
  const after = new Set(vaultFiles(phone.data).values());
  assert.ok(
    [...before].every((digest) => after.has(digest)),
    'the file is still there, byte for byte',
  );

  const restore = async () => {
    for (const alias of aliases) await phone.simulator.command('keystore.restoreAlias', { alias });
  };
  return { restore };
}
