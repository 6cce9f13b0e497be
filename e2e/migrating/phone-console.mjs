// What the page's console shows while Capacitor's logging is on, by the row of docs/guide/moving-in.md.

import { expect } from 'vitest';

/** @typedef {import('./on-phone.mjs').PhoneSides} Sides */

/** @type {Record<string, (sides: Sides) => Promise<void>>} */
export const ROWS = {
  'mk-console': async ({ mk, ours, phone }) => {
    await mk.resolve('set', { key: 'name-in-mk', value: 'value-in-mk' });
    await mk.resolve('get', { key: 'name-in-mk' });
    await ours.resolve('set', { key: 'name-in-ours', value: 'value-in-ours' });
    await ours.resolve('get', { key: 'name-in-ours' });
    expect(shown(phone)).toEqual(['name-in-mk', 'value-in-mk']);
    expect(phone.log.join('\n')).toContain('[redacted]');
  },

  'ap-console': async ({ ap, ours, phone }) => {
    await ap.resolve('set', 'name-in-ap', 'value-in-ap');
    await ap.resolve('get', 'name-in-ap');
    await ours.resolve('setJSON', { key: 'name-in-ours', value: 'value-in-ours' });
    await ours.resolve('getJSON', { key: 'name-in-ours' });
    expect(shown(phone)).toEqual(expect.arrayContaining(['name-in-ap', 'value-in-ap']));
    expect(shown(phone).filter((text) => text.endsWith('ours'))).toEqual([]);
  },
};

/** The keys and values that were printed. @param {Sides['phone']} phone */
function shown(phone) {
  return [...new Set(phone.log.join('\n').match(/(?:name|value)-in-\w+/g))].sort();
}
