/// <reference types="@capacitor/cli" />

import type { PluginListenerHandle } from '@capacitor/core';

declare module '@capacitor/cli' {
  export interface PluginsConfig {
    /**
     * How Strongroom keeps the app's secrets. Every option may be left out.
     */
    SecureStorage?: {
      /**
       * What to do when a store can no longer be opened because its key is gone, changed or invalidated, or its file header is
       * damaged. `quarantine` moves the file aside, starts a fresh store and fires `storeReset`; `error` refuses every call on the
       * store until `reset()`.
       *
       * @since 0.1.0
       * @default 'quarantine'
       * @example "quarantine"
       */
      onKeyLoss?: 'quarantine' | 'error';

      /**
       * Whether the Android key is created in StrongBox. `prefer` takes the ordinary secure hardware where StrongBox is missing,
       * `require` refuses. With `require`, a key that is not in StrongBox is replaced at the next call on its store.
       *
       * @since 0.1.0
       * @default 'off'
       * @example "off"
       */
      strongBox?: 'off' | 'prefer' | 'require';

      /**
       * The least protection of the Android key that is accepted. A weaker key of a store that exists is replaced at the next call. If
       * the device makes no better one, calls that read or write reject with `INSUFFICIENT_SECURITY`, and nothing is lost.
       *
       * @since 0.1.0
       * @default any level
       * @example "trustedEnvironment"
       */
      minSecurityLevel?: SecurityLevel;

      /**
       * Renew the key that seals the values when it is older than this many days. Whatever the number, the key that the system guards
       * is renewed with it when that one is older than 180 days. 0 switches both off.
       *
       * On Android it happens in the background, after a call. If it fails, it is tried again, and no call fails because of it.
       *
       * @since 0.1.0
       * @default 90
       * @example 90
       */
      rotateAfterDays?: number;

      /**
       * How items are kept in the Keychain of an iPhone or iPad. Android and the web know nothing of it.
       *
       * @since 0.1.0
       * @example { "accessibility": "afterFirstUnlockThisDeviceOnly" }
       */
      ios?: IosConfig;

      /**
       * What to do in a browser, where there is no secure storage. A browser cannot read the Capacitor configuration: pass this
       * object to `configureWeb` as well. See `WebMode` for the values.
       *
       * @since 0.1.0
       * @default 'debug' on localhost, 'memory' elsewhere
       * @example "memory"
       */
      web?: 'debug' | 'memory' | 'deny';
    };
  }
}

/**
 * How items are kept in the Keychain. Every option may be left out.
 *
 * @since 0.1.0
 */
export interface IosConfig {
  /**
   * When the system lets items be read: from the first unlock after a start on, only while the device is unlocked, or that and only
   * on a device with a passcode. Items of a class `ThisDeviceOnly` never leave the device; the others move to a new one with an
   * encrypted backup. While an item cannot be read, calls reject with `LOCKED`.
   *
   * A class that needs a passcode rejects with `INSUFFICIENT_SECURITY` where there is none, and the system deletes its items when the
   * passcode is removed: the store then starts anew, and fires `storeReset` with the reason `KEY_LOST`.
   *
   * Items that are there already take the new class at the next start.
   *
   * @since 0.1.0
   * @default 'afterFirstUnlockThisDeviceOnly'
   */
  accessibility?:
    | 'afterFirstUnlockThisDeviceOnly'
    | 'afterFirstUnlock'
    | 'whenUnlockedThisDeviceOnly'
    | 'whenUnlocked'
    | 'whenPasscodeSetThisDeviceOnly';

  /**
   * Ask the user whenever a value is read or replaced: for biometry or passcode, any biometry, the biometry that was enrolled when the
   * item was written, or the passcode. Items of a former enrolment reject with `KEY_INVALIDATED`. The app needs
   * `NSFaceIDUsageDescription`.
   *
   * @since 0.1.0
   * @default nobody is asked
   */
  authentication?: 'userPresence' | 'biometryAny' | 'biometryCurrentSet' | 'devicePasscode';

  /**
   * The Keychain access group, with its prefix, to share items with an extension or with another app of the same team. Without the
   * entitlement for it, calls reject with `MISSING_ENTITLEMENT`.
   *
   * Items that are there already come along when a group is named for the first time. When another one is named later, or none, they
   * stay with those who share the group: the store starts anew, and fires `storeReset` with the reason `KEY_LOST`.
   *
   * @since 0.1.0
   * @default the app's default group
   */
  accessGroup?: string;

  /**
   * Whether items travel to the user's other devices with iCloud Keychain. It needs an `accessibility` that may leave the device, and no
   * `authentication`.
   *
   * Without an `accessGroup` it can be turned on and off later: items that are there already begin to travel, or are copied and stay in
   * iCloud for the other devices. With one, the store starts anew, as after a change of the group.
   *
   * @since 0.1.0
   * @default false
   */
  synchronizable?: boolean;

  /**
   * What to do with the items of an earlier installation on this device, which the Keychain keeps when an app is deleted. What a backup
   * brought to a new device is kept; a backup restored to the same device counts as a new installation.
   *
   * `clear` together with `accessGroup` or `synchronizable` is refused with `INVALID_ARGUMENT`, because other apps or devices would lose
   * their items.
   *
   * @since 0.1.0
   * @default 'keep'
   */
  onReinstall?: 'keep' | 'clear';
}

/**
 * Keeps an app's secrets.
 *
 * Every method rejects with a `SecureStorageError`: branch on its `code`, and try again later if it is `retryable`.
 */
export interface SecureStorageApi {
  /**
   * Read a value.
   *
   * Rejects with `NOT_FOUND` if there is no item with the given key.
   *
   * @since 0.1.0
   */
  get(options: KeyOptions): Promise<GetResult>;

  /**
   * Read several values, all of one moment. An item that does not exist is `null`: this is certain. The same key may come twice.
   *
   * Rejects with `CORRUPT_RECORD` if one of the items is damaged, and with `TOO_LARGE` if the values are larger than 4 MiB together.
   *
   * @since 0.1.0
   */
  getMany(options: KeyListOptions): Promise<GetManyResult>;

  /**
   * Read a value, or write one where it is certain that there is none. Of several calls at once exactly one creates, and all are
   * answered the same value.
   *
   * Rejects with `CORRUPT_RECORD` if the item is damaged: it is not replaced.
   *
   * @since 0.1.0
   */
  getOrCreate(options: SetOptions): Promise<GetOrCreateResult>;

  /**
   * Write a value, replacing the one that is there. The promise resolves once the value is on the disk.
   *
   * @since 0.1.0
   */
  set(options: SetOptions): Promise<TrueResult>;

  /**
   * Write several values, all or none, replacing those that are there. The promise resolves once all are on the disk.
   *
   * Rejects with `INVALID_ARGUMENT` if a key comes twice, and with `TOO_LARGE` if keys and values are larger than 4 MiB together.
   *
   * @since 0.1.0
   */
  setMany(options: SetManyOptions): Promise<TrueResult>;

  /**
   * Replace a value if it is the expected one, and tell whether it was. Nothing that another call, thread or process does comes in
   * between.
   *
   * Rejects with `CORRUPT_RECORD` if the item is damaged.
   *
   * @since 0.1.0
   */
  compareAndSet(options: CompareAndSetOptions): Promise<CompareAndSetResult>;

  /**
   * Read a value, let a function make the next one, and write that if nothing came in between; otherwise start again. `null` stands for
   * no such item, before and after.
   *
   * Updates of one item wait for each other in a page, so that the function runs once at a time. If another process changes the item
   * meanwhile, the function runs again with the new value. What the function throws, the call rejects with, and nothing is written. The
   * function must not update the same item itself: it would wait for its own end.
   *
   * Without `ttl` and `expiresAt` the item expires no more, as after `set`.
   *
   * @since 0.1.0
   */
  update(options: UpdateOptions, change: UpdateFunction): Promise<UpdateResult>;

  /**
   * Read a value that `setJSON` wrote. It is the very value that was written: a string that looks like a date is a string. Nothing checks
   * that it is a `T`; an older version of the app may have written something else.
   *
   * Rejects with `NOT_FOUND` if there is no item with the given key, and with `INVALID_ARGUMENT` if its value is not JSON.
   *
   * @since 0.1.0
   */
  getJSON<T = unknown>(options: KeyOptions): Promise<GetJSONResult<T>>;

  /**
   * Write a value as JSON, replacing the one that is there. Properties that are `undefined` are left out.
   *
   * Rejects with `INVALID_ARGUMENT` if the value would not be the same when it is read: a date, a map, an object of a class, a number that
   * is not finite, `undefined` in a list, or a cycle.
   *
   * @since 0.1.0
   */
  setJSON<T>(options: SetJSONOptions<T>): Promise<TrueResult>;

  /**
   * Delete an item.
   *
   * Rejects with `NOT_FOUND` if there is no item with the given key.
   *
   * On Android the item is gone at once. Its encrypted bytes are erased from the file about 2 seconds later (10 minutes, if the file is
   * larger than 256 KiB), or when the app runs next. Older copies of the file can be opened with the key that the system guards until
   * `rotateKeys` or `clear` replaces or destroys it.
   *
   * @since 0.1.0
   */
  remove(options: KeyOptions): Promise<TrueResult>;

  /**
   * Delete several items, all or none, and tell how many there were. It is no error if some are not there.
   *
   * @since 0.1.0
   */
  removeMany(options: KeyListOptions): Promise<RemoveManyResult>;

  /**
   * Delete every item of the store, with the files of this store that were moved aside, and nothing else. It works where the store
   * itself can no longer be opened.
   *
   * @since 0.1.0
   */
  clear(options?: StoreOptions): Promise<TrueResult>;

  /**
   * List the keys of the store, sorted: all of them, or none.
   *
   * Rejects with `TOO_LARGE` if they are larger than 4 MiB together. Reading, writing and removing by key, and `clear`, still work then.
   *
   * @since 0.1.0
   */
  keys(options?: StoreOptions): Promise<KeysResult>;

  /**
   * Tell whether the store holds an item with the given key.
   *
   * @since 0.1.0
   */
  has(options: KeyOptions): Promise<HasResult>;

  /**
   * Tell where the code runs.
   *
   * @since 0.1.0
   */
  getPlatform(): Promise<PlatformResult>;

  /**
   * Describe the store: how it is protected, where it lies, and what happened to it. Never reveals a key or a value.
   *
   * @since 0.1.0
   */
  getStatus(options?: StoreOptions): Promise<StoreStatus>;

  /**
   * Move the store aside, readable or not, and start a fresh one. For apps that set `onKeyLoss: 'error'`, when a store can no longer
   * be opened. In a browser nothing is kept.
   *
   * @since 0.1.0
   */
  reset(options?: StoreOptions): Promise<TrueResult>;

  /**
   * Try the files that were moved aside again, and restore each record whose key is absent now. A system update can repair a key
   * that looked lost.
   *
   * @since 0.1.0
   */
  recover(options?: StoreOptions): Promise<RecoverResult>;

  /**
   * Rewrite the store under new keys. On Android, older copies of its file can no longer be opened once the old key is destroyed. In a
   * browser there is no key, and nothing to do.
   *
   * @since 0.1.0
   */
  rotateKeys(options?: StoreOptions): Promise<TrueResult>;

  /**
   * Be told when a store was moved aside and started afresh.
   *
   * @since 0.1.0
   */
  addListener(eventName: 'storeReset', listener: (event: StoreResetEvent) => void): Promise<PluginListenerHandle>;

  /**
   * Be told when an item was deleted because its time was up. It is deleted when it is next met, not at the very moment.
   *
   * @since 0.1.0
   */
  addListener(eventName: 'expired', listener: (event: ExpiredEvent) => void): Promise<PluginListenerHandle>;

  /**
   * Remove all listeners of this plugin.
   *
   * @since 0.1.0
   */
  removeAllListeners(): Promise<void>;
}

export interface StoreOptions {
  /**
   * The store: 1 to 64 of `a-z`, `0-9`, `.`, `_` and `-`. Stores know nothing of each other.
   *
   * @since 0.1.0
   * @default 'default'
   */
  store?: string;
}

/**
 * Which item, and with `StoreOptions` in which store.
 */
export interface KeyOptions extends StoreOptions {
  /**
   * The name of the item: 1 to 1,024 bytes of UTF-8.
   *
   * @since 0.1.0
   */
  key: string;
}

/**
 * Which items, and with `StoreOptions` in which store.
 */
export interface KeyListOptions extends StoreOptions {
  /**
   * The names of the items: at most 1,000, each of 1 to 1,024 bytes of UTF-8. The list may be empty; then nothing is done.
   *
   * @since 0.1.0
   */
  keys: readonly string[];
}

/**
 * What is written, and with `KeyOptions` where.
 */
export interface SetOptions extends KeyOptions {
  /**
   * The secret: at most 1 MiB of UTF-8. It may be empty.
   *
   * @since 0.1.0
   */
  value: string;

  /**
   * When the item ceases to exist, in milliseconds since 1970. Not together with `ttl`.
   *
   * @since 0.1.0
   * @default never
   */
  expiresAt?: number;

  /**
   * After how many seconds the item ceases to exist. At least 0.001. Not together with `expiresAt`.
   *
   * @since 0.1.0
   * @default never
   */
  ttl?: number;
}

/**
 * What is written, and with `StoreOptions` in which store.
 */
export interface SetManyOptions extends StoreOptions {
  /**
   * The items: at most 1,000, each with a key of its own, and at most 4 MiB of keys and values. The list may be empty; then nothing is
   * done.
   *
   * @since 0.1.0
   */
  items: readonly Item[];
}

export interface Item {
  /**
   * The name of the item: 1 to 1,024 bytes of UTF-8.
   *
   * @since 0.1.0
   */
  key: string;

  /**
   * The secret: at most 1 MiB of UTF-8. It may be empty.
   *
   * @since 0.1.0
   */
  value: string;

  /**
   * When the item ceases to exist, in milliseconds since 1970. Not together with `ttl`.
   *
   * @since 0.1.0
   * @default never
   */
  expiresAt?: number;

  /**
   * After how many seconds the item ceases to exist. At least 0.001. Not together with `expiresAt`.
   *
   * @since 0.1.0
   * @default never
   */
  ttl?: number;
}

/**
 * What must be there and what takes its place, and with `KeyOptions` where.
 */
export interface CompareAndSetOptions extends KeyOptions {
  /**
   * The value that must be there; `null` if there must be no such item. It cannot be left out.
   *
   * @since 0.1.0
   */
  expected: string | null;

  /**
   * The value that takes its place, at most 1 MiB of UTF-8; `null` to delete the item. It cannot be left out.
   *
   * @since 0.1.0
   */
  value: string | null;

  /**
   * When the item ceases to exist, in milliseconds since 1970. Not together with `ttl`, nor with `null` as `value`.
   *
   * @since 0.1.0
   * @default never
   */
  expiresAt?: number;

  /**
   * After how many seconds the item ceases to exist. At least 0.001. Not together with `expiresAt`, nor with `null` as `value`.
   *
   * @since 0.1.0
   * @default never
   */
  ttl?: number;
}

/**
 * Until when the new value is kept, and with `KeyOptions` where.
 */
export interface UpdateOptions extends KeyOptions {
  /**
   * When the item ceases to exist, in milliseconds since 1970. Not together with `ttl`.
   *
   * @since 0.1.0
   * @default never
   */
  expiresAt?: number;

  /**
   * After how many seconds the item ceases to exist. At least 0.001. Not together with `expiresAt`.
   *
   * @since 0.1.0
   * @default never
   */
  ttl?: number;
}

/**
 * Makes the next value of an item from the one that is there, or `null` where there is none. `null` removes the item.
 */
export type UpdateFunction = (value: string | null) => string | null | Promise<string | null>;

export interface UpdateResult {
  /**
   * The value that is stored now; `null` if there is none.
   *
   * @since 0.1.0
   */
  value: string | null;
}

/**
 * What is written, and with `KeyOptions` where.
 */
export interface SetJSONOptions<T> extends KeyOptions {
  /**
   * The secret. As JSON it may take at most 1 MiB of UTF-8.
   *
   * @since 0.1.0
   */
  value: T & JSONValue<T>;

  /**
   * When the item ceases to exist, in milliseconds since 1970. Not together with `ttl`.
   *
   * @since 0.1.0
   * @default never
   */
  expiresAt?: number;

  /**
   * After how many seconds the item ceases to exist. At least 0.001. Not together with `expiresAt`.
   *
   * @since 0.1.0
   * @default never
   */
  ttl?: number;
}

/**
 * `T` if JSON can hold it as it is: strings, numbers, booleans, `null`, and lists and plain objects of these. Properties may be left out.
 */
export type JSONValue<T> = T extends string | number | boolean | null
  ? T
  : T extends undefined | bigint | symbol | ((...args: never[]) => unknown)
    ? never
    : { [K in keyof T]: JSONValue<T[K]> | (undefined extends T[K] ? undefined : never) };

export interface GetJSONResult<T> {
  /**
   * The value of the item.
   *
   * @since 0.1.0
   */
  value: T;
}

export interface GetResult {
  /**
   * The value of the item.
   *
   * @since 0.1.0
   */
  value: string;
}

export interface GetManyResult {
  /**
   * The values in the order of the keys; `null` for an item that does not exist.
   *
   * @since 0.1.0
   */
  value: (string | null)[];
}

export interface GetOrCreateResult {
  /**
   * The value that is stored now.
   *
   * @since 0.1.0
   */
  value: string;

  /**
   * Whether this call has stored it.
   *
   * @since 0.1.0
   */
  created: boolean;
}

export interface CompareAndSetResult {
  /**
   * Whether the value was the expected one, and so was replaced.
   *
   * @since 0.1.0
   */
  value: boolean;
}

export interface RemoveManyResult {
  /**
   * How many of the items there were.
   *
   * @since 0.1.0
   */
  value: number;
}

export interface TrueResult {
  /**
   * Always `true`: a failure rejects.
   *
   * @since 0.1.0
   */
  value: true;
}

export interface KeysResult {
  /**
   * The keys, sorted by their UTF-8 bytes.
   *
   * @since 0.1.0
   */
  value: string[];

  /**
   * Those of the keys whose items are damaged: reading one rejects with `CORRUPT_RECORD` until it is set or removed. Absent if there are
   * none. An item of which nothing intact is left has no name to be listed; `damagedRecords` in the status counts it.
   *
   * @since 0.1.0
   * @default absent
   */
  damaged?: string[];
}

export interface HasResult {
  /**
   * Whether the item exists.
   *
   * @since 0.1.0
   */
  value: boolean;
}

export interface PlatformResult {
  /**
   * The platform.
   *
   * @since 0.1.0
   */
  value: Platform;
}

export interface RecoverResult {
  /**
   * How many records were restored.
   *
   * @since 0.1.0
   */
  recovered: number;

  /**
   * How many files are still set aside.
   *
   * @since 0.1.0
   */
  remaining: number;
}

export interface StoreStatus {
  /**
   * The platform.
   *
   * @since 0.1.0
   */
  platform: Platform;

  /**
   * The name of the store.
   *
   * @since 0.1.0
   */
  store: string;

  /**
   * Whether the operating system protects the values. Always `false` in a browser.
   *
   * @since 0.1.0
   */
  secure: boolean;

  /**
   * `fresh` if nothing has been written yet, else `ready`.
   *
   * @since 0.1.0
   */
  state: 'ready' | 'fresh';

  /**
   * How many items the store holds, without the damaged ones.
   *
   * @since 0.1.0
   */
  records: number;

  /**
   * How the Android key is protected. `null` where the platform does not tell or there is no key.
   *
   * @since 0.1.0
   */
  securityLevel: SecurityLevel | null;

  /**
   * When the key that the system guards was created, in milliseconds since 1970.
   *
   * @since 0.1.0
   */
  keyCreatedAt: number | null;

  /**
   * When the key that seals the values was created, in milliseconds since 1970.
   *
   * @since 0.1.0
   */
  dataKeyCreatedAt: number | null;

  /**
   * The kind of place where the store lies.
   *
   * @since 0.1.0
   */
  location: StorageLocation;

  /**
   * How many bytes the store takes.
   *
   * @since 0.1.0
   */
  fileBytes: number;

  /**
   * How many items cannot be read because they are damaged.
   *
   * @since 0.1.0
   */
  damagedRecords: number;

  /**
   * How many files of this store are set aside.
   *
   * @since 0.1.0
   */
  quarantined: number;

  /**
   * The last time the store was started afresh, and why.
   *
   * @since 0.1.0
   */
  lastReset: LastReset | null;

  /**
   * Whether Capacitor's own logging is on. It writes call options, secrets included, to the system log. Set `loggingBehavior` to
   * `none` or `debug` in the Capacitor configuration of an app that is released.
   *
   * @since 0.1.0
   */
  bridgeLogging: boolean;
}

export interface LastReset {
  /**
   * Why the store was started afresh.
   *
   * @since 0.1.0
   */
  reason: ResetReason;

  /**
   * When, in milliseconds since 1970.
   *
   * @since 0.1.0
   */
  at: number;
}

/**
 * Which store, and with `LastReset` why and when.
 */
export interface StoreResetEvent extends LastReset {
  /**
   * The store that was started afresh.
   *
   * @since 0.1.0
   */
  store: string;
}

export interface ExpiredEvent {
  /**
   * The store that held the item.
   *
   * @since 0.1.0
   */
  store: string;

  /**
   * The key of the item.
   *
   * @since 0.1.0
   */
  key: string;
}

/**
 * Where the code runs.
 */
export type Platform = 'web' | 'ios' | 'android';

/**
 * Why a store was started afresh: the code of the error that made it unusable, or `REQUESTED` after a call of `reset()`.
 */
export type ResetReason = 'KEY_LOST' | 'KEY_MISMATCH' | 'KEY_INVALIDATED' | 'CORRUPT' | 'REQUESTED';

/**
 * How the Android key is protected, as the system reports it.
 */
export type SecurityLevel = 'unknown' | 'software' | 'unknownSecure' | 'trustedEnvironment' | 'strongBox';

/**
 * The kind of place where a store lies.
 */
export type StorageLocation = 'noBackupFilesDir' | 'keychain' | 'localStorage' | 'memory' | 'file';

/**
 * What the plugin does in a browser.
 *
 * - `debug`: unencrypted in `localStorage`, on localhost, and in a private network where it is configured
 * - `memory`: in memory, gone when the page is
 * - `deny`: every call but `getPlatform` rejects with `UNSUPPORTED`
 */
export type WebMode = 'debug' | 'memory' | 'deny';

/**
 * The stable code of a `SecureStorageError`, since 0.1.0:
 *
 * - `AUTH_CANCELLED`: the user dismissed the prompt
 * - `AUTH_FAILED`: the user was not recognised
 * - `BIOMETRY_LOCKOUT`: too many failed attempts
 * - `BIOMETRY_NOT_ENROLLED`: no fingerprint or face is set up
 * - `CORRUPT`: the store cannot be read at all
 * - `CORRUPT_RECORD`: this item is damaged; the others can be read
 * - `INSUFFICIENT_SECURITY`: the device does not offer the protection that the configuration asks for
 * - `INTERNAL`: a defect of the plugin
 * - `INVALID_ARGUMENT`: an option is missing, of the wrong type or out of range
 * - `IO`: the file system refused
 * - `KEY_INVALIDATED`: the system has invalidated the key of the store, or of the item
 * - `KEY_LOST`: the key of the store is gone
 * - `KEY_MISMATCH`: the key of the store is another one than before
 * - `LOCKED`: the device is locked, or was not unlocked since it was started
 * - `MISSING_ENTITLEMENT`: the app lacks an entitlement
 * - `NEWER_FORMAT`: the store was written by a newer version
 * - `NOT_FOUND`: there is no item with the given key; this is certain
 * - `NOT_INITIALISED`: the native part could not be started
 * - `STORAGE_FULL`: the disk is full; `clear` still works, and `remove` for as many items as there is room kept for
 * - `TOO_LARGE`: a value over 1 MiB, or more than 4 MiB in one call
 * - `UNAVAILABLE`: the Keystore or the Keychain did not answer as it should, or another process kept the store busy
 * - `UNSUPPORTED`: the platform cannot do this, or the native part of the plugin is missing
 */
export type ErrorCode =
  | 'AUTH_CANCELLED'
  | 'AUTH_FAILED'
  | 'BIOMETRY_LOCKOUT'
  | 'BIOMETRY_NOT_ENROLLED'
  | 'CORRUPT'
  | 'CORRUPT_RECORD'
  | 'INSUFFICIENT_SECURITY'
  | 'INTERNAL'
  | 'INVALID_ARGUMENT'
  | 'IO'
  | 'KEY_INVALIDATED'
  | 'KEY_LOST'
  | 'KEY_MISMATCH'
  | 'LOCKED'
  | 'MISSING_ENTITLEMENT'
  | 'NEWER_FORMAT'
  | 'NOT_FOUND'
  | 'NOT_INITIALISED'
  | 'STORAGE_FULL'
  | 'TOO_LARGE'
  | 'UNAVAILABLE'
  | 'UNSUPPORTED';
