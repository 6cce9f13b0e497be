import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { cases, runCase } from '../../../contract/behaviour.mjs';
import { SecureStorage, SecureStorageError } from '../../index.js';
import { METHODS } from '../../protocol.js';
import { FakeSecureStorage } from '../../testing/index.js';

let fake: FakeSecureStorage;

beforeEach(() => {
  fake = new FakeSecureStorage();
});

afterEach(() => {
  fake.uninstall();
  vi.useRealTimers();
});

describe('the fake', () => {
  test.each(cases.map(({ name }) => name))('behaves as a phone: %s', async (name) => {
    const page = { evaluate: (run: (input: unknown) => unknown, input: unknown) => run(input) };
    vi.stubGlobal('capacitorStrongroom', { SecureStorage: fake.storage, SecureStorageError });
    expect(await runCase(page as never, name)).toEqual([]);
    vi.unstubAllGlobals();
  });

  test('rejects if the keys are larger than 4 MiB, and never returns an incomplete list', async () => {
    const { storage } = fake;
    for (let batch = 0; batch < 4; batch++) {
      // Of 1,024 bytes each.
      const name = (index: number) => `${String(batch)}${String(index).padStart(3, '0')}${'ü'.repeat(510)}`;
      const items = Array.from({ length: 1000 }, (_, index) => ({ key: name(index), value: '' }));
      await storage.setMany({ items });
    }
    expect((await storage.keys()).value).toHaveLength(4000);
    for (let index = 0; index < 97; index++)
      await storage.set({ key: `5${String(index)}`.padEnd(1024, 'x'), value: '' });
    await expect(storage.keys()).rejects.toMatchObject({ code: 'TOO_LARGE', retryable: false });
    expect(await storage.getStatus()).toMatchObject({ records: 4097 });
    await storage.remove({ key: '50'.padEnd(1024, 'x') });
    expect((await storage.keys()).value).toHaveLength(4096);
  }, 60_000);

  test('loses nothing when clear and reset are refused', async () => {
    const { storage } = fake;
    await storage.set({ key: 'k', value: 'v' });
    fake.loseKey();
    await expect(storage.clear({ key: 'k' } as object)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(storage.reset({ all: true } as object)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    fake.restoreKey();
    expect(await storage.get({ key: 'k' })).toEqual({ value: 'v' });
  });

  test("receives the app's own calls only while it is installed", async () => {
    fake.install();
    await SecureStorage.set({ key: 'k', value: 'v' });
    expect(await fake.storage.get({ key: 'k' })).toEqual({ value: 'v' });
    fake.uninstall();
    // Without a browser, nothing can be stored.
    await expect(SecureStorage.get({ key: 'k' })).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });

  test('uninstalling one does not uninstall another', async () => {
    fake.install();
    const second = new FakeSecureStorage().install();
    fake.uninstall();
    await SecureStorage.set({ key: 'k', value: 'second' });
    expect(await second.storage.keys()).toEqual({ value: ['k'] });
    second.uninstall();
  });

  test.each([
    ['android', true, 'trustedEnvironment', 'noBackupFilesDir'],
    ['ios', true, null, 'keychain'],
    ['web', false, null, 'memory'],
  ] as const)('looks like %s', async (platform, secure, securityLevel, location) => {
    const { storage } = new FakeSecureStorage({ platform });
    expect(await storage.getPlatform()).toEqual({ value: platform });
    expect(await storage.getStatus()).toMatchObject({ platform, secure, securityLevel, location });
  });
});

describe('a locked device', () => {
  test.each(METHODS.filter((method) => method !== 'getPlatform'))('refuses %s', async (method) => {
    fake.lock();
    const options = { key: 'k', value: 'v', keys: [], items: [], expected: null };
    await expect(fake.storage[method](options)).rejects.toMatchObject({
      code: 'LOCKED',
      retryable: true,
    });
  });

  test('loses nothing', async () => {
    await fake.storage.set({ key: 'k', value: 'v' });
    fake.lock();
    await expect(fake.storage.get({ key: 'k' })).rejects.toBeInstanceOf(SecureStorageError);
    expect(await fake.storage.getPlatform()).toEqual({ value: 'android' });
    fake.unlock();
    expect(await fake.storage.get({ key: 'k' })).toEqual({ value: 'v' });
  });
});

describe('a lost key', () => {
  const resets = vi.fn();

  beforeEach(async () => {
    resets.mockClear();
    await fake.storage.addListener('storeReset', resets);
    await fake.storage.setMany({
      items: [
        { key: 'a', value: '1' },
        { key: 'b', value: '2' },
      ],
    });
    await fake.storage.set({ key: 'a', value: 'elsewhere', store: 'other' });
  });

  test.each([undefined, 'KEY_MISMATCH', 'KEY_INVALIDATED', 'CORRUPT'] as const)(
    'starts an empty store and fires storeReset (%s)',
    async (reason) => {
      fake.loseKey({ reason });
      expect(await fake.storage.keys()).toEqual({ value: [] });
      const { lastReset, quarantined, state } = await fake.storage.getStatus();
      expect({ lastReset, quarantined, state }).toEqual({
        lastReset: { reason: reason ?? 'KEY_LOST', at: expect.any(Number) as number },
        quarantined: 1,
        state: 'fresh',
      });
      expect(resets).toHaveBeenCalledExactlyOnceWith({ store: 'default', ...lastReset });
      expect(await fake.storage.get({ key: 'a', store: 'other' })).toEqual({ value: 'elsewhere' });
    },
  );

  test('lets recover() restore the missing items when it comes back, and not before', async () => {
    fake.loseKey();
    await fake.storage.set({ key: 'a', value: 'newer' });
    expect(await fake.storage.recover()).toEqual({ recovered: 0, remaining: 1 });
    fake.restoreKey();
    expect(await fake.storage.recover()).toEqual({ recovered: 1, remaining: 0 });
    expect(await fake.storage.getMany({ keys: ['a', 'b'] })).toEqual({ value: ['newer', '2'] });
  });

  test('changes nothing if it comes back before the next call', async () => {
    fake.loseKey();
    fake.restoreKey();
    expect(await fake.storage.keys()).toEqual({ value: ['a', 'b'] });
    expect(resets).not.toHaveBeenCalled();
  });

  test('of an empty store is not noticed', async () => {
    fake.loseKey({ store: 'empty' });
    expect(await fake.storage.getStatus({ store: 'empty' })).toMatchObject({ lastReset: null, quarantined: 0 });
  });

  test('cannot bring items back after clear()', async () => {
    fake.loseKey();
    await fake.storage.keys();
    await fake.storage.clear();
    fake.restoreKey();
    expect(await fake.storage.recover()).toEqual({ recovered: 0, remaining: 0 });
  });

  describe("with onKeyLoss: 'error'", () => {
    beforeEach(async () => {
      fake = new FakeSecureStorage({ onKeyLoss: 'error' });
      await fake.storage.addListener('storeReset', resets);
      await fake.storage.set({ key: 'k', value: 'v' });
      fake.loseKey();
    });

    test('refuses every call until reset', async () => {
      await expect(fake.storage.get({ key: 'k' })).rejects.toMatchObject({ code: 'KEY_LOST', retryable: false });
      await expect(fake.storage.set({ key: 'k', value: 'v' })).rejects.toMatchObject({ code: 'KEY_LOST' });
      expect(resets).not.toHaveBeenCalled();
      await fake.storage.reset();
      expect(await fake.storage.keys()).toEqual({ value: [] });
      expect(resets).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ reason: 'REQUESTED' }));
      fake.restoreKey();
      expect(await fake.storage.recover()).toEqual({ recovered: 1, remaining: 0 });
    });

    test('refuses every call until clear', async () => {
      await fake.storage.clear();
      expect(await fake.storage.keys()).toEqual({ value: [] });
      expect(await fake.storage.getStatus()).toMatchObject({ quarantined: 0 });
    });
  });
});

describe('requested failures', () => {
  test('a damaged item does not affect the others', async () => {
    await fake.storage.set({ key: 'k', value: 'v' });
    await fake.storage.set({ key: 'sound', value: 'v' });
    fake.corrupt({ key: 'k' });
    await expect(fake.storage.get({ key: 'k' })).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
    expect(await fake.storage.get({ key: 'sound' })).toEqual({ value: 'v' });
    expect(await fake.storage.keys()).toEqual({ value: ['k', 'sound'], damaged: ['k'] });
    expect(await fake.storage.getStatus()).toMatchObject({ damagedRecords: 1, records: 1 });
    expect(() => {
      fake.corrupt({ key: 'absent' });
    }).toThrow('no such item');
  });

  test('a slow device answers late', async () => {
    vi.useFakeTimers();
    fake.slow(3000);
    const done = vi.fn();
    void fake.storage.keys().then(done);
    await vi.advanceTimersByTimeAsync(2999);
    expect(done).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(done).toHaveBeenCalledWith({ value: [] });
    fake.slow(0);
    expect(await fake.storage.keys()).toEqual({ value: [] });
  });

  test('only the requested calls fail', async () => {
    fake.fail('STORAGE_FULL', { method: 'set', times: 2 });
    fake.fail('UNAVAILABLE');
    await expect(fake.storage.keys()).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    expect(await fake.storage.keys()).toEqual({ value: [] });
    for (let call = 0; call < 2; call++) {
      await expect(fake.storage.set({ key: 'k', value: 'v' })).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    }
    expect(await fake.storage.set({ key: 'k', value: 'v' })).toEqual({ value: true });
  });

  test('a requested failure is a SecureStorageError', async () => {
    fake.fail('NOT_FOUND');
    const error: unknown = await fake.storage.get({ key: 'k' }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SecureStorageError);
    expect(error).toMatchObject({ code: 'NOT_FOUND', message: 'Item with given key does not exist' });
  });
});
