import type { ListenerCallback } from '@capacitor/core';

import type { KeyOptions, SecureStorageApi, SetJSONOptions } from '../definitions.js';
import { SecureStorageError, toSecureStorageError } from '../errors.js';
import { ANSWERS_TRUE, type BridgePlugin, EVENTS, type Method, METHODS } from '../protocol.js';

import { fromJSON, toJSON } from './json.js';
import { plainOptions } from './options.js';
import { createUpdate } from './update.js';

/**
 * Creates the API object. It gets Capacitor's proxy at each call, so that a fake can replace it.
 *
 * It is a plain object, because awaiting the proxy itself would call a plugin method named `then`.
 */
export function createClient(bridge: () => BridgePlugin): SecureStorageApi {
  const calls = METHODS.map((method) => [
    method,
    (options?: unknown) =>
      settle(async () => {
        const answer = await bridge()[method](plainOptions(options));
        // Capacitor has one plugin per name. If another one answered, the write must not count as done.
        if (ANSWERS_TRUE[method] && (answer as { value?: unknown } | null | undefined)?.value !== true) {
          throw new SecureStorageError('UNSUPPORTED', 'Another plugin is registered as SecureStorage');
        }
        return answer;
      }),
  ]);
  const methods = Object.fromEntries(calls) as Pick<SecureStorageApi, Method>;
  return Object.freeze({
    ...methods,
    getJSON: async (options: KeyOptions) => ({ value: fromJSON((await methods.get(options)).value) }),
    setJSON: (options: SetJSONOptions<unknown>) =>
      settle(() => methods.set({ ...options, value: toJSON((options as Partial<typeof options> | undefined)?.value) })),
    update: createUpdate(methods),
    addListener: (eventName: string, listener: ListenerCallback) =>
      settle(() => {
        if (!(EVENTS as readonly string[]).includes(eventName)) {
          throw new SecureStorageError('INVALID_ARGUMENT', 'The event must be expired or storeReset');
        }
        return bridge().addListener(eventName, listener);
      }),
    removeAllListeners: () => settle(() => bridge().removeAllListeners()),
  }) as SecureStorageApi;
}

async function settle<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw toSecureStorageError(cause);
  }
}
