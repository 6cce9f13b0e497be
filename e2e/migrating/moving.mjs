// Moving the data of the old plugins with the code of docs/guide/moving-in.md, in a browser and on a phone.

import { expect } from 'vitest';

import { NOT_FOUND, resolved } from './outcomes.mjs';
import { documented } from './plugins.mjs';

/** @typedef {import('./on-phone.mjs').PhoneSide | import('./on-web.mjs').WebSide} Side */
/** @typedef {{ old: Side, ours: Side, move: () => Promise<string[]> }} Moving */

/** The code that moves the data, as a module that exports `run`. */
export const MOVE = {
  mk: () => `${documented('move-in.ts')}\nexport { moveIn as run };`,
  ap: () => `${documented('move-in-json.ts')}\nexport { moveIn as run };`,
};

const LONG = 'k'.repeat(1025);
const HUGE = 'v'.repeat(1024 * 1024 + 1);

/** @param {Moving} sides */
export async function moveFromMk({ old, ours, move }) {
  const items = { token: 'eyJ', 'ke y': 'caf\u00e9', a: 'v'.repeat(1000) };
  for (const [key, value] of Object.entries(items)) await old.resolve('set', { key, value });
  // As after a kill between the copy and the removal.
  await ours.resolve('set', { key: 'a', value: items.a });
  // An item that the app has written here meanwhile, and one that cannot be stored here.
  await old.resolve('set', { key: 'newer', value: 'old' });
  await ours.resolve('set', { key: 'newer', value: 'new' });
  await old.resolve('set', { key: LONG, value: 'v' });
  await old.resolve('set', { key: 'huge', value: HUGE });

  expect((await move()).sort()).toEqual(['huge', LONG, 'newer'].sort());
  for (const [key, value] of Object.entries(items)) {
    expect(await ours.resolve('get', { key })).toEqual({ value });
  }
  expect((await old.resolve('keys')).value.sort()).toEqual(['huge', LONG, 'newer'].sort());
  expect(await old.resolve('get', { key: 'newer' })).toEqual({ value: 'old' });
  expect(await ours.resolve('get', { key: 'newer' })).toEqual({ value: 'new' });
  expect(await move()).toHaveLength(3);
}

/** @param {Moving} sides */
export async function moveFromAp({ old, ours, move }) {
  const items = { token: 'eyJ 🔑', date: '2026-11-24T12:00:00.000Z', list: [1, { a: null }], empty: '' };
  for (const [key, value] of Object.entries(items)) await old.resolve('set', key, value);
  await old.resolve('setItem', 'raw', 'no JSON');
  await ours.resolve('setJSON', { key: 'list', value: items.list });
  await old.resolve('set', 'newer', 'old');
  await ours.resolve('setJSON', { key: 'newer', value: 'new' });

  expect(await move()).toEqual(['newer']);
  for (const [key, value] of Object.entries(items)) {
    expect(await ours.resolve('getJSON', { key })).toEqual({ value });
    expect(await old.call('get', key)).toEqual(resolved(null));
  }
  expect(await ours.resolve('get', { key: 'raw' })).toEqual({ value: 'no JSON' });
  expect(await old.resolve('keys')).toEqual(['newer']);
  expect(await ours.resolve('getJSON', { key: 'newer' })).toEqual({ value: 'new' });
}

/**
 * While our plugin cannot answer, nothing is moved and nothing is lost.
 *
 * @param {Moving & { fail: () => Promise<void>, recover: () => Promise<void> }} sides
 */
export async function moveLater({ old, ours, move, fail, recover }) {
  await old.resolve('set', { key: 'token', value: 'eyJ' });
  await fail();
  await expect(move()).rejects.toThrow('UNAVAILABLE');
  expect(await old.resolve('get', { key: 'token' })).toEqual({ value: 'eyJ' });
  await recover();
  expect(await ours.call('get', { key: 'token' })).toEqual(NOT_FOUND);
  expect(await move()).toEqual([]);
  expect(await ours.resolve('get', { key: 'token' })).toEqual({ value: 'eyJ' });
  expect('rejected' in (await old.call('get', { key: 'token' }))).toBe(true);
}
