import { expect, test } from 'vitest';

import { vaultFiles } from '../../phone/vault-files.mjs';

import { usePhone } from '../fixture.mjs';

const held = usePhone({ plugins: { SecureStorage: { onKeyLoss: 'error' } } });

test("with onKeyLoss 'error', a lost key refuses every call until reset()", async () => {
  const { phone } = held;
  const key = phone.secret('a key');
  const value = phone.secret('a value');
  await phone.call('set', { key, value });
  await phone.kill();
  const before = vaultFiles(phone.data);

  /** @type {string[]} */
  let aliases = [];
  await phone.start({
    before: async (simulator) => {
      aliases = await simulator.hideKeys();
    },
  });
  for (const answer of await phone.callAll([['get', { key }], ['set', { key, value: 'other' }], ['keys']])) {
    expect(answer).toMatchObject({ code: 'KEY_LOST', retryable: false });
  }
  expect(vaultFiles(phone.data)).toEqual(before);

  expect(await phone.call('reset')).toEqual({ value: true });
  expect(await phone.call('get', { key })).toMatchObject({ code: 'NOT_FOUND' });
  expect(await phone.call('getStatus')).toMatchObject({ quarantined: 1 });

  for (const alias of aliases) await phone.simulator.command('keystore.restoreAlias', { alias });
  expect(await phone.call('recover')).toEqual({ recovered: 1, remaining: 0 });
  expect(await phone.call('get', { key })).toEqual({ value });
});
