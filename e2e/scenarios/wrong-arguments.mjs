import assert from 'node:assert/strict';

const LONE = '\ud83d';

/** Calls that a page could send without the TypeScript API, and the code that the native side answers. @type {[string, string, any][]} */
const RAW_CALLS = [
  ['INVALID_ARGUMENT', 'get', {}],
  ['INVALID_ARGUMENT', 'get', { key: null }],
  ['INVALID_ARGUMENT', 'get', { key: 7 }],
  ['INVALID_ARGUMENT', 'get', { key: true }],
  ['INVALID_ARGUMENT', 'get', { key: ['k'] }],
  ['INVALID_ARGUMENT', 'get', { key: { key: 'k' } }],
  ['INVALID_ARGUMENT', 'get', { key: '' }],
  ['INVALID_ARGUMENT', 'get', { key: 'k'.repeat(102_400) }],
  ['INVALID_ARGUMENT', 'get', { key: 'k', store: 'Default' }],
  ['INVALID_ARGUMENT', 'set', { key: 'k' }],
  ['INVALID_ARGUMENT', 'set', { key: 'k', value: null }],
  ['INVALID_ARGUMENT', 'set', { key: 'k', value: 7 }],
  ['INVALID_ARGUMENT', 'set', { key: 'k', value: 'v', ttl: '60' }],
  ['TOO_LARGE', 'set', { key: 'k', value: 'v'.repeat(1024 * 1024 + 1) }],
  ['INVALID_ARGUMENT', 'set', { key: 'k', value: 'v', expiresIn: 60 }],
  ['INVALID_ARGUMENT', 'set', { key: 'k', value: 'v', Store: 'session' }],
  ['INVALID_ARGUMENT', 'setMany', { items: [{ key: 'k', value: 'v' }], ttl: 60 }],
  ['INVALID_ARGUMENT', 'setMany', { items: [{ key: 'k', value: 'v', store: 'session' }] }],
  ['INVALID_ARGUMENT', 'clear', { key: 'k' }],
  ['INVALID_ARGUMENT', 'keys', { prefix: 'k' }],
  ['INVALID_ARGUMENT', 'getMany', {}],
  ['INVALID_ARGUMENT', 'getMany', { keys: 'k' }],
  ['INVALID_ARGUMENT', 'getMany', { keys: ['k', null] }],
  ['INVALID_ARGUMENT', 'getMany', { keys: Array.from({ length: 1001 }, () => 'k') }],
  ['INVALID_ARGUMENT', 'setMany', { items: { key: 'k', value: 'v' } }],
  ['INVALID_ARGUMENT', 'setMany', { items: [{ key: 'k', value: 'v' }, null] }],
  [
    'INVALID_ARGUMENT',
    'setMany',
    {
      items: [
        { key: 'k', value: 'v' },
        { key: 'l', value: ['v'] },
      ],
    },
  ],
  [
    'INVALID_ARGUMENT',
    'setMany',
    {
      items: [
        { key: 'k', value: 'v' },
        { key: 'k', value: 'w' },
      ],
    },
  ],
  ['TOO_LARGE', 'setMany', { items: ['k', 'l', 'm', 'n'].map((key) => ({ key, value: 'v'.repeat(1024 * 1024) })) }],
  ['INVALID_ARGUMENT', 'removeMany', { keys: ['k', 7] }],
  ['INVALID_ARGUMENT', 'getOrCreate', { key: 'k' }],
  ['INVALID_ARGUMENT', 'getOrCreate', { key: 'k', value: null }],
  ['INVALID_ARGUMENT', 'compareAndSet', { key: 'k', value: 'v' }],
  ['INVALID_ARGUMENT', 'compareAndSet', { key: 'k', expected: null }],
  ['INVALID_ARGUMENT', 'compareAndSet', { key: 'k', expected: undefined, value: 'v' }],
  ['INVALID_ARGUMENT', 'compareAndSet', { key: 'k', expected: null, value: undefined }],
  ['INVALID_ARGUMENT', 'compareAndSet', { key: 'k', expected: 7, value: 'v' }],
  ['INVALID_ARGUMENT', 'compareAndSet', { key: 'k', expected: null, value: null, ttl: 60 }],
  ['INVALID_ARGUMENT', 'remove', {}],
  ['INVALID_ARGUMENT', 'has', { key: 7 }],
  ['INVALID_ARGUMENT', 'clear', { store: '../default' }],
];

/** What Capacitor cannot read, or what has no target. It answers none of them. On Android, a message is a text. */
const BROKEN_TEXTS = [
  '',
  '{',
  'nonsense',
  '[]',
  'null',
  '{"type":"message"}',
  '{"callbackId":"1","pluginId":"SecureStorage"',
  '{"callbackId":"2","pluginId":"SecureStorage","methodName":"clear"',
  '{"callbackId":"3","pluginId":"SecureStorage","methodName":"frobnicate","options":{}}',
  '{"callbackId":"4","pluginId":"Nobody","methodName":"clear","options":{}}',
];

/** On iOS, a message is any value. A call without an id of its own has the id -1, and gets no answer. */
const BROKEN_VALUES = [
  '',
  'nonsense',
  7,
  true,
  null,
  [],
  {},
  { type: 'message' },
  { type: 'nonsense', callbackId: '1', pluginId: 'SecureStorage', methodName: 'clear', options: {} },
  { type: 'message', callbackId: '1', pluginId: 'SecureStorage' },
  { type: 'message', callbackId: '2', pluginId: 'SecureStorage', methodName: 7, options: {} },
  { type: 'message', callbackId: '3', pluginId: 'SecureStorage', methodName: 'frobnicate', options: {} },
  { type: 'message', callbackId: '4', pluginId: 'Nobody', methodName: 'clear', options: {} },
  { type: 'message', callbackId: '5', pluginId: 'SecureStorage', methodName: 'clear:', options: {} },
];

/**
 * Sends wrong calls through Capacitor's own functions, without the TypeScript API.
 *
 * @param {import('../phone/phone.mjs').Phone} phone
 * @returns {Promise<number>} how many were refused
 */
export async function refuseRawCalls(phone) {
  const witness = { key: phone.secret('a key that must stay'), value: phone.secret('a value that must stay') };
  await phone.call('set', witness);
  const before = await phone.call('keys');

  for (const [index, [code, method, options]] of RAW_CALLS.entries()) {
    assert.deepEqual(await rawCall(phone, method, options), { code, retryable: false }, `call ${index + 1}, ${method}`);
  }
  // Foundation of Linux replaces the half before the shim sees it; `KeychainTests.swift` shows what Apple's does.
  const halves = phone.platform === 'android' ? ['key', 'value', 'store'] : [];
  for (const place of halves) {
    assert.deepEqual(await rawCallWithHalfPair(phone, place), { code: 'INVALID_ARGUMENT', retryable: false }, place);
  }
  const broken = phone.platform === 'android' ? BROKEN_TEXTS : BROKEN_VALUES;
  await phone.app.page.evaluate((messages) => {
    const { androidBridge, webkit } = /** @type {any} */ (globalThis);
    for (const message of messages) (androidBridge ?? webkit.messageHandlers.bridge).postMessage(message);
  }, broken);

  assert.deepEqual(await phone.call('keys'), before);
  assert.deepEqual(await phone.call('get', { key: witness.key }), { value: witness.value });
  return RAW_CALLS.length + halves.length + broken.length;
}

/**
 * @param {import('../phone/phone.mjs').Phone} phone
 * @param {string} method
 * @param {unknown} options
 */
function rawCall(phone, method, options) {
  return phone.app.page.evaluate(
    ([method, options]) =>
      /** @type {any} */ (globalThis).Capacitor.nativePromise('SecureStorage', method, options).catch(
        (/** @type {any} */ error) => ({ code: error.code, retryable: error.data?.retryable }),
      ),
    /** @type {[string, any]} */ ([method, options]),
  );
}

/**
 * The half is made in the page, because Playwright does not pass it on unchanged.
 *
 * @param {import('../phone/phone.mjs').Phone} phone
 * @param {string} place
 */
function rawCallWithHalfPair(phone, place) {
  return phone.app.page.evaluate(
    ([place, unit]) => {
      const options = { key: 'k', value: 'v', store: 'default', [place]: String.fromCharCode(unit) };
      return /** @type {any} */ (globalThis).Capacitor.nativePromise('SecureStorage', 'set', options).catch(
        (/** @type {any} */ error) => ({ code: error.code, retryable: error.data?.retryable }),
      );
    },
    /** @type {[string, number]} */ ([place, LONE.charCodeAt(0)]),
  );
}
