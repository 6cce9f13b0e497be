import { Capacitor } from '@capacitor/core';

import { type Backend, LocalStorageBackend, MemoryBackend } from '../engine/backend.js';
import { Engine } from '../engine/engine.js';
import { SecureStorageError } from '../errors.js';

import { webMode } from './mode.js';

/** The fallback for a browser. It does not protect values: see `WebMode`. */
export class WebFallback extends Engine {
  protected createBackend(): Backend {
    const mode = webMode();
    if (mode === 'deny')
      throw new SecureStorageError(
        'UNSUPPORTED',
        'There is no secure storage here, so nothing is stored: see the option web',
      );
    if (mode === 'memory') {
      console.warn(
        'Strongroom: a browser has no secure storage. Values are stored in memory until this page is closed.',
      );
      return new MemoryBackend();
    }
    const backend = new LocalStorageBackend();
    console.warn(
      'Strongroom: a browser has no secure storage. Values are stored UNENCRYPTED in localStorage, for debugging only.',
    );
    return backend;
  }

  /** Refuses every call on a phone: the fallback would store secrets unprotected there. */
  protected guard(): void {
    if (Capacitor.isNativePlatform()) {
      throw new SecureStorageError(
        'UNSUPPORTED',
        'The native part of the plugin is missing: run npx cap sync and build again',
      );
    }
  }
}
