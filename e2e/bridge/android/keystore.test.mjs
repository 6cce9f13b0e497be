import { readdirSync } from 'node:fs';

import { afterEach, expect, test } from 'vitest';

import { AppScreen } from '../../phone/app-screen.mjs';
import { vaultFiles } from '../../phone/vault-files.mjs';
import { loseKey, surviveRetryableFault } from '../../scenarios/keystore-faults.mjs';
import { countOperations } from '../../scenarios/keystore-operations.mjs';
import { readBack, tenSecrets } from '../../scenarios/ten-secrets.mjs';

import { usePhone } from '../fixture.mjs';

const held = usePhone();

afterEach(async () => {
  await held.phone.simulator.command('keystore.clearFaults');
  await held.phone.call('clear');
});

test('every file of a store is outside of backups', async () => {
  const { phone } = held;
  await phone.call('set', { key: 'k', value: 'v' });
  const outside = [...vaultFiles(phone.data).keys()];
  expect(outside.some((path) => path.endsWith('/no_backup/strongroom/default.vault'))).toBe(true);
  const all = readdirSync(phone.data, { recursive: true }).map(String);
  expect(all.filter((path) => path.includes('default.vault'))).toHaveLength(1);
});

test('a thousand reads take one Keystore operation', async () => {
  expect(await countOperations(held.phone, 1000)).toBe(1);
});

test.each(['hardwareBusy', 'keyUnreadable', 'operationPruned'])(
  'while the Keystore fails (%s), nothing changes, and later every item is there',
  async (fault) => {
    const { phone } = held;
    await surviveRetryableFault(phone, fault, async () => {
      expect(await new AppScreen(phone.app.page).errorCode()).toBe('UNAVAILABLE');
    });
  },
);

test('a lost key puts the file into quarantine, and recover() restores every item when the key is back', async () => {
  const { phone } = held;
  const secrets = tenSecrets(phone);
  await phone.callAll(secrets.map(([key, value]) => ['set', { key, value }]));

  const { restore } = await loseKey(phone);
  expect(await new AppScreen(phone.app.page).eventCodes()).toEqual(['KEY_LOST']);
  expect(await phone.call('recover')).toEqual({ recovered: 0, remaining: 1 });
  const newer = phone.secret('a value that is newer than the lost one');
  const [[key] = [''], ...others] = secrets;
  await phone.call('set', { key, value: newer });

  await restore();
  expect(await phone.call('recover')).toEqual({ recovered: others.length, remaining: 0 });
  await readBack(phone, [[key, newer], ...others]);
  expect(await phone.call('getStatus')).toMatchObject({ quarantined: 0, records: secrets.length });
});
