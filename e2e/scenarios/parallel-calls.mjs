import assert from 'node:assert/strict';

/**
 * Makes many calls of different kinds at once, each with a different answer, and counts the answers that reach the page.
 *
 * @param {import('../phone/phone.mjs').Phone} phone
 * @param {number} count
 */
export async function callInParallel(phone, count) {
  const key = phone.secret('keys of parallel calls');
  const value = phone.secret('values of parallel calls');
  const secrets = Array.from({ length: count }, (_, index) => ({ key: `${key}${index}`, value: `${value}${index}` }));
  const stored = secrets.filter((_, index) => index % 5 !== 1);
  await phone.callAll(stored.map((secret) => ['set', secret]));

  await countAnswers(phone.app.page);
  const calls = secrets.flatMap(({ key, value }, index) => kindsOfCall(key, value).slice(index % 5, (index % 5) + 1));
  const answers = await phone.callAll(calls.map(({ method, options }) => [method, options]));
  for (const [index, { expected }] of calls.entries()) assert.deepEqual(answers[index], expected, `answer ${index}`);

  const counted = await phone.app.page.evaluate(() => /** @type {any} */ (globalThis).answers);
  assert.equal(Object.keys(counted).length, count, 'calls that were answered');
  assert.ok(
    Object.values(counted).every((times) => times === 1),
    'each is answered once',
  );
}

/**
 * @param {string} key
 * @param {string} value
 * @returns {{ method: string, options: unknown, expected: unknown }[]}
 */
function kindsOfCall(key, value) {
  return [
    { method: 'get', options: { key }, expected: { value } },
    { method: 'get', options: { key }, expected: { code: 'NOT_FOUND', retryable: false, message: NOT_FOUND } },
    { method: 'set', options: { key, value: `${value}, replaced` }, expected: { value: true } },
    { method: 'has', options: { key }, expected: { value: true } },
    { method: 'remove', options: { key }, expected: { value: true } },
  ];
}

const NOT_FOUND = 'Item with given key does not exist';

/** Counts, in the page, how often the bridge answers each call. @param {import('playwright-core').Page} page */
async function countAnswers(page) {
  await page.evaluate(() => {
    const globals = /** @type {any} */ (globalThis);
    globals.answers = {};
    const count = (/** @type {string} */ callbackId) => {
      globals.answers[callbackId] = (globals.answers[callbackId] ?? 0) + 1;
    };
    const { androidBridge, Capacitor } = globals;
    const { onmessage } = androidBridge ?? {};
    const { fromNative } = Capacitor;
    if (androidBridge) {
      androidBridge.onmessage = (/** @type {{ data: string }} */ event) => {
        count(JSON.parse(event.data).callbackId);
        onmessage(event);
      };
    } else {
      Capacitor.fromNative = (/** @type {{ callbackId: string }} */ answer) => {
        count(answer.callbackId);
        fromNative(answer);
      };
    }
  });
}
