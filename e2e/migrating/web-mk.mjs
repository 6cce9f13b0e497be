// What an app in a browser notices when it moves from capacitor-secure-storage-plugin, by the row of docs/guide/moving-in.md.

import { expect } from 'vitest';

import { failed, INVALID, MISSING, NOT_FOUND, refused, resolved } from './outcomes.mjs';
import { APP, OURS, PACKAGES } from './plugins.mjs';

/** @typedef {import('./on-web.mjs').WebSides} Sides */

const MEGABYTE = 1024 * 1024;
const QUOTA = 5 * MEGABYTE;
const PREFIX = 'INSECURE-DEBUG:strongroom:default:';

/** @type {Record<string, (sides: Sides) => Promise<void>>} */
export const ROWS = {
  'mk-documented': async ({ run }) => {
    const theirs = await run(APP);
    expect(theirs).toHaveLength(15);
    expect(theirs).toEqual(expect.arrayContaining([`get of none: "${MISSING}"`, 'platform: "web"']));
    expect(await run(APP, { [PACKAGES.mk]: OURS })).toEqual(theirs);
  },

  'mk-error-type': async ({ mk, ours }) => {
    expect(await mk.call('get', { key: 'absent' })).toEqual({ rejected: MISSING });
    expect(await ours.call('get', { key: 'absent' })).toEqual(NOT_FOUND);
  },

  'mk-missing': async ({ mk, ours }) => {
    for (const method of ['get', 'remove']) {
      expect(await mk.call(method, { key: 'absent' })).toEqual({ rejected: MISSING });
      expect(await ours.call(method, { key: 'absent' })).toEqual(NOT_FOUND);
    }
  },

  'mk-remove-empty': async ({ mk, ours }) => {
    for (const side of [mk, ours]) {
      expect(await side.resolve('set', { key: 'k', value: '' })).toEqual({ value: true });
      expect(await side.resolve('get', { key: 'k' })).toEqual({ value: '' });
    }
    expect(await mk.call('remove', { key: 'k' })).toEqual({ rejected: MISSING });
    expect(await mk.resolve('keys')).toEqual({ value: ['k'] });
    expect(await ours.resolve('remove', { key: 'k' })).toEqual({ value: true });
    expect(await ours.resolve('keys')).toEqual({ value: [] });
  },

  'mk-unicode': async ({ mk, ours }) => {
    const latin = { key: 'k', value: 'caf\u00e9\u00ff' };
    for (const side of [mk, ours]) {
      await side.resolve('set', latin);
      expect(await side.resolve('get', { key: 'k' })).toEqual({ value: latin.value });
    }
    for (const value of ['\u0100', '€', '🔑']) {
      expect(await mk.call('set', { key: 'k', value })).toEqual(failed({ name: 'InvalidCharacterError' }));
      await ours.resolve('set', { key: value, value });
      expect(await ours.resolve('get', { key: value })).toEqual({ value });
    }
  },

  'mk-surrogate': async ({ mk, ours }) => {
    const options = { $js: '{"key":"k","value":"\\ud83d"}' };
    expect(await mk.call('set', options)).toEqual(failed({ name: 'InvalidCharacterError' }));
    expect(await ours.call('set', options)).toEqual(INVALID);
  },

  'mk-value-type': async ({ mk, ours }) => {
    const values = [
      [null, 'null'],
      [undefined, 'undefined'],
      [123, '123'],
      [true, 'true'],
      [{ a: 1 }, '[object Object]'],
    ];
    for (const [value, text] of values) {
      await mk.resolve('set', { key: 'k', value });
      expect(await mk.resolve('get', { key: 'k' })).toEqual({ value: text });
      expect(await ours.call('set', { key: 'k', value })).toEqual(INVALID);
    }
    expect(await ours.resolve('keys')).toEqual({ value: [] });
  },

  'mk-key-type': async ({ mk, ours }) => {
    await mk.resolve('set', { key: 7, value: 'seven' });
    expect(await mk.resolve('get', { key: '7' })).toEqual({ value: 'seven' });
    await mk.resolve('set', { value: 'nameless' });
    expect(await mk.resolve('get', { key: 'undefined' })).toEqual({ value: 'nameless' });
    expect(await mk.call('get')).toEqual(failed({ name: 'TypeError' }));
    for (const options of [{ key: 7, value: 'v' }, { value: 'v' }, undefined]) {
      expect(await ours.call('set', options)).toEqual(INVALID);
      expect(await ours.call('get', options)).toEqual(INVALID);
    }
  },

  'mk-key-empty': async ({ mk, ours }) => {
    await mk.resolve('set', { key: '', value: 'v' });
    expect(await mk.resolve('get', { key: '' })).toEqual({ value: 'v' });
    expect(await ours.call('set', { key: '', value: 'v' })).toEqual(INVALID);
    expect(await ours.call('get', { key: '' })).toEqual(INVALID);
  },

  'mk-key-long': async ({ mk, ours }) => {
    const key = 'k'.repeat(1025);
    await mk.resolve('set', { key, value: 'v' });
    expect(await mk.resolve('get', { key })).toEqual({ value: 'v' });
    expect(await ours.call('set', { key, value: 'v' })).toEqual(INVALID);
    expect(await ours.call('set', { key: key.slice(1), value: 'v' })).toEqual(resolved({ value: true }));
  },

  'mk-value-long': async ({ mk, ours }) => {
    for (const side of [mk, ours]) {
      await side.resolve('set', { key: 'k', value: 'v'.repeat(MEGABYTE) });
      expect((await side.resolve('get', { key: 'k' })).value).toHaveLength(MEGABYTE);
    }
    const value = 'v'.repeat(MEGABYTE + 1);
    expect(await mk.call('set', { key: 'k', value })).toEqual(resolved({ value: true }));
    expect(await ours.call('set', { key: 'k', value })).toEqual(refused('TOO_LARGE'));
  },

  'mk-write-failure': async ({ mk, ours }) => {
    expect(await mk.call('set', { key: 'k', value: 'v'.repeat(QUOTA) })).toEqual(
      failed({ name: 'QuotaExceededError' }),
    );
    await ours.place.store('filler', 'f'.repeat(QUOTA - 200));
    expect(await ours.call('set', { key: 'k', value: 'v'.repeat(500) })).toEqual(
      refused('STORAGE_FULL', { retryable: true }),
    );
  },

  'mk-options': async ({ mk, ours }) => {
    await mk.resolve('set', { key: 'k', value: 'v', store: 'other', ttl: 'soon', note: { any: 'thing' } });
    expect(await mk.resolve('get', { key: 'k' })).toEqual({ value: 'v' });
    await ours.resolve('set', { key: 'k', value: 'v', store: 'other' });
    expect(await ours.call('get', { key: 'k' })).toEqual(NOT_FOUND);
    expect(await ours.call('set', { key: 'k', value: 'v', ttl: 'soon' })).toEqual(INVALID);
    expect(await ours.call('set', { key: 'k', value: 'v', note: { any: 'thing' } })).toEqual(INVALID);
    expect(await ours.call('set', { key: 'k', value: 'v', note: 'text' })).toEqual(INVALID);
    expect(await ours.call('get', { key: 'k', value: 'v', store: 'other' })).toEqual(resolved({ value: 'v' }));
  },

  'mk-keys-order': async ({ mk, ours }) => {
    const keys = ['b', '\uff61', 'a', '🔑', 'B', 'aa'];
    for (const side of [mk, ours]) for (const key of keys) await side.resolve('set', { key, value: 'v' });
    const theirs = (await mk.resolve('keys')).value;
    const names = Object.keys(await mk.place.stored());
    expect(theirs).toEqual(names.map((name) => name.slice('cap_sec_'.length)));
    const sorted = ['B', 'a', 'aa', 'b', '\uff61', '🔑'];
    expect(await ours.resolve('keys')).toEqual({ value: sorted });
  },

  'mk-corrupt': async ({ mk, ours }) => {
    await mk.place.store('cap_sec_k', '%');
    await ours.place.store(`${PREFIX}k`, '%');
    expect(await mk.call('get', { key: 'k' })).toEqual(failed({ name: 'InvalidCharacterError' }));
    expect(await ours.call('get', { key: 'k' })).toEqual(refused('CORRUPT_RECORD', { retryable: false }));
    expect(await mk.resolve('keys')).toEqual({ value: ['k'] });
    expect(await ours.resolve('keys')).toEqual({ value: ['k'], damaged: ['k'] });
    expect(await ours.resolve('getStatus')).toMatchObject({ damagedRecords: 1 });
  },

  'mk-remove-corrupt': async ({ mk, ours }) => {
    await mk.place.store('cap_sec_k', '%');
    await ours.place.store(`${PREFIX}k`, '%');
    for (const side of [mk, ours]) expect(await side.resolve('remove', { key: 'k' })).toEqual({ value: true });
  },

  'mk-clear': async ({ open }) => {
    const place = await open(['mk', 'ours']);
    const [mk, ours] = [place.side('mk'), place.side('ours')];
    await place.store('cap_sec', 'of another');
    for (const side of [mk, ours]) await side.resolve('set', { key: 'k', value: 'v' });
    await ours.resolve('set', { key: 'k', value: 'v', store: 'other' });
    await ours.resolve('clear');
    expect(await mk.resolve('get', { key: 'k' })).toEqual({ value: 'v' });
    expect(await ours.resolve('get', { key: 'k', store: 'other' })).toEqual({ value: 'v' });
    await ours.resolve('set', { key: 'k', value: 'v' });
    expect(await mk.resolve('clear')).toEqual({ value: true });
    expect(await mk.resolve('keys')).toEqual({ value: [] });
    expect(await ours.resolve('get', { key: 'k' })).toEqual({ value: 'v' });
    expect(await place.stored()).toMatchObject({ cap_sec: 'of another' });
  },

  'mk-web': async ({ mk, ours, open }) => {
    for (const side of [mk, ours]) await side.resolve('set', { key: 'k', value: 'v' });
    expect(await mk.place.stored()).toEqual({ cap_sec_k: 'dg==' });
    expect(mk.place.log).toEqual([]);
    expect(await ours.place.stored()).toEqual({ [`${PREFIX}k`]: '{"value":"v","expiresAt":null}' });
    expect(ours.place.log).toEqual([expect.stringMatching(/^warning: Strongroom: .* UNENCRYPTED in localStorage/)]);

    const [public1, public2] = [await open(['mk'], 'app.example'), await open(['ours'], 'app.example')];
    await public1.side('mk').resolve('set', { key: 'k', value: 'v' });
    await public2.side('ours').resolve('set', { key: 'k', value: 'v' });
    expect(await public1.stored()).toEqual({ cap_sec_k: 'dg==' });
    expect(await public2.stored()).toEqual({});
    await public2.page.reload();
    expect(await public2.side('ours').call('get', { key: 'k' })).toEqual(NOT_FOUND);
  },

  'mk-listeners': async ({ mk, ours }) => {
    expect(await mk.call('addListener', 'any')).toEqual(resolved(expect.anything()));
    expect(await ours.call('addListener', 'any')).toEqual(INVALID);
    expect(await ours.call('addListener', 'expired')).toEqual(resolved(expect.anything()));
  },

  'mk-plugin-id': async ({ open }) => {
    const place = await open(['mk', 'ours']);
    const ids = await place.page.evaluate(() => Object.keys(/** @type {any} */ (globalThis).Capacitor.Plugins));
    expect(ids).toEqual(expect.arrayContaining(['SecureStoragePlugin', 'SecureStorage']));
    expect(place.log).toEqual([]);
    const alone = await open(['ours']);
    expect(
      await alone.page.evaluate(() => 'SecureStoragePlugin' in /** @type {any} */ (globalThis).Capacitor.Plugins),
    ).toBe(false);
  },
};
