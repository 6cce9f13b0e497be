import { expect, test } from 'vitest';

import { contents, fill } from '../../scenarios/keychain.mjs';
import { usePhone } from '../fixture.mjs';

const held = usePhone({ plugins: { SecureStorage: { ios: { onReinstall: 'clear' } } } });

test("with onReinstall 'clear', a new installation is empty, and a restart is not", async () => {
  const { phone } = held;
  const items = { [phone.secret('a key')]: phone.secret('a value') };
  await fill(phone, items);
  await phone.restart();
  expect(await contents(phone)).toEqual(items);

  await phone.simulator.command('keychain.reinstall');
  await phone.restart();
  expect(await contents(phone)).toEqual({});
  await fill(phone, items);
  await phone.restart();
  expect(await contents(phone)).toEqual(items);
});

test('native code that runs before the page meets no item of an earlier installation either', async () => {
  const { phone } = held;
  const key = phone.secret('a key');
  const value = phone.secret('a value');
  await fill(phone, { [key]: value });
  const item = { store: 'default', key };
  expect(await phone.simulator.command('native', item)).toBe(value);

  await phone.simulator.command('keychain.reinstall');
  await phone.kill();
  /** @type {unknown} */
  let read;
  await phone.start({
    before: async (simulator) => {
      read = await simulator.command('native', item);
    },
  });
  expect(read).toBeNull();
  expect(await contents(phone)).toEqual({});
});

test('an extension with the configuration of the app deletes nothing: its own files say nothing about the app', async () => {
  const { phone } = held;
  const key = phone.secret('a key');
  const value = phone.secret('a value');
  await fill(phone, { [key]: value });
  await phone.simulator.command('keychain.reinstall');
  await phone.kill();
  /** @type {unknown[]} */
  const read = [];
  await phone.start({
    before: async (simulator) => {
      for (const extension of [true, false])
        read.push(await simulator.command('native', { store: 'default', key, extension }));
    },
  });
  expect(read).toEqual([value, null]);
});
