import { describe, expect, test, vi } from 'vitest';

import { createClient } from '../../client/client.js';
import { SecureStorageError } from '../../errors.js';
import { type BridgePlugin, METHODS } from '../../protocol.js';

describe('the client', () => {
  test.each(METHODS)('calls %s with a copy of the options', async (method) => {
    const call = vi.fn(() => Promise.resolve({ value: true }));
    const client = createClient(bridge({ [method]: call }));
    const options = { key: 'k', store: 's' };
    await expect((client[method] as (options: unknown) => Promise<unknown>)(options)).resolves.toEqual({ value: true });
    expect(call).toHaveBeenCalledExactlyOnceWith(options);
  });

  test.each(METHODS)('turns a rejection of %s into a SecureStorageError', async (method) => {
    const client = createClient(bridge({ [method]: () => Promise.reject(rejection) }));
    await expect((client[method] as () => Promise<unknown>)()).rejects.toSatisfy(isLocked);
  });

  test.each(['clear', 'remove', 'reset', 'rotateKeys', 'set', 'setMany'] as const)(
    'rejects if another plugin answers %s',
    async (method) => {
      for (const answer of [undefined, null, {}, { value: false }, 'true']) {
        const client = createClient(bridge({ [method]: () => Promise.resolve(answer) }));
        await expect((client[method] as () => Promise<unknown>)()).rejects.toMatchObject({
          code: 'UNSUPPORTED',
          retryable: false,
        });
      }
    },
  );

  test('turns an exception of the proxy into a rejection', async () => {
    const client = createClient(
      bridge({
        keys: () => {
          throw rejection;
        },
      }),
    );
    await expect(client.keys()).rejects.toSatisfy(isLocked);
  });

  test('refuses half a surrogate pair before it reaches the bridge', async () => {
    const set = vi.fn();
    const client = createClient(bridge({ set }));
    await expect(client.set({ key: 'k', value: '\ud83d' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(set).not.toHaveBeenCalled();
  });

  test('can be awaited: it has no method named then', async () => {
    const client = createClient(bridge({}));
    await expect(Promise.resolve(client)).resolves.toBe(client);
  });

  test('is frozen', () => {
    expect(Object.isFrozen(createClient(bridge({})))).toBe(true);
  });

  test('turns a rejection of addListener into a SecureStorageError', async () => {
    const client = createClient(bridge({ addListener: () => Promise.reject(rejection) }));
    await expect(client.addListener('expired', () => undefined)).rejects.toSatisfy(isLocked);
  });

  test('refuses a listener for an unknown event', async () => {
    const addListener = vi.fn();
    const client = createClient(bridge({ addListener }));
    await expect(client.addListener('expire' as 'expired', () => undefined)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    expect(addListener).not.toHaveBeenCalled();
  });
});

const rejection = Object.assign(new Error('The device is locked'), { code: 'LOCKED', data: { retryable: true } });

function isLocked(error: unknown): boolean {
  return error instanceof SecureStorageError && error.code === 'LOCKED' && error.retryable;
}

function bridge(methods: Partial<Record<keyof BridgePlugin, unknown>>): () => BridgePlugin {
  return () => methods as unknown as BridgePlugin;
}
