// What only an iPhone does: its locks, its backups, a Keychain that outlives the app, and its statuses.

import { afterEach, describe, expect, test } from 'vitest';

import { changeOf, contents, failAtEachCall, fill, KINDS, killAtEachCall } from '../../scenarios/keychain.mjs';
import { readBack, tenSecrets } from '../../scenarios/ten-secrets.mjs';
import { usePhone } from '../fixture.mjs';

const held = usePhone();

afterEach(async () => {
  const { simulator } = held.phone;
  await simulator.command('keychain.clearFaults');
  await simulator.command('keychain.lock', { to: 'unlocked' });
  await held.phone.call('clear');
});

/** Three items, whose keys and values are nowhere else. */
function threeItems() {
  const { phone } = held;
  return Object.fromEntries(
    ['first', 'second', 'third'].map((name) => [phone.secret(`the ${name} key`), phone.secret(`the ${name} value`)]),
  );
}

function newValues() {
  return [1, 2, 3].map((number) => held.phone.secret(`new value ${number}`));
}

describe('a kill at each call of the Keychain leaves no change in part', () => {
  test.each(KINDS)('%s', async (kind) => {
    const before = threeItems();
    const { kills, done } = await killAtEachCall(held.phone, before, changeOf(kind, before, newValues()));
    expect(kills).toBeGreaterThan(0);
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(kills);
  });
});

/** Statuses, and the codes that the page may see. A status that says what is in the Keychain, not that it failed, is in no row. */
const STATUSES = [
  { name: 'errSecInteractionNotAllowed', status: -25308, codes: ['LOCKED'] },
  { name: 'errSecNotAvailable', status: -25291, codes: ['UNAVAILABLE'] },
  { name: 'errSecAllocate', status: -108, codes: ['UNAVAILABLE'] },
  { name: 'errSecIO', status: -36, codes: ['IO'] },
  { name: 'errSecDiskFull', status: -34, codes: ['STORAGE_FULL'] },
  { name: 'errSecMissingEntitlement', status: -34018, codes: ['MISSING_ENTITLEMENT'] },
  { name: 'a status that no header names', status: -99999, codes: ['UNAVAILABLE'] },
];

describe('a status of the Keychain reaches the page as its code, and no item is lost', () => {
  test.each(STATUSES)('$name ($status)', async ({ status, codes }) => {
    const before = threeItems();
    let refused = 0;
    const values = newValues();
    for (const kind of KINDS) {
      const change = changeOf(kind, before, values);
      for (const times of [1, -1])
        refused += await failAtEachCall(held.phone, before, change, { status, times, codes });
    }
    expect(refused).toBeGreaterThan(0);
  });
});

describe('the lock', () => {
  test.each(['beforeFirstUnlock', 'prewarmed'])('no call works %s, and all do afterwards', async (to) => {
    const { phone } = held;
    const items = threeItems();
    const [key = '', value] = Object.entries(items)[0] ?? [];
    await fill(phone, items);
    await phone.kill();
    await phone.start({ before: (simulator) => simulator.command('keychain.lock', { to }) });
    const calls = /** @type {[string, unknown?][]} */ ([
      ['get', { key }],
      ['has', { key }],
      ['set', { key, value: 'other' }],
      ['remove', { key }],
      ['keys'],
    ]);
    for (const answer of await phone.callAll(calls)) expect(answer).toMatchObject({ code: 'LOCKED', retryable: true });
    await phone.simulator.command('keychain.lock', { to: 'unlocked' });
    expect(await phone.call('get', { key })).toEqual({ value });
    expect(await contents(phone)).toEqual(items);
  });

  test('after the first unlock, the items can be read while the phone is locked', async () => {
    const items = threeItems();
    await fill(held.phone, items);
    await held.phone.simulator.command('keychain.lock', { to: 'locked' });
    expect(await contents(held.phone)).toEqual(items);
  });
});

describe('the app is installed again, or restored', () => {
  test('after a new installation, the items of the earlier one are there: that is the default', async () => {
    const { phone } = held;
    const secrets = tenSecrets(phone);
    await phone.callAll(secrets.map(([key, value]) => ['set', { key, value }]));
    await phone.simulator.command('keychain.reinstall');
    await phone.restart();
    await readBack(phone, secrets);
  });

  test('a backup takes no item to another phone', async () => {
    const { phone } = held;
    await fill(phone, threeItems());
    await phone.simulator.command('keychain.restore');
    await phone.restart();
    expect(await contents(phone)).toEqual({});
    expect(await phone.call('getStatus')).toMatchObject({ records: 0, state: expect.any(String) });
  });
});

test('a read is one call of the Keychain', async () => {
  const { phone } = held;
  const [key = '', value = ''] = Object.entries(threeItems())[0] ?? [];
  await phone.call('set', { key, value });
  await phone.call('get', { key });
  await phone.simulator.command('keychain.resetCounts');
  const answers = await phone.callAll(Array.from({ length: 100 }, () => ['get', { key }]));
  expect(answers.every((answer) => answer.value === value)).toBe(true);
  expect(await phone.simulator.command('keychain.counts')).toMatchObject({ copy: 100, total: 100 });
});
