import { Capacitor } from '@capacitor/core';

import { type AdapterOptions, type AsyncStorage, createAsyncStorage } from './adapters/async-storage.js';
import { createLocalForageDriver, type LocalForageDriver } from './adapters/localforage.js';
import { bridge, PLUGIN_ID } from './bridge.js';
import { createClient } from './client/client.js';
import type { SecureStorageApi } from './definitions.js';
import { redactBridgeLog, warnOfBridgeLog } from './logging.js';

/**
 * Keeps an app's secrets.
 *
 * @since 0.1.0
 */
export const SecureStorage: SecureStorageApi = createStorage();

/**
 * The same object, under the name that `capacitor-secure-storage-plugin` gave it.
 *
 * @deprecated Use `SecureStorage`.
 */
export const SecureStoragePlugin: SecureStorageApi = SecureStorage;

/**
 * The storage as other libraries ask for one: supabase-js, oidc-client-ts, zustand, redux-persist and more.
 *
 * @since 0.1.0
 */
export function asAsyncStorage(options?: AdapterOptions): AsyncStorage {
  return createAsyncStorage(SecureStorage, options);
}

/**
 * The storage as a driver for localForage and Ionic Storage.
 *
 * @since 0.1.0
 */
export function asLocalForageDriver(options?: AdapterOptions): LocalForageDriver {
  return createLocalForageDriver(SecureStorage, options);
}

/**
 * The log is guarded here, and not by a statement of the module: package.json says that no module has side effects, so a bundler may
 * leave out everything that no export needs.
 */
function createStorage(): SecureStorageApi {
  redactBridgeLog(Capacitor, PLUGIN_ID);
  warnOfBridgeLog(Capacitor);
  return createClient(() => bridge.current);
}

export type { AdapterOptions, AsyncStorage } from './adapters/async-storage.js';
export type { LocalForageDriver } from './adapters/localforage.js';
export type * from './definitions.js';
export { SecureStorageError } from './errors.js';
export { configureWeb, type WebOptions } from './web/mode.js';
