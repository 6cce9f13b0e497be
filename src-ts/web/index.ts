import { Capacitor } from '@capacitor/core';

import { type Backend, LocalStorageBackend, MemoryBackend } from '../engine/backend.js';
import { Engine } from '../engine/engine.js';
import { SecureStorageError } from '../errors.js';

import { webMode } from './mode.js';

/** The fallback for a browser. It protects nothing: see `WebMode`. */
export class WebFallback extends Engine {
  protected createBackend(): Backend {
    const mode = webMode();
    if (mode === 'deny')
      throw new SecureStorageError('UNSUPPORTED', 'Secrets are not stored here: there is no secure storage');
    if (mode === 'memory') {
      console.warn('Strongroom: a browser has no secure storage. Values are kept in memory until this page is closed.');
      return new MemoryBackend();
    }
    const backend = new LocalStorageBackend();
    console.warn(
      'Strongroom: a browser has no secure storage. Values are kept UNENCRYPTED in localStorage, for debugging only.',
    );
    return backend;
  }

  /** On a phone the fallback would be a silent downgrade, so there is none. */
  protected guard(): void {
    if (Capacitor.isNativePlatform()) {
      throw new SecureStorageError('UNSUPPORTED', 'The native part of capacitor-strongroom is missing');
    }
  }
}
