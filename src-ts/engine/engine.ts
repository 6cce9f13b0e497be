import type { ListenerCallback, PluginListenerHandle } from '@capacitor/core';

import type {
  CompareAndSetResult,
  GetManyResult,
  GetOrCreateResult,
  GetResult,
  HasResult,
  KeysResult,
  LastReset,
  PlatformResult,
  RecoverResult,
  RemoveManyResult,
  ResetReason,
  StoreStatus,
  TrueResult,
} from '../definitions.js';
import { NOT_FOUND_MESSAGE, SecureStorageError } from '../errors.js';
import type { BridgePlugin, Method } from '../protocol.js';

import type { Backend } from './backend.js';
import {
  BatchSize,
  checkNames,
  expectedOf,
  keyOf,
  keysOf,
  OPTIONS,
  recordOf,
  recordsOf,
  replacementOf,
  storeOf,
} from './checks.js';
import { Listeners } from './listeners.js';
import { Records, type StoredRecord } from './records.js';

type Options = Readonly<Record<string, unknown>>;

interface Opened {
  records: Records;
  store: string;
  backend: Backend;
}

/**
 * The methods of the plugin over any backend. On phones the Rust core has the same rules; the cases in contract/ run on both.
 */
export abstract class Engine implements BridgePlugin {
  private readonly listeners = new Listeners();
  private readonly resets = new Map<string, LastReset>();
  private backend?: Backend;

  /** Called once, when the backend is first needed. */
  protected abstract createBackend(): Backend;

  /** Throws if a call must not run, on this store or at all. */
  protected abstract guard(store?: string): void;

  async get(options: Options): Promise<GetResult> {
    const { records, store } = this.open('get', options);
    const key = keyOf(options);
    const record = this.live(records, store, key);
    if (!record) throw notFound();
    return { value: record.value };
  }

  async getMany(options: Options): Promise<GetManyResult> {
    const { records, store } = this.open('getMany', options);
    const now = Date.now();
    const size = new BatchSize();
    const value = keysOf(options).map((key) => {
      const found = this.live(records, store, key, now)?.value ?? null;
      size.add(found ?? '');
      return found;
    });
    return { value };
  }

  async getOrCreate(options: Options): Promise<GetOrCreateResult> {
    const { records, store } = this.open('getOrCreate', options);
    const [key, record] = recordOf(options, Date.now());
    const found = this.live(records, store, key);
    if (found) return { value: found.value, created: false };
    records.set(key, record);
    return { value: record.value, created: true };
  }

  async set(options: Options): Promise<TrueResult> {
    const { records } = this.open('set', options);
    records.set(...recordOf(options, Date.now()));
    return { value: true };
  }

  async setMany(options: Options): Promise<TrueResult> {
    const { records } = this.open('setMany', options);
    records.setAll(recordsOf(options, Date.now()));
    return { value: true };
  }

  async compareAndSet(options: Options): Promise<CompareAndSetResult> {
    const { records, store } = this.open('compareAndSet', options);
    const key = keyOf(options);
    const expected = expectedOf(options);
    const replacement = replacementOf(options, Date.now());
    const current = this.live(records, store, key)?.value ?? null;
    if (current !== expected) return { value: false };
    if (replacement) records.set(key, replacement);
    else records.delete(key);
    return { value: true };
  }

  async remove(options: Options): Promise<TrueResult> {
    const { records, store } = this.open('remove', options);
    const key = keyOf(options);
    if (!this.isThere(records, store, key)) throw notFound();
    records.delete(key);
    return { value: true };
  }

  async removeMany(options: Options): Promise<RemoveManyResult> {
    const { records, store } = this.open('removeMany', options);
    const there = [...new Set(keysOf(options))].filter((key) => this.isThere(records, store, key));
    for (const key of there) records.delete(key);
    return { value: there.length };
  }

  async clear(options: Options): Promise<TrueResult> {
    const { records } = this.open('clear', options);
    for (const key of records.keys()) records.delete(key);
    return { value: true };
  }

  async keys(options: Options): Promise<KeysResult> {
    const { records, store } = this.open('keys', options);
    const value = records.keys().filter((key) => this.isThere(records, store, key));
    const damaged = value.filter((key) => isDamaged(records, key));
    const size = new BatchSize();
    for (const key of value) size.add(key);
    return damaged.length > 0 ? { value, damaged } : { value };
  }

  async has(options: Options): Promise<HasResult> {
    const { records, store } = this.open('has', options);
    return { value: this.live(records, store, keyOf(options)) !== null };
  }

  async getPlatform(options: Options): Promise<PlatformResult> {
    checkNames(options, OPTIONS.getPlatform);
    this.guard();
    return { value: 'web' };
  }

  async getStatus(options: Options): Promise<StoreStatus> {
    const { records, store, backend } = this.open('getStatus', options);
    const keys = this.liveKeys(records, store);
    return {
      platform: 'web',
      store,
      secure: false,
      state: records.keys().length > 0 ? 'ready' : 'fresh',
      records: keys.length,
      securityLevel: null,
      keyCreatedAt: null,
      dataKeyCreatedAt: null,
      location: backend.location,
      fileBytes: records.size(),
      damagedRecords: records.keys().length - keys.length,
      quarantined: 0,
      lastReset: this.resets.get(store) ?? null,
      bridgeLogging: false,
    };
  }

  async reset(options: Options): Promise<TrueResult> {
    const { records, store } = this.open('reset', options);
    if (records.keys().length > 0) this.startEmpty(store, 'REQUESTED');
    return { value: true };
  }

  async recover(options: Options): Promise<RecoverResult> {
    this.open('recover', options);
    return { recovered: 0, remaining: 0 };
  }

  async rotateKeys(options: Options): Promise<TrueResult> {
    this.open('rotateKeys', options);
    return { value: true };
  }

  async addListener(eventName: string, listener: ListenerCallback): Promise<PluginListenerHandle> {
    return this.listeners.add(eventName, listener);
  }

  async removeAllListeners(): Promise<void> {
    this.listeners.clear();
  }

  protected open(method: Method, options: Options): Opened {
    checkNames(options, OPTIONS[method]);
    return this.openStore(storeOf(options));
  }

  private openStore(store: string): Opened {
    this.guard(store);
    const backend = (this.backend ??= this.createBackend());
    return { records: new Records(backend, store), store, backend };
  }

  protected startEmpty(store: string, reason: ResetReason): void {
    const { records } = this.openStore(store);
    for (const key of records.keys()) records.delete(key);
    const reset: LastReset = { reason, at: Date.now() };
    this.resets.set(store, reset);
    this.listeners.notify('storeReset', { store, ...reset });
  }

  /** The record; `null` if it does not exist or has expired. */
  private live(records: Records, store: string, key: string, now = Date.now()): StoredRecord | null {
    const record = records.get(key);
    if (record?.expiresAt == null || record.expiresAt > now) return record;
    records.delete(key);
    this.listeners.notify('expired', { store, key });
    return null;
  }

  /** True if there is an item to remove, damaged or not. */
  private isThere(records: Records, store: string, key: string): boolean {
    return isDamaged(records, key) || this.live(records, store, key) !== null;
  }

  /** The keys, without those of damaged items. */
  private liveKeys(records: Records, store: string): string[] {
    return records.keys().filter((key) => !isDamaged(records, key) && this.live(records, store, key));
  }
}

function isDamaged(records: Records, key: string): boolean {
  try {
    records.get(key);
    return false;
  } catch {
    return true;
  }
}

function notFound(): SecureStorageError {
  return new SecureStorageError('NOT_FOUND', NOT_FOUND_MESSAGE);
}
