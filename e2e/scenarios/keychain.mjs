import assert from 'node:assert/strict';

/** @typedef {import('../phone/phone.mjs').Phone} Phone */

/** Values by key. @typedef {Record<string, string>} Items */

/** A call, and what the store holds afterwards. @typedef {{ method: string, options: unknown, after: Items }} Change */

/** The changes that take several calls of the Keychain. @typedef {'setMany' | 'removeMany' | 'set' | 'remove'} Kind @type {Kind[]} */
export const KINDS = ['setMany', 'removeMany', 'set', 'remove'];

/**
 * A change of three items.
 *
 * @param {Kind} kind
 * @param {Items} before
 * @param {string[]} values three new ones
 * @returns {Change}
 */
export function changeOf(kind, before, [first = '', second = '', third = '']) {
  const [one = '', two = '', three = ''] = Object.keys(before);
  const items = [
    { key: one, value: first },
    { key: two, value: second },
    { key: `${three}, added`, value: third },
  ];
  const left = { [three]: before[three] ?? '' };
  /** @type {Record<Kind, [options: unknown, after: Items]>} */
  const changes = {
    setMany: [{ items }, { ...before, ...Object.fromEntries(items.map(({ key, value }) => [key, value])) }],
    removeMany: [{ keys: [one, two] }, left],
    set: [items[0], { ...before, [one]: first }],
    remove: [{ key: two }, { ...left, [one]: before[one] ?? '' }],
  };
  const [options, after] = changes[kind];
  return { method: kind, options, after };
}

/**
 * Kills the app before and after each call of the Keychain that a change makes. After each kill, the app shows what was there
 * before or what the change makes of it, and never a part of it.
 *
 * @param {Phone} phone
 * @param {Items} before
 * @param {Change} change
 * @returns {Promise<{ kills: number, done: number }>} how often the app was killed, and how often the change was done nevertheless
 */
export async function killAtEachCall(phone, before, { method, options, after }) {
  let kills = 0;
  let done = 0;
  for (const effect of ['before', 'after']) {
    for (let nth = 1; ; nth++) {
      await fill(phone, before);
      await phone.simulator.command('keychain.killAt', { nth, effect });
      // The answer is lost with the process. Without a kill, all calls have been made.
      const answer = await Promise.race([phone.call(method, options).catch(() => undefined), phone.simulator.ended]);
      if (answer !== undefined) {
        assert.deepEqual(answer, { value: method === 'removeMany' ? 2 : true });
        break;
      }
      kills++;
      await phone.restart();
      const left = await contents(phone);
      if (same(left, after)) done++;
      else
        assert.ok(
          same(left, before),
          `${method}, killed ${effect} call ${nth}: the items are neither the old nor the new ones`,
        );
    }
    await phone.simulator.command('keychain.clearFaults');
  }
  return { kills, done };
}

/**
 * Each status at each kind of call of the Keychain: the call of the page rejects with the code, or the plugin has found a way. Nothing
 * that was acknowledged is lost, and nothing that was refused is there in part.
 *
 * @param {Phone} phone
 * @param {Items} before
 * @param {Change} change
 * @param {{ status: number, times: number, codes: string[] }} fault
 * @returns {Promise<number>} how many calls were refused
 */
export async function failAtEachCall(phone, before, { method, options, after }, { status, times, codes }) {
  let refused = 0;
  for (const call of ['add', 'copy', 'update', 'delete']) {
    for (const effect of ['before', 'after']) {
      await fill(phone, before);
      await phone.simulator.command('keychain.fault', { call, status, effect, times });
      const answer = await phone.call(method, options);
      await phone.simulator.command('keychain.clearFaults');
      const what = `${method}, ${status} ${effect} ${call}`;
      if ('code' in answer) {
        refused++;
        assert.ok(codes.includes(answer.code), `${what}: ${answer.code}`);
      }
      const left = await contents(phone);
      const asAnswered = 'code' in answer ? same(left, before) || same(left, after) : same(left, after);
      assert.ok(asAnswered, `${what}: the items are not what the answer says`);
    }
  }
  return refused;
}

/** Empties the store, and fills it. @param {Phone} phone @param {Items} items */
export async function fill(phone, items) {
  assert.deepEqual(await phone.call('clear'), { value: true });
  const list = Object.entries(items).map(([key, value]) => ({ key, value }));
  assert.deepEqual(await phone.call('setMany', { items: list }), { value: true });
}

/** All items of the store. @param {Phone} phone @returns {Promise<Items>} */
export async function contents(phone) {
  const { value: keys } = await phone.call('keys');
  const { value: values } = await phone.call('getMany', { keys });
  return Object.fromEntries(keys.map((/** @type {string} */ key, /** @type {number} */ index) => [key, values[index]]));
}

/** @param {Items} one @param {Items} other */
function same(one, other) {
  const sorted = (/** @type {Items} */ items) => JSON.stringify(Object.entries(items).sort());
  return sorted(one) === sorted(other);
}
