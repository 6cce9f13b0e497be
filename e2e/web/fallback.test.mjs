import { readFileSync } from 'node:fs';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { fromRoot } from '../../scripts/paths.mjs';
import { call } from '../phone/api.mjs';
import { launchChromium } from '../phone/chromium.mjs';

import { openPage } from './fixture.mjs';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof openPage>>} */
let opened;

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(() => browser.close());

afterEach(() => opened.context.close());

const stored = () => opened.page.evaluate(() => Object.fromEntries(Object.entries(localStorage)));

describe('debug', () => {
  beforeEach(async () => {
    opened = await openPage(browser);
  });

  test('stores under a name that says that it is insecure', async () => {
    await call(opened.page, 'set', { key: 'a:b', value: 'v', store: 's' });
    expect(await stored()).toEqual({ 'INSECURE-DEBUG:strongroom:s:a:b': '{"value":"v","expiresAt":null}' });
  });

  test('keeps values when the page is loaded again', async () => {
    await call(opened.page, 'set', { key: 'k', value: 'v' });
    await opened.page.reload();
    expect(await call(opened.page, 'get', { key: 'k' })).toEqual({ value: 'v' });
  });

  test('neither lists nor clears the data of others in localStorage', async () => {
    const foreign = {
      k: '1',
      'strongroom:default:k': '2',
      'INSECURE-DEBUG:strongroom': '3',
      'INSECURE-DEBUG:strongroom:default': '4',
      'INSECURE-DEBUG:strongroom:default2:k': '5',
      'cap_sec_INSECURE-DEBUG:strongroom:default:k': '6',
    };
    await opened.page.evaluate((entries) => Object.assign(localStorage, entries), foreign);
    await call(opened.page, 'set', { key: 'mine', value: 'v' });
    expect(await call(opened.page, 'keys')).toEqual({ value: ['mine'] });
    await call(opened.page, 'clear');
    expect(await stored()).toEqual(foreign);
  });

  test.each(['', 'null', '7', '{', '{"value":7,"expiresAt":null}', '{"value":"v"}'])(
    'finds a damaged item (%j) and can remove it',
    async (content) => {
      await opened.page.evaluate((text) => {
        localStorage.setItem('INSECURE-DEBUG:strongroom:default:k', text);
      }, content);
      expect(await call(opened.page, 'get', { key: 'k' })).toMatchObject({ code: 'CORRUPT_RECORD', retryable: false });
      expect(await call(opened.page, 'has', { key: 'k' })).toMatchObject({ code: 'CORRUPT_RECORD' });
      expect(await call(opened.page, 'keys')).toEqual({ value: ['k'], damaged: ['k'] });
      expect(await call(opened.page, 'getStatus')).toMatchObject({ records: 0, damagedRecords: 1, state: 'ready' });
      expect(await call(opened.page, 'remove', { key: 'k' })).toEqual({ value: true });
      expect(await call(opened.page, 'has', { key: 'k' })).toEqual({ value: false });
    },
  );

  test('treats a damaged item neither as absent nor as replaceable', async () => {
    await call(opened.page, 'set', { key: 'sound', value: 'v' });
    await opened.page.evaluate(() => {
      localStorage.setItem('INSECURE-DEBUG:strongroom:default:k', '{');
    });
    const before = await stored();
    for (const [method, options] of [
      ['getMany', { keys: ['sound', 'k'] }],
      ['getOrCreate', { key: 'k', value: 'w' }],
      ['compareAndSet', { key: 'k', expected: null, value: 'w' }],
      ['compareAndSet', { key: 'k', expected: 'v', value: null }],
    ]) {
      expect(await call(opened.page, /** @type {string} */ (method), options)).toMatchObject({
        code: 'CORRUPT_RECORD',
        retryable: false,
      });
    }
    expect(await stored()).toEqual(before);
    expect(await call(opened.page, 'removeMany', { keys: ['k', 'sound', 'absent'] })).toEqual({ value: 2 });
    expect(await stored()).toEqual({});
  });

  test('writes nothing of several items if not all of them fit', async () => {
    const value = 'v'.repeat(1024 * 1024);
    const items = Array.from({ length: 3 }, (_, index) => ({ key: `k${index}`, value }));
    expect(await call(opened.page, 'setMany', { items })).toEqual({ value: true });
    const before = await stored();
    const batch = [{ key: 'k0', value: 'small' }, ...['new', 'newer', 'newest'].map((key) => ({ key, value }))];
    expect(await call(opened.page, 'setMany', { items: batch })).toMatchObject({ code: 'STORAGE_FULL' });
    expect(await stored()).toEqual(before);
  });

  test('rejects if there is no space, and keeps the stored items', async () => {
    const fill = (/** @type {number} */ index) =>
      opened.page.evaluate(
        (key) =>
          /** @type {any} */ (globalThis).capacitorStrongroom.SecureStorage.set({ key, value: 'v'.repeat(1024 * 1024) })
            .then(() => 'stored')
            .catch((/** @type {any} */ error) => [error.code, error.retryable]),
        `k${index}`,
      );
    const outcomes = [];
    for (let index = 0; index < 12; index++) outcomes.push(await fill(index));
    expect(outcomes).toContainEqual(['STORAGE_FULL', true]);
    const room = outcomes.filter((outcome) => outcome === 'stored').length;
    expect(await call(opened.page, 'getStatus')).toMatchObject({ records: room, damagedRecords: 0 });
    expect(await call(opened.page, 'clear')).toEqual({ value: true });
  });
});

describe('memory', () => {
  test('forgets values when the page is loaded again, and leaves no trace', async () => {
    opened = await openPage(browser, { host: 'app.example' });
    await call(opened.page, 'set', { key: 'k', value: 'v' });
    expect(await call(opened.page, 'get', { key: 'k' })).toEqual({ value: 'v' });
    expect(await stored()).toEqual({});
    await opened.page.reload();
    expect(await call(opened.page, 'get', { key: 'k' })).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('an expired item', () => {
  test('is reported once, when a call finds it', async () => {
    opened = await openPage(browser);
    await opened.page.clock.install();
    await opened.page.evaluate(() => {
      const page = /** @type {any} */ (globalThis);
      page.seen = [];
      return page.capacitorStrongroom.SecureStorage.addListener('expired', (/** @type {any} */ event) => {
        page.seen.push(event);
      });
    });
    await call(opened.page, 'set', { key: 'k', value: 'v', ttl: 60 });
    await opened.page.clock.fastForward(59_000);
    expect(await call(opened.page, 'get', { key: 'k' })).toEqual({ value: 'v' });
    await opened.page.clock.fastForward(1_000);
    expect(await call(opened.page, 'get', { key: 'k' })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await call(opened.page, 'keys')).toEqual({ value: [] });
    expect(await stored()).toEqual({});
    expect(await opened.page.evaluate(() => /** @type {any} */ (globalThis).seen)).toEqual([
      { store: 'default', key: 'k' },
    ]);
  });
});

describe('reset', () => {
  test('is reported by an event and by the status', async () => {
    opened = await openPage(browser);
    await opened.page.evaluate(() => {
      const page = /** @type {any} */ (globalThis);
      page.seen = [];
      return page.capacitorStrongroom.SecureStorage.addListener('storeReset', (/** @type {any} */ event) => {
        page.seen.push(event);
      });
    });
    await call(opened.page, 'set', { key: 'k', value: 'v', store: 's' });
    await call(opened.page, 'reset', { store: 's' });
    const { lastReset } = await call(opened.page, 'getStatus', { store: 's' });
    expect(lastReset).toEqual({ reason: 'REQUESTED', at: expect.any(Number) });
    expect(await opened.page.evaluate(() => /** @type {any} */ (globalThis).seen)).toEqual([
      { store: 's', ...lastReset },
    ]);
    expect(await stored()).toEqual({});
  });
});

describe('if nothing may be stored', () => {
  const { methods, options: known } = JSON.parse(readFileSync(fromRoot('contract/bridge.json'), 'utf8'));
  const METHODS = methods.filter((/** @type {string} */ method) => method !== 'getPlatform');
  const options = (/** @type {string} */ method) => (known[method].includes('key') ? { key: 'k', value: 'v' } : {});

  test("deny refuses every call but getPlatform's", async () => {
    opened = await openPage(browser);
    await opened.page.evaluate(() => {
      /** @type {any} */ (globalThis).capacitorStrongroom.configureWeb({ web: 'deny' });
    });
    for (const method of METHODS) {
      expect(await call(opened.page, method, options(method))).toMatchObject({ code: 'UNSUPPORTED', retryable: false });
    }
    expect(await call(opened.page, 'getPlatform')).toEqual({ value: 'web' });
    expect(await stored()).toEqual({});
    expect(opened.log).toEqual([]);
  });

  test('debug refuses on a host that is not for development', async () => {
    opened = await openPage(browser, { host: 'app.example' });
    await opened.page.evaluate(() => {
      /** @type {any} */ (globalThis).capacitorStrongroom.configureWeb({ web: 'debug' });
    });
    expect(await call(opened.page, 'set', options('set'))).toMatchObject({ code: 'UNSUPPORTED' });
    expect(await stored()).toEqual({});
  });

  test.each([
    ['Android', 'window.androidBridge = { postMessage() {} };'],
    ['iOS', 'window.webkit = { messageHandlers: { bridge: { postMessage() {} } } };'],
    ['a platform of its own', "window.CapacitorCustomPlatform = { name: 'electron', plugins: {} };"],
  ])('%s without the native part is refused, not served from the browser', async (_, preface) => {
    opened = await openPage(browser, { preface });
    for (const method of [...METHODS, 'getPlatform']) {
      expect(await call(opened.page, method, options(method))).toMatchObject({ code: 'UNSUPPORTED', retryable: false });
    }
    expect(await stored()).toEqual({});
  });
});
