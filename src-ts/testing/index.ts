import { bridge } from '../bridge.js';
import { createClient } from '../client/client.js';
import type { ErrorCode, SecureStorageApi } from '../definitions.js';
import { NOT_FOUND_MESSAGE, SecureStorageError } from '../errors.js';
import { type BridgePlugin, type Method, METHODS } from '../protocol.js';

import { FakeEngine } from './engine.js';
import type { FakeOptions, KeyLoss } from './options.js';

export type { FakeOptions, KeyLoss } from './options.js';

/**
 * A secure storage for the tests of an app: in memory, with the rules and the errors of a phone, and with failures on demand.
 *
 * @since 0.1.0
 */
export class FakeSecureStorage {
  /** The API itself, for code that is handed its storage. */
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
   * Answers the calls of the app's own `SecureStorage` from now on.
   *
   * @since 0.1.0
   */
  install(): this {
    this.real ??= bridge.current;
    bridge.current = this.bridge;
    return this;
  }

  /**
   * Gives the app's `SecureStorage` back what answered before.
   *
   * @since 0.1.0
   */
  uninstall(): void {
    if (this.real && bridge.current === this.bridge) bridge.current = this.real;
    this.real = undefined;
  }

  /**
   * Lets calls reject with `LOCKED`, as on a device that was not unlocked yet. `getPlatform` still works.
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
   * Loses the key of a store for good, as a restore on another phone does. At the next call the store is set aside and starts anew,
   * with the event `storeReset`; or, with `onKeyLoss: 'error'`, calls reject with the reason until `reset()` or `clear()`.
   *
   * @since 0.1.0
   */
  loseKey({ store = 'default', reason = 'KEY_LOST' }: { store?: string; reason?: KeyLoss } = {}): void {
    this.engine.loseKey(store, reason);
  }

  /**
   * Brings the lost keys of a store back, as a system update can. `recover()` then restores what was set aside.
   *
   * @since 0.1.0
   */
  restoreKey({ store = 'default' }: { store?: string } = {}): void {
    this.engine.restoreKey(store);
  }

  /**
   * Damages an item: reading it rejects with `CORRUPT_RECORD`. Throws if there is none.
   *
   * @since 0.1.0
   */
  corrupt({ key, store = 'default' }: { key: string; store?: string }): void {
    this.engine.damage(store, key);
  }

  /**
   * Lets every call take so many milliseconds; 0 ends it.
   *
   * @since 0.1.0
   */
  slow(milliseconds: number): void {
    this.delay = milliseconds;
  }

  /**
   * Lets the next call, or so many, reject with a code. With `method` only calls of it count.
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
