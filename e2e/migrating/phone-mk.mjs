// What an app on Android notices when it moves from capacitor-secure-storage-plugin, by the row of docs/guide/moving-in.md.
//
// The simulated Keystore makes AES keys only. So the plugin cannot make its RSA key and is in the state that follows: values
// are stored as base64. What is visible only with its key is read in its source (source.mjs).

import { readdirSync, readFileSync } from 'node:fs';

import { expect } from 'vitest';

import { changePreferences, damageFirstRecord, preferences, withoutDisk } from './damage.mjs';
import { failed, INVALID, MISSING, NOT_FOUND, refused, resolved } from './outcomes.mjs';
import { APP, OURS, PACKAGES } from './plugins.mjs';

/** @typedef {import('./on-phone.mjs').PhoneSides} Sides */

const MEGABYTE = 1024 * 1024;

/** @type {Record<string, (sides: Sides) => Promise<void>>} */
export const ROWS = {
  'mk-documented': async ({ phone }) => {
    const theirs = await phone.run(APP);
    expect(theirs).toHaveLength(15);
    expect(theirs).toEqual(expect.arrayContaining([`get of none: "${MISSING}"`, 'platform: "android"']));
    expect(await phone.run(APP, { [PACKAGES.mk]: OURS })).toEqual(theirs);
  },

  'mk-error-type': async ({ mk, ours }) => {
    expect(await mk.call('get', { key: 'absent' })).toEqual(
      failed({ name: 'Error', message: MISSING, code: undefined, retryable: undefined }),
    );
    expect(await ours.call('get', { key: 'absent' })).toEqual(NOT_FOUND);
  },

  'mk-missing': async ({ mk, ours }) => {
    for (const method of ['get', 'remove']) {
      expect(await mk.call(method, { key: 'absent' })).toEqual(failed({ message: MISSING }));
      expect(await ours.call(method, { key: 'absent' })).toEqual(NOT_FOUND);
    }
  },

  'mk-remove-empty': async ({ mk, ours }) => {
    for (const side of [mk, ours]) {
      await side.resolve('set', { key: 'k', value: '' });
      expect(await side.resolve('get', { key: 'k' })).toEqual({ value: '' });
      expect(await side.resolve('remove', { key: 'k' })).toEqual({ value: true });
    }
  },

  'mk-unicode': async ({ mk, ours }) => {
    // More than one block of RSA, with a character across its end.
    const value = `${'v'.repeat(243)}🔑${'ž'.repeat(200)}`;
    for (const side of [mk, ours]) {
      await side.resolve('set', { key: 'k🔑', value });
      expect(await side.resolve('get', { key: 'k🔑' })).toEqual({ value });
    }
  },

  'mk-surrogate': async ({ mk, ours }) => {
    const options = { $js: '{ key: "k", value: "\\ud83d" }' };
    await mk.resolve('set', options);
    expect(await mk.resolve('get', { key: 'k' })).toEqual({ value: '?' });
    expect(await ours.call('set', options)).toEqual(INVALID);
  },

  'mk-value-type': async ({ mk, ours }) => {
    for (const value of [null, undefined, 123, true, { a: 1 }]) {
      await mk.resolve('set', { key: 'k', value });
      expect(await mk.resolve('get', { key: 'k' })).toEqual({ value: '' });
      expect(await ours.call('set', { key: 'k', value })).toEqual(INVALID);
    }
  },

  'mk-key-type': async ({ mk, ours }) => {
    for (const options of [{ key: 7, value: 'v' }, { value: 'v' }]) {
      await mk.resolve('set', options);
      expect(await mk.resolve('keys')).toEqual({ value: [null] });
      expect(await mk.resolve('get', {})).toEqual({ value: 'v' });
      expect(await ours.call('set', options)).toEqual(INVALID);
    }
  },

  'mk-key-empty': async ({ mk, ours }) => {
    await mk.resolve('set', { key: '', value: 'v' });
    expect(await mk.resolve('get', { key: '' })).toEqual({ value: 'v' });
    expect(await ours.call('set', { key: '', value: 'v' })).toEqual(INVALID);
  },

  'mk-key-long': async ({ mk, ours }) => {
    const key = 'ž'.repeat(513);
    await mk.resolve('set', { key, value: 'v' });
    expect(await mk.resolve('get', { key })).toEqual({ value: 'v' });
    expect(await ours.call('set', { key, value: 'v' })).toEqual(INVALID);
    expect(await ours.call('set', { key: key.slice(1), value: 'v' })).toEqual(resolved({ value: true }));
  },

  'mk-value-long': async ({ mk, ours }) => {
    const value = 'v'.repeat(MEGABYTE);
    await ours.resolve('set', { key: 'k', value });
    expect((await ours.resolve('get', { key: 'k' })).value).toBe(value);
    expect(await ours.call('set', { key: 'k', value: `${value}v` })).toEqual(refused('TOO_LARGE'));
    expect(await mk.call('set', { key: 'k', value: `${value}v` })).toEqual(resolved({ value: true }));
  },

  'mk-write-failure': async ({ mk, ours, phone }) => {
    await mk.resolve('set', { key: 'k', value: 'old' });
    await ours.resolve('set', { key: 'k', value: 'old' });
    await withoutDisk(phone, async () => {
      expect(await mk.call('set', { key: 'k', value: 'new' })).toEqual(resolved({ value: true }));
      expect(await ours.call('set', { key: 'k', value: 'new' })).toEqual(refused('IO', { retryable: true }));
    });
    for (const side of [mk, ours]) expect(await side.resolve('get', { key: 'k' })).toEqual({ value: 'old' });
  },

  'mk-plaintext': async ({ mk, ours, phone }) => {
    await mk.resolve('set', { key: 'k', value: 'in plain sight' });
    expect(preferences(phone, 'mk')).toContain(Buffer.from('in plain sight').toString('base64'));
    await phone.keystore('fault', { fault: 'generateFails', times: -1 });
    expect(await ours.call('set', { key: 'k', value: 'v' })).toEqual(refused('UNAVAILABLE', { retryable: true }));
    await phone.keystore('clearFaults');
    await ours.resolve('set', { key: 'k', value: 'in plain sight' });
    const folder = phone.file('no_backup/strongroom');
    const files = readdirSync(folder).map((name) => readFileSync(`${folder}/${name}`, 'latin1'));
    expect(files.join('')).toMatch(/dev\.strongroom:[^:]+:default:v/);
    expect(files.join('')).not.toContain('in plain sight');
    expect(files.join('')).not.toContain(Buffer.from('in plain sight').toString('base64'));
  },

  'mk-keys-order': async ({ mk, ours }) => {
    const keys = ['b', '\uff61', 'a', '🔑', 'B', 'aa'];
    for (const side of [mk, ours]) for (const key of keys) await side.resolve('set', { key, value: 'v' });
    expect((await mk.resolve('keys')).value.sort()).toEqual([...keys].sort());
    expect(await ours.resolve('keys')).toEqual({ value: ['B', 'a', 'aa', 'b', '\uff61', '🔑'] });
  },

  'mk-corrupt': async ({ mk, ours, phone }) => {
    for (const key of ['bad', 'good']) {
      for (const side of [mk, ours]) await side.resolve('set', { key, value: 'v' });
    }
    await phone.restart(() => {
      damageFirstRecord(phone);
      changePreferences(phone, 'mk', (xml) => xml.replace(/(<string name="bad">)[^<]*/, '$1%%%'));
    });
    // Android's base64 skips unknown characters.
    expect(await mk.resolve('get', { key: 'bad' })).toEqual({ value: '' });
    expect((await mk.resolve('keys')).value.sort()).toEqual(['bad', 'good']);
    expect(await ours.call('get', { key: 'bad' })).toEqual(refused('CORRUPT_RECORD', { retryable: false }));
    expect(await ours.resolve('keys')).toEqual({ value: ['good'] });
    for (const side of [mk, ours]) expect(await side.resolve('get', { key: 'good' })).toEqual({ value: 'v' });
  },

  'mk-remove-corrupt': async ({ ours, phone }) => {
    for (const key of ['bad', 'good']) await ours.resolve('set', { key, value: 'v' });
    await phone.restart(() => {
      damageFirstRecord(phone);
    });
    expect(await ours.resolve('remove', { key: 'bad' })).toEqual({ value: true });
    expect(await ours.call('get', { key: 'bad' })).toEqual(NOT_FOUND);
  },

  'mk-clear': async ({ mk, ours, ap, phone }) => {
    for (const side of [mk, ours]) await side.resolve('set', { key: 'k', value: 'v' });
    await ours.resolve('set', { key: 'k', value: 'v', store: 'other' });
    await ap.resolve('set', 'k', 'v');
    const aliases = await phone.keystore('aliases');
    await ours.resolve('clear');
    expect(await mk.resolve('get', { key: 'k' })).toEqual({ value: 'v' });
    expect(await ours.resolve('get', { key: 'k', store: 'other' })).toEqual({ value: 'v' });
    expect(await ap.resolve('get', 'k')).toBe('v');
    const left = aliases.filter((/** @type {string} */ alias) => !/^dev\.strongroom:[^:]+:default:v/.test(alias));
    expect(await phone.keystore('aliases')).toEqual(left);
    await ours.resolve('set', { key: 'k', value: 'v' });
    await mk.resolve('clear');
    expect(await mk.resolve('keys')).toEqual({ value: [] });
    expect(await ours.resolve('get', { key: 'k' })).toEqual({ value: 'v' });
  },

  'mk-locked': async ({ ours, phone }) => {
    await ours.resolve('set', { key: 'k', value: 'v' });
    for (const [fault, code] of [
      ['keystoreLocked', 'LOCKED'],
      ['hardwareBusy', 'UNAVAILABLE'],
    ]) {
      await phone.restart(undefined, { before: (simulator) => arm(simulator, /** @type {string} */ (fault)) });
      for (const [method, options] of /** @type {const} */ ([
        ['get', { key: 'k' }],
        ['remove', { key: 'k' }],
        ['keys', {}],
      ])) {
        expect(await ours.call(method, options)).toEqual(refused(/** @type {string} */ (code), { retryable: true }));
      }
      await phone.keystore('clearFaults');
      expect(await ours.resolve('get', { key: 'k' })).toEqual({ value: 'v' });
    }
  },

  'mk-lost-key': async ({ ours, phone }) => {
    await ours.resolve('set', { key: 'k', value: 'v' });
    /** @type {string[]} */
    let aliases = [];
    await phone.restart(undefined, {
      before: async (simulator) => {
        aliases = await simulator.hideKeys();
      },
    });
    expect(await ours.call('get', { key: 'k' })).toEqual(NOT_FOUND);
    expect(await ours.resolve('getStatus')).toMatchObject({ quarantined: 1, lastReset: { reason: 'KEY_LOST' } });
    for (const alias of aliases) await phone.keystore('restoreAlias', { alias });
    expect(await ours.resolve('recover')).toEqual({ recovered: 1, remaining: 0 });
    expect(await ours.resolve('get', { key: 'k' })).toEqual({ value: 'v' });
  },

  'mk-at-rest': async ({ mk, ours, phone }) => {
    await mk.resolve('set', { key: 'name-of-an-item', value: 'v' });
    await ours.resolve('set', { key: 'name-of-an-item', value: 'v' });
    expect(preferences(phone, 'mk')).toContain('name-of-an-item');
    expect(readFileSync(phone.file('no_backup/strongroom/default.vault'), 'latin1')).not.toContain('name-of-an-item');
  },

  'mk-start': async ({ ours, phone }) => {
    await phone.restart();
    const attempts = (await phone.keystore('counts')).generate;
    // Nobody has called it yet.
    expect(attempts).toBeGreaterThan(0);
    await ours.resolve('set', { key: 'k', value: 'v', store: 'of-its-own' });
    expect((await phone.keystore('counts')).generate).toBe(attempts + 1);
    await ours.resolve('clear', { store: 'of-its-own' });
  },

  'mk-plugin-id': async ({ mk, ours }) => {
    await mk.resolve('set', { key: 'k', value: 'theirs' });
    await ours.resolve('set', { key: 'k', value: 'ours' });
    expect(await mk.resolve('get', { key: 'k' })).toEqual({ value: 'theirs' });
    expect(await ours.resolve('get', { key: 'k' })).toEqual({ value: 'ours' });
    for (const side of [mk, ours]) expect(await side.resolve('getPlatform')).toEqual({ value: 'android' });
  },
};

/** @param {import('../phone/simulator.mjs').Simulator} simulator @param {string} fault */
function arm(simulator, fault) {
  return simulator.command('keystore.fault', { fault, times: -1, alias: 'dev.strongroom:' });
}
