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
