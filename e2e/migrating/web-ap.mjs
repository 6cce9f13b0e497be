// What an app in a browser notices when it moves from @aparajita/capacitor-secure-storage, by the row of docs/guide/moving-in.md.

import { expect } from 'vitest';

import { failed, INVALID, NOT_FOUND, refused, resolved } from './outcomes.mjs';

/** @typedef {import('./on-web.mjs').WebSides} Sides */

const PREFIX = 'capacitor-storage_';
const OUR_PREFIX = 'INSECURE-DEBUG:strongroom:default:';
const MEGABYTE = 1024 * 1024;
const QUOTA = 5 * MEGABYTE;

/** @type {Record<string, (sides: Sides) => Promise<void>>} */
export const ROWS = {
  'ap-arguments': async ({ ap, ours }) => {
    await ap.resolve('set', 'k', 'v');
    expect(await ap.resolve('get', 'k')).toBe('v');
    expect(await ours.call('set', 'k', 'v')).toEqual(INVALID);
    expect(await ours.call('get', 'k')).toEqual(INVALID);
  },

  'ap-results': async ({ ap, ours }) => {
    expect(await ap.call('set', 'k', 'v')).toEqual(resolved());
    expect(await ap.call('keys')).toEqual(resolved(['k']));
    expect(await ap.call('remove', 'k')).toEqual(resolved(true));
    expect(await ap.call('clear')).toEqual(resolved());
    expect(await ours.call('set', { key: 'k', value: 'v' })).toEqual(resolved({ value: true }));
    expect(await ours.call('keys')).toEqual(resolved({ value: ['k'] }));
    expect(await ours.call('remove', { key: 'k' })).toEqual(resolved({ value: true }));
    expect(await ours.call('clear')).toEqual(resolved({ value: true }));
  },

  'ap-missing': async ({ ap, ours }) => {
    expect(await ap.call('get', 'absent')).toEqual(resolved(null));
    expect(await ap.call('remove', 'absent')).toEqual(resolved(false));
    for (const method of ['get', 'getJSON', 'remove']) {
      expect(await ours.call(method, { key: 'absent' })).toEqual(NOT_FOUND);
    }
    expect(await ours.call('getMany', { keys: ['absent'] })).toEqual(resolved({ value: [null] }));
    expect(await ours.call('removeMany', { keys: ['absent'] })).toEqual(resolved({ value: 0 }));
  },

  'ap-null': async ({ ap, ours }) => {
    await ap.resolve('set', 'k', null);
    expect(await ap.resolve('keys')).toEqual(['k']);
    expect(await ap.call('get', 'k')).toEqual(await ap.call('get', 'absent'));
    await ours.resolve('setJSON', { key: 'k', value: null });
    expect(await ours.call('getJSON', { key: 'k' })).toEqual(resolved({ value: null }));
    expect(await ours.call('getJSON', { key: 'absent' })).toEqual(NOT_FOUND);
  },

  'ap-types': async ({ ap, ours }) => {
    for (const value of ['', 'text 🔑', 0, -1.5e300, true, [1, [null]], { a: { b: [] } }]) {
      await ap.resolve('set', 'k', value);
      expect(await ap.resolve('get', 'k')).toEqual(value);
      await ours.resolve('setJSON', { key: 'k', value });
      expect(await ours.resolve('getJSON', { key: 'k' })).toEqual({ value });
    }
  },

  'ap-date': async ({ ap, ours }) => {
    const text = '2026-11-24T12:00:00.000Z';
    await ap.resolve('set', 'k', new Date(text));
    expect(await ap.resolve('get', 'k')).toEqual(new Date(text));
    await ap.resolve('set', 'k', [new Date(text)]);
    expect(await ap.resolve('get', 'k')).toEqual([text]);
    expect(await ours.call('setJSON', { key: 'k', value: new Date(text) })).toEqual(INVALID);
    expect(await ours.call('setJSON', { key: 'k', value: [new Date(text)] })).toEqual(INVALID);
  },

  'ap-date-text': async ({ ap, ours }) => {
    const text = '2026-11-24T12:00:00.000Z';
    await ap.resolve('set', 'k', text);
    expect(await ap.resolve('get', 'k')).toBeInstanceOf(Date);
    expect(await ap.resolve('get', 'k', false)).toBe(text);
    await ours.resolve('setJSON', { key: 'k', value: text });
    expect(await ours.resolve('getJSON', { key: 'k' })).toEqual({ value: text });
  },

  'ap-lossy': async ({ ap, ours }) => {
    const changed = [
      [NaN, null],
      [Infinity, null],
      [-0, 0],
      [[undefined], [null]],
      [{ $js: 'new Map([[1, 2]])' }, {}],
    ];
    for (const [value, read] of changed) {
      await ap.resolve('set', 'k', value);
      expect(await ap.call('get', 'k')).toEqual(resolved(read));
    }
    for (const value of ['NaN', 'Infinity', '[undefined]', 'new Map([[1, 2]])', '1n']) {
      expect(await ours.call('setJSON', { $js: `{ key: 'k', value: ${value} }` })).toEqual(INVALID);
    }
    await ours.resolve('setJSON', { key: 'k', value: -0 });
    expect(await ours.resolve('getJSON', { key: 'k' })).toEqual({ value: -0 });
    expect(await ap.call('set', 'k', 1n)).toEqual(failed({ name: 'TypeError' }));
  },

  'ap-undefined': async ({ ap, ours }) => {
    await ap.resolve('set', 'k', undefined);
    expect(await ap.place.stored()).toEqual({ [`${PREFIX}k`]: 'undefined' });
    expect(await ap.call('get', 'k')).toEqual(failed({ name: 'StorageError', code: 'invalidData' }));
    expect(await ours.call('setJSON', { key: 'k', value: undefined })).toEqual(INVALID);
    expect(await ours.call('set', { key: 'k', value: undefined })).toEqual(INVALID);
  },

  'ap-surrogate': async ({ ap, ours }) => {
    const lone = { $js: '"\\ud83d"' };
    await ap.resolve('set', 'k', lone);
    await ours.resolve('setJSON', { $js: '{"key":"k","value":"\\ud83d"}' });
    // As JSON text, because Playwright does not return half a pair unchanged.
    expect(await ap.resolve('getItem', 'k')).toBe('"\\ud83d"');
    expect(await ours.resolve('get', { key: 'k' })).toEqual({ value: '"\\ud83d"' });
    expect(await ap.call('setItem', 'k', lone)).toEqual(resolved());
    expect(await ours.call('set', { $js: '{"key":"k","value":"\\ud83d"}' })).toEqual(INVALID);
  },

  'ap-raw': async ({ ap, ours, open }) => {
    await ap.resolve('setItem', 'k', 'no JSON');
    expect(await ap.resolve('getItem', 'k')).toBe('no JSON');
    expect(await ap.call('get', 'k')).toEqual(failed({ name: 'StorageError', code: 'invalidData' }));
    await ours.resolve('set', { key: 'k', value: 'no JSON' });
    expect(await ours.resolve('get', { key: 'k' })).toEqual({ value: 'no JSON' });
    expect(await ours.call('getJSON', { key: 'k' })).toEqual(INVALID);
    expect(await ap.call('getItem', 'absent')).toEqual(resolved(null));
    expect(await ap.call('removeItem', 'absent')).toEqual(resolved());

    const place = await open(['storage']);
    const storage = place.side('storage');
    expect(await storage.call('setItem', 'k', 'no JSON')).toEqual(resolved());
    expect(await storage.call('getItem', 'k')).toEqual(resolved('no JSON'));
    expect(await storage.call('getItem', 'absent')).toEqual(resolved(null));
    expect(await storage.call('removeItem', 'absent')).toEqual(resolved());
  },

  'ap-raw-type': async ({ ap, ours }) => {
    await ap.resolve('setItem', 'k', 5);
    expect(await ap.resolve('getItem', 'k')).toBe('5');
    await ap.resolve('setItem', 'k', null);
    expect(await ap.resolve('getItem', 'k')).toBe('null');
    for (const value of [5, null]) expect(await ours.call('set', { key: 'k', value })).toEqual(INVALID);
  },

  'ap-raw-empty': async ({ ap, ours }) => {
    await ap.resolve('setItem', 'k', '');
    expect(await ap.resolve('getItem', 'k')).toBe('');
    expect(await ap.call('get', 'k')).toEqual(failed({ code: 'invalidData' }));
    await ours.resolve('set', { key: 'k', value: '' });
    expect(await ours.resolve('get', { key: 'k' })).toEqual({ value: '' });
  },

  'ap-key-empty': async ({ ap, ours }) => {
    const missing = failed({ name: 'StorageError', code: 'missingKey', message: 'No key provided' });
    for (const method of ['get', 'set', 'remove', 'setItem', 'removeItem']) {
      expect(await ap.call(method, '', 'v')).toEqual(missing);
    }
    expect(await ap.call('getItem', '')).toEqual(resolved(null));
    for (const method of ['get', 'set', 'remove']) {
      expect(await ours.call(method, { key: '', value: 'v' })).toEqual(INVALID);
    }
  },

  'ap-key-type': async ({ ap, ours }) => {
    await ap.resolve('set', 5, 'v');
    expect(await ap.resolve('get', '5')).toBe('v');
    expect(await ours.call('set', { key: 5, value: 'v' })).toEqual(INVALID);
  },

  'ap-key-long': async ({ ap, ours }) => {
    const key = 'k'.repeat(1025);
    await ap.resolve('set', key, 'v');
    expect(await ap.resolve('get', key)).toBe('v');
    expect(await ours.call('set', { key, value: 'v' })).toEqual(INVALID);
  },

  'ap-value-long': async ({ ap, ours }) => {
    const value = 'v'.repeat(MEGABYTE + 1);
    await ap.resolve('set', 'k', value);
    expect(await ap.resolve('get', 'k')).toHaveLength(MEGABYTE + 1);
    expect(await ours.call('set', { key: 'k', value })).toEqual(refused('TOO_LARGE'));
    // The quotation marks are part of the JSON.
    expect(await ours.call('setJSON', { key: 'k', value: value.slice(2) })).toEqual(refused('TOO_LARGE'));
    expect(await ours.call('setJSON', { key: 'k', value: value.slice(3) })).toEqual(resolved({ value: true }));
  },

  'ap-errors': async ({ ap, ours }) => {
    expect(await ap.call('get', '')).toEqual(
      failed({ name: 'StorageError', code: 'missingKey', retryable: undefined }),
    );
    expect(await ours.call('get', { key: '' })).toEqual(INVALID);
    expect(await ap.call('set', 'k', 'v'.repeat(QUOTA))).toEqual(failed({ name: 'QuotaExceededError' }));
    await ours.place.store('filler', 'f'.repeat(QUOTA - 200));
    expect(await ours.call('set', { key: 'k', value: 'v'.repeat(500) })).toEqual(
      refused('STORAGE_FULL', { retryable: true }),
    );
  },

  'ap-corrupt': async ({ ap, ours }) => {
    await ap.place.store(`${PREFIX}k`, '{');
    await ours.place.store(`${OUR_PREFIX}k`, '{');
    expect(await ap.call('get', 'k')).toEqual(failed({ code: 'invalidData', message: 'Invalid data' }));
    expect(await ap.resolve('keys')).toEqual(['k']);
    expect(await ours.call('get', { key: 'k' })).toEqual(refused('CORRUPT_RECORD'));
    expect(await ours.resolve('keys')).toEqual({ value: ['k'], damaged: ['k'] });
    expect(await ap.resolve('remove', 'k')).toBe(true);
    expect(await ours.resolve('remove', { key: 'k' })).toEqual({ value: true });
  },

  'ap-keys-order': async ({ ap, ours }) => {
    for (const key of ['b', 'a', '🔑', '\uff61']) {
      await ap.resolve('set', key, 'v');
      await ours.resolve('set', { key, value: 'v' });
    }
    const names = Object.keys(await ap.place.stored());
    expect((await ap.resolve('keys')).sort()).toEqual(names.map((name) => name.slice(PREFIX.length)).sort());
    expect(await ours.resolve('keys')).toEqual({ value: ['a', 'b', '\uff61', '🔑'] });
  },

  'ap-prefix': async ({ ap, ours }) => {
    expect(await ap.resolve('getKeyPrefix')).toBe(PREFIX);
    await ap.resolve('setKeyPrefix', 'mine_');
    await ap.resolve('set', 'k', 'v');
    await ours.resolve('set', { key: 'k', value: 'v', store: 'mine' });
    for (const { place } of [ap, ours]) await place.page.reload();
    expect(await ap.resolve('getKeyPrefix')).toBe(PREFIX);
    expect(await ap.call('get', 'k')).toEqual(resolved(null));
    expect(await ours.resolve('get', { key: 'k', store: 'mine' })).toEqual({ value: 'v' });
    expect(await ours.call('get', { key: 'k' })).toEqual(NOT_FOUND);
    expect(await ap.call('setKeyPrefix', ' ')).toEqual(failed({ code: 'missingPrefix' }));
    expect(await ours.call('get', { key: 'k', store: '' })).toEqual(INVALID);
  },

  'ap-prefix-overlap': async ({ ap, ours }) => {
    await ap.resolve('set', 'k', 'v');
    await ap.resolve('setKeyPrefix', 'cap');
    expect(await ap.resolve('keys')).toEqual(['acitor-storage_k']);
    await ap.resolve('clear');
    expect(await ap.place.stored()).toEqual({});
    await ours.resolve('set', { key: 'k', value: 'v', store: 'store2' });
    expect(await ours.resolve('keys', { store: 'store' })).toEqual({ value: [] });
    await ours.resolve('clear', { store: 'store' });
    expect(await ours.resolve('keys', { store: 'store2' })).toEqual({ value: ['k'] });
  },

  'ap-sync': async ({ ap, ours }) => {
    expect(await ap.resolve('getSynchronize')).toBe(false);
    expect(await ap.call('setSynchronize', true)).toEqual(resolved());
    expect(await ap.resolve('getSynchronize')).toBe(true);
    const page = ours.place.page;
    const has = (/** @type {string} */ name) =>
      page.evaluate((name) => name in /** @type {any} */ (globalThis).sides.ours, name);
    expect(await has('get')).toBe(true);
    for (const name of ['setSynchronize', 'getSynchronize', 'setDefaultKeychainAccess', 'setKeyPrefix']) {
      expect(await has(name)).toBe(false);
    }
  },

  'ap-web': async ({ ap, ours, open }) => {
    await ap.resolve('set', 'k', 'v');
    await ours.resolve('set', { key: 'k', value: 'v' });
    expect(await ap.place.stored()).toEqual({ [`${PREFIX}k`]: '"v"' });
    expect(ap.place.log).toEqual([]);
    expect(await ours.place.stored()).toEqual({ [`${OUR_PREFIX}k`]: '{"value":"v","expiresAt":null}' });
    expect(ours.place.log).toEqual([expect.stringMatching(/^warning: Strongroom: /)]);
    const [theirs, mine] = [await open(['ap'], 'app.example'), await open(['ours'], 'app.example')];
    await theirs.side('ap').resolve('set', 'k', 'v');
    await mine.side('ours').resolve('set', { key: 'k', value: 'v' });
    expect(await theirs.stored()).toEqual({ [`${PREFIX}k`]: '"v"' });
    expect(await mine.stored()).toEqual({});
  },

  'ap-listeners': async ({ ap, ours }) => {
    expect(await ap.call('addListener', 'any')).toEqual(resolved(expect.anything()));
    expect(await ours.call('addListener', 'any')).toEqual(INVALID);
  },

  'ap-plugin-id': async ({ open }) => {
    const twice = 'warning: Capacitor plugin "SecureStorage" already registered. Cannot register plugins twice.';
    // The plugin that is imported first answers for both.
    const first = await open(['ours', 'ap']);
    expect(first.log).toEqual([twice]);
    await first.side('ours').resolve('set', { key: 'k', value: 'v' });
    expect(await first.side('ap').call('get', 'k')).toEqual(INVALID);
    expect(await first.side('ap').call('getItem', 'k')).toEqual(failed({ code: 'UNIMPLEMENTED' }));

    const second = await open(['ap', 'ours']);
    expect(second.log).toEqual([twice]);
    expect(await second.side('ours').call('set', { key: 'k', value: 'v' })).toEqual(refused('UNSUPPORTED'));
    expect(await second.stored()).toEqual({ [`${PREFIX}[object Object]`]: 'undefined' });
    expect(await second.side('ours').call('getMany', { keys: ['k'] })).toEqual(refused('UNSUPPORTED'));
  },
};
