import { beforeAll, describe, expect, test } from 'vitest';

import { cases, runCase } from '../../contract/behaviour.mjs';
import { useHelpers } from '../scenarios/helpers.mjs';
import { refuseRawCalls } from '../scenarios/wrong-arguments.mjs';

import { platform, usePhone } from './fixture.mjs';

const held = usePhone();

/** What `getStatus()` reports on one platform only. */
const OF_PLATFORM = {
  android: {
    location: 'noBackupFilesDir',
    securityLevel: 'trustedEnvironment',
    keyCreatedAt: expect.any(Number),
    dataKeyCreatedAt: expect.any(Number),
    fileBytes: expect.any(Number),
  },
  ios: { location: 'keychain', securityLevel: null, keyCreatedAt: null, dataKeyCreatedAt: null, fileBytes: 0 },
};

describe('through the whole chain', () => {
  test.each(cases.map(({ name }) => name))('%s', async (name) => {
    expect(await runCase(held.phone.app.page, name)).toEqual([]);
  });

  test('objects are returned unchanged, and no update is lost', async () => {
    await useHelpers(held.phone.app.page, (label) => held.phone.secret(label));
  });

  test('the platform has its name', async () => {
    expect(await held.phone.call('getPlatform')).toEqual({ value: platform });
  });

  test('the status says where the store is and how it is protected', async () => {
    await held.phone.call('set', { key: 'k', value: 'v' });
    const status = await held.phone.call('getStatus');
    expect(status).toEqual({
      platform,
      store: 'default',
      secure: true,
      state: 'ready',
      records: expect.any(Number),
      damagedRecords: 0,
      quarantined: 0,
      lastReset: null,
      bridgeLogging: false,
      ...OF_PLATFORM[platform],
    });
    for (const created of platform === 'android' ? [status.keyCreatedAt, status.dataKeyCreatedAt] : []) {
      expect(Math.abs(Date.now() - created)).toBeLessThan(10 * 60_000);
    }
  });
});

describe('past the TypeScript API', () => {
  test('wrong calls and broken messages are refused and change nothing', async () => {
    expect(await refuseRawCalls(held.phone)).toBeGreaterThan(20);
    // On Android, Capacitor itself warns about the call for a plugin that does not exist.
    const warnings = platform === 'android' ? ['warning: {message: unable to find plugin : Nobody}'] : [];
    expect(held.phone.takeComplaints()).toEqual(warnings);
  });

  test('a method that the native side does not have is unsupported', async () => {
    const { phone } = held;
    await phone.app.page.evaluate(() => {
      const [header] = /** @type {any} */ (globalThis).Capacitor.PluginHeaders.filter(
        (/** @type {any} */ plugin) => plugin.name === 'SecureStorage',
      );
      header.methods = header.methods.filter((/** @type {any} */ method) => method.name !== 'rotateKeys');
    });
    await phone.app.loadApi();
    expect(await phone.call('rotateKeys')).toMatchObject({ code: 'UNSUPPORTED', retryable: false });
    expect(await phone.call('has', { key: 'k' })).toEqual({ value: expect.any(Boolean) });
  });
});

describe('events', () => {
  beforeAll(async () => {
    await held.phone.app.page.evaluate(async () => {
      const page = /** @type {any} */ (globalThis);
      page.seen = [];
      for (const name of ['expired', 'storeReset']) {
        const listener = (/** @type {any} */ event) => page.seen.push([name, event]);
        await page.capacitorStrongroom.SecureStorage.addListener(name, listener);
      }
    });
  });

  const seen = () => held.phone.app.page.evaluate(() => /** @type {any} */ (globalThis).seen);

  test('an expired item is reported', async () => {
    await held.phone.call('set', { key: 'short-lived', value: 'v', ttl: 0.2, store: 'events' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await held.phone.call('get', { key: 'short-lived', store: 'events' })).toMatchObject({ code: 'NOT_FOUND' });
    await expect.poll(seen).toEqual([['expired', { store: 'events', key: 'short-lived' }]]);
  });

  test('a reset is reported', async () => {
    await held.phone.call('set', { key: 'k', value: 'v', store: 'events' });
    await held.phone.call('reset', { store: 'events' });
    const reset = { store: 'events', reason: 'REQUESTED', at: expect.any(Number) };
    await expect.poll(seen).toContainEqual(['storeReset', reset]);
    expect(await held.phone.call('recover', { store: 'events' })).toEqual({ recovered: 1, remaining: 0 });
    expect(await held.phone.call('get', { key: 'k', store: 'events' })).toEqual({ value: 'v' });
  });

  test('nothing is reported to a listener that was removed', async () => {
    await held.phone.call('removeAllListeners');
    await held.phone.call('set', { key: 'k', value: 'v', store: 'events' });
    const before = await seen();
    await held.phone.call('reset', { store: 'events' });
    await held.phone.call('getStatus', { store: 'events' });
    expect(await seen()).toEqual(before);
  });
});
