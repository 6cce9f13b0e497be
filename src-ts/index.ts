import { Capacitor } from '@capacitor/core';

import { type AdapterOptions, type AsyncStorage, createAsyncStorage } from './adapters/async-storage.js';
import { createLocalForageDriver, type LocalForageDriver } from './adapters/localforage.js';
import { bridge, PLUGIN_ID } from './bridge.js';
import { createClient } from './client/client.js';
import type { SecureStorageApi } from './definitions.js';
import { redactBridgeLog, warnOfBridgeLog } from './logging.js';

/**
 * Stores an app's secrets.
 *
 * @since 0.1.0
 */
export const SecureStorage: SecureStorageApi = createStorage();

/**
 * The same object, under its name in `capacitor-secure-storage-plugin`.
 *
 * @deprecated Use `SecureStorage`.
 */
export const SecureStoragePlugin: SecureStorageApi = SecureStorage;

/**
 * The storage with the interface that other libraries expect: supabase-js, oidc-client-ts, zustand, redux-persist and more.
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
 * Redacts the log here, and not in a statement of its own: package.json sets `sideEffects: false`, so a bundler drops a module of which it
 * uses nothing. Code that uses `SecureStorage` keeps this call. Code that does not has no calls that the log could show.
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
