import { beforeEach, describe, expect, test, vi } from 'vitest';

import { createAsyncStorage } from '../../adapters/async-storage.js';
import { createLocalForageDriver } from '../../adapters/localforage.js';
import { FakeSecureStorage } from '../../testing/index.js';

let fake: FakeSecureStorage;

beforeEach(() => {
  fake = new FakeSecureStorage();
});

describe('the storage for other libraries', () => {
  test('stores, lists and removes texts', async () => {
    const storage = createAsyncStorage(fake.storage);
    expect(await storage.getItem('b')).toBeNull();
    await storage.setItem('b', '');
    await storage.setItem('a', '🔑');
    expect([await storage.getItem('a'), await storage.getItem('b')]).toEqual(['🔑', '']);
    expect(await storage.keys()).toEqual(['a', 'b']);
    expect([await storage.key(0), await storage.key(1), await storage.key(2), await storage.key(-1)]).toEqual([
      'a',
      'b',
      null,
      null,
    ]);
    expect(await storage.length).toBe(2);
    await storage.removeItem('a');
    await storage.removeItem('a');
    expect(await storage.keys()).toEqual(['b']);
    await storage.clear();
    expect(await storage.length).toBe(0);
  });

  test('uses its store, and leaves others alone', async () => {
    const [one, other] = [createAsyncStorage(fake.storage, { store: 'one' }), createAsyncStorage(fake.storage)];
    await one.setItem('k', '1');
    await other.setItem('k', '2');
    await one.clear();
    expect([await one.getItem('k'), await other.getItem('k')]).toEqual([null, '2']);
    expect(await fake.storage.keys()).toEqual({ value: ['k'] });
  });

  test('has methods that need no this', async () => {
    const { getItem, setItem, removeItem, keys, key, clear } = createAsyncStorage(fake.storage);
    await setItem('k', 'v');
    expect([await getItem('k'), await keys(), await key(0)]).toEqual(['v', ['k'], 'k']);
    await removeItem('k');
    await clear();
  });

  test.each(['getItem', 'setItem', 'removeItem'] as const)('rejects a wrong key in %s', async (method) => {
    const storage = createAsyncStorage(fake.storage);
    for (const key of ['', '\ud83d', 'k'.repeat(1025), undefined as never])
      await expect(storage[method](key, 'v')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  test('rejects a value that is not a text', async () => {
    const { setItem } = createAsyncStorage(fake.storage);
    await expect(setItem('k', { a: 1 } as never)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(setItem('k', null as never)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  test('rejects on a locked device, and never looks empty', async () => {
    const storage = createAsyncStorage(fake.storage);
    await storage.setItem('k', 'v');
    fake.lock();
    for (const call of [storage.getItem('k'), storage.keys(), storage.length, storage.clear(), storage.key(0)])
      await expect(call).rejects.toMatchObject({ code: 'LOCKED', retryable: true });
  });

  describe('after a read that failed with a retryable error', () => {
    beforeEach(async () => {
      await fake.storage.set({ key: 'k', value: 'precious' });
      await fake.storage.set({ key: 'other', value: 'o' });
    });

    test.each(['LOCKED', 'UNAVAILABLE', 'IO'] as const)(
      '%s: the item is not overwritten until it has been read',
      async (code) => {
        const storage = createAsyncStorage(fake.storage);
        fake.fail(code);
        await expect(storage.getItem('k')).rejects.toMatchObject({ code });
        await expect(storage.setItem('k', 'empty state')).rejects.toMatchObject({
          code: 'UNAVAILABLE',
          retryable: true,
        });
        await storage.setItem('other', 'changed');
        expect(await storage.getItem('k')).toBe('precious');
        await storage.setItem('k', 'next');
        expect(await storage.getItem('k')).toBe('next');
      },
    );

    test('a write waits for a running read', async () => {
      const storage = createAsyncStorage(fake.storage);
      fake.fail('LOCKED');
      const read = storage.getItem('k');
      const write = storage.setItem('k', 'empty state');
      await expect(read).rejects.toMatchObject({ code: 'LOCKED' });
      await expect(write).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      await Promise.all([storage.getItem('k'), storage.setItem('k', 'next')]);
      expect(await storage.getItem('k')).toBe('next');
    });

    test.each(['removeItem', 'clear'] as const)('%s allows the next write', async (method) => {
      const storage = createAsyncStorage(fake.storage);
      fake.fail('LOCKED');
      await expect(storage.getItem('k')).rejects.toThrow();
      await storage[method]('k');
      await storage.setItem('k', 'new');
      expect(await storage.getItem('k')).toBe('new');
    });

    test('a damaged item can be replaced', async () => {
      const storage = createAsyncStorage(fake.storage);
      fake.corrupt({ key: 'k' });
      await expect(storage.getItem('k')).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
      await storage.setItem('k', 'new');
      expect(await storage.getItem('k')).toBe('new');
    });
  });
});

describe('the driver for localForage', () => {
  /** Works like localForage: an instance gets the methods of the driver. */
  async function instance(driver: object, name = 'db', storeName = 'kv') {
    const made = { ...driver } as ReturnType<typeof createLocalForageDriver>;
    await made._initStorage({ name, storeName });
    return made;
  }

  test('stores every kind of JSON value', async () => {
    const db = await instance(createLocalForageDriver(fake.storage));
    for (const value of ['2026-11-24T12:00:00.000Z', 0, false, null, [1], { a: { b: [] } }]) {
      expect(await db.setItem('k', value)).toEqual(value);
      expect(await db.getItem('k')).toEqual(value);
    }
    expect(await db.setItem<unknown>('k', undefined)).toBeNull();
    expect(await db.getItem('absent')).toBeNull();
    await expect(db.setItem('k', new Date())).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  test('lists, iterates and clears', async () => {
    const db = await instance(createLocalForageDriver(fake.storage));
    for (const key of ['a', 'b', 'c']) await db.setItem(key, key.toUpperCase());
    expect([await db.keys(), await db.length(), await db.key(1)]).toEqual([['a', 'b', 'c'], 3, 'b']);
    const seen: unknown[] = [];
    await db.iterate((value, key, number) => {
      seen.push([value, key, number]);
    });
    expect(seen).toEqual([
      ['A', 'a', 1],
      ['B', 'b', 2],
      ['C', 'c', 3],
    ]);
    expect(await db.iterate((value, key) => (key === 'b' ? value : undefined))).toBe('B');
    await db.removeItem('a');
    await db.clear();
    expect(await db.keys()).toEqual([]);
  });

  test('also calls a callback', async () => {
    const db = await instance(createLocalForageDriver(fake.storage));
    const set = vi.fn();
    await db.setItem('k', 1, set);
    expect(set).toHaveBeenCalledExactlyOnceWith(null, 1);
    const failed = vi.fn();
    fake.fail('LOCKED');
    await db.getItem('k', failed).catch(() => undefined);
    expect(failed).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'LOCKED' }));
  });

  test('belongs to one database; calls of another reject, and localForage keeps the driver', async () => {
    const driver = createLocalForageDriver(fake.storage);
    const [first, again, second] = [
      await instance(driver),
      await instance(driver),
      await instance(driver, 'db', 'other'),
    ];
    await first.setItem('k', 1);
    expect(await again.getItem('k')).toBe(1);
    await expect(second.getItem('k')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(second.clear()).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(await first.getItem('k')).toBe(1);
  });

  test('refuses another database also through a second driver of the same store', async () => {
    const first = await instance(createLocalForageDriver(fake.storage));
    await first.setItem('k', 1);
    for (const options of [{}, { store: 'default' }]) {
      const same = await instance(createLocalForageDriver(fake.storage, options));
      expect(await same.getItem('k')).toBe(1);
      const other = await instance(createLocalForageDriver(fake.storage, options), 'other');
      await expect(other.clear()).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    }
    const elsewhere = await instance(createLocalForageDriver(fake.storage, { store: 'elsewhere' }), 'other');
    await elsewhere.clear();
    expect(await first.getItem('k')).toBe(1);
  });

  test('has a name for each store', () => {
    expect(createLocalForageDriver(fake.storage)._driver).toBe('strongroom');
    expect(createLocalForageDriver(fake.storage, { store: 'settings' })._driver).toBe('strongroom-settings');
  });
});
