import { Capacitor } from '@capacitor/core';

import { bridge, PLUGIN_ID } from './bridge.js';
import { createClient } from './client.js';
import type { SecureStorageApi } from './definitions.js';
import { redactBridgeLog, warnOfBridgeLog } from './logging.js';

/**
 * Keeps an app's secrets.
 *
 * @since 0.1.0
 */
export const SecureStorage: SecureStorageApi = createClient(() => bridge.current);

/**
 * The same object, under the name that `capacitor-secure-storage-plugin` gave it.
 *
 * @deprecated Use `SecureStorage`.
 */
export const SecureStoragePlugin: SecureStorageApi = SecureStorage;

redactBridgeLog(Capacitor, PLUGIN_ID);
warnOfBridgeLog(Capacitor);

export type * from './definitions.js';
export { SecureStorageError } from './errors.js';
export { configureWeb, type WebOptions } from './web/mode.js';
