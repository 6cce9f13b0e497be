import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { createUpdate } from '../../client/update.js';
import type { SecureStorageApi } from '../../definitions.js';
import { FakeSecureStorage } from '../../testing/index.js';

let fake: FakeSecureStorage;
let storage: SecureStorageApi;

beforeEach(() => {
  fake = new FakeSecureStorage();
  ({ storage } = fake);
});

afterEach(() => {
  vi.useRealTimers();
});

const increment = (value: string | null) => String(Number(value ?? 0) + 1);
const pause = () => new Promise((resolve) => setTimeout(resolve, 1));

describe('update', () => {
  test('creates, changes and removes an item', async () => {
    const seen: (string | null)[] = [];
    for (const next of ['1', '2', null, null, '3']) {
      const change = (value: string | null) => {
        seen.push(value);
        return next;
      };
      expect(await storage.update({ key: 'k' }, change)).toEqual({ value: next });
    }
    expect(seen).toEqual([null, '1', '2', null, null]);
    expect(await storage.get({ key: 'k' })).toEqual({ value: '3' });
  });

  test('loses none of a hundred concurrent changes, and runs one function at a time', async () => {
    let running = 0;
    const change = async (value: string | null) => {
      expect(++running).toBe(1);
      await pause();
      running--;
      return increment(value);
    };
    await Promise.all(Array.from({ length: 100 }, () => storage.update({ key: 'k' }, change)));
    expect(await storage.get({ key: 'k' })).toEqual({ value: '100' });
  });

  test.each([{ expiresIn: 60 }, { value: 'v' }, { expected: null }])(
    'refuses %j before the function runs',
    async (odd) => {
      await storage.set({ key: 'k', value: 'v' });
      const change = vi.fn(() => null);
      await expect(storage.update({ key: 'k', ...odd }, change)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
      expect(change).not.toHaveBeenCalled();
      expect(await storage.get({ key: 'k' })).toEqual({ value: 'v' });
    },
  );

  test('does not delay updates of other items and stores', async () => {
    let release: () => void = () => undefined;
    const first = storage.update(
      { key: 'k' },
      () =>
        new Promise(
          (resolve) =>
            (release = () => {
              resolve('slow');
            }),
        ),
    );
    await storage.update({ key: 'other' }, increment);
    await storage.update({ key: 'k', store: 'other' }, increment);
    release();
    expect(await first).toEqual({ value: 'slow' });
  });

  test('starts again if another process was quicker', async () => {
    // Two pages: each has its own queue, so only the store can detect a conflict.
    const other = createUpdate(storage);
    const seen: (string | null)[] = [];
    const result = await storage.update({ key: 'k' }, async (value) => {
      seen.push(value);
      if (seen.length < 3) await other({ key: 'k' }, increment);
      return increment(value);
    });
    expect(seen).toEqual([null, '1', '2']);
    expect(result).toEqual({ value: '3' });
  });

  test('loses no change of two pages', async () => {
    const change = async (value: string | null) => {
      await pause();
      return increment(value);
    };
    const pages = [createUpdate(storage), createUpdate(storage)];
    await Promise.all(pages.flatMap((update) => Array.from({ length: 20 }, () => update({ key: 'k' }, change))));
    expect(await storage.get({ key: 'k' })).toEqual({ value: '40' });
  });

  test('rejects with a retryable error if the function changes the item itself', async () => {
    const change = vi.fn(async () => {
      await storage.set({ key: 'k', value: String(change.mock.calls.length) });
      return 'mine';
    });
    await expect(storage.update({ key: 'k' }, change)).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    expect(change).toHaveBeenCalledTimes(100);
  });

  test('rejects with the error of the function, writes nothing, and the next update works', async () => {
    await storage.set({ key: 'k', value: 'before' });
    const failure = new TypeError('the server did not answer');
    const failed = storage.update({ key: 'k' }, () => Promise.reject(failure));
    const next = storage.update({ key: 'k' }, (value) => `${value ?? ''}!`);
    await expect(failed).rejects.toBe(failure);
    expect(await next).toEqual({ value: 'before!' });
  });

  test.each([
    ['no options', undefined],
    ['no key', {}],
    ['an empty key', { key: '' }],
    ['a wrong store', { key: 'k', store: 'A' }],
    ['two expiries', { key: 'k', ttl: 1, expiresAt: 1 }],
  ])('refuses %s', async (_, options) => {
    await expect(storage.update(options as { key: string }, () => 'v')).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    expect(await storage.keys()).toEqual({ value: [] });
  });

  test.each([undefined, 7, new Date()])('refuses to write %s', async (value) => {
    await expect(storage.update({ key: 'k' }, () => value as unknown as string)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });

  test('refuses a change that is not a function', async () => {
    await expect(storage.update({ key: 'k' }, 'v' as never)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  test.each(['getMany', 'compareAndSet'] as const)(
    'rejects if %s rejects, and the next update works',
    async (method) => {
      fake.fail('LOCKED', { method });
      await expect(storage.update({ key: 'k' }, increment)).rejects.toMatchObject({ code: 'LOCKED', retryable: true });
      expect(await storage.update({ key: 'k' }, increment)).toEqual({ value: '1' });
    },
  );

  test('rejects for a damaged item, and does not replace it', async () => {
    await storage.set({ key: 'k', value: 'v' });
    fake.corrupt({ key: 'k' });
    await expect(storage.update({ key: 'k' }, increment)).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
  });

  test('gives the item a time to live, unless it is removed', async () => {
    vi.useFakeTimers();
    await storage.update({ key: 'k', ttl: 60 }, increment);
    vi.advanceTimersByTime(59_000);
    expect(await storage.update({ key: 'k', ttl: 60 }, increment)).toEqual({ value: '2' });
    vi.advanceTimersByTime(60_000);
    expect(await storage.update({ key: 'k', ttl: 60 }, (value) => value)).toEqual({ value: null });
  });
});
