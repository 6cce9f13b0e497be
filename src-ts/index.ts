import { Capacitor, registerPlugin } from '@capacitor/core';

import { type BridgePlugin, createClient } from './client.js';
import type { SecureStorageApi } from './definitions.js';
import { redactBridgeLog } from './redact.js';

const PLUGIN_ID = 'SecureStorage';

/**
 * Keeps an app's secrets.
 *
 * @since 0.1.0
 */
export const SecureStorage: SecureStorageApi = createClient(
  registerPlugin<BridgePlugin>(PLUGIN_ID, {
    web: () => import('./web/index.js').then((web) => new web.SecureStorageWeb()),
  }),
);

/**
 * The same object, under the name that `capacitor-secure-storage-plugin` gave it.
 *
 * @deprecated Use `SecureStorage`.
 */
export const SecureStoragePlugin: SecureStorageApi = SecureStorage;

redactBridgeLog(Capacitor as Parameters<typeof redactBridgeLog>[0], PLUGIN_ID);

export type * from './definitions.js';
export { SecureStorageError } from './errors.js';
export { configureWeb, type WebOptions } from './web/mode.js';
