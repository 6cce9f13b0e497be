import { bridge } from '../bridge.js';
import { createClient } from '../client/client.js';
import type { ErrorCode, SecureStorageApi } from '../definitions.js';
import { NOT_FOUND_MESSAGE, SecureStorageError } from '../errors.js';
import { type BridgePlugin, type Method, METHODS } from '../protocol.js';

import { FakeEngine } from './engine.js';
import type { FakeOptions, KeyLoss } from './options.js';

export type { FakeOptions, KeyLoss } from './options.js';

/**
 * A secure storage for the tests of an app: it stores in memory, has the rules and errors of a phone, and fails on request.
 *
 * @since 0.1.0
 */
export class FakeSecureStorage {
  /** The API, for code that gets its storage as an argument. */
  readonly storage: SecureStorageApi;

  private readonly bridge: BridgePlugin;
  private readonly engine: FakeEngine;
  private readonly failures: Failure[] = [];
  private locked = false;
  private delay = 0;
  private real?: BridgePlugin;

  constructor({ onKeyLoss = 'quarantine', platform = 'android' }: FakeOptions = {}) {
    const engine = new FakeEngine({ onKeyLoss, platform });
    const calls = METHODS.map((method) => [
      method,
      async (options: Record<string, unknown>) => {
        await this.before(method);
        return engine[method](options);
      },
    ]);
    this.engine = engine;
    this.bridge = {
      ...(Object.fromEntries(calls) as Pick<BridgePlugin, Method>),
      addListener: (eventName, listener) => engine.addListener(eventName, listener),
      removeAllListeners: () => engine.removeAllListeners(),
    };
    this.storage = createClient(() => this.bridge);
  }

  /**
   * Receives the calls of the app's own `SecureStorage` from now on.
   *
   * @since 0.1.0
   */
  install(): this {
    this.real ??= bridge.current;
    bridge.current = this.bridge;
    return this;
  }

  /**
   * Ends `install()`.
   *
   * @since 0.1.0
   */
  uninstall(): void {
    if (this.real && bridge.current === this.bridge) bridge.current = this.real;
    this.real = undefined;
  }

  /**
   * Makes calls reject with `LOCKED`, as on a device that has not been unlocked yet. `getPlatform` still works.
   *
   * @since 0.1.0
   */
  lock(): void {
    this.locked = true;
  }

  /**
   * Ends `lock()`.
   *
   * @since 0.1.0
   */
  unlock(): void {
    this.locked = false;
  }

  /**
   * Loses the key of a store, as after a restore on another phone. The next call puts the store into quarantine, starts an empty one and
   * fires `storeReset`. With `onKeyLoss: 'error'`, calls reject with the reason until `reset()` or `clear()`.
   *
   * @since 0.1.0
   */
  loseKey({ store = 'default', reason = 'KEY_LOST' }: { store?: string; reason?: KeyLoss } = {}): void {
    this.engine.loseKey(store, reason);
  }

  /**
   * Brings the lost keys of a store back, as a system update can. `recover()` then restores the items in quarantine.
   *
   * @since 0.1.0
   */
  restoreKey({ store = 'default' }: { store?: string } = {}): void {
    this.engine.restoreKey(store);
  }

  /**
   * Damages an item: reading it rejects with `CORRUPT_RECORD`. Throws if there is no such item.
   *
   * @since 0.1.0
   */
  corrupt({ key, store = 'default' }: { key: string; store?: string }): void {
    this.engine.damage(store, key);
  }

  /**
   * Delays every call by the given number of milliseconds; 0 ends it.
   *
   * @since 0.1.0
   */
  slow(milliseconds: number): void {
    this.delay = milliseconds;
  }

  /**
   * Makes the next `times` calls reject with a code. With `method`, only calls of that method count.
   *
   * @since 0.1.0
   */
  fail(code: ErrorCode, { method, times = 1 }: { method?: Method; times?: number } = {}): void {
    this.failures.push({ code, method, times });
  }

  private async before(method: Method): Promise<void> {
    if (this.delay > 0) await new Promise((resolve) => setTimeout(resolve, this.delay));
    const failure = this.failures.find((each) => each.times > 0 && (each.method ?? method) === method);
    if (failure) {
      failure.times--;
      const message = failure.code === 'NOT_FOUND' ? NOT_FOUND_MESSAGE : 'A test asked for this failure';
      throw new SecureStorageError(failure.code, message);
    }
    if (this.locked && method !== 'getPlatform') throw new SecureStorageError('LOCKED', 'The device is locked');
  }
}

interface Failure {
  code: ErrorCode;
  method?: Method;
  times: number;
}
