// What an app on Android notices when it moves from @aparajita/capacitor-secure-storage, by the row of docs/guide/moving-in.md.

import { readdirSync, readFileSync } from 'node:fs';

import { expect } from 'vitest';

import { changePreferences, damageFirstRecord, preferences, withoutDisk } from './damage.mjs';
import { failed, INVALID, NOT_FOUND, refused, resolved } from './outcomes.mjs';

/** @typedef {import('./on-phone.mjs').PhoneSides} Sides */

const MEGABYTE = 1024 * 1024;
const ALIAS = 'capacitor-storage_k';

/** @type {Record<string, (sides: Sides) => Promise<void>>} */
export const ROWS = {
  'ap-results': async ({ ap, ours }) => {
    expect(await ap.call('set', 'k', { a: [1, '🔑'] })).toEqual(resolved());
    expect(await ap.call('get', 'k')).toEqual(resolved({ a: [1, '🔑'] }));
    expect(await ap.call('keys')).toEqual(resolved(['k']));
    expect(await ap.call('remove', 'k')).toEqual(resolved(true));
    expect(await ap.call('clear')).toEqual(resolved());
    expect(await ours.call('setJSON', { key: 'k', value: { a: [1, '🔑'] } })).toEqual(resolved({ value: true }));
    expect(await ours.call('getJSON', { key: 'k' })).toEqual(resolved({ value: { a: [1, '🔑'] } }));
    expect(await ours.call('keys')).toEqual(resolved({ value: ['k'] }));
    expect(await ours.call('remove', { key: 'k' })).toEqual(resolved({ value: true }));
    expect(await ours.call('clear')).toEqual(resolved({ value: true }));
  },

  'ap-missing': async ({ ap, ours }) => {
    for (const method of ['get', 'getItem']) expect(await ap.call(method, 'absent')).toEqual(resolved(null));
    expect(await ap.call('remove', 'absent')).toEqual(resolved(false));
    for (const method of ['get', 'getJSON', 'remove']) {
      expect(await ours.call(method, { key: 'absent' })).toEqual(NOT_FOUND);
    }
    expect(await ours.call('getMany', { keys: ['absent'] })).toEqual(resolved({ value: [null] }));
  },

  'ap-undefined': async ({ ap, ours }) => {
    expect(await ap.call('set', 'k', undefined)).toEqual(
      failed({ name: 'StorageError', code: 'invalidData', message: 'The data in the store is in an invalid format' }),
    );
    expect(await ours.call('setJSON', { key: 'k', value: undefined })).toEqual(INVALID);
  },

  'ap-surrogate': async ({ ap, ours }) => {
    await ap.resolve('set', 'k', { $js: '"\\ud83d"' });
    await ours.resolve('setJSON', { $js: '{ key: "k", value: "\\ud83d" }' });
    expect(await ap.resolve('getItem', 'k')).toBe('"\\ud83d"');
    expect(await ours.resolve('get', { key: 'k' })).toEqual({ value: '"\\ud83d"' });
    await ap.resolve('setItem', 'k', { $js: '"\\ud83d"' });
    expect(await ap.resolve('getItem', 'k')).toBe('?');
    expect(await ours.call('set', { $js: '{ key: "k", value: "\\ud83d" }' })).toEqual(INVALID);
  },

  'ap-key-empty': async ({ ap, ours }) => {
    expect(await ap.call('set', '', 'v')).toEqual(failed({ code: 'missingKey' }));
    expect(await ap.call('getItem', '')).toEqual(resolved(null));
    expect(await ours.call('set', { key: '', value: 'v' })).toEqual(INVALID);
  },

  'ap-value-long': async ({ ap, ours }) => {
    const value = 'v'.repeat(MEGABYTE + 1);
    await ap.resolve('set', 'k', value);
    expect(await ap.resolve('get', 'k')).toHaveLength(MEGABYTE + 1);
    expect(await ours.call('set', { key: 'k', value })).toEqual(refused('TOO_LARGE'));
  },

  'ap-corrupt': async ({ ap, ours, phone }) => {
    for (const key of ['bad', 'good']) {
      await ap.resolve('set', key, 'v');
      await ours.resolve('set', { key, value: 'v' });
    }
    await ap.resolve('set', 'cut', 'v');
    await phone.restart(() => {
      damageFirstRecord(phone);
      // Another first byte of the ciphertext, and no IV.
      changePreferences(phone, 'ap', (xml) =>
        xml
          .replace(/(_bad">)(.)/, (_, before, first) => `${before}${first === 'A' ? 'B' : 'A'}`)
          .replace(/(_cut">[^&]*)&[^<]*/, '$1'),
      );
    });
    const message = 'An OS error occurred (AEADBadTagException)';
    expect(await ap.call('get', 'bad')).toEqual(failed({ name: 'StorageError', code: 'osError', message }));
    expect(await ap.call('get', 'cut')).toEqual(failed({ name: 'StorageError', code: 'invalidData' }));
    expect(await ap.resolve('keys')).toEqual(expect.arrayContaining(['bad', 'cut']));
    expect(await ours.call('get', { key: 'bad' })).toEqual(refused('CORRUPT_RECORD', { retryable: false }));
    expect(await ours.resolve('keys')).toEqual({ value: ['good'] });
    expect(await ap.resolve('get', 'good')).toBe('v');
    expect(await ap.resolve('remove', 'bad')).toBe(true);
    expect(await ours.resolve('remove', { key: 'bad' })).toEqual({ value: true });
  },

  'ap-locked': async ({ ap, ours, phone }) => {
    await ap.resolve('set', 'k', 'v');
    await ours.resolve('set', { key: 'k', value: 'v' });
    await phone.restart(undefined, {
      before: (simulator) => simulator.command('keystore.fault', { fault: 'keyUnreadable', times: -1 }),
    });
    expect(await ap.call('get', 'k')).toEqual(resolved(null));
    expect(await ap.call('remove', 'k')).toEqual(resolved(false));
    expect(await ours.call('get', { key: 'k' })).toEqual(refused('UNAVAILABLE', { retryable: true }));
    expect(await ours.call('remove', { key: 'k' })).toEqual(refused('UNAVAILABLE', { retryable: true }));
    await phone.keystore('clearFaults');
    expect(await ours.resolve('get', { key: 'k' })).toEqual({ value: 'v' });
    for (const [fault, code] of [
      ['hardwareBusy', 'osError'],
      ['nullPointer', 'unknownError'],
    ]) {
      await phone.keystore('fault', { fault, times: -1 });
      expect(await ap.call('get', 'k')).toEqual(failed({ name: 'StorageError', code }));
      await phone.keystore('clearFaults');
    }
    expect(await ap.resolve('get', 'k')).toBe('v');
  },

  'ap-lost-key': async ({ ap, ours, phone }) => {
    await ap.resolve('set', 'k', 'v');
    await ours.resolve('set', { key: 'k', value: 'v' });
    /** @type {string[]} */
    let aliases = [];
    await phone.restart(undefined, {
      before: async (simulator) => {
        aliases = await simulator.hideKeys();
      },
    });
    expect(aliases).toContain(ALIAS);
    expect(await ap.call('get', 'k')).toEqual(resolved(null));
    expect(await ap.call('keys')).toEqual(resolved([]));
    expect(await ap.call('remove', 'k')).toEqual(resolved(false));
    await ap.resolve('clear');
    expect(preferences(phone, 'ap')).toContain(ALIAS);
    expect(await ours.call('get', { key: 'k' })).toEqual(NOT_FOUND);
    expect(await ours.resolve('getStatus')).toMatchObject({ quarantined: 1, lastReset: { reason: 'KEY_LOST' } });
    for (const alias of aliases) await phone.keystore('restoreAlias', { alias });
    expect(await ours.resolve('recover')).toEqual({ recovered: 1, remaining: 0 });
  },

  'ap-write-failure': async ({ ap, ours, phone }) => {
    await ap.resolve('set', 'k', 'old');
    await ours.resolve('set', { key: 'k', value: 'old' });
    await withoutDisk(phone, async () => {
      expect(await ap.call('set', 'k', 'new')).toEqual(resolved());
      expect(await ours.call('set', { key: 'k', value: 'new' })).toEqual(refused('IO', { retryable: true }));
    });
    expect(await ap.resolve('get', 'k')).toBe('old');
    expect(await ours.resolve('get', { key: 'k' })).toEqual({ value: 'old' });
  },

  'ap-prefix-overlap': async ({ ap, ours, phone }) => {
    await ap.resolve('set', 'k', 'v');
    await ours.resolve('set', { key: 'k', value: 'v' });
    // It searches all aliases of the app for the prefix, including Strongroom's.
    await ap.resolve('setKeyPrefix', 'dev.strong');
    expect(await ap.resolve('keys')).toEqual([expect.stringMatching(/^room:[^:]+:default:v\d+:[0-9a-f]{16}$/)]);
    await ap.resolve('setKeyPrefix', 'cap');
    expect(await ap.resolve('keys')).toEqual(['acitor-storage_k']);
    await ap.resolve('clear');
    await ap.resolve('setKeyPrefix', 'capacitor-storage_');
    expect(await ap.call('get', 'k')).toEqual(resolved(null));
    expect(await phone.keystore('aliases')).toEqual([expect.stringMatching(/^dev\.strongroom:[^:]+:default:/)]);
    expect(await ours.resolve('keys', { store: 'defaul' })).toEqual({ value: [] });
    expect(await ours.resolve('get', { key: 'k' })).toEqual({ value: 'v' });
  },

  'ap-at-rest': async ({ ap, ours, phone }) => {
    await ap.resolve('set', 'k', 'v');
    await ours.resolve('set', { key: 'name-of-an-item', value: 'v' });
    expect(preferences(phone, 'ap')).toContain(`name="${ALIAS}"`);
    expect(readFileSync(phone.file('no_backup/strongroom/default.vault'), 'latin1')).not.toContain('name-of-an-item');
    const keys = readdirSync(phone.keystoreFolder)
      .filter((file) => file.endsWith('.key'))
      .map((file) => JSON.parse(readFileSync(`${phone.keystoreFolder}/${file}`, 'utf8')));
    const bits = (/** @type {RegExp} */ form) =>
      keys.filter(({ alias }) => form.test(alias)).map(({ material }) => 8 * Buffer.from(material, 'base64').length);
    expect(bits(new RegExp(`^${ALIAS}`))).toEqual([128]);
    expect(bits(/^dev\.strongroom:[^:]+:default:v/)).toEqual([256]);
  },

  'ap-cost': async ({ ap, ours, phone }) => {
    for (const key of ['a', 'b']) {
      await ap.resolve('set', key, 'v');
      await ours.resolve('set', { key, value: 'v' });
    }
    await phone.restart();
    /** @param {() => Promise<unknown>} read */
    const count = async (read) => {
      const before = (await phone.keystore('counts')).operations;
      for (let time = 0; time < 10; time++) await read();
      return (await phone.keystore('counts')).operations - before;
    };
    await ours.resolve('get', { key: 'a' });
    expect(await count(() => ap.resolve('get', 'a'))).toBe(10);
    expect(await count(() => ours.resolve('get', { key: 'b' }))).toBe(0);
  },
};

/** @typedef {import('./on-phone.mjs').PhoneSide} PhoneSide */

/**
 * Apps with both plugins unchanged, in the order in which they are registered.
 *
 * @type {Record<string, { native: ('ap' | 'ours')[], check: (sides: { ap: PhoneSide, ours: PhoneSide }) => Promise<void> }[]>}
 */
export const CLASH = {
  'ap-plugin-id': [
    {
      native: ['ap', 'ours'],
      check: async ({ ap, ours }) => {
        await ours.resolve('set', { key: 'k', value: 'v' });
        expect(await ours.resolve('get', { key: 'k' })).toEqual({ value: 'v' });
        expect(await ap.call('get', 'k')).toEqual(failed({ code: 'INVALID_ARGUMENT' }));
        expect(await ap.call('keys')).toEqual(resolved({ value: ['k'] }));
        expect(await ap.call('clear')).toEqual(resolved({ value: true }));
        expect(await ours.call('get', { key: 'k' })).toEqual(NOT_FOUND);
      },
    },
    {
      native: ['ours', 'ap'],
      check: async ({ ours }) => {
        for (const method of ['set', 'get', 'getPlatform', 'keys']) {
          const options = { key: 'k', value: 'v' };
          expect(await ours.call(method, options)).toEqual(refused('UNSUPPORTED', { retryable: false }));
        }
      },
    },
  ],
};
